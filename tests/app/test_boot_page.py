"""The page from disk is written for the site, and without its name when the configuration is broken."""

from pathlib import Path

from tests.app.street import CONFIGURATION, locker


def test_the_page_names_the_site_its_telephone_and_the_port(tmp_path: Path) -> None:
    told = CONFIGURATION.replace("{folder}", str(tmp_path)).replace("port = 0", 'port = 8123\nlanguages = ["de", "en"]')
    (tmp_path / "locker.toml").write_text(told.replace("number = 7", 'number = 7\ntelephone = "0800 <1>"'))
    page = tmp_path / "boot.html"
    done = locker("boot-page", "--config", tmp_path / "locker.toml", "--out", page)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    html = page.read_text()
    for words in ('lang="de"', "http://127.0.0.1:8123/", "0800 &lt;1&gt;", " 7"):
        assert words in html
    assert page.stat().st_mode & 0o777 == 0o644
    before = page.stat().st_ino
    locker("boot-page", "--config", tmp_path / "locker.toml", "--out", page)
    assert page.stat().st_ino == before, "the card is not written for nothing"


def test_a_broken_configuration_leaves_no_dark_screen(tmp_path: Path) -> None:
    (tmp_path / "locker.toml").write_text("[site]\nnumber = 0\n")
    done = locker("boot-page", "--config", tmp_path / "locker.toml", "--out", tmp_path / "boot.html")
    assert done.returncode == 1
    assert "site.number = 0" in done.stderr
    assert "http://127.0.0.1:8080/" in (tmp_path / "boot.html").read_text()

"""The page about drivers shows what is there, and the driver on it works as another package's does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hal.conformance import PROMISES

TOP = Path(__file__).parents[2]
ACME = TOP / "docs" / "examples" / "acme"
PAGE = (TOP / "docs" / "drivers.md").read_text(encoding="utf-8")
BANK = re.search(r'```toml\n(\[\[bank\]\].*?driver = "acme8".*?)```', PAGE, flags=re.DOTALL)
POINT = re.search(r'\[project\.entry-points\."(.+?)"\]\n(.+? = .+?)\n', PAGE)
WALL = '[site]\nnumber = 1\n\n[[column]]\nfirst_door = 1\nsizes = ["S", "S", "S", "S", "S", "S", "S", "S"]\n'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder into which the package of the page has been installed."""
    assert POINT is not None
    folder = tmp_path / "site"
    folder.mkdir()
    for file in ACME.glob("*.py"):
        shutil.copy(file, folder)
    told = folder / "acme_lock-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-lock\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[{POINT[1]}]\n{POINT[2].replace(chr(34), '')}\n")
    return folder


def locker(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "edge.app.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(TOP)))},
    )


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    assert BANK is not None
    file = tmp_path / "locker.toml"
    file.write_text(f"{WALL}\n{BANK[1]}")
    return file


@pytest.mark.parametrize("file", ["acme_lock.py", "acme_rig.py"])
def test_the_page_shows_the_file_that_is_run(file: str) -> None:
    assert f"`{file}`:\n\n```python\n{(ACME / file).read_text(encoding='utf-8')}```\n" in PAGE


def test_the_page_shows_every_promise() -> None:
    assert [promise.says for promise in PROMISES if f" {promise.says}\n" not in PAGE] == []


def test_a_driver_of_another_package_is_found_by_its_name(site: Path, configuration: Path) -> None:
    done = locker(site, "config", "check", str(configuration))
    assert (done.returncode, done.stderr) == (0, "")
    assert "left (acme8, 8 doors)" in done.stdout


def test_its_own_options_are_read_and_its_own_bounds_kept(site: Path, configuration: Path) -> None:
    configuration.write_text(configuration.read_text().replace('"1-8"', '"1-9"') + "pulse_ms = 5000\nbuad = 9600\n")
    said = locker(site, "config", "check", str(configuration)).stderr
    assert "pulse_ms = 5000: must be a whole number from 20 to 1000" in said
    assert "buad = 9600: unknown key" in said


def test_what_does_not_fit_its_doors_is_told(site: Path, configuration: Path) -> None:
    configuration.write_text(configuration.read_text().replace('"1-8"', '"1-9"'))
    assert "9 doors: this board has 8 locks" in locker(site, "config", "check", str(configuration)).stderr


def test_it_is_made_safe_with_the_others(site: Path, configuration: Path) -> None:
    done = locker(site, "safe", "--config", str(configuration))
    assert done.returncode == 0, done.stderr
    assert "bank left (acme8): nothing to send, its board ends every pulse" in done.stdout


def test_it_keeps_every_promise_as_the_page_says(site: Path) -> None:
    done = locker(site, "driver", "check", "acme_rig:AcmeRig")
    assert done.returncode == 0, done.stdout
    assert f"$ locker driver check acme_rig:AcmeRig\n{done.stdout}```\n" in PAGE


def test_a_driver_that_breaks_at_its_import_is_told_and_the_other_banks_are_still_switched_off(
    site: Path, configuration: Path
) -> None:
    (site / "acme_lock.py").write_text("raise RuntimeError('no such board')\n")
    both = configuration.read_text() + (
        '\n[[bank]]\nname = "b"\ndriver = "ys"\nport = "/dev/null"\naddress = 1\ndoors = "9"\n'
        'contact = "closed_when_shut"\nevidence = "latch"\n[control]\nsocket = "/nowhere/control.sock"\n'
    )
    configuration.write_text(both)
    done = locker(site, "safe", "--config", str(configuration))
    assert (done.returncode, done.stderr) == (1, "")
    assert "cannot be loaded: no such board" in done.stdout
    assert "off      bank b (ys)" in done.stdout

"""The page from disk, and what a page of a file may read."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from kiosk_ui.boot import boot_page
from tests.kiosk.house import House
from tests.kiosk.script.window import PANEL, WITHIN_MS


def test_the_page_from_disk_goes_to_the_program_once_it_answers(browser: Browser, tmp_path: Path) -> None:
    with House() as once:
        port = once.port
    file = tmp_path / "boot.html"
    file.write_text(boot_page(port, number=1042, name="Station Road", telephone="0800 123"))
    with browser.new_context(viewport=PANEL) as window:  # type: ignore[arg-type]
        page = window.new_page()
        page.goto(file.as_uri())
        expect(page.locator("h1")).to_have_text("The locker is starting.", use_inner_text=True)
        assert "1042" in page.inner_text("body")
        assert "0800 123" in page.inner_text("body")
        with House(port=port):
            page.wait_for_url(f"http://127.0.0.1:{port}/", timeout=WITHIN_MS)
            page.wait_for_selector("[data-screen=attract]")


def test_the_page_from_disk_says_something_at_every_stage(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "boot.html"
    file.write_text(boot_page(9, language="en"))
    with browser.new_context() as window:
        page = window.new_page()
        page.clock.install()
        page.goto(file.as_uri())
        said = []
        for _ in range(3):
            said.append(page.inner_text("h1"))
            for _ in range(14):
                page.clock.run_for(5000)
        assert said == [
            "The locker is starting.",
            "This takes longer than usual.",
            "The screen does not work at the moment.",
        ]


def test_no_page_of_a_file_reads_anything_but_that_somebody_is_there(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "other.html").write_text("<!doctype html><title>other</title>")
    with browser.new_context() as window:
        page = window.new_page()
        page.goto((tmp_path / "other.html").as_uri())
        tried = page.evaluate(
            """async (origin) => Promise.all(["healthz", "", "static/kiosk.js", "panel.css", "events"].map(
            (path) => fetch(origin + path).then((answer) => answer.status, () => "refused")))""",
            f"http://127.0.0.1:{house.port}/",
        )
    assert tried == [200, "refused", "refused", "refused", "refused"]

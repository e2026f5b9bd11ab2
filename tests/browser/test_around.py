"""What stands in a screen's place: the page from disk, "one moment", the page that another one has replaced."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from kiosk_ui.boot import boot_page
from kiosk_ui.words import LANGUAGES
from tests.browser.axe import violations
from tests.browser.exhibition import shots
from tests.browser.studio import HERE, LIMITS, PANELS, Studio

NOWHERE = 9  # a port where nothing listens
WINDOWS = ("7in", "10in", "upright")


@pytest.mark.parametrize("panel", WINDOWS)
def test_the_page_from_disk_is_whole_in_every_language(browser: Browser, panel: str) -> None:
    glass = PANELS[panel]
    page = browser.new_page(viewport={"width": glass.width, "height": glass.height})
    page.add_init_script(path=HERE / "measure.js")
    page.goto("about:blank")
    found = []
    for language in LANGUAGES:
        page.set_content(
            boot_page(NOWHERE, language=language, number=1042, name="Station Road", telephone="0800 1042 1042")
        )
        limits = {**LIMITS, "capital": 0, "sentence": 3.6}  # nothing is tapped, and nobody told it the panel's size
        measured = page.evaluate("([px, limits]) => measured(px, limits)", [glass.px_per_mm, limits])
        found += [f"{language}: {each}" for each in [*measured, *violations(page)]]
    page.close()
    assert found == []


@pytest.mark.parametrize("panel", WINDOWS)
def test_a_page_whose_line_is_lost_says_so_below_the_screen(studio_with: Callable[[str], Studio], panel: str) -> None:
    studio = studio_with(panel)
    studio.show(shots()[0])
    studio.page.evaluate("() => { lost.hidden = false; }")
    found = violations(studio.page)
    studio.page.evaluate("() => { stage.inert = true; }")  # what is said lies over the choices
    found += [fault for fault in studio.measured() if fault != "nothing is on the screen"]
    studio.page.evaluate("() => { lost.hidden = true; stage.inert = false; }")
    assert found == []


@pytest.mark.parametrize("panel", WINDOWS)
def test_a_page_that_another_one_replaced_says_so(browser: Browser, panel: str) -> None:
    with Studio(browser, PANELS[panel]) as studio:
        studio.page.evaluate("() => stream.dispatchEvent(new Event('replaced'))")
        assert [*studio.measured(), *violations(studio.page)] == []

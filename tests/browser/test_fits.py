"""Nothing of a screen is cut off, overlaps, scrolls or is too small, in any language, on any panel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from kiosk_ui.words import LANGUAGES
from tests.browser.exhibition import THEMES, one_of_each, shots
from tests.browser.studio import PANELS, Studio

WINDOWS = ("7in", "10in", "upright")  # 1024 × 600, 1280 × 800, 800 × 1280


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", WINDOWS)
def test_every_screen_fits(studio_with: Callable[[str], Studio], panel: str, language: str) -> None:
    assert studio_with(panel).faults(shots(language)) == []


def test_every_screen_fits_in_large_text(studio_with: Callable[[str], Studio]) -> None:
    assert studio_with("7in").faults(shots("en", "large")) == []


@pytest.mark.parametrize("theme", [theme for theme in THEMES if theme != "paper"])
@pytest.mark.parametrize("panel", ["7in", "upright"])
def test_every_screen_fits_as_somebody_wants_it(studio_with: Callable[[str], Studio], panel: str, theme: str) -> None:
    assert studio_with(panel).faults(one_of_each("en", theme)) == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_large_text_fits_in_every_language(studio_with: Callable[[str], Studio], language: str) -> None:
    assert studio_with("7in").faults(one_of_each(language, "large")) == []


@pytest.mark.parametrize("panel", WINDOWS)
def test_a_panel_whose_size_nobody_said_is_filled(browser: Browser, panel: str) -> None:
    with Studio(browser, PANELS[panel], known=False) as studio:
        assert studio.faults(one_of_each()) == []

"""Nothing of a screen is cut off, overlaps, scrolls or is too small, in any language, on any panel."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Browser

from kiosk_ui.words import LANGUAGES
from tests.browser.exhibition import THEMES, Shot, one_of_each, shots
from tests.browser.studio import PANELS, Studio

WINDOWS = ("7in", "10in", "upright")  # 1024 × 600, 1280 × 800, 800 × 1280


def faults(studio: Studio, wanted: Iterable[Shot]) -> list[str]:
    found = []
    for shot in wanted:
        studio.show(shot)
        found += [f"{shot.name}: {fault}" for fault in studio.measured()]
    return found + studio.errors


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", WINDOWS)
def test_every_screen_fits(studio_with: Callable[[str], Studio], panel: str, language: str) -> None:
    assert faults(studio_with(panel), shots(language)) == []


def test_every_screen_fits_in_large_text(studio_with: Callable[[str], Studio]) -> None:
    assert faults(studio_with("7in"), shots("en", "large")) == []


@pytest.mark.parametrize("theme", [theme for theme in THEMES if theme != "paper"])
@pytest.mark.parametrize("panel", ["7in", "upright"])
def test_every_screen_fits_as_somebody_wants_it(studio_with: Callable[[str], Studio], panel: str, theme: str) -> None:
    assert faults(studio_with(panel), one_of_each("en", theme)) == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_large_text_fits_in_every_language(studio_with: Callable[[str], Studio], language: str) -> None:
    assert faults(studio_with("7in"), one_of_each(language, "large")) == []


@pytest.mark.parametrize("panel", WINDOWS)
def test_a_panel_whose_size_nobody_said_is_filled(browser: Browser, panel: str) -> None:
    with Studio(browser, PANELS[panel], known=False) as studio:
        assert faults(studio, one_of_each()) == []

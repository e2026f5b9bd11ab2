"""No screen breaks a rule of WCAG 2.2 A or AA, or of good practice, that a program can judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from kiosk_ui.words import LANGUAGES
from tests.browser.axe import violations
from tests.browser.exhibition import THEMES, Shot, one_of_each, shots
from tests.browser.studio import Studio


def judged(studio: Studio, wanted: Iterable[Shot]) -> list[str]:
    found = []
    for shot in wanted:
        studio.show(shot)
        found += [f"{shot.name}: {violation}" for violation in violations(studio.page)]
    return found


def test_no_variant_of_a_screen_breaks_a_rule(studio_with: Callable[[str], Studio]) -> None:
    assert judged(studio_with("7in"), shots()) == []


@pytest.mark.parametrize("theme", [theme for theme in THEMES if theme != "paper"])
def test_no_theme_breaks_a_rule(studio_with: Callable[[str], Studio], theme: str) -> None:
    assert judged(studio_with("7in"), one_of_each("en", theme)) == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_language_breaks_a_rule(studio_with: Callable[[str], Studio], language: str) -> None:
    # A warning and keys look alike in all languages.
    wanted = [shot for shot in one_of_each(language) if not (shot.present.screen.idle or shot.keys)]
    assert judged(studio_with("7in"), wanted) == []


def test_a_fault_is_found(studio_with: Callable[[str], Studio]) -> None:
    studio = studio_with("7in")
    studio.show(shots()[0])
    studio.page.evaluate("() => document.querySelector('h1').style.color = '#ddd'")
    assert any(each.startswith("color-contrast") for each in violations(studio.page))

"""What one page is made of: the screen of the core, the look of this visitor, and what stands around both."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from edge.core.screens import Screen
from kiosk_ui.look import NOBODY, Look
from kiosk_ui.words import LANGUAGES

__all__ = ["Present", "classes"]

_THEMES: Final = ("contrast", "large", "low", "sound")


class Present(Struct, frozen=True):
    """left_s: of the warning "are you still there?".  wall_s: what time it is, seconds since 1970; None where the
    locker does not believe its clock.  unsent: events that the cloud has not got yet.  night: whether a screen that
    nobody looks at is dimmed.  page: the one-time token of this page.  languages: their codes, those that this site
    offers, in the order in which they stand on the screen.
    """

    screen: Screen
    look: Look = Look()
    left_s: int = 0
    wall_s: int | None = None
    unsent: int = 0
    night: bool = False
    page: str = ""
    languages: tuple[str, ...] = tuple(LANGUAGES)


def classes(present: Present) -> str:
    """The class names of `<html>`, with a space between: `contrast`, `large`, `low`, `sound`, `night`.

    Only the screen of nobody is dimmed, and not for somebody who asked for more contrast or looks for a language.
    """
    look = present.look
    names = [name for name in _THEMES if getattr(look, name)]
    if present.night and present.screen.name in NOBODY and not look.contrast and not look.menu:
        names.append("night")
    return " ".join(names)

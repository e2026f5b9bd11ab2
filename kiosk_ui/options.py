"""What a site decides of its screen."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

from kiosk_ui.words import LANGUAGES

__all__ = ["KioskOptions", "is_night"]

HOURS: Final = 24


class KioskOptions(Struct, frozen=True):
    """languages: those that are offered; the first is the site's own.  px_per_mm: of the panel, 0 where it is not
    known.  night: from which hour to which the screen that nobody looks at is dimmed, local time; None: never.
    prompts: the folder of the spoken prompts, one folder a language; None: the page is silent.
    """

    languages: tuple[str, ...] = tuple(LANGUAGES)
    px_per_mm: float = 0.0
    night: tuple[int, int] | None = None
    prompts: Path | None = None


def is_night(night: tuple[int, int] | None, hour: int) -> bool:
    """Whether `hour`, 0 to 23, lies in the night; from 22 to 6 goes over midnight, from 6 to 6 is never."""
    if night is None:
        return False
    begins, ends = night
    return (hour - begins) % HOURS < (ends - begins) % HOURS

"""The tables of the configuration about the screen: the page, the browser that shows it, the panel it is shown on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import NODEFAULT, Meta, Struct

from edge.app.reading import Reader

if TYPE_CHECKING:
    from kiosk_ui.options import KioskOptions

__all__ = ["KioskTable", "PanelTable", "check_screen", "options_of"]

Code = Literal["en", "de", "pl", "fr", "es", "tr", "ar"]
ALL: Final[tuple[Code, ...]] = ("en", "de", "pl", "fr", "es", "tr", "ar")
Word = Annotated[str, Meta(min_length=1, max_length=200)]

# What the page is drawn for, in millimetres: a 7-inch panel across, a 10-inch one upright.
ACROSS_MM: Final = (153, 87)
UPRIGHT_MM: Final = (125, 200)
ROUNDED_MM: Final = 0.5  # a panel of 152.7 mm is one of 153


class KioskTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The page for the screen, on this machine's own address only.  port 0: any that is free.

    languages: those that are offered; the first is the site's own.  night: from which hour to which the screen that
    nobody looks at is dimmed; empty: never.  prompts: the folder of the spoken prompts; empty: the page is silent.
    restart: the command that starts the browser again when its page is silent; empty: nobody watches.
    """

    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    languages: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=len(ALL))] = ALL
    night: Annotated[str, Meta(pattern="^(([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-3]))?$")] = ""
    prompts: Annotated[str, Meta(max_length=200)] = ""
    restart: Annotated[tuple[Word, ...], Meta(max_length=16)] = ()


class PanelTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The panel: how many pixels a millimetre has, and how many there are.  0: not known; the page fits the window."""

    px_per_mm: Annotated[float, Meta(ge=0, le=40)] = 0.0
    width_px: Annotated[int, Meta(ge=0, le=10_000)] = 0
    height_px: Annotated[int, Meta(ge=0, le=10_000)] = 0


def check_screen(reader: Reader, kiosk: KioskTable, panel: PanelTable) -> None:
    """What no key can say alone."""
    if len(set(kiosk.languages)) < len(kiosk.languages):
        reader.wrong("kiosk.languages", list(kiosk.languages), "a language is named twice; each once")
    if bool(panel.width_px) is not bool(panel.height_px):
        reader.wrong("panel", NODEFAULT, "width_px and height_px belong together")
    elif panel.width_px and not panel.px_per_mm:
        reader.wrong("panel.px_per_mm", NODEFAULT, "is missing; without it width_px and height_px say nothing")
    elif panel.width_px:
        _check_size(reader, panel.width_px / panel.px_per_mm, panel.height_px / panel.px_per_mm)


def _check_size(reader: Reader, width_mm: float, height_mm: float) -> None:
    """On a smaller panel the keys would be smaller than a finger; who wants that leaves the size out."""
    least_mm = ACROSS_MM if width_mm >= height_mm else UPRIGHT_MM
    if width_mm < least_mm[0] - ROUNDED_MM or height_mm < least_mm[1] - ROUNDED_MM:
        size, least = f"{width_mm:.0f} × {height_mm:.0f} mm", f"{least_mm[0]} × {least_mm[1]} mm"
        reader.wrong("panel", NODEFAULT, f"{size} is less than the {least} that the page needs")


def options_of(kiosk: KioskTable, panel: PanelTable) -> KioskOptions:
    """What the page's server is told."""
    from kiosk_ui.options import KioskOptions  # a technician's command need not wait for a library of languages

    begins, _, ends = kiosk.night.partition("-")
    return KioskOptions(
        languages=kiosk.languages,
        px_per_mm=panel.px_per_mm,
        night=(int(begins), int(ends)) if ends else None,
        prompts=Path(kiosk.prompts) if kiosk.prompts else None,
    )

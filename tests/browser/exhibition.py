"""What hangs in front of the camera: the gallery, and what the page lays over its screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from edge.core.site import Site
from kiosk_ui.look import MENUS, Look
from kiosk_ui.present import Present
from tests.credentials.known_keys import NOW_S
from tests.kiosk.gallery import Exhibit, exhibits

__all__ = ["THEMES", "Shot", "one_of_each", "shots"]

THEMES: Final[Mapping[str, Look]] = {
    "paper": Look(),
    "contrast": Look(contrast=True),
    "large": Look(large=True),
    "low": Look(low=True),
    "night": Look(),
    "everything": Look(contrast=True, large=True, low=True),
}
WARNED_S: Final = 20
UNSENT: Final = 14
# Under a menu: a screen of nobody, one of a session, and one that warns and is about a door.
UNDER_MENUS: Final = ("attract", "take", "is_it_inside.warned")


class Shot(Struct, frozen=True):
    """One picture to be taken.  keys: which page of keys on the screen is open, `digits` or `letters`."""

    name: str
    site: Site
    present: Present
    keys: str = ""


def shots(language: str = "en", theme: str = "paper") -> tuple[Shot, ...]:
    """Every screen as it looks to a visitor with this language and theme.

    `take+comfort` has a menu upon it, `ready+letters` the keys for a label.
    """
    look = replace(THEMES[theme], language=language)
    plain = [_shot(each, look, night=theme == "night") for each in exhibits()]
    under = [each for each in plain if each.name in UNDER_MENUS]
    typed = [each for each in plain if each.present.screen.entry == "label" and "." not in each.name]
    return (
        *plain,
        *(_with_menu(each, menu) for each in under for menu in MENUS if menu),
        *(replace(each, name=f"{each.name}+{keys}", keys=keys) for each in typed for keys in ("digits", "letters")),
    )


def one_of_each(language: str = "en", theme: str = "paper") -> tuple[Shot, ...]:
    """Every screen once, by the first of its variants, once more with a warning upon it, the menus and the keys."""
    first: dict[tuple[str, bool, str, str], Shot] = {}
    for shot in shots(language, theme):
        screen = shot.present.screen
        first.setdefault((screen.name, screen.idle, shot.present.look.menu, shot.keys), shot)
    return tuple(first.values())


def _shot(exhibit: Exhibit, look: Look, *, night: bool) -> Shot:
    screen = exhibit.screen
    present = Present(
        screen,
        look,
        left_s=WARNED_S if screen.idle else 0,
        wall_s=NOW_S,
        unsent=UNSENT if screen.offline else 0,
        night=night,
        page="p",
    )
    return Shot(exhibit.name, exhibit.site, present)


def _with_menu(shot: Shot, menu: str) -> Shot:
    look = replace(shot.present.look, menu=menu)
    return Shot(f"{shot.name}+{menu}", shot.site, replace(shot.present, look=look))

"""How one visitor wants the page: language, contrast, size, height, sound, and the menu that is laid over it.

Kept by the page's server for as long as the visit lasts.  The core does not know of it, and it is never journaled.
All functions are pure; times are seconds of any clock that only goes forward.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from edge.core.errors import BadInput
from edge.core.screens import Screen

__all__ = ["LEFT_AFTER_S", "MENUS", "NOBODY", "SWITCHES", "Look", "Visit", "left_at_s", "shown", "taken", "touched"]

# The screens that nobody has a session at.
NOBODY: Final = frozenset({"attract", "restoring", "out_of_order"})
SWITCHES: Final = ("contrast", "large", "low", "sound")
MENUS: Final = ("", "languages", "comfort")
# As long as the core waits for a silent person (30 s) and then asks (20 s): who chose a language and went is gone.
LEFT_AFTER_S: Final = 50.0


class Look(Struct, frozen=True):
    """What the page looks and sounds like.

    menu: what lies over the present screen, until its choices change: the languages, or contrast, size and so on.
    """

    language: str = "en"
    contrast: bool = False
    large: bool = False
    low: bool = False
    sound: bool = False
    menu: str = ""


class Visit(Struct, frozen=True):
    """The look, and whose it is.

    site: what the next visitor finds.  number: the choice set that was shown last.  somebody: whether it was one of a
    session.  touched_s: when the screen was last touched.
    """

    look: Look
    site: Look
    number: int = -1
    somebody: bool = False
    touched_s: float = 0.0


def taken(look: Look, field: str, value: str, languages: Collection[str]) -> Look:
    """The look after one tap.  BadInput for a field or a value that there is not.

    field, value: `language` and one of `languages`; `contrast`, `large`, `low` or `sound` and `on` or `off`; `menu` and
    `languages`, `comfort` or nothing.  A language that is chosen closes the menu; a switch leaves it, for the next one.
    """
    if field == "language" and value in languages:
        return replace(look, language=value, menu="")
    if field == "menu" and value in MENUS:
        return replace(look, menu=value)
    if field in SWITCHES and value in ("on", "off"):
        return replace(look, **{field: value == "on"})
    raise BadInput(f"look: {field[:16]!r} cannot be {value[:16]!r}")


def touched(visit: Visit, now_s: float) -> Visit:
    """Somebody tapped or typed."""
    return replace(visit, touched_s=now_s)


def shown(visit: Visit, screen: Screen, now_s: float) -> Visit:
    """The visit when `screen` is put up.

    A new choice set closes the menu, and so does a time without a touch: the screen below it may say by then that a
    door is to be shut.  A session that ended, and an attract screen that nobody touches any more, bring the site's own
    look back.
    """
    somebody = screen.name not in NOBODY
    if not somebody and (visit.somebody or _left(visit, now_s)):
        look = visit.site
    elif screen.number != visit.number or _left(visit, now_s):
        look = replace(visit.look, menu="")
    else:
        look = visit.look
    return replace(visit, look=look, number=screen.number, somebody=somebody)


def left_at_s(visit: Visit) -> float | None:
    """When the look goes back to the site's own without a tap, in a session the menu alone; None: nothing to undo."""
    undone = replace(visit.look, menu="") if visit.somebody else visit.site
    return None if visit.look == undone else visit.touched_s + LEFT_AFTER_S


def _left(visit: Visit, now_s: float) -> bool:
    due_s = left_at_s(visit)
    return due_s is not None and now_s >= due_s

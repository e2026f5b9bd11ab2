"""What stands in a frame beside the words: a number to be said on the telephone, its code, and a round's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import segno

from edge.core.screens import Screen
from edge.core.site import Site
from kiosk_ui.layout import CARDS
from kiosk_ui.words import Words

__all__ = ["Card", "Table", "card_of", "tables_of"]

SIZES: Final = ("S", "M", "L", "XL")
TALLY: Final = ("expected", "to_collect", "in", "out")


class Card(NamedTuple):
    """code: a drawing for the phone that says the same, empty for none.  telephone: to be called with the number."""

    caption: str
    number: str
    code: str
    telephone: str


class Table(NamedTuple):
    caption: str
    rows: tuple[tuple[str, object], ...]


def card_of(site: Site, screen: Screen, words: Words) -> Card | None:
    """None where there is no number to be kept."""
    name, caption = CARDS.get(screen.name, ("", ""))
    number, telephone = str(screen.params.get(name) or ""), site.policy.telephone
    if number and name == "receipt":
        code = _code(f"LOCKER RECEIPT {number}") if screen.name == "receipt" else ""
        return Card(words.label(caption), number, code, "")
    if number:
        said = f"LOCKER {site.number} NUMBER {number}" + (f" CALL {telephone}" if telephone else "")
        return Card(words.label(caption), number, _code(said), telephone)
    if screen.name == "help" and telephone:
        dialled = "".join(letter for letter in telephone if letter.isdigit() or letter == "+")
        return Card(words.label("call"), telephone, _code(f"tel:{dialled}"), "")
    return None


def _code(text: str) -> str:
    """A QR as one path, coloured by the style sheet."""
    return segno.make_qr(text, error="m").svg_inline(omitsize=True, svgclass="code", lineclass="dark", border=4)


def tables_of(screen: Screen, words: Words) -> tuple[Table, ...]:
    """What a courier is told before unloading.  The end of a round is told in sentences, and there alone."""
    if screen.name != "ready":
        return ()
    given: Mapping[str, Any] = screen.params
    free = given.get("free") or {}
    return (
        Table(words.label("free_doors"), tuple((words.label(size), free.get(size, 0)) for size in SIZES)),
        Table(words.label("this_round"), tuple((words.label(name), given.get(name) or 0) for name in TALLY)),
    )

"""Where things stand on each screen: one of a few layouts, each on the same grid."""

from __future__ import annotations

from typing import Final

from edge.core.screens import Screen
from kiosk_ui.look import NOBODY

__all__ = ["CARDS", "QUESTIONS", "SMALL", "door_of", "layout_of", "typing"]

# A number in a frame, to be read out or photographed: its parameter, and the label above it.
CARDS: Final = {
    "jammed": ("ticket", "number"),
    "help": ("incident", "number"),
    "thanks": ("receipt", "receipt"),
    "receipt": ("receipt", "receipt"),
}
# Here the headline names the door, or it is not the thing to look for: no huge number.
SMALL: Final = frozenset(
    {
        "problem",
        "look",
        "what_is_inside",
        "others_inside",
        "is_it_inside",
        "last",
        "collect",
        "did_you_get_it",
        "reopen",
        "stands_open",
        "no_parcel",
        "taken",
        "one_moment",
        "offer",
        "out_of_use",
    }
)
# Every answer is as good as the others: none is filled.
QUESTIONS: Final = frozenset(
    {
        "send",
        "problem",
        "did_you_get_it",
        "is_it_inside",
        "choose_size",
        "look_inside",
        "what_is_inside",
        "others_inside",
        "taken",
    }
)
# No door is to be found here: what is to be read is long, or all is over.
WORDS_ALONE: Final = frozenset({"refused", "board_silent", "too_late", "cancelled"})


def typing(screen: Screen) -> bool:
    """Whether digits are what the screen waits for; where nobody has a session the keys come after "Type my PIN"."""
    return screen.entry in ("pin", "number") and screen.name not in NOBODY


def door_of(screen: Screen) -> int:
    """The door that somebody has to find or to keep in mind; 0 for none."""
    return 0 if screen.name in WORDS_ALONE else screen.door


def layout_of(screen: Screen, *, card: bool) -> str:
    """What stands beside the words: where to hold it (`attract`, `camera`), `keypad`, `tables`, `card`, `map`, or
    nothing (`plain`).  card: whether there is a number to be kept."""
    if screen.name == "attract":
        return "plain" if screen.params.get("no_camera") else "attract"
    if typing(screen):
        return "keypad"
    if screen.name == "ready":  # with the tables of a courier's round
        return "map" if screen.params.get("technician") else "tables"
    if card:
        return "card"
    if door_of(screen):
        return "map"
    return "camera" if screen.entry == "label" else "plain"

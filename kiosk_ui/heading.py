"""The top of the screen: which locker this is, what time it is, whether it has its network, whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from edge.core.site import Site
from kiosk_ui.layout import CARDS, typing
from kiosk_ui.look import NOBODY
from kiosk_ui.present import Present
from kiosk_ui.words import Words

__all__ = ["Heading", "heading_of"]

# Where people have arrived the name of the site is shown whole; later it is left out when it is longer than a line.
MOST_LETTERS_OF_A_NAME: Final = 30
# What is waiting to be sent is a courier's business: these are a courier's screens.
ROUND: Final = frozenset(
    {
        "look",
        "look_inside",
        "what_is_inside",
        "others_inside",
        "ready",
        "last",
        "collect",
        "offer",
        "put",
        "take_out",
        "scan_out",
        "taken",
        "summary",
    }
)


class Heading(NamedTuple):
    """number: of the locker.  state: clock and network, where nobody is served the telephone too.  What is not shown is
    empty."""

    number: str
    site_name: str
    state: tuple[str, ...]
    pill: str
    telephone: str


def heading_of(site: Site, present: Present, words: Words, spoken: Mapping[str, Any], zone: tzinfo | None) -> Heading:
    """spoken: the screen's parameters in words.  zone: whose wall time is shown.

    The telephone number stands where there is room and it does not stand below anyway.
    """
    screen = present.screen
    nobody, courier = screen.name in NOBODY, screen.name in ROUND
    whole = nobody or len(site.name) <= MOST_LETTERS_OF_A_NAME
    clock = words.clock(present.wall_s, zone) if present.wall_s is not None else ""
    network = _network(screen.offline, present.unsent if courier else 0, words)
    field = typing(screen) or screen.entry == "label"
    below = courier or typing(screen) or screen.name in CARDS
    telephone = "" if below else words.label("telephone", spoken)
    pill = _pill(screen.entry, words, spoken)
    return Heading(
        number=words.label("locker", spoken),
        site_name=site.name if whole and not (courier or pill or field) else "",
        state=tuple(filter(None, (clock, network, telephone if nobody else ""))),
        pill=pill,
        telephone="" if nobody or pill else telephone,
    )


def _network(offline: bool, unsent: int, words: Words) -> str:
    if unsent:
        return words.label("offline_unsent" if offline else "unsent", {"unsent": unsent})
    return words.label("offline") if offline else ""


def _pill(entry: str, words: Words, spoken: Mapping[str, Any]) -> str:
    """The few words in the upper corner: which of several parcels, or what the label says."""
    if int(spoken.get("of") or 0) > 1:
        return words.label("parcel_of", {**spoken, "nth": int(spoken.get("done") or 0) + 1})
    return "" if entry == "label" else str(spoken.get("label") or "")

"""Customers who put a parcel in, to be returned or sent."""

from __future__ import annotations

from typing import Final

from edge.core import inputs
from edge.core.words import Content, PulseOutcome
from tests.core.desk import Desk
from tests.core.screen_routes import tapped, waited
from tests.kiosk.exhibits.hall import (
    RETURN,
    Scene,
    Sees,
    hall,
    opens,
    placing,
    returning,
    shuts,
)


def _by_label() -> Desk:
    desk = hall()
    desk.announce(RETURN, parcel_kind="return")
    desk.tap("send")
    desk.enter(RETURN.tracking)
    return desk


def _lowered() -> Desk:
    """The screen was lowered."""
    desk = returning()
    desk.tell(inputs.Reach(True))
    return desk


def _jammed() -> Desk:
    """The first door jams; the next opens by itself."""
    return opens(waited(returning(size="S"), 15))


DROP_OFFS: Final[dict[str, Scene]] = {
    "send": lambda: tapped(hall(), "send"),
    "choose_size": returning,
    "choose_size.by-label": _by_label,
    "choose_size.within_reach": _lowered,
    "place": placing,
    "place.after-jam": _jammed,
    "place.still_open": lambda: waited(placing(), 31),
    "place.cancelled": lambda: tapped(placing(), "cancel"),
    "no_parcel.drop-off": lambda: shuts(placing(Sees), inside=Content.EMPTY),
    "is_it_inside.drop-off": lambda: shuts(placing(), 0.5, Content.PRESENT),
    "receipt": lambda: shuts(placing(Sees), inside=Content.PRESENT),
    "cancelled": lambda: shuts(tapped(placing(Sees), "cancel"), inside=Content.EMPTY),
    "board_silent.drop-off": lambda: _fails(PulseOutcome.BROKEN),
    "too_late.drop-off": lambda: _fails(PulseOutcome.LATE),
}


def _fails(outcome: PulseOutcome) -> Desk:
    desk = returning()
    desk.outcomes.append(outcome)
    return tapped(desk, "S")

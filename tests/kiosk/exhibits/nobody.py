"""Nobody at the screen."""

from __future__ import annotations

from typing import Final

from edge.core import inputs
from tests.core.desk import Desk, sent
from tests.kiosk.exhibits.hall import HER_DOOR, LONG_NAME, OTHER_DOOR, Scene, hall, offline, standing, taking


def full(desk: Desk | None = None) -> Desk:
    """A parcel behind every door."""
    doors = [plan.door for plan in (desk or hall()).site.compartments]
    return hall(stands={door: sent(f"JD0146000068234{door:05}") for door in doors})


def _unread(why: str) -> Desk:
    desk = standing()
    desk.tell(inputs.Unread(why))
    return desk


def _left_open(*doors: int) -> Desk:
    """Doors that stand open, and nobody is there."""
    desk = hall()
    for door in doors:
        desk.door_opens(door)
    return desk


def _no_power() -> Desk:
    desk = standing()
    desk.health("supply", "locks", ok=False)
    return desk


def _no_camera() -> Desk:
    desk = standing()
    desk.health("camera", "main", ok=False)
    return desk


def _abandoned() -> Desk:
    """She has left her door open, and the session is over."""
    desk = taking()
    desk.wait(181)
    return desk


NOBODY: Final[dict[str, Scene]] = {
    "attract": standing,
    "attract.offline": lambda: offline(standing()),
    "attract.full": full,
    "attract.no_camera": _no_camera,
    "attract.long-name": lambda: hall(name=LONG_NAME),
    "attract.door-open": _abandoned,
    "attract.doors-open": lambda: _left_open(HER_DOOR, OTHER_DOOR, 3),
    "attract.unread.glare": lambda: _unread("glare"),
    "attract.unread.too_far": lambda: _unread("too_far"),
    "attract.unread.too_dark": lambda: _unread("too_dark"),
    "attract.unread.blurred": lambda: _unread("blurred"),
    "restoring": lambda: hall(restored=False),
    "restoring.offline": lambda: offline(hall(restored=False)),
    "out_of_order": _no_power,
    "out_of_order.offline": lambda: offline(_no_power()),
}

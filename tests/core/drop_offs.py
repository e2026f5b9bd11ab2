"""What the tests of drop-offs share: a return that was announced, and a customer who is putting it in."""

from __future__ import annotations

from typing import Any

from edge.core.words import ContentSensor, Purpose, Size
from tests.core.desk import Desk, sent

RETURN = sent("RT0001", reservation="dd" * 8)
SENSORS = [ContentSensor.NONE, ContentSensor.SCALE]


def announced(**more: object) -> Desk:
    desk = Desk(**more)  # type: ignore[arg-type]
    desk.announce(RETURN, parcel_kind="return", size=Size.M)
    return desk


def code(desk: Desk, **more: Any) -> str:
    return desk.code(RETURN, purpose=Purpose.DROP_OFF, **more)


def placing(**more: object) -> tuple[Desk, int]:
    """The customer has chosen M; the door stands open."""
    desk = announced(**more)
    desk.scan(code(desk))
    door = desk.tap("M").door
    desk.door_opens(door)
    assert desk.screen().name == "place"
    return desk, door

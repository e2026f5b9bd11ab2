"""What the tests of deposits share: a courier who is ready, and how far the parcel has come."""

from __future__ import annotations

from edge.core.words import ContentSensor
from tests.core.desk import Desk, sent

JD = sent("JD0123")
SENSORS = [ContentSensor.NONE, ContentSensor.SCALE, ContentSensor.INFRARED]


def ready(**more: object) -> Desk:
    """A courier has shown the badge and typed the PIN."""
    desk = Desk(**more)  # type: ignore[arg-type]
    desk.courier_comes()
    assert desk.screen().name == "ready"
    return desk


def opened(**more: object) -> tuple[Desk, int]:
    """The door for JD0123 stands open."""
    desk = ready(**more)
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    return desk, door


def jam(desk: Desk) -> None:
    """No edge after the pulse, nor after the second one."""
    desk.wait(8)
    assert desk.screen().name == "push_then_pull"
    desk.wait(8)

"""What the tests of reviews share: a door that nobody can vouch for, and a courier who looks into it."""

from __future__ import annotations

from edge.core.screens import Screen
from edge.core.words import (
    CompartmentState,
    ContentSensor,
)
from tests.core.desk import Desk, sent

JD = sent("JD0123")
SENSORS = [ContentSensor.NONE, ContentSensor.SCALE]


def doubtful(door: int = 3, **more: object) -> Desk:
    """Somebody forced a door and shut it again: nobody knows what is inside."""
    desk = Desk(**more)  # type: ignore[arg-type]
    desk.door_opens(door)
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    return desk


def looking(**more: object) -> Desk:
    """The courier has been asked and has opened it."""
    desk = doubtful(**more)  # type: ignore[arg-type]
    shown = desk.courier_comes(look=True)
    assert (shown.name, shown.door) == ("look", 3)
    desk.tap("open")
    desk.door_opens(3)
    assert desk.screen().name == "look_inside"
    desk.wait(3)
    return desk


def shut(desk: Desk) -> Screen:
    desk.door_closes(3)
    return desk.screen()

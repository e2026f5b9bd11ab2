"""What the tests of pickups share: whose parcel stands where, and how far the customer has come."""

from __future__ import annotations

from edge.core.words import ContentSensor, Feedback, ParcelState
from tests.core.desk import Desk, sent

ONE = sent("JD000301", pin="11112222")
TWO = sent("JD000302", reservation=ONE.reservation)

Blind = ContentSensor.NONE
Sees = ContentSensor.INFRARED


def standing(content: ContentSensor = Blind, feedback: Feedback = Feedback.SWITCH, **more: object) -> Desk:
    """ONE stands behind door 3."""
    return Desk(stands={3: ONE}, content=content, feedback=feedback, **more)  # type: ignore[arg-type]


def collected(content: ContentSensor = Blind) -> Desk:
    """ONE was taken, and its customer has gone."""
    desk = standing(content)
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.wait(10)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    assert desk.screen().name == "attract"
    return desk


def refusal(desk: Desk) -> str:
    """The reason on the screen of a refusal."""
    shown = desk.screen()
    assert shown.name == "refused", shown
    return str(shown.params["reason"])

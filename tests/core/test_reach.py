"""A door within reach of a wheelchair: always for whoever needs one, else where one is free."""

from __future__ import annotations

from edge.core import inputs
from edge.core.refusal import Refusal
from edge.core.words import Size
from tests.core.desk import Desk, sent, wall
from tests.core.drop_offs import announced, code

LOW, HIGH = (1, 3), (2, 4)  # of the test's wall: the even doors hang high
FOUR = wall(sizes=[Size.M] * 4)


def bringing(stands: tuple[int, ...] = ()) -> Desk:
    return announced(compartments=FOUR, stands={door: sent(f"JD000{door}") for door in stands})


def test_who_lowers_the_screen_gets_a_low_door_and_who_does_not_a_high_one() -> None:
    desk = bringing()
    desk.scan(code(desk))
    assert desk.tap("M").door in HIGH
    desk = bringing()
    desk.tell(inputs.Reach(True))
    shown = desk.scan(code(desk))
    assert shown.params["within_reach"]
    assert desk.tap("M").door in LOW


def test_it_may_be_said_while_the_size_is_asked_for_and_makes_no_tap_stale() -> None:
    desk = bringing()
    shown = desk.scan(code(desk))
    assert "within_reach" not in shown.params
    desk.tell(inputs.Reach(True))
    assert desk.screen().params["within_reach"]
    desk.tap_late("M", shown.number)
    assert desk.screen().door in LOW


def test_a_high_door_is_better_than_none() -> None:
    desk = bringing(stands=LOW)
    desk.tell(inputs.Reach(True))
    assert "M" in desk.scan(code(desk)).choices
    assert desk.tap("M").door in HIGH


def test_who_needs_one_gets_no_other() -> None:
    desk = bringing(stands=LOW)
    shown = desk.scan(code(desk, reachable=True))
    assert shown.params["reason"] == Refusal.NO_FREE_COMPARTMENT


def test_the_screen_is_raised_again() -> None:
    desk = bringing()
    desk.tell(inputs.Reach(True))
    desk.tell(inputs.Reach(False))
    desk.scan(code(desk))
    assert desk.tap("M").door in HIGH


def test_a_courier_before_a_lowered_screen_is_not_the_recipient() -> None:
    doors = []
    for lowered in (False, True):
        desk = Desk(compartments=FOUR)
        desk.tell(inputs.Reach(lowered))
        desk.courier_comes()
        doors.append(desk.enter("JD0123").door)
    assert doors[0] == doors[1]

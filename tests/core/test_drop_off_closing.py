"""The end of a drop-off: cancelled, shut empty or at once, left open.  I6: in doubt the compartment is looked into."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.words import CompartmentState, Content, ContentSensor, ParcelState
from tests.core.drop_offs import RETURN, SENSORS, code, placing


@pytest.mark.parametrize("sensor", SENSORS)
def test_cancel_before_close(sensor: ContentSensor) -> None:
    desk, door = placing(content=sensor)
    assert desk.tap("cancel").choices == ()
    desk.wait(2)
    desk.door_closes(door)
    assert desk.screen().name == "cancelled"
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.parcel(RETURN).state is ParcelState.ANNOUNCED
    desk.wait(9)
    assert desk.scan(code(desk)).name == "choose_size"


def test_i6_cancelled_with_something_left_inside_is_looked_into() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.tap("cancel")
    desk.holds(door, Content.PRESENT)
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW


def test_closed_but_the_scale_says_empty() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    assert desk.screen().name == "no_parcel"
    desk.tap("open_again")
    desk.put(door)
    assert desk.screen().name == "receipt"


def test_no_parcel_detected_cancel() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    assert desk.tap("cancel").name == "cancelled"
    assert desk.compartment(door).state is CompartmentState.FREE


def test_no_parcel_detected_and_nobody_answers() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    desk.wait(60)
    assert desk.screen().name == "attract"
    assert desk.compartment(door).state is CompartmentState.FREE


@pytest.mark.parametrize(("answer", "state"), [("yes", CompartmentState.OCCUPIED), ("no", CompartmentState.FREE)])
def test_shut_at_once_is_asked_about(answer: str, state: CompartmentState) -> None:
    desk, door = placing()
    desk.wait(0.5)
    desk.door_closes(door)
    assert desk.screen().name == "is_it_inside"
    desk.tap(answer)
    assert desk.compartment(door).state is state


def test_i6_shut_at_once_without_an_answer_is_looked_into() -> None:
    desk, door = placing()
    desk.wait(0.5)
    desk.door_closes(door)
    desk.wait(60)
    assert desk.compartment(door).state is CompartmentState.REVIEW


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_not_closed_and_the_customer_leaves_alarm_and_a_look(sensor: ContentSensor) -> None:
    desk, door = placing(content=sensor)
    desk.holds(door, Content.PRESENT)
    desk.wait(200)
    assert desk.last(events.AlarmRaised).what == "drop_off_left_open"
    assert desk.screen().name == "attract"
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.of(events.ParcelDeposited) == []


def test_i6_cancelled_left_open_and_shut_by_a_customer_who_came_back_is_looked_into() -> None:
    desk, door = placing()
    desk.tap("cancel")
    desk.wait(200)
    assert desk.screen().name == "attract"
    desk.scan(code(desk))
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW

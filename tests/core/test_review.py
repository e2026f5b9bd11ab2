"""A compartment in review: whoever comes next looks into it and says what is there."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    Evidence,
    PulseOutcome,
    Purpose,
)
from tests.core.desk import TECHNICIAN_PIN, sent
from tests.core.reviews import JD, SENSORS, doubtful, looking, shut
from tests.core.rounds import let_and_freed


def test_once_a_session_the_courier_is_asked_to_look() -> None:
    desk = doubtful()
    assert desk.courier_comes(look=True).name == "look"
    assert desk.tap("not_now").name == "ready"
    assert "look" in desk.screen().choices
    desk.deposit(sent("JD0001"))
    assert desk.screen().name == "ready"


def test_a_label_is_taken_instead_of_a_look() -> None:
    desk = doubtful()
    desk.courier_comes(look=True)
    assert desk.scan("JD0001").name == "opening"


@pytest.mark.parametrize("sensor", SENSORS)
def test_empty(sensor: ContentSensor) -> None:
    desk = looking(content=sensor)
    desk.tap("empty")
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert shut(desk).name == "ready"
    assert desk.compartment(3).state is CompartmentState.FREE
    expected = Evidence.PERSON if sensor is ContentSensor.NONE else Evidence.SENSOR
    assert desk.last(events.CompartmentFreed).evidence is expected
    assert desk.last(events.OpeningAuthorised).purpose is Purpose.INSPECTION
    let_and_freed(desk)


def test_said_before_or_after_the_door_is_shut() -> None:
    desk = looking()
    assert shut(desk).name == "what_is_inside"
    assert desk.tap("empty").name == "ready"
    assert desk.compartment(3).state is CompartmentState.FREE


def test_a_slip_of_the_finger_is_put_right_while_the_door_is_open() -> None:
    desk = looking()
    desk.tap("something_else")
    desk.tap("empty")
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_something_else_out_of_service() -> None:
    desk = looking()
    desk.tap("something_else")
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.OUT_OF_SERVICE
    assert desk.compartment(3).reason == "something_inside"


@pytest.mark.parametrize(("said", "content"), [("empty", Content.PRESENT), ("parcel", Content.EMPTY)])
def test_i6_a_contradiction_with_the_sensor_stays_in_review(said: str, content: Content) -> None:
    desk = looking(content=ContentSensor.SCALE)
    if said == "parcel":
        desk.scan(JD.tracking)
    else:
        desk.tap(said)
    desk.holds(3, content)
    shut(desk)
    assert (desk.compartment(3).state, desk.compartment(3).reason) == (CompartmentState.REVIEW, "contradiction")
    desk.read_contents(3)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_unanswered_with_a_sensor_that_says_empty_is_free() -> None:
    desk = looking(content=ContentSensor.SCALE)
    assert shut(desk).name == "ready"
    assert desk.last(events.CompartmentFreed).evidence is Evidence.SENSOR


def test_unanswered_with_a_sensor_that_says_present_is_asked() -> None:
    desk = looking(content=ContentSensor.SCALE)
    desk.holds(3, Content.PRESENT)
    assert shut(desk).name == "what_is_inside"
    desk.scan(JD.tracking)
    assert desk.compartment(3).state is CompartmentState.OCCUPIED


def test_i6_unanswered_stays_in_review() -> None:
    desk = looking()
    shut(desk)
    desk.wait(60)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.last(events.OpeningEnded).outcome == "unanswered"
    assert desk.screen().name == "attract"
    assert desk.courier_comes(look=True).name == "look"


def test_not_sure_what_was_inside_opens_again() -> None:
    desk = looking()
    shut(desk)
    desk.tap("open_again")
    desk.door_opens(3)
    desk.wait(2)
    desk.tap("empty")
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_i6_said_empty_and_then_left_open_by_whoever_said_it() -> None:
    desk = looking()
    desk.tap("empty")
    desk.wait(200)
    assert desk.last(events.AlarmRaised).what == "review_left_open"
    assert desk.screen().name == "attract"
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i6_said_empty_left_open_and_shut_by_whoever_came_back() -> None:
    desk = looking()
    desk.tap("empty")
    desk.wait(200)
    desk.courier_comes()
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i6_said_empty_and_then_cut_off() -> None:
    desk = looking()
    desk.tap("empty")
    desk.reboot()
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_jammed_is_said() -> None:
    desk = doubtful()
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.wait(15)
    assert desk.screen().name == "jammed"
    assert desk.tap("next").name == "ready"


def test_too_late_and_tried_again() -> None:
    desk = doubtful(stands={3: JD})
    desk.outcomes.append(PulseOutcome.LATE)
    desk.courier_comes(look=True)
    expected = desk.screen().params["expected"]
    assert desk.tap("open").name == "too_late"
    desk.tap("try_again")
    desk.door_opens(3)
    assert desk.screen().params["expected"] == expected


def test_a_badge_that_may_not_look_is_not_asked() -> None:
    desk = doubtful()
    assert desk.courier_comes(look=True, permissions=frozenset({"deposit"})).name == "ready"
    assert "look" not in desk.screen().choices


def test_a_technician_is_asked_as_well_and_may_find_a_known_parcel() -> None:
    desk = doubtful(stands={5: JD})
    desk.scan(desk.technician_code())
    assert desk.pin(TECHNICIAN_PIN).name == "look"
    desk.tap("open")
    desk.door_opens(3)
    assert desk.scan("JD9999").params["hint"] == "label_unreadable"
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.parcel(JD).door == 3

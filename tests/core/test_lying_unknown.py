"""A compartment that is free in the books and sensed full: somebody is asked to look, once, and never for a flicker."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.lying import STEADY_S
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, Level
from tests.core.desk import Desk, sent

POLL_S = 30
SENSORS = pytest.mark.parametrize("sensor", [ContentSensor.SCALE, ContentSensor.INFRARED])
JD = sent("JD000901")


def senses(desk: Desk, content: Content, seconds: float, door: int = 3) -> None:
    """The sensor of a compartment says the same at every look, for so long."""
    desk.holds(door, content)
    for _ in range(int(seconds // POLL_S) + 1):
        desk.read_contents(door)
        desk.wait(POLL_S)


def asked(desk: Desk, door: int = 3) -> list[str]:
    """Why somebody was asked to look into this compartment, each time."""
    return [event.reason for event in desk.of(events.CompartmentToReview) if event.door == door]


# -- at a start -----------------------------------------------------------------------------------------------------


@SENSORS
def test_i6_what_is_sensed_at_a_start_where_the_books_have_nothing_goes_to_review(sensor: ContentSensor) -> None:
    desk = Desk(content=sensor)
    desk.holds(3, Content.PRESENT)
    desk.reboot()
    assert (desk.compartment(3).state, desk.compartment(3).reason) == (CompartmentState.REVIEW, "contradiction")
    assert asked(desk) == ["contradiction"]
    assert desk.compartment(4).state is CompartmentState.FREE
    desk.reboot()
    assert asked(desk) == ["contradiction"], "once is enough"


@pytest.mark.parametrize("content", [Content.EMPTY, Content.UNKNOWN])
def test_at_a_start_what_is_not_sensed_full_stays_free(content: Content) -> None:
    desk = Desk(content=ContentSensor.SCALE)
    desk.holds(3, content)
    desk.reboot()
    assert desk.compartment(3).state is CompartmentState.FREE


def test_at_a_start_what_stands_in_the_books_is_sensed_as_it_should() -> None:
    desk = Desk(stands={3: JD}, content=ContentSensor.SCALE)
    desk.reboot()
    assert desk.compartment(3).state is CompartmentState.OCCUPIED


def test_at_a_start_an_open_door_is_judged_as_an_open_door() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    desk.holds(3, Content.PRESENT)
    desk.level[3] = Level.OPEN
    desk.reboot()
    assert "contradiction" not in asked(desk)


def test_a_courier_is_asked_to_look_and_finds_the_parcel_that_nobody_knew_of() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    desk.holds(3, Content.PRESENT)
    desk.reboot()
    shown = desk.courier_comes(look=True)
    assert (shown.name, shown.door) == ("look", 3)
    desk.tap("open")
    desk.door_opens(3)
    desk.scan(JD.tracking)
    desk.wait(5)
    desk.door_closes(3)
    desk.read_contents(3)
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.compartment(3).parcels == (JD.parcel,)


# -- in running -----------------------------------------------------------------------------------------------------


@SENSORS
def test_i6_what_is_sensed_steadily_in_a_free_compartment_goes_to_review(sensor: ContentSensor) -> None:
    desk = Desk(content=sensor)
    senses(desk, Content.PRESENT, STEADY_S - 2 * POLL_S)
    assert desk.compartment(3).state is CompartmentState.FREE
    senses(desk, Content.PRESENT, 2 * POLL_S)
    assert (desk.compartment(3).state, desk.compartment(3).reason) == (CompartmentState.REVIEW, "contradiction")
    senses(desk, Content.PRESENT, 3 * STEADY_S)
    assert asked(desk) == ["contradiction"]


@pytest.mark.parametrize("between", [Content.EMPTY, Content.UNKNOWN])
def test_a_sensor_that_flickers_asks_nobody_to_look(between: Content) -> None:
    desk = Desk(content=ContentSensor.SCALE)
    for _ in range(10):
        senses(desk, Content.PRESENT, STEADY_S - 3 * POLL_S)
        senses(desk, between, 0)
    assert desk.compartment(3).state is CompartmentState.FREE
    assert asked(desk) == []


def test_i6_sensed_empty_again_does_not_free_what_somebody_has_to_look_into() -> None:
    desk = Desk(content=ContentSensor.SCALE)
    senses(desk, Content.PRESENT, STEADY_S)
    senses(desk, Content.EMPTY, STEADY_S)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.reboot()
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_who_looked_and_said_empty_is_not_asked_again_before_the_sensor_has_said_so_too() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    senses(desk, Content.PRESENT, STEADY_S)
    desk.technical("empty", 3, "the beam is dirty")
    assert desk.last(events.CompartmentFreed).evidence is Evidence.PERSON
    senses(desk, Content.PRESENT, 3 * STEADY_S)
    senses(desk, Content.UNKNOWN, POLL_S)
    senses(desk, Content.PRESENT, 3 * STEADY_S)
    assert desk.compartment(3).state is CompartmentState.FREE
    assert asked(desk) == ["contradiction"]
    senses(desk, Content.EMPTY, 0)  # wiped; what comes now is another occurrence
    senses(desk, Content.PRESENT, STEADY_S)
    assert asked(desk) == ["contradiction"] * 2


def test_what_was_sensed_before_the_door_was_shut_again_does_not_count() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    senses(desk, Content.PRESENT, STEADY_S - 3 * POLL_S)
    desk.technical("open", 3)
    desk.door_opens(3)
    desk.wait(5)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    desk.read_contents(3)
    assert desk.compartment(3).state is CompartmentState.FREE
    senses(desk, Content.PRESENT, STEADY_S - 3 * POLL_S)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_what_the_books_have_inside_is_not_asked_about() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    desk.courier_comes()
    door = desk.deposit(JD)
    desk.read_contents(door)
    senses(desk, Content.PRESENT, 2 * STEADY_S, door)
    assert desk.compartment(door).state is CompartmentState.OCCUPIED
    assert asked(desk, door) == []

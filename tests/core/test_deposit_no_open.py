"""A deposit whose door does not open: jammed, late, silent, forced.  The next door by itself; I6 for the first."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.refusal import Refusal
from edge.core.words import CompartmentState, ContentSensor, ParcelState, PulseOutcome, Size
from tests.core.deposits import JD, SENSORS, jam, ready
from tests.core.desk import wall
from tests.core.rounds import let_and_freed


def test_no_open_the_next_door_by_itself_the_first_is_suspect() -> None:
    desk = ready()
    first = desk.scan(JD.tracking).door
    jam(desk)
    second = desk.screen().door
    assert second != first
    assert desk.screen().name == "opening"
    assert desk.compartment(first).state is CompartmentState.OUT_OF_SERVICE
    desk.put(second)
    assert desk.parcel(JD).door == second
    assert desk.screen().params["in"] == 1


def test_no_open_at_two_doors_in_a_row() -> None:
    desk = ready()
    first = desk.scan(JD.tracking).door
    jam(desk)
    second = desk.screen().door
    jam(desk)
    assert desk.screen().door not in (first, second)


def test_no_open_and_no_other_door_is_said() -> None:
    desk = ready(compartments=wall(sizes=(Size.S,)))
    desk.scan(JD.tracking)
    jam(desk)
    assert (desk.screen().name, desk.screen().params["reason"]) == ("refused", Refusal.NO_FREE_COMPARTMENT)
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED


def test_too_late_the_same_door_is_tried_again() -> None:
    desk = ready()
    desk.outcomes.append(PulseOutcome.LATE)
    shown = desk.scan(JD.tracking)
    assert shown.name == "too_late"
    assert desk.tap("try_again").door == shown.door
    desk.put(shown.door)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_too_late_and_the_label_is_scanned_again_tries_the_same_door() -> None:
    desk = ready()
    desk.outcomes.append(PulseOutcome.LATE)
    door = desk.scan(JD.tracking).door
    assert (desk.scan(JD.tracking).name, desk.screen().door) == ("opening", door)


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("way", ["end", "another label", "another courier", "idle"])
def test_i6_too_late_and_given_up_the_compartment_does_not_stay_held(way: str, sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    desk.outcomes.append(PulseOutcome.LATE)
    door = desk.scan(JD.tracking).door
    if way == "end":
        desk.tap("end")
    elif way == "another label":
        desk.scan("JD9999")
    elif way == "another courier":
        desk.scan(desk.technician_code())
    else:
        desk.wait(60)
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    if way != "another label" or sensor is ContentSensor.NONE:  # else it may be let again at once
        assert desk.compartment(door).state is expected
    let_and_freed(desk)


def test_board_silent_is_said_and_tried_again() -> None:
    desk = ready()
    desk.outcomes.append(PulseOutcome.BROKEN)
    shown = desk.scan(JD.tracking)
    assert shown.name == "board_silent"
    assert desk.tap("try_again").name == "opening"


def test_a_pulse_without_any_status_is_followed_by_another_door_and_a_look() -> None:
    desk = ready()
    door = desk.scan(JD.tracking).door
    desk.door_silent(door)
    desk.wait(9)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.screen().name == "opening"
    assert desk.screen().door != door


def test_a_door_that_goes_open_before_its_pulse_is_an_alarm_and_another_is_taken() -> None:
    desk = ready()
    desk.pulses_answer = False
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    assert desk.last(events.DoorForced).door == door
    assert desk.screen().door != door
    assert desk.compartment(door).state is CompartmentState.REVIEW

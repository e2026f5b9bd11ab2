"""A drop-off whose door does not open, or whose locker is cut off: another door, the same again, and I6."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, ParcelState, PulseOutcome
from tests.core.desk import sent
from tests.core.drop_offs import RETURN, SENSORS, announced, code, placing
from tests.core.rounds import let_and_freed

# -- no open ----------------------------------------------------------------------------------------------------------


def test_jammed_another_door_by_itself() -> None:
    desk = announced()
    desk.scan(code(desk))
    first = desk.tap("M").door
    desk.wait(15)
    assert (desk.screen().name, desk.screen().door != first) == ("opening", True)
    desk.put(desk.screen().door)
    assert desk.screen().name == "receipt"
    assert desk.compartment(first).state is CompartmentState.OUT_OF_SERVICE


def test_too_late_the_same_door_is_tried_again() -> None:
    desk = announced()
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(code(desk))
    shown = desk.tap("M")
    assert shown.name == "too_late"
    assert desk.tap("try_again").door == shown.door


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("way", ["end", "idle", "another code"])
def test_i6_too_late_and_given_up_the_compartment_does_not_stay_held(way: str, sensor: ContentSensor) -> None:
    desk = announced(content=sensor)
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(code(desk))
    door = desk.tap("M").door
    if way == "end":
        desk.tap("end")
    elif way == "idle":
        desk.wait(60)
    else:
        desk.scan(desk.code(sent("JD0001")))
        desk.wait(60)
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    assert desk.compartment(door).state is expected
    let_and_freed(desk)


def test_no_status_after_the_pulse_another_door() -> None:
    desk = announced()
    desk.scan(code(desk))
    door = desk.tap("M").door
    desk.door_silent(door)
    desk.wait(9)
    assert desk.screen().name == "opening"
    assert desk.screen().door != door


# -- a cut ------------------------------------------------------------------------------------------------------------


def test_a_drop_off_that_is_cut_off_and_found_is_a_return_and_not_for_pickup() -> None:
    desk, door = placing()
    desk.reboot()
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    desk.number_comes()
    desk.tap("look")
    desk.tap("open")
    desk.door_opens(door)
    desk.wait(3)
    desk.tap("parcel")
    desk.door_closes(door)
    assert desk.parcel(RETURN).state is ParcelState.RETURNING
    assert desk.screen().params["to_collect"] == 1


def test_a_drop_off_that_is_cut_off_cannot_be_taken_out_with_a_pickup_code_of_its_right() -> None:
    desk, door = placing()
    desk.reboot()
    desk.door_closes(door)
    assert desk.parcel(RETURN).state is ParcelState.UNCERTAIN
    assert desk.scan(desk.code(RETURN)).name == "refused"


# -- a cut while the door stands open, and the customer is still there ------------------------------------------------


@pytest.mark.parametrize("shows", ["code", "label"])
def test_i2_who_comes_back_to_an_open_door_after_a_cut_gets_that_door_and_no_other(shows: str) -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.reboot()
    if shows == "code":
        desk.scan(code(desk))
    else:
        desk.tap("send")
        desk.scan(RETURN.tracking)
    assert (desk.screen().name, desk.screen().door) == ("place", door)
    assert len(desk.of(events.CompartmentLet)) == 1
    desk.holds(door, Content.PRESENT)
    desk.door_closes(door)
    assert desk.screen().name == "receipt"
    assert [event.door for event in desk.of(events.ParcelDeposited)] == [door]


def test_i6_after_a_cut_who_closes_a_door_without_a_sensor_is_asked_what_is_behind_it() -> None:
    desk, door = placing()
    desk.reboot()
    desk.scan(code(desk))
    desk.wait(5)
    desk.door_closes(door)
    assert desk.screen().name == "is_it_inside"
    desk.tap("yes")
    assert desk.last(events.ParcelDeposited).evidence is Evidence.PERSON
    assert desk.screen().name == "receipt"


def test_after_a_cut_an_open_door_that_was_left_alone_goes_to_review_and_the_screen_home() -> None:
    desk, door = placing()
    desk.reboot()
    desk.wait(200)
    desk.scan(code(desk))
    assert desk.screen().name == "place"
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.screen().name == "attract"


def test_while_a_closed_door_is_not_yet_judged_the_same_return_gets_no_second_one() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.reboot()
    desk.sensors_answer = False
    desk.door_closes(door)
    desk.scan(code(desk))
    assert desk.screen().name == "one_moment"
    desk.tap("try_again")
    assert len(desk.of(events.CompartmentLet)) == 1

"""The last deposit once more: undone, or opened again, before the courier goes.  I6: what was let follows evidence."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.refusal import Refusal
from edge.core.words import CompartmentState, Content, ContentSensor, DoorState, ParcelState
from tests.core.deposits import JD, SENSORS, jam, ready
from tests.core.rounds import let_and_freed

# -- undone -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sensor", SENSORS)
def test_undo_the_last(sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    door = desk.deposit(JD)
    assert desk.tap("last").params["label"] == JD.tracking
    desk.tap("undo")
    desk.door_opens(door)
    assert desk.screen().name == "take_out"
    desk.wait(3)
    desk.holds(door, Content.EMPTY)
    desk.door_closes(door)
    assert desk.last(events.DepositAbandoned).reason == "undone"
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED
    assert desk.screen().params["in"] == 0
    assert "last" not in desk.screen().choices
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(JD)).params["reason"] == Refusal.NOT_HERE_YET


def test_undo_and_the_parcel_is_left_inside_it_stays_deposited() -> None:
    desk = ready(content=ContentSensor.SCALE)
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("undo")
    desk.put(door)
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.screen().params["in"] == 1


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_an_undo_that_is_cut_off_is_decided_by_the_sensor_or_looked_into(sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("undo")
    desk.door_opens(door)
    desk.holds(door, Content.EMPTY)
    desk.reboot()
    desk.door_closes(door)
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    assert desk.compartment(door).state is expected
    let_and_freed(desk)


def test_i6_every_letting_of_a_long_round_follows_evidence() -> None:
    desk = ready(content=ContentSensor.SCALE)
    for number in range(6):
        door = desk.scan(f"JD000{number}").door
        desk.put(door)
        if number % 2:
            desk.tap("last")
            desk.tap("undo")
            desk.take(door)
    assert len(let_and_freed(desk)) == 6 + 3 + 8


# -- opened again -----------------------------------------------------------------------------------------------------


def test_reopen_before_the_end_of_the_session_is_allowed_and_recorded() -> None:
    desk = ready()
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    desk.put(door)
    assert desk.last(events.PersonSaid).said == "reopen"
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.screen().params["in"] == 1


def test_reopened_and_taken_out_after_all() -> None:
    desk = ready()
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    desk.door_opens(door)
    assert desk.screen().choices == ("undo",)
    desk.tap("undo")
    assert desk.screen().name == "take_out"
    desk.door_closes(door)
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED


def test_reopened_and_the_scale_says_that_it_was_taken_out() -> None:
    desk = ready(content=ContentSensor.SCALE)
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    desk.take(door)
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED
    assert desk.compartment(door).state is CompartmentState.FREE


def test_i6_reopened_and_left_open_is_looked_into() -> None:
    desk = ready(content=ContentSensor.SCALE)
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    desk.door_opens(door)
    desk.wait(300)
    desk.door_closes(door)
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN


def test_a_reopened_door_that_jams_leaves_the_parcel_in_its_books() -> None:
    desk = ready()
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    jam(desk)
    assert desk.compartment(door).parcels == (JD.parcel,)
    assert desk.screen().name == "ready"
    assert desk.memory.sense(door).state is DoorState.JAMMED


def test_reopening_after_the_session_is_not_offered() -> None:
    desk = ready()
    desk.deposit(JD)
    desk.tap("end")
    desk.wait(10)
    desk.courier_comes()
    assert "last" not in desk.screen().choices

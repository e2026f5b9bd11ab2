"""The end of a deposit: shut empty, in the wrong door, left open, cancelled.

Deposited is what is behind a closed door; I6: in doubt the compartment is looked into.
"""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, ParcelState, PulseOutcome
from tests.core.deposits import JD, SENSORS, opened, ready
from tests.core.desk import Desk, sent

# -- shut empty -------------------------------------------------------------------------------------------------------


def test_closed_but_the_scale_says_empty_no_parcel_detected() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    assert desk.screen().name == "no_parcel"
    assert desk.of(events.ParcelDeposited) == []
    desk.tap("open_again")
    desk.put(door)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_no_parcel_detected_cancel() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    desk.tap("cancel")
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.last(events.CompartmentFreed).evidence is Evidence.SENSOR
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED
    assert desk.scan(JD.tracking).name == "opening"


def test_no_parcel_detected_and_its_label_is_scanned_again_opens_again() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    assert (desk.scan(JD.tracking).name, desk.screen().door) == ("opening", door)
    desk.put(door)
    assert desk.parcel(JD).door == door


def test_no_parcel_detected_and_nobody_answers() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    desk.wait(60)
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.last(events.CourierLeft).reason == "idle"
    assert desk.screen().name == "attract"


def test_no_parcel_detected_and_the_next_label_is_scanned() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    other = desk.scan("JD0002").door
    assert other != door
    desk.put(other)
    desk.wait(55)
    assert desk.compartment(door).state is CompartmentState.FREE


def test_a_sensor_that_does_not_settle_concludes_nothing_and_the_courier_counts() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.sensors_answer = False
    desk.wait(3)
    desk.door_closes(door)
    desk.wait(5)
    assert desk.last(events.ParcelDeposited).evidence is Evidence.PERSON
    assert desk.last(events.FaultRaised).what == "content_sensor"


# -- in the wrong door ------------------------------------------------------------------------------------------------


def two_open() -> tuple[Desk, int, int]:
    desk = ready(content=ContentSensor.SCALE)
    first = desk.scan("JD0001").door
    desk.door_opens(first)
    second = desk.scan("JD0002").door
    desk.door_opens(second)
    desk.wait(3)
    return desk, first, second


def test_another_open_door_got_the_parcel_it_is_said_while_that_is_open() -> None:
    desk, first, second = two_open()
    desk.holds(second, Content.PRESENT)
    desk.door_closes(first)
    assert (desk.screen().name, desk.screen().door) == ("no_parcel", first)
    assert desk.screen().params["elsewhere"] == second
    assert second in desk.screen().others


def test_another_open_door_got_the_parcel_it_is_said_when_that_was_shut_before() -> None:
    desk, first, second = two_open()
    desk.holds(second, Content.PRESENT)
    desk.door_closes(second)
    desk.door_closes(first)
    assert (desk.screen().name, desk.screen().params["elsewhere"]) == ("no_parcel", second)


def test_no_parcel_detected_names_no_door_that_was_shut_long_before() -> None:
    desk = ready(content=ContentSensor.SCALE)
    desk.deposit(sent("JD0001"))
    door = desk.scan("JD0002").door
    desk.door_opens(door)
    desk.wait(3)
    desk.door_closes(door)
    assert "elsewhere" not in desk.screen().params


def test_misplaced_and_put_right() -> None:
    desk, first, second = two_open()
    desk.holds(second, Content.PRESENT)
    desk.door_closes(first)
    desk.tap("open_again")
    desk.door_opens(first)
    desk.holds(first, Content.PRESENT)
    desk.wait(3)
    desk.door_closes(first)
    assert (desk.screen().name, desk.screen().door) == ("put", second)
    desk.door_closes(second)
    assert {e.parcel: e.door for e in desk.of(events.ParcelDeposited)} == {
        sent("JD0001").parcel: first,
        sent("JD0002").parcel: second,
    }


# -- left open --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_not_closed_and_the_courier_leaves_not_deposited_alarm(sensor: ContentSensor) -> None:
    desk, door = opened(content=sensor)
    desk.holds(door, Content.PRESENT)
    desk.wait(31)
    assert desk.screen().name == "put"
    desk.wait(160)
    assert desk.of(events.ParcelDeposited) == []
    assert desk.last(events.AlarmRaised).what == "deposit_left_open"
    assert desk.last(events.CourierLeft).reason == "left_open"
    assert desk.screen().name == "attract"
    desk.wait(60)
    desk.door_closes(door)
    assert desk.of(events.ParcelDeposited) == []
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN


@pytest.mark.parametrize("said", ["", "cancel", "dirty"])
def test_i6_left_open_and_shut_by_a_courier_who_came_back_is_looked_into(said: str) -> None:
    desk, door = opened()
    if said:
        desk.tap(said)
    desk.wait(200)
    assert desk.last(events.CourierLeft).reason == "left_open"
    desk.courier_comes()
    desk.door_closes(door)
    assert desk.of(events.ParcelDeposited) == []
    assert desk.compartment(door).state in (CompartmentState.REVIEW, CompartmentState.OUT_OF_SERVICE)


def test_left_open_and_then_sensed_empty_is_free() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(200)
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.FREE


def test_a_courier_who_goes_on_working_has_not_left() -> None:
    desk = ready()
    first = desk.scan("JD0001").door
    desk.door_opens(first)
    for number in range(2, 7):
        desk.wait(30)
        desk.put(desk.scan(f"JD000{number}").door)
        assert (desk.screen().name, desk.screen().door) == ("put", first)
    assert desk.of(events.AlarmRaised) == []
    desk.door_closes(first)
    assert desk.screen().params["in"] == 6


def test_who_has_an_open_door_cannot_end_without_shutting_it() -> None:
    desk, door = opened()
    assert "end" not in desk.screen().choices
    other = desk.scan("JD0002").door
    desk.put(other)
    assert (desk.screen().name, desk.screen().door) == ("put", door)


def test_ending_beside_an_open_door_leads_back_to_it() -> None:
    desk, door = opened()
    desk.outcomes.append(PulseOutcome.LATE)
    assert desk.scan("JD0002").name == "too_late"
    assert (desk.tap("end").name, desk.screen().door) == ("put", door)
    desk.wait(3)
    desk.door_closes(door)
    assert desk.screen().name == "ready"
    assert not [c for c in desk.state.compartments.values() if c.state is CompartmentState.HELD]


# -- cancelled --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sensor", SENSORS)
def test_cancel_before_it_is_closed(sensor: ContentSensor) -> None:
    desk, door = opened(content=sensor)
    assert desk.tap("cancel").choices == ()
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.last(events.DepositAbandoned).reason == "cancelled"
    assert desk.screen().name == "ready"


def test_a_cancelled_parcel_is_scanned_again_before_its_door_is_shut() -> None:
    desk, door = opened()
    desk.tap("cancel")
    other = desk.scan(JD.tracking).door
    assert other != door
    desk.put(other)
    desk.door_closes(door)
    assert desk.parcel(JD).door == other
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.screen().params["in"] == 1

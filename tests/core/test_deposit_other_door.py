"""A deposit that needs another door: occupied, dirty, too small.  I6: the first is let again on evidence only."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.refusal import Refusal
from edge.core.site import Policy
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, Size
from tests.core.deposits import JD, SENSORS, opened, ready
from tests.core.desk import sent, wall
from tests.core.rounds import let_and_freed


def test_occupied_quarantine_another_door_a_task_to_reconcile() -> None:
    desk, door = opened()
    other = desk.tap("occupied").door
    assert other != door
    desk.put(other)
    desk.wait(1)
    desk.door_closes(door)
    assert (desk.compartment(door).state, desk.compartment(door).reason) == (CompartmentState.REVIEW, "occupied")
    assert desk.last(events.IncidentReported).complaint == "occupied"
    assert desk.parcel(JD).door == other
    assert desk.screen().params["in"] == 1


def test_i6_occupied_stays_in_review_although_its_sensor_sees_nothing() -> None:
    desk, door = opened(content=ContentSensor.INFRARED)
    desk.tap("occupied")
    desk.door_closes(door)
    desk.read_contents(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    let_and_freed(desk)


def test_dirty_out_of_service_another_door() -> None:
    desk, door = opened()
    other = desk.tap("dirty").door
    desk.put(other)
    assert desk.compartment(door).state is CompartmentState.HELD
    desk.door_closes(door)
    assert (desk.compartment(door).state, desk.compartment(door).reason) == (CompartmentState.OUT_OF_SERVICE, "dirty")


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_does_not_fit_a_larger_door_the_first_is_freed_only_after_it_is_seen_closed(sensor: ContentSensor) -> None:
    desk, door = opened(content=sensor)
    other = desk.tap("does_not_fit").door
    assert desk.site.plan(door).size is Size.S
    assert desk.site.plan(other).size is Size.M
    desk.put(other)
    assert desk.compartment(door).state is CompartmentState.HELD
    desk.door_closes(door)
    freed = desk.last(events.CompartmentFreed)
    assert freed.door == door
    assert freed.evidence is (Evidence.PERSON if sensor is ContentSensor.NONE else Evidence.SENSOR)
    assert desk.parcel(JD).door == other
    let_and_freed(desk)


def test_i6_does_not_fit_and_something_is_sensed_in_the_first_it_is_looked_into() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.tap("does_not_fit")
    desk.holds(door, Content.PRESENT)
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW


def test_does_not_fit_none_larger_cancel_with_a_reason() -> None:
    desk = ready(compartments=wall(sizes=(Size.XL,)))
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    shown = desk.tap("does_not_fit")
    assert (shown.name, shown.params["reason"]) == ("refused", Refusal.NO_FREE_COMPARTMENT)
    assert shown.params["shut"] == door
    assert desk.last(events.DepositRefused).parcel == JD.parcel
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.screen().name == "ready"


def test_does_not_fit_the_larger_ones_are_taken_cancel_with_a_reason() -> None:
    desk = ready(compartments=wall(sizes=(Size.S, Size.M)))
    desk.scan("JD0001")
    desk.put(desk.screen().door)
    desk.scan("JD0002")
    desk.put(desk.screen().door)
    assert desk.scan("JD0003").params["reason"] == Refusal.NO_FREE_COMPARTMENT


def test_does_not_fit_is_not_over_quota_because_of_the_door_that_comes_back() -> None:
    desk, _ = opened(policy=Policy(carrier_quota_percent={"dpd": 12}))
    assert desk.tap("does_not_fit").name == "opening"


def test_refused_beside_an_open_door_the_way_back_is_that_door() -> None:
    desk, door = opened(policy=Policy(unannounced_by_carrier={"gls": "refuse"}))
    desk.announce(sent("JD0777", carrier="gls"))
    assert desk.scan("JD0777").name == "refused"
    assert (desk.tap("back").name, desk.screen().door) == ("put", door)

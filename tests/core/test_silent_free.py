"""I6, no silent free: a compartment is free on a sensor, when somebody looked, or after grace; never by itself."""

from __future__ import annotations

from edge.core import events
from edge.core.words import CompartmentState, Evidence, ParcelState
from tests.core.desk import Desk
from tests.core.pickups import ONE, Sees


def test_i6_without_a_sensor_a_pickup_frees_only_after_grace_without_complaint() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(170)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(20)
    assert desk.compartment(3).state is CompartmentState.FREE
    assert desk.last(events.CompartmentFreed).evidence is Evidence.INFERRED


def test_i6_with_a_sensor_a_pickup_frees_at_once() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_i6_an_interrupted_pickup_is_never_inferred_to_be_empty() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.reboot()
    desk.wait(20)
    desk.door_closes(3)
    desk.wait(1000)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i6_the_grace_of_a_reopening_begins_again() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.wait(170)
    desk.scan(desk.code(ONE))
    desk.take(3, seconds=30)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(170)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(20)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_i6_something_put_back_in_grace_is_seen_and_reviewed() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.tap("open_again")
    desk.put(3)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_i6_back_in_service_is_never_free_without_a_look() -> None:
    desk = Desk()
    desk.technical("out_of_service", 4)
    desk.technical("in_service", 4)
    assert desk.compartment(4).state is CompartmentState.REVIEW
    desk.door_silent(4)
    answer = desk.technical("empty", 4)
    assert answer is not None
    assert not answer.ok
    desk.door_closes(4)
    desk.technical("empty", 4)
    assert desk.compartment(4).state is CompartmentState.FREE
    assert desk.last(events.CompartmentFreed).evidence is Evidence.PERSON


def test_i6_a_new_site_has_no_free_compartment_until_somebody_or_something_looked() -> None:
    assert {c.state for c in Desk(looked=False).state.compartments.values()} == {CompartmentState.REVIEW}
    assert {c.state for c in Desk(looked=False, content=Sees).state.compartments.values()} == {CompartmentState.FREE}
    assert {c.state for c in Desk(content=Sees, restored=False).state.compartments.values()} == {
        CompartmentState.REVIEW
    }

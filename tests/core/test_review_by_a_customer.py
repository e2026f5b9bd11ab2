"""A customer with a live code for a compartment in review answers by doing, and is no evidence that it is empty."""

from __future__ import annotations

import pytest

from edge.core.orders import Cancel
from edge.core.words import (
    CompartmentState,
    ContentSensor,
    ParcelState,
)
from tests.core.desk import Desk
from tests.core.reviews import JD, SENSORS, doubtful
from tests.core.rounds import let_and_freed


@pytest.mark.parametrize("sensor", SENSORS)
def test_a_customer_with_a_live_code_opens_a_compartment_in_review_and_answers_by_doing(sensor: ContentSensor) -> None:
    desk = doubtful(stands={3: JD}, content=sensor)
    assert desk.scan(desk.code(JD)).door == 3
    desk.take(3)
    assert desk.parcel(JD).state is ParcelState.COLLECTED
    let_and_freed(desk)


def test_i6_what_a_customer_did_in_a_compartment_in_review_is_no_evidence_that_it_is_empty() -> None:
    desk = doubtful(stands={3: JD})
    desk.scan(desk.code(JD))
    desk.take(3)
    desk.wait(400)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_a_called_off_parcel_in_a_compartment_in_review_does_not_open_for_its_customer() -> None:
    desk = doubtful(stands={3: JD})
    desk.order(Cancel(JD.parcel))
    assert desk.scan(desk.code(JD)).name == "refused"


def test_a_called_off_parcel_that_then_becomes_uncertain_does_not_open_for_its_customer() -> None:
    desk = Desk(stands={3: JD})
    desk.order(Cancel(JD.parcel))
    desk.door_opens(3)
    desk.door_closes(3)
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN
    assert desk.scan(desk.code(JD)).name == "refused"


def test_a_customer_who_finds_it_empty_says_so() -> None:
    desk = doubtful(stands={3: JD})
    desk.scan(desk.code(JD))
    desk.door_opens(3)
    desk.wait(3)
    desk.tap("problem")
    desk.tap("empty")
    desk.door_closes(3)
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN
    assert desk.compartment(3).state is CompartmentState.REVIEW

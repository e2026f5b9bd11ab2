"""Several parcels are expected in a compartment in review, and not all of them are scanned: the rest is asked about."""

from __future__ import annotations

import pytest

from edge.core.words import (
    CompartmentState,
    ContentSensor,
    ParcelState,
)
from tests.core.desk import Desk, sent
from tests.core.reviews import SENSORS

TWO = (sent("JD000321"), sent("JD000322"))


def one_scanned(content: ContentSensor = ContentSensor.NONE) -> Desk:
    """Two stood behind a door that was forced; the courier has scanned the first of them, and shut the door."""
    desk = Desk(stands={3: TWO}, content=content)
    desk.door_opens(3)
    desk.door_closes(3)
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.wait(3)
    desk.scan(TWO[0].tracking)
    desk.door_closes(3)
    return desk


@pytest.mark.parametrize("content", SENSORS)
def test_i6_what_is_expected_and_was_not_scanned_is_asked_about_and_never_gone_by_itself(
    content: ContentSensor,
) -> None:
    desk = one_scanned(content)
    assert desk.screen().name == "others_inside"
    assert desk.screen().params["numbers"] == [TWO[1].parcel[:8]], "the list names no labels"
    assert {desk.parcel(p).state for p in TWO} == {ParcelState.UNCERTAIN}


@pytest.mark.parametrize(
    ("say", "second"), [("yes", ParcelState.STANDING), ("no", ParcelState.GONE), ("scan", ParcelState.STANDING)]
)
def test_what_the_courier_says_about_the_others_counts(say: str, second: ParcelState) -> None:
    desk = one_scanned()
    if say == "scan":
        desk.scan(TWO[1].tracking)
    else:
        desk.tap(say)
    assert desk.screen().name == "ready"
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert (desk.parcel(TWO[0]).state, desk.parcel(TWO[1]).state) == (ParcelState.STANDING, second)


def test_i6_nobody_says_a_word_about_the_others_and_it_stays_in_review() -> None:
    desk = one_scanned()
    desk.wait(200)
    assert desk.screen().name == "attract"
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert {desk.parcel(p).state for p in TWO} == {ParcelState.UNCERTAIN}
    assert desk.scan(desk.code(TWO[1])).name == "opening", "and its code is good"


def test_the_door_may_be_opened_again_to_look_for_the_others() -> None:
    desk = one_scanned()
    assert desk.tap("open_again").name == "opening"
    desk.door_opens(3)
    desk.wait(3)
    for parcel in TWO:
        desk.scan(parcel.tracking)
    desk.door_closes(3)
    assert {desk.parcel(p).state for p in TWO} == {ParcelState.STANDING}

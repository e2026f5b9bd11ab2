"""What a customer says of the parcel: empty, wrong, damaged, out of reach, not wanted.

I3: who complains has not collected.  I6: what was complained of is looked into.
"""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.words import CompartmentState, Content, ContentSensor, CredentialState, ParcelState
from tests.core.pickups import ONE, Blind, Sees, refusal, standing


@pytest.mark.parametrize("what", ["empty", "wrong"])
@pytest.mark.parametrize("content", [Blind, Sees])
def test_empty_or_wrong_gets_an_incident_number_and_is_reviewed(what: str, content: ContentSensor) -> None:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    shown = desk.tap(what)
    assert (shown.name, shown.params["incident"], shown.params["shut"]) == ("help", 1, True)
    desk.wait(5)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    assert (desk.screen().name, desk.screen().params["shut"]) == ("help", False)  # she has shut it
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.right(ONE).state is CredentialState.GOOD
    assert not desk.of(events.ParcelCollected)


def test_a_complaint_on_the_last_screen_takes_the_pickup_back() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.tap("problem")
    desk.tap("empty")
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.compartment(3).parcels == (ONE.parcel,)
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.wait(400)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_a_complaint_from_before_the_code_was_shown_again_still_counts() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    desk.tap("empty")
    desk.tap("end")
    assert desk.scan(desk.code(ONE)).name == "take"
    desk.wait(5)
    desk.door_closes(3)
    assert (desk.screen().name, desk.screen().params["incident"]) == ("help", 1)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN


def test_damaged_is_written_down_and_still_collected() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    desk.tap("damaged")
    desk.wait(5)
    desk.door_closes(3)
    assert desk.last(events.IncidentReported).complaint == "damaged"
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    assert desk.screen().name == "help"


def test_cannot_reach_is_not_collected() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    shown = desk.tap("cannot_reach")
    assert (shown.name, shown.params["incident"], shown.params["reach"]) == ("help", 1, True)
    desk.wait(5)
    desk.door_closes(3)
    assert (desk.screen().name, desk.screen().params["reach"]) == ("help", False)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.tap("end")
    assert desk.scan(desk.code(ONE)).name == "opening"  # with somebody who helps


def test_no_problem_after_all_goes_back_and_the_last_screen_still_goes_by_itself() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    assert desk.tap("back").name == "take"
    desk.wait(3)
    desk.door_closes(3)
    desk.tap("problem")
    assert desk.tap("back").params["receipt"] == 1
    desk.wait(10)
    assert desk.screen().name == "attract"


@pytest.mark.parametrize("content", [Blind, Sees])
def test_a_declined_parcel_becomes_a_return(content: ContentSensor) -> None:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("decline")
    assert desk.screen().choices == ()
    desk.wait(5)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.RETURNING
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.screen().name == "thanks"
    desk.wait(10)
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "taken_back"

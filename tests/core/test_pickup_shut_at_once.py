"""A door that was open for a moment only: no pickup, unless a sensor or the customer says so (I3, I6)."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.words import CompartmentState, ContentSensor, CredentialState, Evidence, ParcelState
from tests.core.desk import Desk, sent
from tests.core.pickups import ONE, Blind, Sees, standing

OTHER = sent("JD000399")


def _shut_at_once() -> Desk:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(1)
    desk.door_closes(3)
    assert desk.screen().name == "did_you_get_it"
    return desk


@pytest.mark.parametrize("content", [Blind, Sees])
def test_open_then_shut_at_once_is_never_counted_as_collected(content: ContentSensor) -> None:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(1)
    desk.door_closes(3)
    assert desk.screen().name == ("did_you_get_it" if content is Blind else "opening")  # the sensor sees it: again
    assert desk.parcel(ONE).state is ParcelState.LEAVING
    assert not desk.of(events.ParcelCollected)


def test_the_sensor_decides_even_when_the_door_was_shut_at_once() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.take(3, seconds=1)
    assert desk.last(events.ParcelCollected).evidence is Evidence.SENSOR


def test_shut_at_once_and_got_it_is_collected_on_the_word_of_the_person() -> None:
    desk = _shut_at_once()
    desk.tap("yes")
    assert desk.screen().name == "thanks"
    assert desk.last(events.ParcelCollected).evidence is Evidence.PERSON
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(400)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_shut_at_once_and_not_got_it_leaves_the_code_good_and_offers_to_reopen() -> None:
    desk = _shut_at_once()
    assert desk.tap("no").name == "reopen"
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.tap("open_again").name == "opening"
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_shut_at_once_and_opened_again_at_a_tap() -> None:
    desk = _shut_at_once()
    assert desk.tap("open_again").name == "opening"
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_shut_at_once_and_unanswered_is_uncertain_and_the_code_stays_good() -> None:
    desk = _shut_at_once()
    desk.wait(60)
    assert desk.screen().name == "attract"
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.parcel(ONE).hold_left_ms > 0
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_uncertain_the_next_courier_is_asked_to_look() -> None:
    desk = _shut_at_once()
    desk.wait(60)
    desk.scan(desk.courier_code())
    shown = desk.pin("13572468")
    assert (shown.name, shown.door) == ("look", 3)


def test_swung_open_again_before_the_answer_cannot_be_answered_through_the_open_door() -> None:
    desk = _shut_at_once()
    desk.door_opens(3)
    assert desk.screen().name == "take"
    assert not desk.of(events.DoorForced)
    desk.wait(3)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_own_code_before_the_camera_does_not_disturb_the_question() -> None:
    desk = _shut_at_once()
    number = desk.screen().number
    desk.scan(desk.code(ONE))
    desk.scan(desk.code(OTHER))
    desk.scan("a wine label")
    assert (desk.screen().name, desk.screen().number) == ("did_you_get_it", number)

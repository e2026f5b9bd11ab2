"""Several parcels of one right: one door after another, or all behind one."""

from __future__ import annotations

import pytest

from edge.core.words import Content, ContentSensor, CredentialState, ParcelState
from tests.core.desk import Desk
from tests.core.pickups import ONE, TWO, Blind, Sees


@pytest.mark.parametrize("content", [Blind, Sees])
def test_several_parcels_one_code_opens_them_one_after_another(content: ContentSensor) -> None:
    desk = Desk(stands={3: ONE, 6: TWO}, content=content)
    assert desk.scan(desk.code(ONE)).params["of"] == 2
    desk.take(3)
    assert (desk.screen().name, desk.screen().door) == ("opening", 6)
    assert desk.right(ONE).state is CredentialState.RESERVED
    desk.take(6)
    assert desk.screen().name == "thanks"
    assert {desk.parcel(p).state for p in (ONE, TWO)} == {ParcelState.COLLECTED}
    assert desk.right(ONE).state is CredentialState.CONSUMED


def test_several_parcels_behind_one_door_are_one_opening() -> None:
    desk = Desk(stands={3: (ONE, TWO)})
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert {desk.parcel(p).state for p in (ONE, TWO)} == {ParcelState.COLLECTED}
    assert len(desk.pulsed()) == 1
    desk.tap("problem")
    desk.tap("wrong")
    assert {desk.parcel(p).state for p in (ONE, TWO)} == {ParcelState.UNCERTAIN}


def test_several_parcels_and_the_first_door_jams_the_second_still_opens() -> None:
    desk = Desk(stands={3: ONE, 6: TWO})
    desk.scan(desk.code(ONE))
    desk.wait(15)
    assert desk.screen().choices == ("next",)
    assert desk.tap("next").door == 6
    desk.take(6)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    assert desk.right(ONE).state is CredentialState.GOOD


def test_several_parcels_something_left_in_the_first_door_does_not_follow_to_the_second() -> None:
    desk = Desk(stands={3: ONE, 6: TWO}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(3)
    desk.door_closes(3)
    desk.door_opens(3)
    assert desk.screen().name == "left_inside"
    desk.wait(3)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    desk.door_opens(6)
    assert desk.screen().name == "take"


def test_several_parcels_what_is_left_behind_the_first_door_twice_does_not_keep_the_second_shut() -> None:
    desk = Desk(stands={3: ONE, 6: TWO}, content=Sees)
    desk.scan(desk.code(ONE))
    for _ in range(2):
        desk.door_opens(3)
        desk.wait(3)
        desk.door_closes(3)
    assert (desk.screen().name, desk.screen().door) == ("opening", 6)
    desk.take(6)
    assert (desk.parcel(ONE).state, desk.parcel(TWO).state) == (ParcelState.STANDING, ParcelState.COLLECTED)
    assert desk.right(ONE).state is CredentialState.GOOD


def test_i3_what_was_declined_behind_the_first_door_is_not_said_of_the_second() -> None:
    """Who was told to leave the second parcel there too would find its code used up."""
    desk = Desk(stands={3: ONE, 6: TWO})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("decline")
    desk.wait(5)
    desk.door_closes(3)
    desk.door_opens(6)
    shown = desk.screen()
    assert (shown.name, shown.door, shown.choices) == ("take", 6, ("problem", "decline", "cannot_reach"))
    assert "declined" not in shown.params
    assert (shown.params["of"], shown.params["done"]) == (2, 1)
    desk.tap("decline")
    desk.wait(5)
    desk.door_closes(6)
    assert {desk.parcel(p).state for p in (ONE, TWO)} == {ParcelState.RETURNING}


def test_that_the_first_door_was_left_open_is_not_said_of_the_second() -> None:
    desk = Desk(stands={3: ONE, 6: TWO})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(31)
    assert desk.screen().params["still_open"]
    desk.door_closes(3)
    desk.door_opens(6)
    assert (desk.screen().name, desk.screen().door) == ("take", 6)
    assert "still_open" not in desk.screen().params

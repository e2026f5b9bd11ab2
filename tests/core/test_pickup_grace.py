"""A code that was used already: its own compartment opens again for a while (I2), and then no more."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.words import ContentSensor, ParcelState
from tests.core.desk import sent
from tests.core.pickups import ONE, TWO, Blind, Sees, collected, refusal, standing
from tests.credentials.known_keys import NOW_S, OTHER_PICKUP


@pytest.mark.parametrize("content", [Blind, Sees])
def test_already_used_within_grace_reopens_its_own_compartment_twice_at_most(content: ContentSensor) -> None:
    desk = collected(content)
    for _ in range(2):
        assert desk.scan(desk.code(ONE)).name == "opening"
        assert desk.last(events.OpeningAuthorised).grace
        desk.take(3, seconds=3)
        desk.wait(10)
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "already_used"
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_already_used_after_grace_says_when() -> None:
    desk = collected()
    desk.wait(180)
    shown = desk.scan(desk.code(ONE))
    assert refusal(desk) == "already_used"
    assert abs(shown.params["when_s"] - NOW_S) < 60


def test_a_used_code_whose_next_parcel_is_on_its_way_is_told_that_it_is_not_here_yet() -> None:
    desk = collected()
    desk.wait(200)
    desk.announce(sent("JD0099", reservation=ONE.reservation))
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "not_here_yet"


def test_open_again_on_the_last_screen_is_a_reopening_in_grace() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.tap("open_again").name == "opening"
    desk.door_opens(3)
    assert desk.screen().choices == ("problem",)


def test_a_key_of_another_carrier_reopens_nothing_in_grace() -> None:
    desk = collected()
    desk.scan(desk.code(ONE, issuer=OTHER_PICKUP))
    assert refusal(desk) == "key_carrier"


def test_i2_overtaken_by_a_newer_code_it_does_not_open_again_in_grace() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.screen().name == "thanks"
    desk.announce(TWO, generation=1)
    desk.tap("open_again")
    assert refusal(desk) == "superseded"
    assert len(desk.pulsed()) == 1

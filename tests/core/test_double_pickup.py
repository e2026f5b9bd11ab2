"""I2, no double pickup: a consumed credential opens nothing, but its own compartment within grace."""

from __future__ import annotations

import pytest

from edge.core.words import ContentSensor, ParcelState, Size
from tests.core.desk import DAY_S, Desk, sent
from tests.core.pickups import ONE, Blind, Sees, collected
from tests.credentials.known_keys import NOW_S

TWO = sent("JD000302")


@pytest.mark.parametrize("content", [Blind, Sees])
def test_i2_a_consumed_credential_opens_nothing_after_grace(content: ContentSensor) -> None:
    desk = collected(content)
    desk.wait(180)
    pulsed = len(desk.pulsed())
    desk.scan(desk.code(ONE))
    desk.scan(desk.code(ONE, generation=7))
    desk.skip(DAY_S)
    desk.scan(desk.code(ONE))
    assert len(desk.pulsed()) == pulsed


def test_i2_grace_does_not_outlive_a_reboot() -> None:
    desk = collected()
    desk.reboot(off_s=1)
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "already_used"


def test_i2_grace_ends_when_the_compartment_is_let_again() -> None:
    desk = collected(Sees)
    desk.courier_comes()
    desk.announce(TWO, size=Size.M, reachable=True)
    assert desk.deposit(TWO) == 3
    desk.tap("end")
    desk.wait(8)
    assert desk.mono_s < 180
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "already_used"
    assert desk.parcel(TWO).state is ParcelState.STANDING


def test_i2_consumed_stays_consumed_until_signed_time_passes_its_end_by_far() -> None:
    desk = collected()
    used = f"{ONE.reservation}:{ONE.parcel}"
    assert desk.state.consumed[used] == NOW_S + (40 + 30) * DAY_S  # 30 days after the code's own end
    desk.skip(31 * DAY_S)
    desk.skip(60)
    assert ONE.parcel not in desk.state.parcels
    assert used in desk.state.consumed
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "already_used"


def test_i2_two_presentations_at_once_give_one_pulse() -> None:
    desk = Desk(stands={3: ONE})
    desk.pulses_answer = False
    for _ in range(5):
        desk.scan(desk.code(ONE))
    assert len(desk.pulsed()) == 1

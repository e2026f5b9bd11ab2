"""I3, no burnt credential: no fault, no hold that could not run and no expired date takes away what stands."""

from __future__ import annotations

import pytest

from edge.core.words import ContentSensor, CredentialState, ParcelState, PulseOutcome
from tests.core.desk import DAY_S, Desk
from tests.core.pickups import ONE, Blind, Sees


@pytest.mark.parametrize("content", [Blind, Sees])
@pytest.mark.parametrize(
    "outcome", [PulseOutcome.LATE, PulseOutcome.REFUSED, PulseOutcome.BROKEN, PulseOutcome.UNKNOWN, PulseOutcome.DONE]
)
def test_i3_a_fault_never_consumes_a_credential(outcome: PulseOutcome, content: ContentSensor) -> None:
    desk = Desk(stands={3: ONE}, content=content)
    desk.outcomes.extend([outcome, outcome])
    desk.scan(desk.code(ONE))
    assert desk.right(ONE).state in (CredentialState.RESERVED, CredentialState.GOOD)
    desk.wait(30)
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.parcel(ONE).state in (ParcelState.STANDING, ParcelState.UNCERTAIN)


def test_i3_a_stopped_hold_never_lapses_however_long_the_fault_lasts() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.wait(15)
    assert desk.screen().name == "jammed"
    for _ in range(3):
        desk.skip(20 * DAY_S)
        desk.skip(60)
    assert desk.parcel(ONE).state is ParcelState.STANDING


def test_i3_a_locker_without_power_does_not_let_holds_run() -> None:
    desk = Desk(stands={3: ONE})
    desk.skip(6 * DAY_S)
    desk.reboot(off_s=30 * DAY_S)
    desk.wait(120)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_i3_an_expired_code_opens_while_its_parcel_stands_within_its_hold() -> None:
    desk = Desk(stands={3: ONE})
    desk.signed_time()
    expired = desk.code(ONE, expires_s=int(desk.wall_s) - DAY_S)
    assert desk.time().trusted
    assert desk.scan(expired).name == "opening"

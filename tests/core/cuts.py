"""What the tests of cuts share: the power goes and comes back, and the code is as good as before."""

from __future__ import annotations

import pytest

from edge.core.words import CredentialState
from tests.core.desk import Desk
from tests.core.pickups import ONE, Blind, Sees

SENSORS = pytest.mark.parametrize("content", [Blind, Sees])


def cut(desk: Desk) -> None:
    """The power goes and comes back; nothing may be pulsed by that."""
    pulsed = len(desk.pulsed())
    desk.reboot()
    desk.wait(30)
    assert len(desk.pulsed()) == pulsed, "start-up pulsed"


def good(desk: Desk) -> None:
    """The code is good, and opens."""
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.pulses_answer = True
    assert desk.scan(desk.code(ONE)).name == "opening"

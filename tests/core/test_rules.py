"""Anybody does anything in any order: what must always be true stays true, and nothing of it raises."""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.core.rules import Anybody

# The same lives each time: whoever breaks something is told, and nobody else.  `make fuzz` plays others, and longer.
LIVES: Final = settings(
    max_examples=40, stateful_step_count=80, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
# Lives that come to nothing would prove nothing.
REACHED: Final = frozenset(
    {
        "compartment_freed", "compartment_let", "compartment_to_review", "door_adopted", "door_closed", "door_opened",
        "epoch_begun", "opening_authorised", "opening_retried", "order_handled", "parcel_collected", "parcel_deposited",
    }
)  # fmt: skip


def test_anybody_does_anything() -> None:
    Anybody.happened.clear()
    run_state_machine_as_test(Anybody, settings=LIVES)
    assert REACHED - Anybody.happened == frozenset()

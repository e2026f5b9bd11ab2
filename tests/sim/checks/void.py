"""What must come to nothing: stale taps, forged codes, orders that are over or answer no nonce.

Whoever does such a thing says so at that instant; a row that is stamped with it, and that only it can have caused, is
its doing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Seen

SAME_S: Final = 0.001  # stamps have milliseconds
DOINGS: Final = frozenset(
    {
        "opening_authorised",
        "parcel_collected",
        "parcel_declined",
        "person_said",
        "incident_reported",
        "compartment_let",
        "compartment_out_of_service",
        "credential_superseded",
    }
)


class Void(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "a_stale_tap_does_nothing": "A tap on a screen that is gone has no effect.",
        "i2_forged_opens_nothing": "A code that no key of ours has signed opens nothing.",
        "i2_an_old_generation_opens_nothing": "A code opens nothing once a higher generation was announced.",
        "i10_no_expired_order_is_carried_out": "An order that is over does nothing.",
        "i10_an_order_answers_a_nonce": "An order to open without a live nonce of the site opens nothing.",
        "i10_only_an_opening_key_opens": "An order to open that another key has signed opens nothing.",
    }

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self._void: list[tuple[float, str, str]] = []

    def comes_to_nothing(self, check: str, what: str) -> None:
        """What is told to the site at this very instant has no effect."""
        assert check in self.CHECKS, check
        self._void.append((self.seen.now_s, check, what))

    def row(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if at_s is None or row.kind not in DOINGS:
            return
        for told_s, check, what in self._void:
            if abs(at_s - told_s) <= SAME_S:
                self.find(check, f"row {row.seq}: {row.kind} followed from {what}")

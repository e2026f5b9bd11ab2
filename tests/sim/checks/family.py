"""What every family of checks has: names with sentences, and the moments at which it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Deed, Seen


class Family:
    """`on_<kind>(event, row, at_s)` looks at one durable row before the ledger takes it in.

    at_s: when it was stamped, in the time of the loop; None where nobody saw its boot begin.
    """

    CHECKS: ClassVar[dict[str, str]] = {}

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.site, self.truth, self.ledger, self.doors = seen.site, seen.truth, seen.ledger, seen.doors

    def find(self, check: str, text: str) -> None:
        assert check in self.CHECKS, f"{type(self).__name__} has no check {check}"
        self.seen.find(check, text)

    def started(self) -> None:
        """A process begins."""

    def deed(self, deed: Deed) -> None:
        """Something happened in the world."""

    def row(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        """One more durable row."""
        look = getattr(self, f"on_{row.kind}", None)
        if look is not None:
            look(event, row, at_s)

    def step(self) -> None:
        """Nothing in particular: whatever can be checked at any time."""

    def card_changed(self, lost: list[Row]) -> None:
        """Another card is in the machine: the rows `lost` are on it no more.  The ledger follows the new one."""

    def end(self) -> None:
        """The life ends in calm, with everything settled and sent."""

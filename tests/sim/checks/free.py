"""I6: no silent free: let is only what is closed and empty on evidence of a sensor, a person, or a whole pickup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family
from tests.sim.checks.motions import SEEN_WITHIN_S

if TYPE_CHECKING:
    from tests.sim.card import Row

EVIDENCE: Final = ("sensor", "person", "inferred")
GRACE_S: Final = 180.0
ANSWERS_WITHIN_S: Final = 90.0
ANSWERS: Final = ("Chosen", "Scan", "Typed", "Technical")


class Free(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i6_let_only_what_is_free": "A compartment is let only after a row that freed it.",
        "i6_nothing_is_let_while_restoring": "A site that waits for its standing list lets no compartment.",
        "i6_let_is_empty": "A compartment that is let is empty.",
        "i6_free_on_evidence": "A compartment is freed on a sensor, a person's answer, or a whole pickup.",
        "i6_inferred_only_from_a_pickup": "Freed without a look is only what a pickup of this boot emptied.",
        "i6_inferred_after_grace": "Freed without a look is nothing before its grace is over.",
        "i6_a_person_answered": "Freed on a person's word needs that somebody has just done something.",
        "i6_a_sensor_is_there": "Freed on a sensor is only a compartment that has one.",
        "i6_free_is_closed": "A compartment that is freed is closed, or its contact is stuck.",
        "i6_free_is_empty": "A compartment that is freed is empty.",
    }

    def on_compartment_let(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        if self.ledger.restoring:
            self.find("i6_nothing_is_let_while_restoring", f"row {row.seq}: compartment {door}")
        if door not in self.ledger.free:
            self.find("i6_let_only_what_is_free", f"row {row.seq}: compartment {door} was not free on evidence")
        self._empty("i6_let_is_empty", door, "inferred", row)

    def on_compartment_freed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door, evidence = event["door"], event["evidence"]
        if evidence not in EVIDENCE:
            self.find("i6_free_on_evidence", f"row {row.seq}: compartment {door} on {evidence}")
        if evidence == "inferred":
            self._inferred(door, row, at_s)
        elif evidence == "person" and not self._answered(event, at_s):
            self.find("i6_a_person_answered", f"row {row.seq}: compartment {door}, nobody is there")
        elif evidence == "sensor":
            self._sensed(door, row)
        self._closed(door, row, at_s)
        self._empty("i6_free_is_empty", door, evidence, row)

    def on_parcel_collected(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        """Seen empty: free at once."""
        door = event["door"]
        others = self.ledger.inside.get(door, set()) - {event["parcel"]}
        if event["evidence"] == "sensor" and not others:
            self._sensed(door, row)
            self._empty("i6_free_is_empty", door, "sensor", row)

    def _inferred(self, door: int, row: Row, at_s: float | None) -> None:
        if self.ledger.emptied.get(door) != row.boot or self.ledger.review.get(door) != "grace":
            why = self.ledger.review.get(door)
            self.find("i6_inferred_only_from_a_pickup", f"row {row.seq}: compartment {door}, in review for {why}")
        taken = [t.at_s for t in self.ledger.collected.values() if t.door == door and t.at_s is not None]
        if taken and at_s is not None and at_s - max(taken) < GRACE_S - 1:
            self.find("i6_inferred_after_grace", f"row {row.seq}: compartment {door} after {at_s - max(taken):.0f} s")

    def _answered(self, event: dict[str, Any], at_s: float | None) -> bool:
        """Lately; or ever since the door was asked for, when it took so long until its contact said that it is shut."""
        since_s = (self.seen.now_s if at_s is None else at_s) - ANSWERS_WITHIN_S
        opening = self.ledger.opening(event.get("opening", 0))
        asked_s = opening.at_s[1] if opening is not None else None
        since_s = since_s if asked_s is None else min(since_s, asked_s)
        return any(act.what in ANSWERS for act in self.seen.acts(since_s))

    def _sensed(self, door: int, row: Row) -> None:
        if str(self.site.site.plan(door).content) == "none":
            self.find("i6_a_sensor_is_there", f"row {row.seq}: compartment {door} has none")

    def _closed(self, door: int, row: Row, at_s: float | None) -> None:
        until_s = self.seen.now_s if at_s is None else at_s
        since_s = until_s - SEEN_WITHIN_S
        stuck = self.doors.had("stuck_closed", door, since_s, until_s)
        if not stuck and not self.doors.was(door, True, since_s, until_s):
            self.find("i6_free_is_closed", f"row {row.seq}: door {door} stands open")

    def _empty(self, check: str, door: int, evidence: str, row: Row) -> None:
        inside = {parcel for parcel in self.site.world.inside(door) if self._knowable(parcel, door, evidence)}
        if inside:
            self.find(check, f"row {row.seq}: compartment {door} holds {sorted(p.name for p in inside)}")

    def _knowable(self, parcel: Any, door: int, evidence: str) -> bool:
        """Whether anything in the wall, or anybody who was honest, could tell that it is inside."""
        if str(self.site.site.plan(door).content) == "scale" and self.doors.had("scale_drift", door, 0.0):
            return False  # a scale whose zero has gone astray
        if evidence == "sensor":
            return not parcel.flat  # a beam passes over what is flat
        return parcel.name not in self.truth.hidden and not self.seen.is_stale(door)

"""I5: the door is what it is: "opened" and "closed" rest on a contact that says so, and the row names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family
from tests.sim.checks.motions import ROUNDING_S, SEEN_WITHIN_S

if TYPE_CHECKING:
    from tests.sim.card import Row

CONTACTS: Final = ("switch", "latch")
LATCH_S: Final = 1.0
POLL_S: Final = 0.3


class Doors(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i5_opened_on_evidence": "A door is written down as open on its switch or its latch, on nothing else.",
        "i5_closed_on_evidence": "A door is written down as closed on its switch or its latch, on nothing else.",
        "i5_the_contact_is_its_own": "The contact that a row names is the one that this door has.",
        "i5_opened_is_open": "A door that is written down as open was open, or its contact is stuck.",
        "i5_closed_is_closed": "A door that is written down as closed was closed, or its contact is stuck.",
        "i5_a_latch_is_watched_a_second": "On a latch alone, open needs that it stayed retracted for a second.",
        "i5_only_what_was_open_and_shut_ends": "An opening ends in order only when its door was seen open and closed.",
    }

    def on_door_opened(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._contact("i5_opened_on_evidence", event, row)
        if not self._true_or_stuck(event["door"], False, at_s):
            self.find("i5_opened_is_open", f"row {row.seq}: door {event['door']} was shut all the time")
        if event["evidence"] == "latch" and row.kind == "door_opened":
            self._held(event["door"], row, at_s)

    def on_door_adopted(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.on_door_opened(event, row, at_s)

    def on_door_closed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._contact("i5_closed_on_evidence", event, row)
        if not self._true_or_stuck(event["door"], True, at_s):
            self.find("i5_closed_is_closed", f"row {row.seq}: door {event['door']} stood open all the time")

    def on_door_shut(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.on_door_closed(event, row, at_s)

    def on_opening_ended(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.ledger.openings.get(event["opening"])
        if opening is None or not (opening.opened and opening.closed):
            self.find("i5_only_what_was_open_and_shut_ends", f"row {row.seq}: {event}, {opening}")

    def _contact(self, check: str, event: dict[str, Any], row: Row) -> None:
        door, evidence = event["door"], event["evidence"]
        if evidence not in CONTACTS:
            self.find(check, f"row {row.seq}: door {door} on {evidence}")
            return
        own = {str(self.site.site.plan(door).feedback)}
        if self.doors.had("latch_only", door, self.seen.now_s - 60):
            own.add("latch")
        if evidence not in own:
            self.find("i5_the_contact_is_its_own", f"row {row.seq}: door {door} has {own}, not {evidence}")

    def _true_or_stuck(self, door: int, shut: bool, at_s: float | None) -> bool:
        until_s = self.seen.now_s if at_s is None else at_s + ROUNDING_S
        since_s = until_s - (60.0 if at_s is None else SEEN_WITHIN_S)
        stuck = self.doors.had("stuck_closed" if shut else "stuck_open", door, since_s, until_s)
        return stuck or self.doors.was(door, shut, since_s, until_s)

    def _held(self, door: int, row: Row, at_s: float | None) -> None:
        until_s = self.seen.now_s if at_s is None else at_s + ROUNDING_S
        held_s = self.doors.retracted_for(door, until_s - 60, until_s)
        if held_s < LATCH_S - POLL_S and not self.doors.had("stuck_open", door, until_s - SEEN_WITHIN_S, until_s):
            self.find("i5_a_latch_is_watched_a_second", f"row {row.seq}: door {door}, retracted for {held_s:.2f} s")

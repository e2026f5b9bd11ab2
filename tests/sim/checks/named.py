"""I7: every pulse moves the door that its row names, and a door that goes open without an opening is an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family
from tests.sim.checks.motions import SEEN_WITHIN_S

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Deed, Seen

ALARM_WITHIN_S: Final = 20.0
SETTLES_S: Final = 120.0  # after the card was slow or full
BREAK_IN: Final = frozenset({"force", "mechanical key"})
SILENT: Final = ("board_dead", "board_mute", "board_deaf", "board_slow")


class Named(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i7_pulse_moves_its_door": "The coil that goes on is that of the door in the row, unless wires are crossed.",
        "i7_open_without_an_opening_is_an_alarm": "A door that is broken open is an alarm within twenty seconds.",
        "i7_no_alarm_that_nobody_caused": "A door is called forced only when something opened it without an opening.",
    }

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self._owed: list[tuple[int, float, int]] = []  # door, when, boot

    def deed(self, deed: Deed) -> None:
        if deed.deed == "pulse_began" and deed.door != deed.ordered:
            if self.site.world.faults.crossed(deed.ordered) != deed.door:
                which = f"pulse {deed.attempt} of opening {deed.opening} at door {deed.ordered}"
                self.find("i7_pulse_moves_its_door", f"{which} drove door {deed.door}")
        elif deed.deed == "door_moved" and deed.note in BREAK_IN and deed.of == "shut":
            self._broken_open(deed)

    def _broken_open(self, deed: Deed) -> None:
        """An alarm is owed, when the door was seen shut before and somebody is awake to see it."""
        door, at_s, up_s = deed.door, deed.at_s, self.seen.up_s
        rested = not self.doors.was(door, False, at_s - SEEN_WITHIN_S, at_s - 0.001)
        awake = up_s >= 0 and at_s - up_s > SEEN_WITHIN_S and self.site.runtime is not None
        if rested and awake and not self._blind(door, at_s - SEEN_WITHIN_S) and self.ledger.live(door) is None:
            self._owed.append((door, at_s, self.ledger.boot))

    def _blind(self, door: int, since_s: float) -> bool:
        """Whether nobody could see this door since: its contact is stuck, or its board says nothing."""
        stuck = any(self.doors.had(name, door, since_s) for name in ("stuck_open", "stuck_closed", "latch_only"))
        return stuck or any(self.doors.had(name, 0, since_s) for name in SILENT)

    def step(self) -> None:
        kept = []
        for door, at_s, boot in self._owed:
            seen = any(kind == "door_forced" and d == door and t >= at_s - 1 for kind, d, t in self.seen.told)
            gone = boot != self.ledger.boot or self.site.runtime is None or self.seen.troubled_s > at_s - SETTLES_S
            shut_soon = self.doors.was(door, True, at_s + 0.001, at_s + SEEN_WITHIN_S)
            if seen or gone or shut_soon or self._blind(door, at_s):
                continue
            if self.seen.now_s - at_s > ALARM_WITHIN_S:
                self.find("i7_open_without_an_opening_is_an_alarm", f"door {door} went open at {at_s:.1f} s, no alarm")
            else:
                kept.append((door, at_s, boot))
        self._owed = kept

    def on_door_forced(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        if at_s is None:
            return
        since_s = self.doors.unseen_since(door, at_s)
        by = self.doors.moved_by(door, since_s, at_s + 0.01)
        stuck = self.doors.had("stuck_open", door, since_s, at_s) or self.doors.had("stuck_closed", door, since_s, at_s)
        bent = self.doors.had("forced", door, since_s, at_s)  # its latch does not hold until it is mended
        if not (by & BREAK_IN or stuck or bent or self.doors.strayed(door, since_s)):
            self.find("i7_no_alarm_that_nobody_caused", f"row {row.seq}: door {door} was moved by {by or 'nobody'}")

"""Alarms and faults that nobody caused are failures too: whoever is called out for nothing comes no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family
from tests.sim.checks.motions import SEEN_WITHIN_S

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Seen

LATELY_S: Final = 60.0
LEFT_OPEN_S: Final = 60.0
BOARD: Final = ("board_dead", "board_mute", "board_deaf", "board_slow")
STIFF: Final = ("jam", "loaded", "weak_spring", "brown_out", "crossed_wires", "stuck_closed", *BOARD)
LEFT_OPEN: Final = ("deposit_left_open", "collection_left_open", "drop_off_left_open", "look_left_open")


class Alarms(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "no_alarm_for_a_shut_door": "Somebody is said to have left a door open only when it stood open for a minute.",
        "no_alarm_of_another_kind": "There are alarms of doors forced or left open and of a clock reset, no others.",
        "no_jam_that_nobody_caused": "A door is called jammed only when something held it, its board or its supply.",
        "no_fault_that_nobody_caused": "A board is called broken only when it was, or the card was slow.",
    }

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self._slow_s = -1e9  # when a stall last waited for its fsync: it may come long after the card was made slow

    def step(self) -> None:
        if self.site.disk.will_stall:
            self._slow_s = self.seen.now_s

    def on_alarm_raised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if not event["what"].endswith("_left_open"):
            self.find("no_alarm_of_another_kind", f"row {row.seq}: {event}")
        elif at_s is not None and self._was_shut(int(event["which"]), at_s):
            self.find("no_alarm_for_a_shut_door", f"row {row.seq}: {event}")

    def _was_shut(self, door: int, at_s: float) -> bool:
        if any(self.doors.had(name, door, at_s - LATELY_S) for name in ("stuck_open", "stuck_closed", "latch_only")):
            return False  # its contact speaks for it
        if self.doors.had("forced", door, at_s - LATELY_S):
            return False  # broken: it springs open again as often as somebody shuts it
        if any(self.doors.had(name, 0, at_s - LATELY_S) for name in BOARD):
            return False  # nobody could see it shut
        return self.doors.was(door, True, at_s - LEFT_OPEN_S, at_s - SEEN_WITHIN_S)

    def on_door_jammed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        since_s = (self.seen.now_s if at_s is None else at_s) - LATELY_S
        if self.doors.moved_by(event["door"], since_s, self.seen.now_s if at_s is None else at_s):
            return  # it did open, and was pushed shut before anybody could see it
        crossed = self.doors.had("crossed_wires", 0, since_s)  # it stands in the chronicle with the other door
        if not crossed and not any(self.doors.had(name, event["door"], since_s) for name in STIFF):
            self.find("no_jam_that_nobody_caused", f"row {row.seq}: door {event['door']}")

    def on_fault_raised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        slow_s = max(self.seen.troubled_s, self._slow_s)
        if event["what"] not in ("board", "door_feedback") or slow_s > self.seen.now_s - LATELY_S:
            return
        _, _, number = event["which"].rpartition("door ")
        door = int(number) if number.isdecimal() else 0  # else a whole board
        since_s = (self.seen.now_s if at_s is None else at_s) - LATELY_S
        if any(getattr(bank, "is_stuck", False) for bank in self.site.banks.values()):
            return  # one of its lines could not be switched off: nothing more is driven there in this process
        if not any(self.doors.had(name, door, since_s) for name in (*STIFF, "stuck_open", "latch_only")):
            self.find("no_fault_that_nobody_caused", f"row {row.seq}: {event}")

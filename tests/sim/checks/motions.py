"""What doors and latches really did, and what the contacts of an honest board said about it.

The only lies of a contact are `stuck_open` and `stuck_closed`; a silent or slow board says less, never something else.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.sim.checks.seen import Deed
    from tests.sim.site import SimSite

SILENT: Final = frozenset({"board_dead", "board_mute", "board_deaf", "board_slow"})
SEEN_WITHIN_S: Final = 8.0  # two polls of an idle bank, a board that answers late, and a card that is slow
ROUNDING_S: Final = 0.06  # a contact bounces and is debounced, stamps have milliseconds


@dataclass
class Motion:
    at_s: float
    rests: bool  # shut, or engaged
    by: str


@dataclass
class Trouble:
    name: str
    door: int
    since_s: float
    until_s: float = inf
    board: str = ""


class Motions:
    def __init__(self, site: SimSite) -> None:
        self._world = site.world
        self._feedback = {plan.door: str(plan.feedback) for plan in site.site.compartments}
        self.doors = {door: deque([Motion(-inf, True, "")], maxlen=64) for door in self._feedback}
        self.latches = {door: deque([Motion(-inf, True, "")], maxlen=64) for door in self._feedback}
        self._troubles: deque[Trouble] = deque(maxlen=512)
        self._strays: dict[int, deque[float]] = {door: deque(maxlen=16) for door in self._feedback}

    def deed(self, deed: Deed) -> None:
        if deed.deed == "door_moved":
            self.doors[deed.door].append(Motion(deed.at_s, deed.to == "shut", deed.note))
        elif deed.deed == "latch_moved":
            self.latches[deed.door].append(Motion(deed.at_s, deed.to == "engaged", ""))
        elif deed.deed == "fault_set":
            self._troubles.append(Trouble(deed.note, deed.door, deed.at_s, board=deed.of))
        elif deed.deed == "fault_cleared":
            for trouble in self._troubles:
                same = (trouble.name, trouble.door, trouble.board) == (deed.note, deed.door, deed.of)
                if same and trouble.until_s == inf:
                    trouble.until_s = deed.at_s
        elif deed.deed == "pulse_began" and deed.door != deed.ordered:
            self._strays[deed.door].append(deed.at_s)

    # -- what was true

    def was(self, door: int, shut: bool, since_s: float, until_s: float) -> bool:
        """Whether the door was so at some moment between."""
        return _was(self.doors[door], shut, since_s, until_s)

    def retracted_for(self, door: int, since_s: float, until_s: float) -> float:
        """The longest time for which the latch was retracted without a break, of what lies between."""
        latch = list(self.latches[door])
        ends = [motion.at_s for motion in latch[1:]] + [inf]
        spans = [min(end, until_s) - m.at_s for m, end in zip(latch, ends, strict=True) if not m.rests]
        return max(spans, default=0.0) if since_s <= until_s else 0.0

    def open_for(self, door: int, since_s: float, until_s: float) -> float:
        """The longest time for which the door stood open without a break, of what lies between."""
        longest_s, open_s = 0.0, -1.0  # since when it has been open; -1: it is shut
        for motion in [*self.doors[door], Motion(until_s, True, "")]:
            if motion.rests and open_s >= 0:
                longest_s = max(longest_s, min(motion.at_s, until_s) - max(open_s, since_s))
            if motion.rests or open_s < 0:  # ajar, and then pulled wide, is open throughout
                open_s = -1.0 if motion.rests else motion.at_s
        return longest_s

    def moved_by(self, door: int, since_s: float, until_s: float) -> set[str]:
        """What opened the door between."""
        return {m.by for m in self.doors[door] if not m.rests and since_s <= m.at_s <= until_s}

    def strayed(self, door: int, since_s: float) -> bool:
        """Whether the coil of this door got a pulse that was meant for another one."""
        return any(at_s >= since_s for at_s in self._strays[door])

    # -- what was said

    def had(self, name: str, door: int, since_s: float, until_s: float = inf) -> bool:
        """Whether that fault was there between; door 0 means every one."""
        return any(
            t.name == name
            and (not t.door or not door or t.door == door)
            and t.since_s <= until_s
            and t.until_s >= since_s
            for t in self._troubles
        )

    def board_has_had_for(self, name: str, door: int, seconds: float, now_s: float) -> bool:
        """Whether the fault is there now, at the board of this door, and has been for so long already."""
        board = self._board_of(door)
        return any(
            t.name == name and t.board in ("", board) and t.until_s == inf and t.since_s <= now_s - seconds
            for t in self._troubles
        )

    def unseen_since(self, door: int, at_s: float) -> float:
        """From when on nobody need have seen what the door did, up to then: polls have gaps, and boards are silent."""
        since_s, board = at_s - SEEN_WITHIN_S, self._board_of(door)
        for trouble in reversed(self._troubles):  # the latest to begin comes first
            silent = trouble.name in SILENT and trouble.board in ("", board) and trouble.since_s <= at_s
            if silent and trouble.until_s >= since_s:
                since_s = min(since_s, trouble.since_s - SEEN_WITHIN_S)
        return since_s

    def _board_of(self, door: int) -> str:
        return next((name for name, board in self._world.boards.items() if door in board.doors), "")

    def said(self, door: int, shut: bool, since_s: float, until_s: float) -> bool:
        """Whether the contact could be read so at some moment between."""
        if self.had("stuck_closed" if shut else "stuck_open", door, since_s, until_s):
            return True
        since_s, until_s = since_s - ROUNDING_S, until_s + ROUNDING_S
        if self._feedback[door] == "latch":
            return _was(self.latches[door], shut, since_s, until_s)
        if self.had("latch_only", door, since_s, until_s) and _was(self.latches[door], shut, since_s, until_s):
            return True
        return _was(self.doors[door], shut, since_s, until_s)


def _was(motions: deque[Motion], rests: bool, since_s: float, until_s: float) -> bool:
    known = list(motions)
    for place, motion in enumerate(known):
        ends_s = known[place + 1].at_s if place + 1 < len(known) else inf
        if motion.rests is rests and motion.at_s <= until_s and ends_s >= since_s:
            return True
    return False

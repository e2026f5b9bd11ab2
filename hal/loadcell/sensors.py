"""The ContentSensors of all load cells: every wire sampled at the same time, and nobody waits for one that hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from edge.core.ports import ContentReading
from hal.loadcell.line import Burst, Line
from hal.loadcell.memory import Keep, Memory, Remembered
from hal.loadcell.options import LoadCell
from hal.loadcell.weighing import Weighed, Weighing

__all__ = ["PATIENCE", "READ_S", "CellState", "LoadCells"]

READ_S: Final = 4.0  # a reading takes no longer, whatever hangs: a burst and a kernel's time-out
# Readings in a row until a trouble is called a fault.  Something swings for a while, and people lean on things.
PATIENCE: Final = {"silent": 3, "over": 3, "under": 3, "crept": 3, "moving": 20}

MEMORY: Final = ("load_cell", "memory")  # what they remember cannot be kept


class CellState(Struct, frozen=True):
    """A cell as it was last read, and how often in a row it had that trouble."""

    weighed: Weighed
    times: int

    @property
    def fault(self) -> str:
        """What somebody has to look at; empty when nothing is wrong."""
        why = self.weighed.why
        return f"{why}: {self.weighed.detail}" if why and self.times >= PATIENCE[why] else ""


class LoadCells:
    """ContentSensors, by door.

    lines: makes the wires, which hand over under the condition that they are given.  clock: monotonic seconds.
    within_s: how long a reading may take.  before: what an earlier life kept.  keep: keeps it for the next one; without
    it nothing outlives this one.
    """

    def __init__(
        self,
        plans: Sequence[LoadCell],
        lines: Callable[[threading.Condition], Sequence[Line]],
        clock: Callable[[], float] = time.monotonic,
        within_s: float = READ_S,
        *,
        before: Sequence[Remembered] = (),
        keep: Keep | None = None,
    ) -> None:
        self._gate, self._clock, self._within_s = threading.Condition(), clock, within_s
        self._lines = tuple(lines(self._gate))
        known = {one.door: one for one in before}
        self._weighing = {plan.door: Weighing(plan, known.get(plan.door)) for plan in plans}
        self._memory = Memory(keep, before) if keep is not None else None
        self._states: dict[int, CellState] = {}

    @property
    def doors(self) -> Sequence[int]:
        return tuple(self._weighing)

    def read(self, doors: Sequence[int]) -> Mapping[int, ContentReading]:
        """One reading for each of the doors that has a cell here.  Comes back within READ_S."""
        bursts, now_s = self.bursts(doors), self._clock()
        readings = {door: self._reading(door, burst, now_s) for door, burst in bursts.items()}
        if self._memory is not None:
            self._memory.seen(self._remembered(), now_s)
        return readings

    def bursts(self, doors: Sequence[int]) -> Mapping[int, Burst]:
        """What the converters give, and nothing concluded from it: for whoever weighs a cell anew."""
        asked = [(line, own) for line in self._lines if (own := [door for door in doors if door in line.cells])]
        begun = [line for line, own in asked if line.start(own)]
        with self._gate:
            self._gate.wait_for(lambda: not any(line.busy for line in begun), self._within_s)
            found = {door: burst for line in begun if not line.busy for door, burst in line.bursts.items()}
        hangs = Burst(fault=f"has not come back within {self._within_s:g} s")
        return {door: found.get(door, hangs) for _, own in asked for door in own}

    def states(self) -> Mapping[int, CellState]:
        """Every cell that was read, as it was last."""
        return dict(self._states)

    def health(self) -> Mapping[tuple[str, str], str]:
        """Of every cell that was read: what somebody has to look at, or nothing."""
        found = {("load_cell", f"door {door}"): state.fault for door, state in self.states().items()}
        return found | ({MEMORY: self._memory.fault} if self._memory is not None else {})

    def watched(self) -> frozenset[tuple[str, str]]:
        """What can be known here at all."""
        kept = frozenset((MEMORY,)) if self._memory is not None else frozenset[tuple[str, str]]()
        return kept | frozenset(("load_cell", f"door {door}") for door in self._weighing)

    def close(self) -> None:
        if self._memory is not None:
            self._memory.last(self._remembered())
        for line in self._lines:
            line.close()

    def _remembered(self) -> dict[int, Remembered]:
        return {door: known for door, one in self._weighing.items() if (known := one.remembered) is not None}

    def _reading(self, door: int, burst: Burst, now_s: float) -> ContentReading:
        weighed = self._weighing[door].read(burst, now_s)
        before = self._states.get(door)
        again = before is not None and before.weighed.why == weighed.why
        self._states[door] = CellState(weighed, before.times + 1 if before is not None and again else 1)
        return ContentReading(weighed.content, weighed.at_s, weighed.weight_g)

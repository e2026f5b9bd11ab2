"""One wire with cells on it, and one burst of samples at a time.

A burst runs in a thread of its own: what blocks in the kernel blocks that thread and no reader.  A wire whose burst has
not come back gets no second one.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec import Struct

from edge.core.errors import LockerError
from hal.loadcell.cell import Cell

__all__ = ["BURST_S", "ROUNDS", "SAMPLES", "Burst", "Line", "Sample"]

SAMPLES: Final = 5  # the median of five stands against one that is wrong
GAP_S: Final = 0.11  # a little more than one conversion at ten a second: each look finds a new one
ROUNDS: Final = 16  # five are wanted, one is left out; a calibration takes four, and some looks may find nothing
BURST_S: Final = 2.5  # a wire that is so slow gives what it has by then


class Sample(Struct, frozen=True):
    """One conversion.  at_s: when it was read, monotonic."""

    counts: int
    at_s: float


class Burst(Struct, frozen=True):
    """Samples of one cell in a row.  fault: why they do not count; empty when they do."""

    samples: tuple[Sample, ...] = ()
    fault: str = ""


class Line:
    """The cells of one wire, by door.  `gate` is held where what came is handed over, and told when it has."""

    def __init__(
        self,
        cells: Mapping[int, Cell],
        gate: threading.Condition,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], object],
    ) -> None:
        self.cells = dict(cells)
        self._gate, self._clock, self._pause = gate, clock, pause
        self.busy = False
        self.bursts: dict[int, Burst] = {}  # of the last burst that came back

    def start(self, doors: Iterable[int]) -> bool:
        """Begin a burst of these doors.  False: the last one has not come back."""
        with self._gate:
            if self.busy:
                return False
            self.busy, self.bursts = True, {}
        threading.Thread(target=self._run, args=(tuple(doors),), name="load-cells", daemon=True).start()
        return True

    def close(self) -> None:
        for cell in self.cells.values():
            with contextlib.suppress(LockerError):
                cell.close()

    def _run(self, doors: tuple[int, ...]) -> None:
        bursts: dict[int, Burst] = {}
        try:
            bursts = self._burst(doors)
        finally:
            with self._gate:
                self.busy, self.bursts = False, bursts
                self._gate.notify_all()

    def _burst(self, doors: tuple[int, ...]) -> dict[int, Burst]:
        """Rounds over all cells, so that none waits for another's conversion."""
        until_s = self._clock() + BURST_S
        found: dict[int, list[Sample]] = {door: [] for door in doors}
        faults = {door: fault for door in doors if (fault := _fault_of(self.cells[door].begin))}
        for round_ in range(ROUNDS):
            left = [door for door in doors if door not in faults and len(found[door]) <= SAMPLES]
            if not left or self._clock() >= until_s:
                break
            if round_:
                self._pause(GAP_S)
            for door in left:
                self._sample(door, found, faults)
        faults |= {door: fault for door in doors if door not in faults and (fault := _fault_of(self.cells[door].end))}
        # The first may be of any time since the last burst; it is left out.
        return {door: Burst(tuple(found[door][1:]), faults.get(door, "")) for door in doors}

    def _sample(self, door: int, found: dict[int, list[Sample]], faults: dict[int, str]) -> None:
        try:
            counts = self.cells[door].sample()
        except LockerError as error:
            faults[door] = str(error)
            return
        if counts is not None:
            found[door].append(Sample(counts, self._clock()))


def _fault_of(job: Callable[[], None]) -> str:
    try:
        job()
    except LockerError as error:
        return str(error) or type(error).__name__
    return ""

"""Drivers for a world in the same process: the whole path of a real one, coil guard included, without a line.

Nothing moves while a job runs under simulated time, so `unlock` returns when the board has taken the order: the coil
goes off by the world's time, and the guard counts it as on until then.  Two orders at the same moment: the second
is REFUSED here, where a real lane would wait for the first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from edge.core.errors import LockerError
from edge.core.ports import ContentReading, DoorReading, UnlockOrder
from edge.core.words import Content, Cutoff, Evidence, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.guarded import GuardedBank
from hal.pulse import Pulse
from hal.sim.sight import Scan
from hal.sim.world import ONLY_BOARD, World

__all__ = ["ANSWER_TIMEOUT_S", "SimBank", "SimIndicator", "SimScanner", "SimSensors", "SimSupply", "WorldTimer"]

ANSWER_TIMEOUT_S: Final = 1.5  # beyond the pulse itself; a board that answers later has not answered


class WorldTimer:
    """The guard's timer in simulated time: cut-offs are the world's plans, and nobody can wait."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self._world, self._clock = world, clock

    def now_s(self) -> float:
        return self._clock()

    def call_at(self, at_s: float, run: Callable[[], None]) -> None:
        self._world.nature.agenda.at(at_s, run)

    def wait(self, gate: threading.Condition, until_s: float) -> bool:
        return False

    def close(self) -> None:
        """Nothing to end."""


class SimBank(GuardedBank):
    """The LockBank of one board of a world.  Several banks may share one `guard`, as they share one supply."""

    def __init__(
        self,
        world: World,
        clock: Callable[[], float],
        *,
        board: str = ONLY_BOARD,
        guard: CoilGuard | None = None,
        pulse_ms: int = 300,
    ) -> None:
        self._world, self._clock, self._board = world, clock, world.board(board)
        self.guard = guard or CoilGuard(timer=WorldTimer(world, clock))
        self._coils = self.guard.board_timed(f"sim {board}", self, pulse_ms, Cutoff.BOARD)

    @property
    def doors(self) -> Sequence[int]:
        return self._board.doors

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        return self._coils.fire(order, order.door)

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        """The guard's side: what a board makes of the order."""
        with self._world.nature.lock:
            self._world.advance(self._clock())
            if self._world.faults.has("board_dead", board=self._board.name):
                return PulseOutcome.BROKEN  # nothing can be sent: it has not begun
            if not go():
                return PulseOutcome.LATE
            order = pulse.order
            answer = self._board.pulse(pulse.channel, pulse.ms, order.opening, order.attempt)
            too_late = answer.after_s > pulse.ms / 1000 + ANSWER_TIMEOUT_S
            return PulseOutcome.UNKNOWN if too_late else answer.outcome

    def read(self) -> Mapping[int, DoorReading]:
        with self._world.nature.lock:
            now_s = self._clock()
            self._world.advance(now_s)
            levels = self._board.levels()
            if levels is None or self._board.late_s() > ANSWER_TIMEOUT_S:
                return {door: DoorReading(Level.UNKNOWN, Evidence.NONE, now_s) for door in self.doors}
            return {door: DoorReading(level, evidence, now_s) for door, (level, evidence) in levels.items()}

    def close(self) -> None:
        self._coils.close()


class SimSensors:
    """The ContentSensors of a world."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self._world, self._clock = world, clock

    def read(self, doors: Sequence[int]) -> Mapping[int, ContentReading]:
        now_s = self._clock()
        self._world.advance(now_s)
        readings = {}
        for door in doors:
            content, weight_g = self._world.content(door) if door in self._world.doors else (Content.UNKNOWN, None)
            readings[door] = ContentReading(content, now_s, weight_g)
        return readings

    def close(self) -> None:
        """Nothing to end."""


class SimIndicator:
    """The Indicator of a world; `failures` counts what it could not do."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self._world, self._clock, self.failures = world, clock, 0

    def light(self, door: int, on: bool) -> None:
        self._world.advance(self._clock())
        try:
            self._world.light(door, on)
        except LockerError:
            self.failures += 1

    def beep(self, tone: str) -> None:
        self._world.advance(self._clock())
        self._world.beep(tone)


class SimSupply:
    """The Supply of a world."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self._world, self._clock = world, clock

    def lock_rail_ok(self) -> bool | None:
        self._world.advance(self._clock())
        return self._world.rail_ok()


class SimScanner:
    """A code reader without pictures: gives what was held before the camera since the last call."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self._world, self._clock = world, clock

    def read(self) -> list[Scan]:
        self._world.advance(self._clock())
        return self._world.sight.scans()

"""Drivers for a served world: `driver = "sim"`.  They are to the world what a serial driver is to its board.

What the line cannot tell is said as unknown: a reading that did not come, an order that was sent and not answered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from edge.core.errors import LateUnlock, LinkDown, LockerError, OutcomeUnknown
from edge.core.ports import ContentReading, DoorReading, UnlockOrder
from edge.core.words import Content, Cutoff, Evidence, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.guarded import GuardedBank
from hal.pulse import Pulse
from hal.sim.client import TIMEOUT_S, WorldLine
from hal.sim.world import ONLY_BOARD

__all__ = ["RemoteBank", "RemoteIndicator", "RemoteSensors", "RemoteSupply", "SimOptions"]


class SimOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """One board of a served world."""

    socket: Annotated[str, Meta(min_length=1, max_length=100)]
    board: Annotated[str, Meta(min_length=1, max_length=32)] = ONLY_BOARD
    pulse_ms: Annotated[int, Meta(ge=20, le=1000)] = 300
    timeout_s: Annotated[float, Meta(ge=0.1, le=10)] = TIMEOUT_S


class RemoteBank(GuardedBank):
    """A LockBank of one board of a served world.  The world times the pulse: cutoff `board`."""

    def __init__(
        self,
        options: SimOptions,
        doors: Sequence[int],
        guard: CoilGuard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options, self._doors, self._clock = options, tuple(doors), clock
        self._line = WorldLine(Path(options.socket), options.timeout_s)
        self._coils = guard.board_timed(f"sim {options.board}", self, options.pulse_ms, Cutoff.BOARD)

    @property
    def doors(self) -> Sequence[int]:
        return self._doors

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        return self._coils.fire(order, order.door)

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        """The guard's side: send the order over the line."""
        order = pulse.order
        try:
            self._line.ask(
                "unlock",
                go=go,
                timeout_s=pulse.ms / 1000 + self._options.timeout_s,
                board=self._options.board,
                door=pulse.channel,
                ms=pulse.ms,
                opening=order.opening,
                attempt=order.attempt,
            )
        except LateUnlock:
            return PulseOutcome.LATE
        except OutcomeUnknown:
            return PulseOutcome.UNKNOWN
        except LockerError:
            return PulseOutcome.BROKEN  # no line, a dead board, or no such door: nothing was driven
        return PulseOutcome.DONE

    def read(self) -> Mapping[int, DoorReading]:
        asked_s = self._clock()  # the levels are taken after this, so no edge is stamped too late
        levels: Mapping[str, Any] = _asked(self._line, "read", board=self._options.board)
        return {door: _door(levels.get(str(door)), asked_s) for door in self._doors}

    def close(self) -> None:
        self._coils.close()
        self._line.close()


class RemoteSensors:
    """The ContentSensors of a served world."""

    def __init__(self, options: SimOptions, clock: Callable[[], float] = time.monotonic) -> None:
        self._line, self._clock = WorldLine(Path(options.socket), options.timeout_s), clock

    def read(self, doors: Sequence[int]) -> Mapping[int, ContentReading]:
        asked_s = self._clock()
        contents: Mapping[str, Any] = _asked(self._line, "contents", doors=list(doors))
        readings = {}
        for door in doors:
            content, weight_g = contents.get(str(door), (Content.UNKNOWN, None))
            readings[door] = ContentReading(Content(content), asked_s, weight_g)
        return readings

    def close(self) -> None:
        self._line.close()


class RemoteIndicator:
    """The Indicator of a served world; `failures` counts what it could not do."""

    def __init__(self, options: SimOptions) -> None:
        self._line, self.failures = WorldLine(Path(options.socket), options.timeout_s), 0

    def light(self, door: int, on: bool) -> None:
        self._try("light", door=door, on=on)

    def beep(self, tone: str) -> None:
        self._try("beep", tone=tone)

    def close(self) -> None:
        self._line.close()

    def _try(self, op: str, **args: Any) -> None:
        try:
            self._line.ask(op, **args)
        except LockerError:
            self.failures += 1


class RemoteSupply:
    """The Supply of a served world; None while the world does not answer."""

    def __init__(self, options: SimOptions) -> None:
        self._line = WorldLine(Path(options.socket), options.timeout_s)

    def lock_rail_ok(self) -> bool | None:
        try:
            return bool(self._line.ask("rail"))
        except (LinkDown, OutcomeUnknown):
            return None

    def close(self) -> None:
        self._line.close()


def _asked(line: WorldLine, op: str, **args: Any) -> Mapping[str, Any]:
    """The answer, or nothing where none came."""
    try:
        answer: Mapping[str, Any] = line.ask(op, **args)
    except LockerError:
        return {}
    return answer


def _door(said: Sequence[str] | None, at_s: float) -> DoorReading:
    if said is None:
        return DoorReading(Level.UNKNOWN, Evidence.NONE, at_s)
    return DoorReading(Level(said[0]), Evidence(said[1]), at_s)

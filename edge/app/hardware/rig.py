"""The wall as commissioning has it: its banks, one guard over all of them, time and pauses from outside.

The runtime is not there: nothing is journaled, no parcel is moved.  That is why none of this is allowed while the
locker runs (`standstill`).
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from edge.app.configuration import Configuration
from edge.app.openwall import open_wall
from edge.core.errors import LockerError
from edge.core.ports import DoorReading, Indicator, UnlockOrder
from edge.core.words import Evidence, Level, PulseOutcome
from edge.runtime import Bank
from edge.runtime.parts import NoIndicator
from hal.coil import CoilGuard
from hal.duty import ATTEMPTS_WINDOW_S

__all__ = ["POLL_S", "Pulsed", "Rig", "rig_of"]

POLL_S: Final = 0.1  # between two looks at the contacts; the world's latch is out for 0.5 s, a real one as long
UNLOCK_WITHIN_S: Final = 5.0  # as an opening's deadline in service
_ASK_GUARD_S: Final = 0.5


@dataclass(frozen=True)
class Pulsed:
    """What came of one pulse.  began_s: when the coil went on; None: it never did.  why: of a fault or a refusal."""

    outcome: PulseOutcome
    began_s: float | None
    why: str = ""


@dataclass
class Rig:
    """Banks by name, each with its doors.  `pause` lets seconds of `clock` pass."""

    banks: Mapping[str, Bank]
    guard: CoilGuard
    indicator: Indicator = field(default_factory=NoIndicator)
    lit: frozenset[int] = frozenset()  # doors at which there may be a light
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = threading.Event().wait
    hand: Callable[[int], None] | None = None  # shuts a door of a simulated wall; before a real one stand people
    troubles: dict[str, str] = field(default_factory=dict)  # bank by bank: why the last reading told nothing
    _openings: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def doors(self) -> tuple[int, ...]:
        return tuple(sorted(door for bank in self.banks.values() for door in bank.doors))

    def bank_of(self, door: int) -> str:
        return next(name for name, bank in self.banks.items() if door in bank.doors)

    def read(self, doors: Iterable[int] | None = None) -> dict[int, DoorReading]:
        """Every door of the banks on which `doors` hang (all, where not given); unknown where a bank is gone."""
        wanted = set(self.banks) if doors is None else {self.bank_of(door) for door in doors}
        readings: dict[int, DoorReading] = {}
        for name, bank in self.banks.items():
            if name in wanted:
                readings |= self._read(name, bank)
        return readings

    def pulse(self, door: int) -> Pulsed:
        """One pulse of that door's channel, as soon as the coil's duty allows; returns when the coil is off."""
        bank, began = self.banks[self.bank_of(door)], []
        bank.on_began = lambda _, at_s: began.append(at_s)
        until_s = self.clock() + ATTEMPTS_WINDOW_S + UNLOCK_WITHIN_S
        try:
            while True:
                order = UnlockOrder(door, next(self._openings), 1, self.clock() + UNLOCK_WITHIN_S)
                outcome = bank.unlock(order)
                if outcome is not PulseOutcome.REFUSED or self.clock() >= until_s:
                    break
                self.pause(_ASK_GUARD_S)  # the coil rests, as the guard wants it
        except LockerError as fault:
            return Pulsed(
                PulseOutcome.UNKNOWN if began else PulseOutcome.BROKEN, began[-1] if began else None, str(fault)
            )
        finally:
            bank.on_began = None
        why = self.guard.status().last_refusal if outcome is PulseOutcome.REFUSED else ""
        return Pulsed(outcome, began[-1] if began else None, why)

    def light(self, door: int, on: bool) -> None:
        if door in self.lit:
            self.indicator.light(door, on)

    def _read(self, name: str, bank: Bank) -> Mapping[int, DoorReading]:
        self.troubles.pop(name, None)
        try:
            readings = bank.read()
            if why := getattr(bank, "trouble", ""):
                self.troubles[name] = why
            return readings
        except LockerError as fault:
            self.troubles[name] = str(fault)
            now_s = self.clock()
            return {door: DoorReading(Level.UNKNOWN, Evidence.NONE, now_s) for door in bank.doors}


@contextlib.contextmanager
def rig_of(told: Configuration) -> Iterator[Rig]:
    """The wall of a configuration, opened; closed at the end, with every coil off."""
    with contextlib.ExitStack() as stack:
        guard = stack.enter_context(CoilGuard(told.coils))
        banks, wall = open_wall(told, guard, stack.callback)
        rig = Rig(banks, guard, wall, wall.lit())
        rig.hand = _hand(told, stack)
        yield rig


def _hand(told: Configuration, stack: contextlib.ExitStack) -> Callable[[int], None] | None:
    """Nobody reaches into a simulated wall: its own people shut the doors there."""
    sockets = {door: told.world.socket for bank in told.banks for door in bank.doors if told.world.socket}
    for bank in told.banks:
        if bank.driver == "sim":
            sockets |= dict.fromkeys(bank.doors, bank.options.socket)
    if not sockets:
        return None
    from hal.sim.client import WorldClient  # a real wall need not wait for a simulated one

    worlds = {socket: WorldClient(Path(socket)) for socket in set(sockets.values())}
    for world in worlds.values():
        stack.callback(world.close)
    return lambda door: worlds[sockets[door]].do("shut", door=door, after_s=0.5) if door in sockets else None

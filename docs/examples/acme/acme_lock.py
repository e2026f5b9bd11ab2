"""Acme Eight: eight locks on a serial line at 9600 baud, lines of ASCII that end with CR.  There is no such board.

pulse lock 3 for 300 ms   O3,300    answered P3, at once
ask all contacts          S         answered s101111117: lock 1 first, 1 is closed, then how many are closed
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta, Struct

from edge.app.drivers import Driver
from edge.core.errors import BadInput, Busy, HardwareFault, LateUnlock, LockerError, OutcomeUnknown
from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import Evidence, Level, PulseOutcome
from hal.bus import Bus, Exchange
from hal.coil import CoilGuard
from hal.guarded import GuardedBank
from hal.pulse import Pulse
from hal.serial_line import SerialLine


class AcmeOptions(Struct, frozen=True, forbid_unknown_fields=True):
    port: Annotated[str, Meta(min_length=1, max_length=200)]
    contact: Literal["closed_when_shut", "closed_when_open"]  # the lock's wiring: never assumed
    pulse_ms: Annotated[int, Meta(ge=20, le=1000)] = 300


class AcmeBank(GuardedBank):
    def __init__(self, name: str, options: AcmeOptions, doors: Sequence[int], guard: CoilGuard) -> None:
        self._locks = {door: lock for lock, door in enumerate(doors, 1)}
        self._shut = b"1" if options.contact == "closed_when_shut" else b"0"
        self._bus = Bus(SerialLine(options.port, 9600))
        self._coils = guard.board_timed(name, self, options.pulse_ms)

    @property
    def doors(self) -> Sequence[int]:
        return tuple(self._locks)

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        if order.door not in self._locks:
            raise BadInput(f"door {order.door}: not on this board; here are {self.doors}")
        return self._coils.fire(order, self._locks[order.door])  # which calls `pulse`, or refuses

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        order, done = b"O%d,%d\r" % (pulse.channel, pulse.ms), b"P%d\r" % pulse.channel
        try:
            self._bus.ask(Exchange(order, lambda heard: done in heard or None, timeout_s=0.5), go)
        except LateUnlock:
            return PulseOutcome.LATE
        except OutcomeUnknown:
            return PulseOutcome.UNKNOWN
        except (HardwareFault, Busy):
            return PulseOutcome.BROKEN  # nothing went out
        return PulseOutcome.DONE

    def read(self) -> Mapping[int, DoorReading]:
        at_s, first, second = time.monotonic(), self._look(), self._look()

        def level(lock: int) -> Level:
            if not first or not second or first[lock - 1] != second[lock - 1]:
                return Level.UNKNOWN  # no answer, or a contact that bounces
            return Level.CLOSED if first[lock - 1 : lock] == self._shut else Level.OPEN

        return {door: DoorReading(level(lock), Evidence.LATCH, at_s) for door, lock in self._locks.items()}

    def _look(self) -> bytes | None:
        try:
            return self._bus.ask(Exchange(b"S\r", _contacts, 0.2)).answer
        except LockerError:
            return None

    def close(self) -> None:
        self._coils.close()
        self._bus.close()


def _contacts(heard: bytes) -> bytes | None:
    """The first answer in it that is whole and right; all else means nothing."""
    whole = re.finditer(rb"s([01]{8})([0-8])\r", heard)
    return next((found[1] for found in whole if found[1].count(b"1") == int(found[2])), None)


def _fits(_: AcmeOptions, doors: Sequence[int]) -> list[str]:
    return [] if len(doors) <= 8 else [f"{len(doors)} doors: this board has 8 locks"]


DRIVER = Driver(options=AcmeOptions, make=AcmeBank, fits=_fits)

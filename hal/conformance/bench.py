"""One bank under observation: a guard that notes what a driver asks of it, and orders to give."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from edge.core.errors import HardwareFault, LockerError
from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import Cutoff, Level, PulseOutcome
from hal.coil import CoilGuard, GuardedCoils
from hal.conformance.rig import Bank, ContractBroken, Driven, Rig
from hal.duty import CoilLimits
from hal.pulse import BoardTimed, HostTimed, Pulse

__all__ = ["Bench", "Mark", "expect"]

WITHIN_S: Final = 5.0  # an order's deadline, as in service
DRAIN_S: Final = 0.05  # until a board in another thread or process has heard what was sent
LONG_AGO_S: Final = 0.001
RESTED_PER_ON: Final = 4  # the guard wants three


class Mark(Struct, frozen=True):
    """An instant, and how many coils had been switched on by then."""

    at_s: float
    driven: int


class Bench:
    """A rig's bank.  asked: where its driver asked the guard to begin.  began: what `on_began` was told."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.asked: list[Mark] = []
        self.began: list[tuple[UnlockOrder, float, Mark]] = []
        self.deadline_passes = False  # between an order's acceptance and its first byte
        self.pulse_ms: int | None = None  # as the driver told the guard
        self.guard = _WatchedGuard(self)
        self._openings = itertools.count(1)
        self._bank: Bank | None = None

    def open(self) -> None:
        """Have the rig make its bank."""
        self._bank = self.rig.bank(self.guard)
        self._bank.on_began = lambda order, at_s: self.began.append((order, at_s, self.mark()))

    @property
    def bank(self) -> Bank:
        assert self._bank is not None, "opened by whoever made the bench"
        return self._bank

    @property
    def now_s(self) -> float:
        return self.rig.timer.now_s()

    @property
    def doors(self) -> Sequence[int]:
        return self.rig.doors

    def mark(self) -> Mark:
        return Mark(self.now_s, len(self.rig.driven))

    def order(self, door: int, within_s: float = WITHIN_S) -> UnlockOrder:
        """A new opening's first attempt."""
        return UnlockOrder(door, next(self._openings), 1, self.now_s + within_s)

    def late_order(self, door: int) -> UnlockOrder:
        return self.order(door, within_s=-LONG_AGO_S)

    def unlock(self, order: UnlockOrder) -> tuple[PulseOutcome | None, list[Driven]]:
        """What came of it, and which coils were switched on.  No outcome: HardwareFault."""
        before = len(self.rig.driven)
        outcome: PulseOutcome | None = None
        with contextlib.suppress(HardwareFault):
            outcome = self.bank.unlock(order)
        self.rig.pause(DRAIN_S)
        return outcome, self.rig.driven[before:]

    def read(self) -> Mapping[int, DoorReading]:
        """Unknown for every door where the bank says that it is gone."""
        try:
            return self.bank.read()
        except HardwareFault:
            return {}

    def levels(self) -> dict[int, Level]:
        readings = self.read()
        return {door: readings[door].level if door in readings else Level.UNKNOWN for door in self.doors}

    def rest(self) -> None:
        """Let the coils rest for as long as the guard wants."""
        self.rig.pause(RESTED_PER_ON * (self.pulse_ms or self.guard.limits.max_on_ms) / 1000)

    def close(self) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self.rig.close)
            stack.enter_context(contextlib.suppress(LockerError))  # a bank whose line was taken away may say so
            stack.callback(self.guard.close)
            if self._bank is not None:
                stack.callback(self._bank.close)


class _WatchedGuard(CoilGuard):
    """The guard of the product; it notes when a driver asks to begin and how many coils were on before."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(CoilLimits(max_on_ms=1000, attempts_a_minute=20), bench.rig.timer)
        self._bench = bench

    def board_timed(
        self,
        name: str,
        board: BoardTimed,
        pulse_ms: int = 300,
        cutoff: Cutoff = Cutoff.BOARD,
        accept_no_cutoff: str = "",
    ) -> GuardedCoils:
        self._bench.pulse_ms = pulse_ms
        return super().board_timed(name, _WatchedBoard(self._bench, board), pulse_ms, cutoff, accept_no_cutoff)

    def host_timed(
        self,
        name: str,
        lines: HostTimed,
        channels: Sequence[int],
        cutoff: Cutoff,
        pulse_ms: int = 300,
        accept_no_cutoff: str = "",
    ) -> GuardedCoils:
        self._bench.pulse_ms = pulse_ms
        watched = _WatchedLines(self._bench, lines)
        return super().host_timed(name, watched, channels, cutoff, pulse_ms, accept_no_cutoff)


class _WatchedBoard:
    def __init__(self, bench: Bench, board: BoardTimed) -> None:
        self._bench, self._board = bench, board

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        def asked() -> bool:
            self._bench.asked.append(self._bench.mark())
            return not self._bench.deadline_passes and go()

        return self._board.pulse(pulse, asked)


class _WatchedLines:
    def __init__(self, bench: Bench, lines: HostTimed) -> None:
        self._bench, self._lines = bench, lines

    def drive(self, channel: int, on: bool) -> None:
        if on:
            self._bench.asked.append(self._bench.mark())
        self._lines.drive(channel, on)


def expect(good: bool, wanted_and_came: str) -> None:
    if not good:
        raise ContractBroken(wanted_and_came)

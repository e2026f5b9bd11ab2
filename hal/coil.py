"""The coil guard: every pulse of every driver goes through it.

It holds the limits of `hal.duty` over all banks of one supply, checks an order's deadline immediately before the
first byte or edge, never drives the same (opening, attempt) twice, and switches host-timed coils off from a thread of
their bank: a line that hangs keeps no coil of another line on.  A driver gives it one of two things: a pulse that the
board times, or a line that the host switches.
"""

from __future__ import annotations

import atexit
import math
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final

from msgspec import Struct

from edge.core.errors import Busy, ConfigurationError, HardwareFault
from edge.core.ports import UnlockOrder
from edge.core.words import Cutoff, PulseOutcome
from hal.duty import Coil, CoilLimits, DutyBook
from hal.pulse import BoardTimed, HostTimed, Pulse
from hal.timer import ThreadTimer, Timer

__all__ = ["BoardTimed", "CoilGuard", "CoilStatus", "GuardedCoils", "HostTimed", "Pulse"]

FIRED_LIMIT: Final = 4096  # (opening, attempt) remembered; openings are numbered upwards, so the oldest may go
OFF_TRIES: Final = 20
OFF_GAP_S: Final = 0.05  # twenty tries within a second: a coil survives that, a hiccup of a bus does not outlast it
OFF_GRACE_S: Final = 2.0  # how long the unlocking lane waits for the cut-off beyond the pulse


class CoilStatus(Struct, frozen=True):
    """The guard's own report."""

    live: tuple[Coil, ...]
    stuck: tuple[str, ...]
    refused: int
    last_refusal: str


class CoilGuard:
    """One guard for one supply.  Thread-safe.  A context manager: at its end everything is off.

    timer: in the place of real time and of a thread for each bank.
    """

    def __init__(self, limits: CoilLimits | None = None, timer: Timer | None = None) -> None:
        self.limits = limits or CoilLimits()
        self._timer, self._real = timer or ThreadTimer(), timer is None
        self._gate = threading.Condition()
        self._duty = DutyBook(self.limits)
        self._fired: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._banks: dict[str, GuardedCoils] = {}
        self._refused, self._last_refusal = 0, ""
        self._closed = False
        self.on_pulse: Callable[[int, float], None] | None = None  # any bank's, like `on_began`: door and beginning
        _LIVE.add(self)

    def board_timed(
        self,
        name: str,
        board: BoardTimed,
        pulse_ms: int = 300,
        cutoff: Cutoff = Cutoff.BOARD,
        accept_no_cutoff: str = "",
    ) -> GuardedCoils:
        """Guard a board that ends its pulses by itself.  ConfigurationError as `host_timed`."""
        return self._enter(GuardedCoils(self, name, board, None, (), pulse_ms), cutoff, accept_no_cutoff)

    def host_timed(
        self,
        name: str,
        lines: HostTimed,
        channels: Sequence[int],
        cutoff: Cutoff,
        pulse_ms: int = 300,
        accept_no_cutoff: str = "",
    ) -> GuardedCoils:
        """Guard lines that the host switches.

        ConfigurationError when the pulse is beyond the limits, when the name is taken, or when nothing cuts the coil
        off without us and nobody accepted that in writing (`accept_no_cutoff`, the reason).
        """
        bank = GuardedCoils(self, name, None, lines, tuple(channels), pulse_ms)
        self._enter(bank, cutoff, accept_no_cutoff)
        if self._real:
            bank.cutoff = ThreadTimer(name=f"coil-cutoff {name}")
        return bank

    def status(self) -> CoilStatus:
        with self._gate:
            stuck = tuple(bank.stuck for bank in self._banks.values() if bank.stuck)
            return CoilStatus(self._duty.live(self._timer.now_s()), stuck, self._refused, self._last_refusal)

    def close(self) -> None:
        """Switch everything off and refuse from now on.  HardwareFault when a coil could not be switched off."""
        with self._gate:
            self._closed = True
            banks = tuple(self._banks.values())
            self._gate.notify_all()
        _LIVE.discard(self)
        try:
            faults = [fault for bank in banks for fault in bank.all_off()]
        finally:
            for bank in banks:
                bank.end_cutoff()
            self._timer.close()
        if faults:
            raise HardwareFault("; ".join(faults))

    def __enter__(self) -> CoilGuard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _enter(self, bank: GuardedCoils, cutoff: Cutoff, accepted: str) -> GuardedCoils:
        lines = []
        if not 1 <= bank.pulse_ms <= self.limits.max_on_ms:
            lines.append(f"bank {bank.name}: pulse_ms {bank.pulse_ms}, limits 1 to {self.limits.max_on_ms}")
        if cutoff is Cutoff.NONE and not accepted.strip():
            lines.append(
                f"bank {bank.name}: cutoff none, nothing would end a pulse when this process dies; "
                "accept_no_cutoff must give the reason why that is accepted"
            )
        with self._gate:
            if bank.name in self._banks:
                lines.append(f"bank {bank.name}: the name is taken by another bank of this supply")
            if lines:
                raise ConfigurationError(lines)
            self._banks[bank.name] = bank
        return bank

    def _leave(self, bank: GuardedCoils) -> None:
        with self._gate:
            bank.closed = True
            if self._banks.get(bank.name) is bank:
                del self._banks[bank.name]

    def _take(self, bank: GuardedCoils, pulse: Pulse) -> PulseOutcome | None:
        """Take a slot for the pulse, waiting for one as long as the deadline allows.  None: taken."""
        coil, order = (bank.name, pulse.channel), pulse.order
        reference = (order.opening, order.attempt)
        with self._gate:
            while True:
                if self._closed or bank.closed:
                    what = "the coil guard" if self._closed else "it"
                    raise HardwareFault(f"bank {bank.name}: {what} is closed")
                if bank.stuck:
                    return PulseOutcome.BROKEN
                if reference in self._fired:
                    return self._refuse(f"opening {order.opening} attempt {order.attempt}: was driven before")
                now_s = self._timer.now_s()
                if now_s > order.not_after_s:
                    return PulseOutcome.LATE
                if why := self._duty.refusal(coil, pulse.ms, now_s):
                    return self._refuse(why)
                free_s = self._duty.full_until_s(now_s)
                if free_s is None:
                    self._duty.hold(coil)
                    self._fired[reference] = None
                    if len(self._fired) > FIRED_LIMIT:
                        self._fired.popitem(last=False)
                    return None
                if now_s >= order.not_after_s:
                    return PulseOutcome.LATE
                if not self._timer.wait(self._gate, min(free_s, order.not_after_s)):
                    return self._refuse(f"coil {coil}: {self.limits.at_once} coils are on, limit {self.limits.at_once}")

    def _refuse(self, why: str) -> PulseOutcome:
        self._refused += 1
        self._last_refusal = why
        return PulseOutcome.REFUSED

    def _begin(self, bank: GuardedCoils, pulse: Pulse, off_s: float | None) -> float | None:
        """The last look at the deadline, then the caller drives.

        The beginning, or None: too late, or closed meanwhile; the slot is given back.
        `off_s` is inf where only the cut-off can tell the end; None where the board ends the pulse in time.
        """
        coil, began_s = (bank.name, pulse.channel), None
        try:
            now_s = self._timer.now_s()
            if not (self._closed or bank.closed) and now_s <= pulse.order.not_after_s:
                if bank.on_began is not None:
                    bank.on_began(pulse.order, now_s)
                if self.on_pulse is not None:
                    self.on_pulse(pulse.order.door, now_s)
                began_s = now_s
        finally:
            with self._gate:
                if began_s is None:
                    self._duty.let_go(coil)
                    self._fired.pop((pulse.order.opening, pulse.order.attempt), None)
                    self._gate.notify_all()
                else:
                    self._duty.began(coil, began_s, began_s + pulse.ms / 1000 if off_s is None else off_s)
        return began_s

    def _let_go(self, bank: GuardedCoils, pulse: Pulse) -> None:
        """The driver came back without asking to begin."""
        with self._gate:
            self._duty.let_go((bank.name, pulse.channel))
            self._fired.pop((pulse.order.opening, pulse.order.attempt), None)
            self._gate.notify_all()

    def _ended(self, coil: Coil) -> None:
        with self._gate:
            self._duty.ended(coil, self._timer.now_s())
            self._gate.notify_all()

    def _stuck(self, bank: GuardedCoils, why: str) -> None:
        with self._gate:
            bank.stuck = why
            self._gate.notify_all()

    def _wait(self, until_s: float, over: Callable[[], bool]) -> None:
        """Wait until `over()` or `until_s`; not at all on a timer that cannot wait."""
        with self._gate:
            while not over() and self._timer.now_s() < until_s:
                if not self._timer.wait(self._gate, until_s):
                    return


_LIVE: Final[weakref.WeakSet[CoilGuard]] = weakref.WeakSet()


@atexit.register
def _all_off() -> None:
    """A process that ends in order leaves no coil on, even where nobody closed its guard."""
    for guard in tuple(_LIVE):
        guard.close()


class GuardedCoils:
    """The coils of one bank, behind the guard.

    on_began: called in the unlocking lane at the instant the pulse begins, immediately before the first byte or
    edge, with the order and that instant.  It must return at once and not raise.
    """

    def __init__(
        self,
        guard: CoilGuard,
        name: str,
        board: BoardTimed | None,
        lines: HostTimed | None,
        channels: tuple[int, ...],
        pulse_ms: int,
    ) -> None:
        self.name, self.pulse_ms = name, pulse_ms
        self.on_began: Callable[[UnlockOrder, float], None] | None = None
        self.stuck = ""  # why nothing more may be driven here; empty while all is well
        self.closed = False
        self.cutoff: Timer = guard._timer  # what ends its pulses
        self._guard, self._board, self._lines, self._channels = guard, board, lines, channels

    def fire(self, order: UnlockOrder, channel: int) -> PulseOutcome:
        """Pulse the coil at `channel` for this order, within every limit.  Returns when the coil is off again.

        HardwareFault when the guard or this bank is closed, or when this very pulse could not be switched off.  From
        then on BROKEN: nothing is driven here any more.
        """
        pulse = Pulse(order, channel, self.pulse_ms)
        refused = self._guard._take(self, pulse)
        if refused is not None:
            return refused
        if self._board is not None:
            return self._by_board(self._board, pulse)
        assert self._lines is not None
        return self._by_host(self._lines, pulse)

    def close(self) -> None:
        """Switch this bank off and leave the guard.  HardwareFault when a coil could not be switched off."""
        self._guard._leave(self)
        try:
            faults = self.all_off()
        finally:
            self.end_cutoff()
        if faults:
            raise HardwareFault("; ".join(faults))

    def end_cutoff(self) -> None:
        """End the bank's own thread; everything has been switched off before."""
        if self.cutoff is not self._guard._timer:
            self.cutoff.close()

    def all_off(self) -> list[str]:
        """Switch every host-timed coil off; the faults of those that would not."""
        if self._lines is None:
            return []
        return [fault for channel in self._channels if (fault := self._off_now(self._lines, channel))]

    def _off_now(self, lines: HostTimed, channel: int) -> str:
        why = ""
        for _ in range(OFF_TRIES):
            try:
                lines.drive(channel, on=False)
            except HardwareFault as fault:
                why = f"bank {self.name} channel {channel}: not switched off in {OFF_TRIES} tries: {fault}"
            else:
                self._guard._ended((self.name, channel))
                return ""
        return why

    def _by_board(self, board: BoardTimed, pulse: Pulse) -> PulseOutcome:
        asked, began_s = False, None

        def go() -> bool:
            nonlocal asked, began_s
            if asked:
                return False  # one send for one order
            asked = True
            began_s = self._guard._begin(self, pulse, None)
            return began_s is not None

        try:
            outcome = board.pulse(pulse, go)
        finally:
            if not asked:
                self._guard._let_go(self, pulse)
        if outcome in (PulseOutcome.DONE, PulseOutcome.UNKNOWN):
            if began_s is None:
                raise HardwareFault(f"bank {self.name}: the driver says {outcome} but was not let go")
            self._guard._wait(began_s + pulse.ms / 1000, over=lambda: False)
        return outcome

    def _by_host(self, lines: HostTimed, pulse: Pulse) -> PulseOutcome:
        guard, outcome = self._guard, PulseOutcome.DONE
        began_s = guard._begin(self, pulse, math.inf)
        if began_s is None:
            return PulseOutcome.LATE
        off_s = began_s + pulse.ms / 1000
        cut = _Cut(guard, self, lines, pulse.channel)
        try:
            self.cutoff.call_at(off_s, cut.fire)  # first the cut-off, then the coil: nothing can come between
            lines.drive(pulse.channel, on=True)
        except HardwareFault:
            outcome = PulseOutcome.UNKNOWN
            cut.fire()
        except BaseException:
            cut.fire()
            raise
        if cut.fired or guard._closed or self.closed:
            cut.fire()  # the cut-off, or the end of all, came while the line was being switched on: off again
        guard._wait(off_s + OFF_GRACE_S, over=lambda: cut.over or guard._closed)
        if not cut.over and guard._timer.now_s() >= off_s + OFF_GRACE_S:
            cut.fire()  # the timer's thread is gone: this lane switches off
        if self.stuck:
            raise HardwareFault(self.stuck)
        return outcome


class _Cut:
    """Ends one host-timed pulse, trying until the line obeys or OFF_TRIES are over."""

    def __init__(self, guard: CoilGuard, bank: GuardedCoils, lines: HostTimed, channel: int) -> None:
        self.fired = self.over = False
        self._guard, self._bank, self._lines, self._channel = guard, bank, lines, channel
        self._tries = 0

    def fire(self) -> None:
        self.fired = True
        try:
            self._lines.drive(self._channel, on=False)
        except HardwareFault as fault:
            self._again(fault)
        else:
            self.over = True
            self._guard._ended((self._bank.name, self._channel))

    def _again(self, fault: HardwareFault) -> None:
        self._tries += 1
        timer = self._bank.cutoff
        if self._tries < OFF_TRIES:
            try:
                timer.call_at(timer.now_s() + OFF_GAP_S, self.fire)
            except Busy:  # the guard has closed, perhaps before this coil was on: there is nobody else any more
                self._tries = OFF_TRIES
                if not self._bank._off_now(self._lines, self._channel):
                    self.over = True
                    return
            else:
                return
        self.over = True
        self._guard._stuck(
            self._bank,
            f"bank {self._bank.name} channel {self._channel}: the coil may be on, "
            f"not switched off in {self._tries} tries: {fault}",
        )

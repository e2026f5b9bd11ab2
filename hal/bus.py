"""A bus of lock boards: one owner thread for one port, one exchange at a time, unlocks before everything else.

Several banks ask, each from its own lane; the owner thread keeps the quiet that the line wants between frames, forgets
what came unasked before it sends, and finds out whether the adapter echoes what it is sent.  On one that does, an
answer that is the request's own bytes (some boards and all relays answer so) would be believed without a board there.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from edge.core.errors import Busy, ConfigurationError, HardwareFault, LateUnlock, LockerError, OutcomeUnknown
from hal.serial_line import SerialLine

__all__ = ["HEARD_LIMIT", "QUEUE_LIMIT", "Bus", "Exchange", "Heard", "gap_s", "shared"]

QUEUE_LIMIT: Final = 64  # requests that wait for one bus; each bank has one under way, and its content sensors one
HEARD_LIMIT: Final = 512  # bytes without a valid answer: the line babbles; the longest answer has 80
END_S: Final = 3.0  # for the owner thread to end; an exchange takes less, and one that hangs ends by itself

T = TypeVar("T")


@dataclass(frozen=True)
class Exchange(Generic[T]):
    """One request and how its answer is known.

    find: what the first valid answer in these bytes says; None while there is none, whatever they are.  It never
    raises.  No `find`: nothing answers, and the exchange is over when the request is sent.
    timeout_s: for the answer, after the request has gone out.  settle_s: quiet that the board wants before it.
    probe: must be given when the answer may be the request's own bytes: an exchange whose answer cannot be, asked
    first for as long as nobody knows whether the adapter echoes.
    """

    request: bytes
    find: Callable[[bytes], T | None] | None
    timeout_s: float
    settle_s: float = 0.0
    probe: Exchange[Any] | None = None


@dataclass(frozen=True)
class Heard(Generic[T]):
    """An answer, and the monotonic instant just before its request's first byte."""

    answer: T | None
    at_s: float


class Bus:
    """One port and its owner thread.  Thread-safe.

    echoes: whether the adapter gives back what it is sent; None while nobody knows.
    """

    def __init__(
        self,
        line: SerialLine,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self.line = line
        self.echoes: bool | None = None
        self._clock, self._pause = clock, pause or threading.Event().wait
        self._gap_s = gap_s(line.baud, line.char_s)
        self._quiet_s = -math.inf  # since when nothing has moved on the line
        self._times_opened = 0
        self._gate = threading.Condition()
        self._unlocks: deque[_Job] = deque()
        self._polls: deque[_Job] = deque()
        self._closed = False
        self._thread: threading.Thread | None = None
        self.holders = 0

    def ask(self, exchange: Exchange[T], go: Callable[[], bool] | None = None) -> Heard[T]:
        """Send the request, once, and wait for its answer.

        go: for unlocks, which go before all polls that wait: asked immediately before the first byte.
        HardwareFault: nothing went out.  LateUnlock: `go()` said no, nothing went out.  OutcomeUnknown: bytes went
        out, or may have, and no valid answer came.  Busy: QUEUE_LIMIT requests wait, this one does not.
        """
        job = _Job(lambda: self._exchange(exchange, go))
        with self._gate:
            if self._closed:
                raise HardwareFault(f"bus {self.line.port}: it is closed")
            waiting = len(self._unlocks) + len(self._polls)
            if waiting >= QUEUE_LIMIT:
                raise Busy(f"bus {self.line.port}: {waiting} requests wait, limit {QUEUE_LIMIT}")
            (self._polls if go is None else self._unlocks).append(job)
            self._start()
            self._gate.notify()
        return job.result()

    @property
    def waiting(self) -> int:
        """Requests that are not under way yet."""
        with self._gate:
            return len(self._unlocks) + len(self._polls)

    def leave(self) -> None:
        """The holder needs it no longer; the last one closes it."""
        with _GATE:
            self.holders -= 1
            if self.holders > 0:
                return
            if self in _BUSES:
                _BUSES.remove(self)
        self.close()

    def close(self) -> None:
        """Finish the exchange under way, refuse those that wait, give the port back."""
        with self._gate:
            self._closed = True
            self._gate.notify()
        if self._thread is None:
            self.line.close()
        else:
            self._thread.join(timeout=END_S)

    # -- the owner thread ---------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"bus {self.line.port}", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            while (job := self._next()) is not None:
                job.do()
        finally:
            self.line.close()  # by its one owner: nobody takes it away in the middle of an exchange
            with self._gate:
                self._closed = True
                rest = (*self._unlocks, *self._polls)
                self._unlocks.clear()
                self._polls.clear()
            for job in rest:
                job.refuse(HardwareFault(f"bus {self.line.port}: it is closed"))

    def _next(self) -> _Job | None:
        """The next request; None when the bus is closed."""
        with self._gate:
            while not self._closed:
                if self._unlocks:
                    return self._unlocks.popleft()
                if self._polls:
                    return self._polls.popleft()
                self._gate.wait()
            return None

    def _exchange(self, exchange: Exchange[T], go: Callable[[], bool] | None) -> Heard[T]:
        self._open()
        if exchange.probe is not None and self.echoes is None:
            self._probe(exchange.probe, go is not None)
        self._be_quiet(exchange.settle_s)
        if go is not None and not go():
            raise LateUnlock(f"bus {self.line.port}: the unlock's deadline has passed; nothing was sent")
        at_s = self._clock()
        try:
            self.line.send(exchange.request)
            self._quiet_s = self._clock() + len(exchange.request) * self.line.char_s
            return Heard(self._answer(exchange), at_s)
        except HardwareFault as fault:
            raise OutcomeUnknown(f"{fault}; bytes may have gone out") from fault

    def _open(self) -> None:
        """Open the port, or find that the adapter was pulled out since, and try once more."""
        try:
            self.line.drop_input()
        except HardwareFault:
            self.line.open()
        if self.line.times_opened != self._times_opened:
            self._times_opened, self.echoes = self.line.times_opened, None

    def _probe(self, probe: Exchange[Any], unlocking: bool) -> None:
        """Ask something whose answer shows an echo for what it is.  Without one an order is not sent."""
        try:
            self._exchange(probe, None)
        except OutcomeUnknown as error:
            if unlocking:
                raise HardwareFault(f"{error}; without it nobody knows whether the adapter echoes") from error
            raise

    def _be_quiet(self, settle_s: float) -> None:
        """Wait until the line has been quiet for long enough, and forget what came unasked."""
        left_s = self._quiet_s + max(self._gap_s, settle_s) - self._clock()
        if left_s > 0:
            self._pause(left_s)
        self.line.drop_input()

    def _answer(self, exchange: Exchange[T]) -> T | None:
        if exchange.find is None:
            return None
        until_s, heard = self._quiet_s + exchange.timeout_s, b""
        while True:
            answer = exchange.find(self._without_echo(heard, exchange))
            if answer is not None:
                return answer
            left_s = until_s - self._clock()
            if left_s <= 0 or len(heard) >= HEARD_LIMIT:
                said = f"only {heard[:32].hex(' ')}" if heard else "nothing"
                raise OutcomeUnknown(
                    f"bus {self.line.port}: {exchange.request.hex(' ')}: no valid answer "
                    f"within {exchange.timeout_s:g} s, {said}"
                )
            came = self.line.receive(left_s)
            if came:
                heard += came
                self._quiet_s = self._clock()

    def _without_echo(self, heard: bytes, exchange: Exchange[T]) -> bytes:
        """What came without the first copy of the request, unless this adapter is known not to echo."""
        start = heard.find(exchange.request)
        if exchange.probe is None and exchange.find is not None:
            if start >= 0:
                self.echoes = True
            elif self.echoes is None and self._too_little_for_an_echo(heard, exchange.find, exchange.request):
                self.echoes = False
        if self.echoes is False or start < 0:
            return heard
        return heard[start + len(exchange.request) :]

    @staticmethod
    def _too_little_for_an_echo(heard: bytes, find: Callable[[bytes], object], request: bytes) -> bool:
        """Whether an answer came, and too little before it to be an echo, even a spoilt one."""
        return find(heard) is not None and find(heard[len(request) // 2 :]) is None


class _Job:
    """One request on its way through the owner thread."""

    def __init__(self, run: Callable[[], Heard[Any]]) -> None:
        self._run, self._over = run, threading.Event()
        self._heard: Heard[Any] | None = None
        self._error: LockerError = OutcomeUnknown("the bus ended in the middle of an exchange")

    def do(self) -> None:
        try:
            self._heard = self._run()
        except LockerError as error:
            self._error = error
        finally:
            self._over.set()

    def refuse(self, error: LockerError) -> None:
        self._error = error
        self._over.set()

    def result(self) -> Heard[Any]:
        self._over.wait()  # every exchange has a limit in time, and there are never more than QUEUE_LIMIT of them
        if self._heard is None:
            raise self._error
        return self._heard


def gap_s(baud: int, char_s: float) -> float:
    """The quiet between two frames: 3.5 characters, at least 1.75 ms above 19,200 baud, and 1 ms; in whole ms upwards.

    Without it the second of two boards on a bus was measured never to hear its request (hardware notes of another
    open-source locker; Modbus over serial line, 2.5.1.1, gives the 3.5 characters).
    """
    least_s = 3.5 * char_s if baud <= 19200 else max(3.5 * char_s, 0.00175)
    return math.ceil(round((least_s + 0.001) * 1000, 6)) / 1000


_BUSES: Final[list[Bus]] = []
_GATE: Final = threading.Lock()


def shared(port: str, baud: int) -> Bus:
    """The bus of that port, the same one for every bank on it; each calls `leave` when it is done.

    It is known by where its name leads now: a device that was one adapter's a moment ago may be another's.
    ConfigurationError when the port runs at another baud already.
    """
    path = os.path.realpath(port)
    with _GATE:
        bus = next((one for one in _BUSES if os.path.realpath(one.line.port) == path), None)
        if bus is None:
            bus = Bus(SerialLine(port, baud))
            _BUSES.append(bus)
        elif bus.line.baud != baud:
            raise ConfigurationError([f"port {port}: baud {baud}, but another bank runs it at {bus.line.baud}"])
        bus.holders += 1
        return bus

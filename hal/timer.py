"""Where the coil guard gets its time, its waits and its cut-offs from: a thread of its own, never the event loop.

A loop that stalls for a second must not leave a coil on for a second.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from edge.core.errors import Busy

__all__ = ["PENDING_LIMIT", "SteppedTimer", "ThreadTimer", "Timer"]

PENDING_LIMIT: Final = 1024  # cut-offs that wait at once; more than any cabinet has coils
LONGEST_NAP_S: Final = 1.0  # look at the clock at least this often: it is injected and may run at its own pace


class Timer(Protocol):
    """Time for the guard.  All instants are seconds of one monotonic clock."""

    def now_s(self) -> float: ...

    def call_at(self, at_s: float, run: Callable[[], None]) -> None:
        """Call `run` once, at `at_s` or as soon after it as possible.  Busy when it cannot."""
        ...

    def wait(self, gate: threading.Condition, until_s: float) -> bool:
        """Wait on `gate` (held by the caller) until it is notified or `until_s` comes.

        False when this timer cannot wait: under simulated time nothing moves while a job runs.
        """
        ...

    def close(self) -> None: ...


class ThreadTimer:
    """Real time: one thread that runs the calls when they are due.  A call must not block for long, nor raise."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, name: str = "coil-cutoff") -> None:
        self._clock = clock
        self._wake = threading.Condition()
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def now_s(self) -> float:
        return self._clock()

    def call_at(self, at_s: float, run: Callable[[], None]) -> None:
        with self._wake:
            if self._closed or not self._thread.is_alive():
                raise Busy("coil timer: its thread has ended; nothing may be driven without a cut-off")
            if len(self._calls) >= PENDING_LIMIT:
                raise Busy(f"coil timer: {len(self._calls)} calls wait, limit {PENDING_LIMIT}")
            heapq.heappush(self._calls, (at_s, next(self._numbers), run))
            self._wake.notify()

    def wait(self, gate: threading.Condition, until_s: float) -> bool:
        gate.wait(max(0.0, min(until_s - self._clock(), LONGEST_NAP_S)))
        return True

    def close(self) -> None:
        """End the thread.  Calls that still wait are dropped; the guard has switched everything off before."""
        with self._wake:
            self._closed = True
            self._calls.clear()
            self._wake.notify()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while True:
            with self._wake:
                run = self._due()
                if self._closed:
                    return
                if run is None:
                    self._wake.wait(self._nap_s())
                    continue
            run()

    def _due(self) -> Callable[[], None] | None:
        if self._calls and self._calls[0][0] <= self._clock():
            return heapq.heappop(self._calls)[2]
        return None

    def _nap_s(self) -> float:
        if not self._calls:
            return LONGEST_NAP_S
        return max(0.0, min(self._calls[0][0] - self._clock(), LONGEST_NAP_S))


class SteppedTimer:
    """Time that moves only when somebody waits (alone) or says so: for trying a driver's whole pulse in no time.

    The calls run in the thread that lets the time pass.
    """

    def __init__(self, now_s: float = 0.0) -> None:
        self._now_s = now_s
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._closed = False

    def now_s(self) -> float:
        return self._now_s

    def call_at(self, at_s: float, run: Callable[[], None]) -> None:
        if self._closed or len(self._calls) >= PENDING_LIMIT:
            raise Busy(f"coil timer: {len(self._calls)} calls wait, limit {PENDING_LIMIT}, closed {self._closed}")
        heapq.heappush(self._calls, (at_s, next(self._numbers), run))

    def wait(self, gate: threading.Condition, until_s: float) -> bool:
        next_s = self._calls[0][0] if self._calls else until_s
        self.advance(max(self._now_s, min(until_s, next_s)))
        return True

    def advance(self, to_s: float) -> None:
        """Let the time pass, running each call at its own time."""
        while self._calls and self._calls[0][0] <= to_s:
            at_s, _, run = heapq.heappop(self._calls)
            self._now_s = max(self._now_s, at_s)
            run()
        self._now_s = max(self._now_s, to_s)

    def close(self) -> None:
        self._closed = True
        self._calls.clear()

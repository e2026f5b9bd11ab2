"""The one loop of a scanner: bytes from its line into its dialect, codes past the guard, answers back.

Blocks, so it runs in a lane of its own.  Everything that a scanner can do wrong is a count or a fault; a line that goes
away is opened again for ever, and a code that it was in the middle of is lost with it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from edge.core.errors import HardwareFault
from hal.readers.dialect import PAUSE_S, Dialect, Heard
from hal.readers.guard import Guard

__all__ = ["Line", "Reader", "ReaderStatus"]

POLL_S: Final = PAUSE_S  # the longest wait for bytes: so often it is looked what time asks for
RETRY_S: Final = 1.0  # between two attempts to open the line
FLICKERS: Final = 3  # failures within STEADY_S: that it works is then told only when it has for as long
STEADY_S: Final = 60.0


class Line(Protocol):
    """How bytes travel.  HardwareFault from all but `close` when it is not there or went away."""

    port: str

    def open(self) -> None:
        """Have it open, in order for bytes."""

    def send(self, data: bytes) -> None:
        """Write all of it."""

    def receive(self, within_s: float) -> bytes:
        """What has come; b"" when nothing came within that time."""

    def close(self) -> None:
        """Give it back, for good."""


@dataclass(frozen=True, slots=True)
class ReaderStatus:
    """How a reader is.  `fault` None: its line is open and, where it can answer, it does.  `odd`: counts by name."""

    fault: str | None
    codes: int = 0
    odd: Mapping[str, int] = field(default_factory=dict)


class Reader:
    """`on_code(text, symbology)` for each code that is believed; `on_state(fault)` when it fails and when it works.

    Both are called in the thread of `run`, and must not block.
    """

    def __init__(
        self,
        line: Line,
        dialect: Dialect,
        on_code: Callable[[str, str], None],
        on_state: Callable[[str | None], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line, self._dialect, self._clock = line, dialect, clock
        self._on_code, self._on_state = on_code, on_state
        self._guard = Guard()
        self._codes = 0
        self._fault: str | None = "not opened yet"
        self._failed: deque[float] = deque(maxlen=FLICKERS)  # when it ceased to work
        self._faulty_s = 0.0  # when it was last known not to

    @property
    def status(self) -> ReaderStatus:
        return ReaderStatus(self._fault, self._codes, Counter(self._dialect.counts) + self._guard.counts)

    def run(self, stopping: threading.Event) -> None:
        """Until `stopping`; then the line is closed."""
        try:
            while not stopping.is_set():
                try:
                    self._listen(stopping)
                except HardwareFault as why:
                    self._tell(str(why))
                    stopping.wait(RETRY_S)
        finally:
            self._line.close()

    def _listen(self, stopping: threading.Event) -> None:
        """One connection, until it breaks or is not wanted any more."""
        self._line.open()
        self._say(self._dialect.opened(self._clock()))
        quiet_s = self._clock()
        while not stopping.is_set():
            data = self._line.receive(POLL_S)
            if not data:
                quiet_s = self._clock()  # only this proves a silence: between two pieces this thread may have stood
            self._act(self._dialect.feed(data, quiet_s) if data else self._dialect.due(quiet_s), self._clock())
            self._tell_of_dialect()
        self._say(self._dialect.closing())

    def _act(self, heard: Heard, now_s: float) -> None:
        for code in heard.codes:
            text = self._guard.admit(code, now_s)
            if text is not None:
                self._codes += 1
                self._on_code(text, code.symbology)
        self._say(heard.send)

    def _say(self, data: bytes) -> None:
        if data:
            self._line.send(data)

    def _tell_of_dialect(self) -> None:
        if self._dialect.settled:
            fault = self._dialect.fault
            if fault is not None:
                self._tell(f"port {self._line.port}: {fault}")
            elif not self._flickers():
                self._tell(None)

    def _flickers(self) -> bool:
        """Whether it has come and gone lately: a loose plug must not fill the journal."""
        often = len(self._failed) == FLICKERS and self._failed[-1] - self._failed[0] < STEADY_S
        return often and self._clock() - self._faulty_s < STEADY_S

    def _tell(self, fault: str | None) -> None:
        if fault is not None:
            self._faulty_s = self._clock()
            if self._fault is None:
                self._failed.append(self._faulty_s)
        if fault != self._fault:
            self._fault = fault
            self._on_state(fault)

"""Takes frames in a thread of its own and keeps the newest: a decoder that falls behind skips frames, never lags.

A source that goes away is opened anew, at 0.5 s and then ever more seldom; after GIVE_UP_S without a frame the grabber
ends, and says so, and whoever started the process decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from edge.core.errors import HardwareFault
from hal.camera.reader import Grey
from hal.camera.sources import Source, open_source

__all__ = ["Frame", "Grabber"]

FIRST_RETRY_S: Final = 0.5
LONGEST_RETRY_S: Final = 8.0
GIVE_UP_S: Final = 120.0  # a camera that has been gone for this long needs a new process, or a person


@dataclass(frozen=True, slots=True)
class Frame:
    grey: Grey
    taken_s: float  # monotonic


class Grabber:
    """One slot, filled by a thread.  `fault` names what keeps frames from coming, None while they come."""

    def __init__(self, name: str, source: Source, now: Callable[[], float]) -> None:
        self._name = name
        self._source: Source | None = source
        self._now = now
        self._slot: Frame | None = None
        self._filled = threading.Condition()
        self._stopping = threading.Event()
        self.fault: str | None = None
        self.gave_up = False
        self._thread = threading.Thread(target=self._run, name="grabber", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread at its next frame; a read that blocks is left to the end of the process."""
        self._stopping.set()
        with self._filled:
            self._filled.notify_all()

    def take(self, timeout_s: float) -> Frame | None:
        """Return the newest frame that was not taken yet, waiting for one at most that long."""
        with self._filled:
            self._filled.wait_for(lambda: self._slot is not None or self._stopping.is_set(), timeout_s)
            frame, self._slot = self._slot, None
            return frame

    def _run(self) -> None:
        while not self._stopping.is_set():
            source = self._source or self._reopened()
            if source is None:
                return
            self._source = source
            try:
                grey = source.read()
            except HardwareFault as why:
                self.fault = str(why)
                source.close()
                self._source = None
                continue
            self.fault = None
            with self._filled:
                self._slot = Frame(grey, self._now())
                self._filled.notify_all()
            if source.interval_s:
                self._stopping.wait(source.interval_s)

    def _reopened(self) -> Source | None:
        """Open the source again, with longer and longer pauses; None when stopping or giving up."""
        lost_s, pause_s = self._now(), FIRST_RETRY_S
        while self._now() - lost_s < GIVE_UP_S:
            if self._stopping.wait(pause_s):
                return None
            try:
                return open_source(self._name)
            except HardwareFault as why:
                self.fault = str(why)
                pause_s = min(pause_s * 2, LONGEST_RETRY_S)
        self.gave_up = True
        self.stop()
        return None

"""Takes frames in a thread of its own and keeps the newest: a decoder that falls behind skips frames, never lags.

A source that goes away is opened anew, at 0.5 s and then ever more seldom; after GIVE_UP_S without a frame the grabber
ends, and says so, and whoever started the process decides.

A driver may block for ever, in reading as in closing, or give old frames of a camera that is gone: `stuck` tells.
Nothing can be done about that from outside of the driver, so the process is to end, and a fresh one begins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from edge.core.errors import HardwareFault
from hal.camera.presence import Presence
from hal.camera.reader import Grey
from hal.camera.sources import Source, open_source

__all__ = ["Frame", "Grabber"]

FIRST_RETRY_S: Final = 0.5
LONGEST_RETRY_S: Final = 8.0
HUNG_S: Final = 12.0  # without a frame or an error; V4L2 by OpenCV gives up waiting for one after 10
GIVE_UP_S: Final = 120.0  # a camera that has been gone for this long needs a new process, or a person


@dataclass(frozen=True, slots=True)
class Frame:
    grey: Grey
    taken_s: float  # monotonic


@dataclass(frozen=True, slots=True)
class _Opened:
    presence: Presence
    at_s: float


class Grabber:
    """One slot, filled by a thread.  `fault` names what keeps frames from coming, None while they come.

    source: open, or None where its device is not there yet; it is then opened like one that went away.
    """

    def __init__(
        self,
        name: str,
        source: Source | None,
        now: Callable[[], float],
        *,
        opener: Callable[[str], Source] = open_source,
    ) -> None:
        self._name = name
        self._source = source
        self._now = now
        self._opener = opener
        self._opened = None if source is None else _Opened(Presence(name), now())
        self._between_s: float | None = None  # since when the source is being closed, or opened
        self._taken_s = float("-inf")
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

    def stuck(self) -> str | None:
        """Why no more can be hoped for from this process; None while it can."""
        why = self._hangs()
        return None if why is None else f"camera source {self._name!r}: {why}"

    def take(self, timeout_s: float) -> Frame | None:
        """Return the newest frame that was not taken yet, waiting for one at most that long."""
        with self._filled:
            self._filled.wait_for(lambda: self._slot is not None or self._stopping.is_set(), timeout_s)
            frame, self._slot = self._slot, None
            return frame

    def _hangs(self) -> str | None:
        opened, between_s = self._opened, self._between_s
        if self._thread.ident is not None and not self._thread.is_alive() and not self._stopping.is_set():
            return "its reader has ended"  # a library failed in a way that nobody knew of
        if between_s is not None and self._now() - between_s > HUNG_S:
            return f"neither closed nor opened within {HUNG_S:g} s"
        if opened is None:
            return None
        why = opened.presence.lost()
        if why is None and self._now() - max(opened.at_s, self._taken_s) > HUNG_S:
            why = f"no frame for {HUNG_S:g} s"
        return why

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
                self._opened, self._between_s = None, self._now()
                source.close()
                self._source = self._between_s = None
                continue
            self.fault = None
            self._taken_s = self._now()
            with self._filled:
                self._slot = Frame(grey, self._taken_s)
                self._filled.notify_all()
            if source.interval_s:
                self._stopping.wait(source.interval_s)

    def _reopened(self) -> Source | None:
        """Open the source again, with longer and longer pauses; None when stopping or giving up."""
        lost_s, pause_s = self._now(), FIRST_RETRY_S
        while self._now() - lost_s < GIVE_UP_S:
            if self._stopping.wait(pause_s):
                return None
            self._between_s = self._now()
            try:
                source = self._opener(self._name)
                self._opened = _Opened(Presence(self._name), self._now())
                return source
            except HardwareFault as why:
                self.fault = str(why)
                pause_s = min(pause_s * 2, LONGEST_RETRY_S)
            finally:
                self._between_s = None
        self.gave_up = True
        self.stop()
        return None

"""A scale on a serial port, whatever it speaks: ask, take the next valid frame, say what it says.

What the port held before the question is dropped, so an answer is never older than its question, and of a scale that
talks without being asked the newest frame counts.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from edge.core.errors import HardwareFault
from edge.core.ports import Weighing
from edge.core.words import Adjusted, ScaleState
from hal.scales.frames import Cutter
from hal.scales.parse import Reader

__all__ = ["ADJUST_S", "ANSWER_S", "QUIET_S", "REFUSAL_S", "SILENT_S", "Port", "SerialScale"]

ANSWER_S: Final = 1.5  # for an answer, or the next frame: the slowest stream of the table sends one a second
QUIET_S: Final = 0.1  # before a question: so long a silence, and what comes next is no half of an older answer
ADJUST_S: Final = 3.0  # for a settled zero to be read after zeroing or taring; a locker that is stopped waits 5 s
REFUSAL_S: Final = 0.5  # of that, for the scale to say no
SILENT_S: Final = 10.0  # without one valid frame: somebody has to look
_LOOK_S: Final = 0.1  # between two readings while it zeroes
_TALKS_S: Final = 0.5  # without a silence: it talks by itself
_MOST_PIECES: Final = 64  # taken from the port in a row without one valid frame


class Port(Protocol):
    """A serial port (hal.serial_line): HardwareFault from each when it is gone."""

    def send(self, data: bytes) -> None: ...

    def receive(self, within_s: float) -> bytes: ...

    def drop_input(self) -> None: ...

    def close(self) -> None: ...


class SerialScale:
    """The Scale of one serial port; used from one thread at a time.

    HardwareFault from `read` when the port is gone, or nothing valid has come for SILENT_S.
    """

    def __init__(
        self,
        name: str,
        port: Port,
        reader: Reader,
        clock: Callable[[], float] = time.monotonic,
        *,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._name, self._port, self._reader, self._clock, self._answer_s = name, port, reader, clock, answer_s
        self._heard_s: float | None = None  # when something valid came last, or it was asked first

    def read(self) -> Weighing:
        began_s = self._clock()
        if self._heard_s is None:
            self._heard_s = began_s
        frame = self._ask(self._reader.protocol.ask, self._reader.fits, self._answer_s)
        if frame is not None:
            self._heard_s = self._clock()
            return self._reader.read(frame, began_s)
        if self._clock() - self._heard_s >= SILENT_S:
            raise HardwareFault(f"scale {self._name}: nothing from it that is {self._reader.protocol.name}")
        return Weighing(ScaleState.UNKNOWN, began_s, detail="no valid answer")

    def zero(self) -> Adjusted:
        return self._adjust(self._reader.protocol.zero)

    def tare(self) -> Adjusted:
        return self._adjust(self._reader.protocol.tare)

    def close(self) -> None:
        self._port.close()

    def _adjust(self, command: bytes) -> Adjusted:
        """Send the command; then only what is read counts."""
        if not command:
            return Adjusted.NO_COMMAND
        refused = re.compile(self._reader.protocol.refused, re.DOTALL)
        until_s = self._clock() + ADJUST_S
        if refused.pattern and self._ask(command, lambda frame: refused.fullmatch(frame) is not None, REFUSAL_S):
            return Adjusted.REFUSED
        if not refused.pattern:
            self._port.send(command)
        while self._clock() < until_s:
            said = self.read()
            if said.state is ScaleState.STABLE and said.weight_g == 0:
                return Adjusted.DONE
            threading.Event().wait(_LOOK_S)
        return Adjusted.NOT_SEEN

    def _ask(self, question: bytes, fits: Callable[[bytes], bool], within_s: float) -> bytes | None:
        """The first frame that fits after the question; None when none came in time."""
        asked = bool(question)
        if not self._settled(asked):
            return None
        cutter = Cutter(self._reader.protocol.framing, fits, in_step=asked)
        if asked:
            self._port.send(question)
        until_s = self._clock() + within_s
        for _ in range(_MOST_PIECES):
            came = self._port.receive(until_s - self._clock())
            if not came:
                return None
            frames = cutter.feed(bytes(byte & self._reader.protocol.mask for byte in came))
            if frames:
                return frames[-1]
        return None

    def _settled(self, asked: bool) -> bool:
        """Drop what is old.  Before a question the line must have fallen silent."""
        self._port.drop_input()
        quiet_s, until_s = QUIET_S if asked else 0.0, self._clock() + _TALKS_S
        for _ in range(_MOST_PIECES):
            if not self._port.receive(quiet_s):
                return True
            if self._clock() >= until_s:
                break
        return not asked  # who is not asked never falls silent; who is, talks without being asked

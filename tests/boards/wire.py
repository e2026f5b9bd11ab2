"""A pseudo-terminal: pyserial on one side, the test's own bytes on the other.  All waits have a limit."""

from __future__ import annotations

import os
import pty
import select
import threading
import time
import tty
from types import TracebackType

LIMIT_S = 5.0  # a test that waits longer has failed


class Wire:
    """The far end of a serial port.  `path` is what the driver opens."""

    def __init__(self) -> None:
        self._far, self._near = pty.openpty()
        tty.setraw(self._near)
        os.set_blocking(self._far, False)
        self.path = os.ttyname(self._near)
        os.close(self._near)  # only the driver holds it now: its hang-ups and ours are seen
        self._near = -1

    def say(self, data: bytes) -> None:
        """Put these bytes on the line."""
        assert os.write(self._far, data) == len(data)

    def hear(self, length: int, within_s: float = LIMIT_S) -> bytes:
        """The next `length` bytes that the driver sent; fewer when they do not come in time."""
        heard, until_s = b"", time.monotonic() + within_s
        while len(heard) < length and (left_s := until_s - time.monotonic()) > 0:
            if select.select([self._far], [], [], left_s)[0]:
                heard += self.take(length - len(heard))
        return heard

    def take(self, most: int = 4096) -> bytes:
        """What has come; nothing while the near end is closed."""
        try:
            return os.read(self._far, most)
        except OSError:  # nobody holds the near end: until somebody does, there is nothing to do but to look again
            threading.Event().wait(0.001)
            return b""

    def fileno(self) -> int:
        return self._far

    def unplug(self) -> None:
        """The adapter is pulled out: every call on it fails from now on."""
        if self._far >= 0:
            os.close(self._far)
            self._far = -1

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

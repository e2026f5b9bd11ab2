"""A device of the kernel's input layer, for this process alone: /dev/input/by-id/…-event-kbd.

EVIOCGRAB takes it from everybody else.  Without that every code would also be typed into the page on the screen, or
into the console, so a device that cannot be had alone is a fault, and nothing is read.
Source: the kernel's input event interface; tested on pipes, not on a keyboard.
"""

from __future__ import annotations

import fcntl
import os
import select
import time
from collections.abc import Callable
from typing import Final

from edge.core.errors import HardwareFault, machine_says
from hal.readers.keys import EVENT

__all__ = ["InputDevice", "grab"]

EVIOCGRAB: Final = 0x40044590
REOPEN_S: Final = 1.0  # between two attempts to open
EVENTS_AT_ONCE: Final = 64  # the kernel keeps no fewer


def grab(device: int) -> None:
    """Take the device from everybody else.  OSError when somebody has it, or when it is none."""
    fcntl.ioctl(device, EVIOCGRAB, 1)


class InputDevice:
    """A line that gives `struct input_event`s.  It has one owner.

    Errors: HardwareFault from `open` and `receive` when it is not there, cannot be had alone, or went away; it is then
    closed, and the next attempt to open it comes REOPEN_S after the last one.
    """

    def __init__(
        self, path: str, *, take: Callable[[int], None] = grab, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.port = path
        self._take, self._clock = take, clock
        self._device = -1
        self._why = ""
        self._tried_s: float | None = None

    def open(self) -> None:
        if self._device >= 0:
            return
        now_s = self._clock()
        if self._tried_s is not None and now_s - self._tried_s < REOPEN_S:
            raise HardwareFault(self._why)
        self._tried_s = now_s
        try:
            self._device = os.open(self.port, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise self._lost(machine_says(error)) from error
        try:
            self._take(self._device)
        except OSError as error:
            why = f"cannot be had for us alone ({machine_says(error)}), and codes must not be typed into other programs"
            raise self._lost(why) from error

    def send(self, data: bytes) -> None:
        raise HardwareFault(f"input device {self.port}: it takes no bytes")

    def receive(self, within_s: float) -> bytes:
        """Whole events that have come, or b"" when none came in time."""
        self.open()
        try:
            if not select.select([self._device], [], [], max(0.0, within_s))[0]:
                return b""
            data = os.read(self._device, EVENT.size * EVENTS_AT_ONCE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(machine_says(error)) from error
        if not data:
            raise self._lost("it went away")
        return data

    def close(self) -> None:
        """Give the device back."""
        if self._device >= 0:
            os.close(self._device)
            self._device = -1

    def _lost(self, why: str) -> HardwareFault:
        self.close()
        self._why = f"input device {self.port}: {why}"
        return HardwareFault(self._why)

"""One serial port with one owner: opened when first needed, given up when it fails, tried again at most once a second.

Every driver on RS-232, RS-485 or a USB adapter speaks through this.  What pyserial, the kernel and termios raise
becomes HardwareFault here; an adapter that was unplugged comes back by itself when it is plugged in again, because a
path under /dev/serial/by-id stays the same.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
import time
from collections.abc import Callable
from typing import Final

import serial

from edge.core.errors import BadInput, HardwareFault

__all__ = ["BAUDS", "RECEIVE_LIMIT", "REOPEN_S", "WRITE_TIMEOUT_S", "SerialLine"]

BAUDS: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
REOPEN_S: Final = 1.0  # an adapter needs about that long to come back; asking more often only fills the kernel's log
WRITE_TIMEOUT_S: Final = 0.5  # without room for a byte, or beyond the time that the bytes take: the port is stuck
RECEIVE_LIMIT: Final = 4096  # bytes that one call gives; the kernel keeps no more of a line

_FOREIGN: Final = (serial.SerialException, OSError, termios.error, ValueError)  # termios.error is no OSError


class SerialLine:
    """One serial port, opened exclusively.  Not thread-safe: it has one owner.

    port: a path, best one under /dev/serial/by-id.  baud: one of BAUDS.  bits 7 or 8, parity N, E or O, stop 1 or 2.
    clock: monotonic seconds, for the pause between two attempts to open.
    Errors: HardwareFault from every method but `close` when the port is not there, is somebody else's, went away or
    does not take bytes.  It is then closed, and the next attempt to open it comes REOPEN_S after the last one; calls
    before that fail at once, with the same reason.  When `send` raises, bytes may have gone out, and the
    rest never will; only after `open` (or any other call) succeeded and `send` was not called is it certain that none
    did.
    """

    def __init__(
        self,
        port: str,
        baud: int,
        *,
        bits: int = 8,
        parity: str = "N",
        stop: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if baud not in BAUDS:
            raise BadInput(f"port {port}: baud {baud}, must be one of {', '.join(map(str, BAUDS))}")
        if bits not in (7, 8) or parity not in ("N", "E", "O") or stop not in (1, 2):
            raise BadInput(
                f"port {port}: {bits}{parity}{stop}, must be 7 or 8 bits, parity N, E or O, 1 or 2 stop bits"
            )
        self.port, self.baud = port, baud
        self.times_opened = 0  # when it grows, another adapter may be plugged in
        self.char_s = (1 + bits + (parity != "N") + stop) / baud  # one character on the wire
        self._bits, self._parity, self._stop, self._clock = bits, parity, stop, clock
        self._serial: serial.Serial | None = None
        self._closed = False
        self._why = ""
        self._tried_s: float | None = None  # when it was last attempted to open it

    def open(self) -> None:
        """Open the port unless it is open; what can fail before a byte goes out, fails here."""
        self._opened()

    def send(self, data: bytes) -> None:
        """Write all of `data` and wait until the kernel has given it to the port."""
        port = self._opened()
        try:
            self._write(port, data)
            limit_s = self._clock() + len(data) * self.char_s + WRITE_TIMEOUT_S
            while port.out_waiting:
                if self._clock() >= limit_s:
                    raise serial.SerialTimeoutException(f"{port.out_waiting} bytes stay in its buffer")
                threading.Event().wait(self.char_s)
        except _FOREIGN as error:
            raise self._lost(error) from error

    def receive(self, within_s: float) -> bytes:
        """What has come, at least one byte, at most RECEIVE_LIMIT; b"" when nothing came within that time."""
        port = self._opened()
        try:
            if not select.select([port], [], [], max(0.0, within_s))[0]:
                return b""
            return bytes(port.read(max(1, min(port.in_waiting, RECEIVE_LIMIT))))
        except _FOREIGN as error:
            raise self._lost(error) from error

    def drop_input(self) -> None:
        """Forget what has come and nobody has received."""
        port = self._opened()
        try:
            port.reset_input_buffer()
        except _FOREIGN as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Give the port back, for good."""
        self._closed, self._why = True, "it is closed"
        self._let_go()

    def _opened(self) -> serial.Serial:
        if self._serial is not None:
            return self._serial
        now_s = self._clock()
        if self._closed or (self._tried_s is not None and now_s - self._tried_s < REOPEN_S):
            raise HardwareFault(f"port {self.port}: {self._why}")
        self._tried_s = now_s
        try:
            self._serial = serial.Serial(
                self.port, self.baud, self._bits, self._parity, self._stop, timeout=0, exclusive=True
            )
        except _FOREIGN as error:
            raise self._lost(error) from error
        self.times_opened += 1
        return self._serial

    @staticmethod
    def _write(port: serial.Serial, data: bytes) -> None:
        """All of it or an error.  Not by pyserial's own write: on a full buffer that spins, or waits for ever."""
        rest = memoryview(data)
        while True:
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(port.fileno(), rest) :]
            if not rest:
                return
            if not select.select([], [port], [], WRITE_TIMEOUT_S)[1]:
                raise serial.SerialTimeoutException(f"{len(rest)} of {len(data)} bytes are not taken")

    def _lost(self, error: Exception) -> HardwareFault:
        """The port is given up until the next attempt, and what it has not sent goes out no more."""
        if self._serial is not None:
            with contextlib.suppress(*_FOREIGN):  # gone, and its buffer with it
                self._serial.reset_output_buffer()  # closing would first wait for it, up to half a minute
        self._let_go()
        self._why = str(error) or type(error).__name__
        return HardwareFault(f"port {self.port}: {self._why}")

    def _let_go(self) -> None:
        port, self._serial = self._serial, None
        if port is not None:
            port.close()

"""`python -m hal.camera SOURCE [--formats qr|all]`: the camera process.  Lines out and in: see `wire`.

Exit codes: 0 stdin was closed; 2 wrong usage; 3 the source cannot be opened (one line on stderr); 4 the source went
away and stayed away, or its driver hangs.  A device that is not there at the start is waited for like one that went
away.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import BinaryIO, Final

import cv2

from edge.core.errors import BadInput, HardwareFault
from hal.camera.eye import Eye
from hal.camera.grabber import Frame, Grabber
from hal.camera.presence import device_path
from hal.camera.sources import Source, open_source
from hal.camera.wire import (
    LINE_LIMIT_BYTES,
    CodeLine,
    Formats,
    Hint,
    StatusLine,
    decode_order,
    encode_code,
    encode_status,
)

__all__ = ["main"]

STATUS_INTERVAL_S: Final = 1.0
STDIN_CLOSED, SOURCE_CLOSED, SOURCE_GONE = 0, 3, 4


class _Orders(threading.Thread):
    """Reads the parent's lines; `closed` is set when there will be no more."""

    def __init__(self, stdin: BinaryIO, grabber: Grabber, formats: Formats) -> None:
        super().__init__(name="orders", daemon=True)
        self._stdin = stdin
        self._grabber = grabber
        self.formats = formats
        self.closed = threading.Event()

    def run(self) -> None:
        while line := self._stdin.readline(LINE_LIMIT_BYTES):
            try:
                self.formats = decode_order(line)
            except BadInput as why:
                print(f"camera: {why}", file=sys.stderr, flush=True)
        self.closed.set()
        self._grabber.stop()


class _Teller:
    """Runs the eye over frames and writes the lines."""

    def __init__(self, stdout: BinaryIO, eye: Eye, now: Callable[[], float]) -> None:
        self._stdout = stdout
        self._eye = eye
        self._now = now
        self._taken_s: float | None = None
        self._hint = Hint.NONE
        self._fault: str | None = None
        self._due_s = now()

    def until_status_s(self) -> float:
        return max(0.0, self._due_s - self._now())

    def look(self, frame: Frame) -> None:
        self._taken_s = frame.taken_s
        sight = self._eye.feed(frame.grey, frame.taken_s)
        self._hint = sight.hint
        for seen in sight.codes:
            self._write(encode_code(CodeLine(seen.text, seen.symbology, self._now() - frame.taken_s)))

    def status(self, fault: str | None) -> None:
        """Write the status line where it is due, or where the fault has changed."""
        if self._now() < self._due_s and fault == self._fault:
            return
        self._fault = fault
        self._due_s = self._now() + STATUS_INTERVAL_S
        counts = self._eye.counts
        self._write(
            encode_status(
                StatusLine(
                    frame_age_s=None if self._taken_s is None else self._now() - self._taken_s,
                    frames=counts.frames,
                    codes=counts.codes,
                    unreadable=counts.unreadable,
                    retries=counts.retries,
                    hint=self._hint,
                    fault=fault,
                )
            )
        )

    def _write(self, line: bytes) -> None:
        self._stdout.write(line)
        self._stdout.flush()


def main(
    argv: list[str] | None = None,
    *,
    now: Callable[[], float] = time.monotonic,
    opener: Callable[[str], Source] = open_source,
) -> int:
    """Run until stdin closes; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m hal.camera", description="Read codes from a camera.")
    parser.add_argument("source", help="device, picamera2:N, picture, folder, video, rtsp:// or world:SOCKET")
    parser.add_argument("--formats", choices=[f.value for f in Formats], default=Formats.QR.value)
    wanted = parser.parse_args(argv)
    cv2.setNumThreads(1)  # the other cores are the runtime's
    source: Source | None = None
    path = device_path(wanted.source)
    if path is None or os.path.exists(path):
        try:
            source = opener(wanted.source)
        except HardwareFault as why:
            print(f"camera: {why}", file=sys.stderr, flush=True)
            return SOURCE_CLOSED
    grabber = Grabber(wanted.source, source, now, opener=opener)
    orders = _Orders(sys.stdin.buffer, grabber, Formats(wanted.formats))
    grabber.start()
    orders.start()
    try:
        return _run(grabber, orders, now)
    except BrokenPipeError:  # the parent is gone; so are we
        return STDIN_CLOSED


def _run(grabber: Grabber, orders: _Orders, now: Callable[[], float]) -> int:
    eye = Eye(orders.formats)
    teller = _Teller(sys.stdout.buffer, eye, now)
    while not orders.closed.is_set():
        if grabber.gave_up:
            print(f"camera: {grabber.fault}; given up", file=sys.stderr, flush=True)
            return SOURCE_GONE
        if why := grabber.stuck():
            print(f"camera: {why}", file=sys.stderr, flush=True)
            return SOURCE_GONE
        frame = grabber.take(teller.until_status_s())
        eye.formats = orders.formats
        if frame is not None:
            teller.look(frame)
        teller.status(grabber.fault)
    return STDIN_CLOSED


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # a driver that hangs in a read must not keep the process

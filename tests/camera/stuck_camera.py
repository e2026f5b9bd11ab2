"""A camera process whose driver hangs, as a camera that was pulled out makes it: for the tests of unplugging.

    python -m tests.camera.stuck_camera DEVICE TEXT FRAMES SPEED

It opens while the device is there, gives FRAMES frames that show TEXT, and then blocks for ever.  Its clock runs SPEED
times as fast as ours.
"""

from __future__ import annotations

import os
import sys
import threading
import time

from edge.core.errors import HardwareFault
from hal.camera.__main__ import main
from hal.camera.reader import Grey
from hal.camera.sources import Source
from tests.camera.test_still import drawn


class _Stuck:
    interval_s = 0.02

    def __init__(self, text: str, frames: int) -> None:
        self._frame, self._left = drawn(text), frames

    def read(self) -> Grey:
        if not self._left:
            threading.Event().wait()
        self._left -= 1
        return self._frame

    def close(self) -> None:
        raise AssertionError("a driver that hangs cannot be closed")


def run(device: str, text: str, frames: int, speed: float) -> int:
    def opener(name: str) -> Source:
        if not os.path.exists(name):
            raise HardwareFault(f"camera source {name!r}: cannot be opened")
        return _Stuck(text, frames)

    return main([device], now=lambda: time.monotonic() * speed, opener=opener)


if __name__ == "__main__":
    code = run(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    sys.stderr.flush()
    os._exit(code)

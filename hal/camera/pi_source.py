"""Frames from a camera on the Pi's own connector, by Picamera2: OpenCV cannot open those on today's systems.

The library comes from the distribution (python3-picamera2) and is seen by an environment that was made with
`--system-site-packages`.  One process may have a camera at a time.
Source: the library's manual; not tried on a camera.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Any, Final

import numpy as np

from edge.core.errors import HardwareFault
from hal.camera.reader import Grey

__all__ = ["PREFIX", "PiSource"]

PREFIX: Final = "picamera2:"
FPS: Final = 15
CAMERAS_LIMIT: Final = 8  # a board has two connectors, a multiplexer four more
_FOREIGN: Final = (RuntimeError, IndexError, OSError, ValueError)  # what the library raises, a missing camera included


class PiSource:
    """A Source.  `name`: picamera2:N, N the camera's number from 0."""

    def __init__(self, name: str, width: int, height: int) -> None:
        self.interval_s = 0.0  # a frame is waited for
        self._name, self._width, self._height = name, width, height
        number = name.removeprefix(PREFIX)
        if not number.isascii() or not number.isdigit() or int(number) >= CAMERAS_LIMIT:
            raise self._fault(f"not {PREFIX}N, N from 0 to {CAMERAS_LIMIT - 1}")
        self._camera = self._started(self._library(), int(number))

    def read(self) -> Grey:
        try:
            planes = self._camera.capture_array("main")
        except _FOREIGN as why:
            raise self._fault(str(why) or type(why).__name__) from why
        # The brightness comes first; its rows may be longer than the picture is wide.
        return np.ascontiguousarray(np.asarray(planes, dtype=np.uint8)[: self._height, : self._width])

    def close(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            with contextlib.suppress(*_FOREIGN):  # one that has failed may not even let itself be stopped
                camera.stop()
            with contextlib.suppress(*_FOREIGN):
                camera.close()

    def _library(self) -> Any:
        try:
            return importlib.import_module("picamera2")
        except ImportError as why:
            raise self._fault(
                f"{why}; install python3-picamera2 and make the environment with --system-site-packages"
            ) from why

    def _started(self, library: Any, number: int) -> Any:
        try:
            camera = library.Picamera2(number)
        except _FOREIGN as why:
            raise self._fault(str(why) or type(why).__name__) from why
        try:
            main = {"format": "YUV420", "size": (self._width, self._height)}
            camera.configure(camera.create_video_configuration(main=main, controls={"FrameRate": FPS}))
            camera.start()
        except _FOREIGN as why:
            camera.close()
            raise self._fault(str(why) or type(why).__name__) from why
        return camera

    def _fault(self, why: str) -> HardwareFault:
        return HardwareFault(f"camera source {self._name!r}: {why}")

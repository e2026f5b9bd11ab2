"""A Pi whose camera fails once, and then cannot even be stopped: what it is when it is opened anew works."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from tests.camera.distribution.picamera2 import Picamera2 as Good

_made = 0


class Picamera2(Good):
    def __init__(self, camera_num: int = 0) -> None:
        global _made
        super().__init__(camera_num)
        _made += 1
        self._fails = _made == 1

    def capture_array(self, name: str) -> NDArray[Any]:
        if self._fails:
            raise RuntimeError("Camera frontend has timed out")
        return super().capture_array(name)

    def stop(self) -> None:
        if self._fails:
            raise RuntimeError("Failed to stop camera")
        super().stop()

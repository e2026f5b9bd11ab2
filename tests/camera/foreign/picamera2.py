"""A Pi whose library fails in a way that nobody has heard of."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from tests.camera.distribution.picamera2 import Picamera2 as Good


class Picamera2(Good):
    def capture_array(self, name: str) -> NDArray[Any]:
        raise LookupError("no such stream")

"""What a Pi's distribution brings, as far as a camera source uses it: it keeps the library's rules, and shows a code.

Only processes whose path leads here find it.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.camera.test_still import drawn

CAMERAS = 1
STRIDE = 64  # rows of the brightness are a multiple of it


class Picamera2:
    def __init__(self, camera_num: int = 0) -> None:
        if camera_num >= CAMERAS:
            raise IndexError("list index out of range")
        self._size: tuple[int, int] | None = None
        self._runs = False

    def create_video_configuration(self, main: dict[str, Any], controls: dict[str, Any]) -> dict[str, Any]:
        if main["format"] != "YUV420":
            raise ValueError(f"Unknown format: {main['format']}")
        return {"main": main, "controls": controls}

    def configure(self, configuration: dict[str, Any]) -> None:
        self._size = configuration["main"]["size"]

    def start(self) -> None:
        self._runs = self._size is not None

    def capture_array(self, name: str) -> NDArray[np.uint8]:
        if not self._runs or self._size is None:
            raise RuntimeError("Camera is not running")
        width, height = self._size
        planes = np.zeros((height * 3 // 2, -(-(width + 1) // STRIDE) * STRIDE), dtype=np.uint8)
        planes[:height, :width] = 255
        code = cv2.resize(drawn("LK1:PI"), (400, 400), interpolation=cv2.INTER_NEAREST)
        planes[100:500, 200:600] = code
        return planes

    def stop(self) -> None:
        self._runs = False

    def close(self) -> None:
        self._size = None

"""Frames of the world's camera: the scene is drawn once while it does not change, the sensor's noise anew each time."""

from __future__ import annotations

import random
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Final

from hal.sim.phone import FRAME_HEIGHT, FRAME_WIDTH, Scene, render

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Frames"]

NOISE_MARGIN_PX: Final = 64  # the noise is one field, laid on at a different corner each time
NOISE_LIMIT: Final = 25.0  # grey levels; more would leave 16 bits


class Frames:
    """Thread-safe.  numpy and OpenCV are imported by the first frame."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"{seed}/frames")
        self._lock = Lock()
        self._scene: Scene | None = None
        self._clean: NDArray[np.uint8] | None = None
        self._field: NDArray[np.int16] | None = None

    def take(self, scene: Scene) -> tuple[int, int, bytes]:
        """Width, height and the grey bytes of one frame.  BadInput when the scene cannot be drawn."""
        import numpy as np

        with self._lock:
            if self._clean is None or scene != self._scene:
                self._clean = render(replace(scene, light=replace(scene.light, noise=0.0)), self._rng)
                self._scene = scene
            if self._field is None:
                shape = (FRAME_HEIGHT + NOISE_MARGIN_PX, FRAME_WIDTH + NOISE_MARGIN_PX)
                chance = np.random.default_rng(self._rng.getrandbits(64))
                self._field = np.asarray(chance.standard_normal(shape, dtype=np.float32) * 16, dtype=np.int16)
            if scene.light.noise <= 0:
                return FRAME_WIDTH, FRAME_HEIGHT, self._clean.tobytes()
            top, left = self._rng.randrange(NOISE_MARGIN_PX), self._rng.randrange(NOISE_MARGIN_PX)
            noise = self._field[top : top + FRAME_HEIGHT, left : left + FRAME_WIDTH]
            grey = self._clean + noise * np.int16(round(min(scene.light.noise, NOISE_LIMIT) * 16)) // np.int16(256)
            return FRAME_WIDTH, FRAME_HEIGHT, np.clip(grey, 0, 255).astype(np.uint8).tobytes()

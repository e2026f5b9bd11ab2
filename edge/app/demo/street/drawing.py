"""What is drawn for the page: the codes on the telephone, the labels on parcels, and what the camera sees."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Final

import segno

from edge.core.errors import LinkDown
from hal.sim.client import WorldClient

__all__ = ["Photographer", "label_svg", "qr_svg"]

PICTURE_WIDTH, PICTURE_HEIGHT = 384, 216
PICTURE_QUALITY: Final = 80
PICTURE_EVERY_S: Final = 0.25  # one picture serves every page that asks within this time
LABEL_HEIGHT: Final = 22  # modules


def qr_svg(text: str) -> str:
    """The code as it stands on a telephone."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", boost_error=False, micro=False)
    code.save(drawn, kind="svg", xmldecl=False, omitsize=True, border=2, dark="#14212b", light="#ffffff")
    return drawn.getvalue().decode()


def label_svg(text: str) -> str:
    """The bars on a parcel's label, Code 128."""
    from hal.sim.labels import LINEAR_QUIET_MODULES, code_modules

    row = code_modules(text, "Code128")[0]
    width = len(row) + 2 * LINEAR_QUIET_MODULES
    bars = "".join(f"M{at + LINEAR_QUIET_MODULES} 0h1v{LABEL_HEIGHT}h-1z" for at, dark in enumerate(row) if dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {LABEL_HEIGHT}" preserveAspectRatio="none">'
        f'<path fill="#14212b" d="{bars}"/></svg>'
    )


class Photographer:
    """The newest picture of the world's camera, small, as a JPEG."""

    def __init__(self, world: WorldClient, now_s: Callable[[], float]) -> None:
        self._world, self._now_s = world, now_s
        self._turn = threading.Lock()
        self._taken_s = -PICTURE_EVERY_S
        self._picture = b""

    def picture(self) -> bytes:
        """LinkDown when there is no camera."""
        with self._turn:
            if self._now_s() - self._taken_s >= PICTURE_EVERY_S:
                self._picture = self._take()
                self._taken_s = self._now_s()
            return self._picture

    def _take(self) -> bytes:
        import cv2
        import numpy as np

        width, height, grey = self._world.frame()
        frame = np.frombuffer(grey, dtype=np.uint8).reshape(height, width)
        small = cv2.resize(frame, (PICTURE_WIDTH, PICTURE_HEIGHT), interpolation=cv2.INTER_AREA)
        done, coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, PICTURE_QUALITY])
        if not done:
            raise LinkDown("camera: the picture cannot be coded")
        return bytes(coded)

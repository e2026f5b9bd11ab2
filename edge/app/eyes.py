"""The camera process as a port of the runtime: codes become scans, its state becomes health and hints."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from edge.app.flicker import Flicker
from edge.core.inputs import Health, Input, Scan, Unread
from hal.camera.child import CameraChild, CameraStatus
from hal.camera.wire import Formats, Hint

__all__ = ["Eyes"]

MAIN = "main"  # the one camera
# What whoever holds a code can mend.  A picture that is white all over is often nobody's: the status tells it.
ABOUT_A_CODE: Final = frozenset({Hint.GLARE, Hint.TOO_FAR, Hint.TOO_DARK, Hint.BLURRED})


class Eyes:
    """`run` keeps the process running until cancelled; `tell` hears of codes, and of a camera that fails or works."""

    def __init__(self, source: str, tell: Callable[[Input], object]) -> None:
        self._source, self._tell = source, tell
        self._formats = Formats.QR
        self._child: CameraChild | None = None
        self._flicker = Flicker()
        self._unread = ""
        self.status: CameraStatus | None = None  # None until it has said something

    def look_for(self, formats: str) -> None:
        """`qr` or `all`, from now on."""
        self._formats = Formats(formats)
        if self._child is not None:
            self._child.set_formats(self._formats)

    async def run(self) -> None:
        self._child = CameraChild(self._source, self._on_code, self._on_status, formats=self._formats)
        try:
            await self._child.start()
        finally:
            await self._child.stop()
            self._child = None

    def _on_code(self, text: str, symbology: str, _at_s: float) -> None:
        self._tell(Scan(text, symbology))

    def _on_status(self, status: CameraStatus) -> None:
        self.status = status
        works = status.fault is None
        known = not works or status.frame_age_s is not None
        if known and self._flicker.is_told(works, asyncio.get_running_loop().time()):
            self._tell(Health("camera", MAIN, works, status.fault or ""))
        unread = str(status.hint) if status.hint in ABOUT_A_CODE else ""
        if unread != self._unread:
            self._unread = unread
            self._tell(Unread(unread))

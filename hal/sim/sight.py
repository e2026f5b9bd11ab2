"""What is held before the camera, and what a code reader in its place would say."""

from __future__ import annotations

from collections import deque
from typing import Final

from msgspec import Struct

from edge.core.errors import LinkDown
from hal.sim.chronicle import Deed
from hal.sim.nature import Nature
from hal.sim.phone import EMPTY, Label, Light, Phone, Pose, Scene

__all__ = ["Scan", "Sight"]

SCANS_LIMIT: Final = 16


class Scan(Struct, frozen=True):
    """One code as a reader gives it."""

    text: str
    symbology: str
    at_s: float


class Sight:
    """The scene before the lens."""

    def __init__(self, nature: Nature) -> None:
        self._nature, self._scene = nature, EMPTY
        self._scans: deque[Scan] = deque(maxlen=SCANS_LIMIT)

    @property
    def scene(self) -> Scene:
        """What the camera sees.  LinkDown when there is no camera."""
        if self._nature.faults.has("camera_gone"):
            raise LinkDown("camera: it is gone")
        return self._scene

    def show(self, subject: Phone | Label, pose: Pose | None, light: Light | None) -> None:
        self._scene = Scene(subject, pose or Pose(), light or Light())
        text = subject.text if isinstance(subject.text, str) else subject.text.decode("latin-1")
        symbology = "QRCode" if isinstance(subject, Phone) else subject.symbology
        self._nature.chronicle.write(Deed.SHOWN, note=symbology)
        if not self._nature.faults.has("camera_gone"):
            for _ in range(2 if self._nature.faults.has("double_scan") else 1):
                self._scans.append(Scan(text, symbology, self._nature.now_s))

    def hide(self) -> None:
        self._scene = EMPTY
        self._nature.chronicle.write(Deed.HIDDEN)

    def scans(self) -> list[Scan]:
        """What a reader has read since the last time, without pictures: for tests that need no decoder."""
        read = list(self._scans)
        self._scans.clear()
        return read

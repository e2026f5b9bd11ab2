"""An infrared barrier across a compartment's floor: sees what is higher than its beam, a moment late."""

from __future__ import annotations

from typing import Final

__all__ = ["LAG_S", "Infrared"]

LAG_S: Final = 0.05


class Infrared:
    """True: something breaks the beam."""

    def __init__(self) -> None:
        self._broken = self._was_broken = False
        self._moved_s = -1e9

    def see(self, broken: bool, now_s: float) -> None:
        if broken != self._broken:
            self._was_broken, self._broken, self._moved_s = self.says(now_s), broken, now_s

    def says(self, now_s: float) -> bool:
        return self._broken if now_s - self._moved_s >= LAG_S else self._was_broken

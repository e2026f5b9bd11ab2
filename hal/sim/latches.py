"""A latch: a coil retracts it for a while; where the door springs away it stays out until the door is pushed shut.

A parcel that leans on the door loads the latch: the coil is too weak against the friction until somebody pushes the
door and takes the load off.  That is why people are told "push the door, then pull".
"""

from __future__ import annotations

from typing import Final

__all__ = ["FALLS_BACK_S", "RELIEF_S", "Latch"]

FALLS_BACK_S: Final = 0.5  # after the coil, where the door has not moved away
RELIEF_S: Final = 2.0  # how long a push takes the load off


class Latch:
    """`retracted`: the door is free to move."""

    def __init__(self) -> None:
        self.retracted = False
        self._relieved_until_s = -1e9

    def relieve(self, now_s: float) -> None:
        """Somebody pushes the door: for a moment nothing leans on the latch."""
        self._relieved_until_s = now_s + RELIEF_S

    def holds(self, now_s: float, jammed: bool, loaded: bool) -> str:
        """Why the coil cannot retract it now; empty when it can."""
        if jammed:
            return "jammed"
        if loaded and now_s > self._relieved_until_s:
            return "loaded"
        return ""

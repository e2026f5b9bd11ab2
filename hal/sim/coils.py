"""A lock coil: pulls when it gets enough volts for long enough, warms while it is on, and burns when it stays on.

The figures are of a common 12 V cabinet lock: 0.5 A, pulls in within 40 ms above 9 V, and is through after a good
four seconds of current.  At six pulses of 300 ms a minute it stays below 30 K over the room.
"""

from __future__ import annotations

import math
from typing import Final

__all__ = ["BURNS_AT_K", "PULL_IN_S", "PULL_IN_V", "Coil"]

PULL_IN_S: Final = 0.04
PULL_IN_V: Final = 9.0
HEATS_K_PER_S: Final = 40.0
COOLS_IN_S: Final = 20.0  # time constant
BURNS_AT_K: Final = 150.0  # over the room: the varnish goes


class Coil:
    """One coil.  `heat_k` is kelvin over the room at `_at_s`."""

    def __init__(self) -> None:
        self.on_s: float | None = None  # since when it is on
        self.burnt = False
        self._heat_k = 0.0
        self._at_s = 0.0

    def heat_k(self, now_s: float) -> float:
        """How warm it is now."""
        decay = math.exp(-(now_s - self._at_s) / COOLS_IN_S)
        gain = HEATS_K_PER_S * COOLS_IN_S if self.on_s is not None else 0.0
        return gain + (self._heat_k - gain) * decay

    def burns_at_s(self) -> float:
        """When it will be through if it stays on."""
        ceiling = HEATS_K_PER_S * COOLS_IN_S
        return self._at_s + COOLS_IN_S * math.log((ceiling - self._heat_k) / (ceiling - BURNS_AT_K))

    def switch_on(self, now_s: float) -> None:
        self._mark(now_s)
        self.on_s = now_s

    def switch_off(self, now_s: float) -> None:
        self._mark(now_s)
        self.on_s = None

    def _mark(self, now_s: float) -> None:
        self._heat_k, self._at_s = min(self.heat_k(now_s), BURNS_AT_K), now_s

"""A scale under a compartment's floor: it swings when something is put on it, settles, is never quite still, drifts."""

from __future__ import annotations

import math
import random
from typing import Final

__all__ = ["PRESENT_FROM_G", "SETTLES_S", "Scale"]

SETTLES_S: Final = 1.5
SWING_TAU_S: Final = 0.25  # 2 g of a kilogram are left when it calls itself settled
SWING_HZ: Final = 3.0
NOISE_G: Final = 1.5
DRIFT_G_PER_H: Final = 0.1
FAULT_DRIFT_G_PER_H: Final = 400.0
ZERO_TRACKING_G: Final = 15.0  # a settled load below this is taken for zero, as shop scales do
PRESENT_FROM_G: Final = 30  # lighter parcels are not noticed


class Scale:
    """Grams.  The load is what lies on it in truth; what it says is something else."""

    def __init__(self, rng: random.Random, now_s: float) -> None:
        self._rng = rng
        self._load_g = self._before_g = 0.0
        self._moved_s = now_s - SETTLES_S
        self._drift_g = 0.0
        self._drift_rate = rng.uniform(-DRIFT_G_PER_H, DRIFT_G_PER_H)
        self._at_s = now_s

    def load(self, load_g: float, now_s: float) -> None:
        """Something was put on or taken off."""
        self._before_g, self._load_g, self._moved_s = self._swing_g(now_s), load_g, now_s

    def shift(self, by_g: float) -> None:
        """The zero jumps (a knock, water, a bent beam)."""
        self._drift_g += by_g

    def zero(self) -> None:
        """A technician sets it to zero, whatever lies on it being known: it says the truth again."""
        self._drift_g = 0.0

    def settled(self, now_s: float) -> bool:
        return now_s - self._moved_s >= SETTLES_S

    def says_g(self, now_s: float, drifting: bool) -> float:
        """What the scale says now, settled or not.  Reading it lets it track its zero, and drift."""
        hours = (now_s - self._at_s) / 3600
        self._at_s = now_s
        self._drift_g += hours * (FAULT_DRIFT_G_PER_H if drifting else self._drift_rate)
        says_g = self._swing_g(now_s) + self._drift_g + self._rng.gauss(0, NOISE_G)
        if not drifting and self.settled(now_s) and abs(says_g) < ZERO_TRACKING_G:
            self._drift_g -= says_g * 0.05  # the true zero moves slowly; a feather is not followed at once
        return says_g

    def _swing_g(self, now_s: float) -> float:
        t = now_s - self._moved_s
        if t > 10 * SWING_TAU_S:
            return self._load_g
        swing = math.exp(-t / SWING_TAU_S) * math.cos(2 * math.pi * SWING_HZ * t)
        return self._load_g + (self._before_g - self._load_g) * swing

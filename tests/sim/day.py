"""The rhythm of a day: some busy stretches, and quiet hours between them in which the long timers come.

A life of an hour is busy throughout.  A whole day has four stretches of some twenty minutes; else somebody comes, and
something goes wrong, every twenty to forty minutes, as at night.
"""

from __future__ import annotations

import random
from typing import Final

BUSY_THROUGHOUT_H: Final = 1.0
STRETCH_S: Final = (1000.0, 1500.0)
HOURS_A_STRETCH: Final = 8.0
QUIET_S: Final = (1200.0, 2400.0)  # between two who come, or two troubles


class Day:
    def __init__(self, hours: float, chance: random.Random) -> None:
        """`chance` draws when it is busy."""
        end_s = hours * 3600
        if hours <= BUSY_THROUGHOUT_H:
            self._stretches = [(0.0, end_s)]
            return
        starts = [0.0, *(chance.uniform(0.0, end_s) for _ in range(round(hours / HOURS_A_STRETCH)))]
        self._stretches = [(start_s, start_s + chance.uniform(*STRETCH_S)) for start_s in sorted(starts)]

    def busy(self, at_s: float) -> bool:
        return any(start_s <= at_s < end_s for start_s, end_s in self._stretches)

    def pause_s(self, at_s: float, chance: random.Random, mean_s: float) -> float:
        """How long until the next one: `mean_s` on average while it is busy."""
        if self.busy(at_s):
            return chance.expovariate(1 / mean_s)
        soon_s = min((start_s for start_s, _ in self._stretches if start_s > at_s), default=float("inf"))
        return min(chance.uniform(*QUIET_S), soon_s - at_s)

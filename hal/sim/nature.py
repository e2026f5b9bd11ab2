"""What every part of the wall shares: time, chance, the chronicle, the faults and the rail."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import RLock

from hal.sim.chronicle import Chronicle
from hal.sim.clock import Agenda
from hal.sim.faults import Fault, Faults
from hal.sim.supply import Rail

__all__ = ["Nature"]


@dataclass(frozen=True)
class Nature:
    """Handed to every part.  `lock` is held by whoever moves something: lanes and people live in several threads."""

    agenda: Agenda
    chronicle: Chronicle
    faults: Faults
    rail: Rail
    lock: RLock
    seed: int

    @classmethod
    def make(
        cls,
        seed: int,
        now_s: float,
        board_of: Mapping[int, str],
        acts: Callable[[Fault], None],
        mended: Callable[[Fault], None],
    ) -> Nature:
        """`acts` is called with each fault that is an act: a jump of a scale, a forced door; `mended` with its end."""
        agenda, lock = Agenda(now_s), RLock()
        chronicle = Chronicle(lambda: agenda.now_s)
        return cls(agenda, chronicle, Faults(board_of, chronicle, acts, lock, mended), Rail(), lock, seed)

    @property
    def now_s(self) -> float:
        return self.agenda.now_s

    def volts(self) -> float:
        return self.rail.volts(self.faults.has("brown_out"))

    def chance(self, who: str) -> random.Random:
        """A stream of chance of one's own: what others do does not change it."""
        return random.Random(f"{self.seed}/{who}")

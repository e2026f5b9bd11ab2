"""A bank that comes and goes stays a fault until it has worked for a while: a loose plug must not fill the journal.

It serves as before: what opens a door is what its contact reads, never that its bank is without a fault.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from edge.app.bank_around import BankAround
from edge.app.flicker import Flicker
from edge.core.errors import LockerError
from edge.core.ports import DoorReading
from edge.core.words import Level
from edge.runtime import Bank

__all__ = ["COMES_AND_GOES", "OFTEN_S", "STEADY_S", "SteadyBank"]

OFTEN_S: Final = 3600.0  # three failures within that are a loose plug, and no three faults
STEADY_S: Final = 600.0  # so it can be told of six times an hour, twelve events
COMES_AND_GOES: Final = "it comes and goes"


class SteadyBank(BankAround):
    """The bank itself but for `trouble`, why it is a fault though it reads; empty when it is none.

    clock: monotonic seconds.
    """

    def __init__(self, bank: Bank, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(bank)
        self._clock = clock
        self._flicker, self._works = Flicker(OFTEN_S, STEADY_S), True
        self.trouble = ""

    def read(self) -> Mapping[int, DoorReading]:
        try:
            readings = super().read()
        except LockerError:
            self._seen(works=False)
            raise
        why = getattr(self._bank, "trouble", "")
        self._seen(works=not why and any(one.level is not Level.UNKNOWN for one in readings.values()))
        self.trouble = why or ("" if self._works else COMES_AND_GOES)
        return readings

    def _seen(self, *, works: bool) -> None:
        if self._flicker.is_told(works, self._clock()):
            self._works = works

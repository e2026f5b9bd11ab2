"""A bank around another: it is the other one in everything that is not said otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import PulseOutcome
from edge.runtime import Bank

__all__ = ["BankAround"]


class BankAround:
    """A base for banks that watch another one."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    @property
    def doors(self) -> Sequence[int]:
        return self._bank.doors

    @property
    def on_began(self) -> Callable[[UnlockOrder, float], None] | None:
        return self._bank.on_began

    @on_began.setter
    def on_began(self, told: Callable[[UnlockOrder, float], None] | None) -> None:
        self._bank.on_began = told

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        return self._bank.unlock(order)

    def read(self) -> Mapping[int, DoorReading]:
        return self._bank.read()

    def close(self) -> None:
        self._bank.close()

"""What all families of troubles have in common: they are drawn by weight, begin by name, and end when it is calm."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.sim.person import Person

Act = Callable[[], Awaitable[None]]

LONGEST_S: Final = 1800.0


class Family(Person, ABC):
    """`acts`: what may be drawn, with its weight.  Each act arranges one trouble and ends it itself."""

    who = "trouble:"

    @abstractmethod
    def acts(self) -> Mapping[Act, float]:
        """Of this life."""

    def calm(self) -> None:
        """All of it is over, now."""

    def begins(self, name: str, detail: str = "") -> None:
        """One step of the life, counted by its name."""
        self.do(f"{name}{f': {detail}' if detail else ''}")
        self.street.mark(f"trouble: {name}")

    def a_while_s(self, mean_s: float) -> float:
        return min(LONGEST_S, self.chance.expovariate(1 / mean_s))

    def later(self, after_s: float, act: Callable[[], object]) -> None:
        """Do it then, whatever has become of the locker."""
        self.site.loop.call_later(after_s, act, context=self.site.loop.outside.copy())

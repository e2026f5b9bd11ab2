"""Time in the world: a clock that somebody sets, and the agenda of what will happen when."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Final

from edge.core.errors import Busy

__all__ = ["AGENDA_LIMIT", "Agenda", "SimClock"]

AGENDA_LIMIT: Final = 100_000  # more means that somebody plans without end


class SimClock:
    """A clock that stands still until it is told the time.  Calling it gives seconds."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def forward(self, by_s: float) -> float:
        """Let time pass and return the new time."""
        self.now_s += by_s
        return self.now_s


class Agenda:
    """What will happen, in the order of time, and of planning where times are equal."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s
        self._plans: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._happening = False

    @property
    def next_s(self) -> float | None:
        """When the next thing will happen; None when nothing is planned."""
        return self._plans[0][0] if self._plans else None

    def at(self, at_s: float, happen: Callable[[], None]) -> None:
        """Let `happen` be called when `at_s` is reached; at once on the next advance where it is past."""
        if len(self._plans) >= AGENDA_LIMIT:
            raise Busy(f"world's agenda: {len(self._plans)} plans, limit {AGENDA_LIMIT}")
        heapq.heappush(self._plans, (max(at_s, self.now_s), next(self._numbers), happen))

    def advance(self, to_s: float) -> None:
        """Let everything happen that is due by `to_s`, each at its own time.  Time never goes back.

        While something happens, it is its own time: an advance from within does nothing.
        """
        if self._happening:
            return
        self._happening = True
        try:
            while self._plans and self._plans[0][0] <= to_s:
                at_s, _, happen = heapq.heappop(self._plans)
                self.now_s = max(self.now_s, at_s)
                happen()
            self.now_s = max(self.now_s, to_s)
        finally:
            self._happening = False

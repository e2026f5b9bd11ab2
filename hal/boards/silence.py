"""How often a board that does not answer is asked: it costs the others on its bus little, and is not forgotten."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["EAGER_S", "FIRST_S", "LONGEST_S", "Silence"]

FIRST_S: Final = 0.5  # after the first question without an answer; twice as long after each further one
LONGEST_S: Final = 8.0  # one question of 0.3 s in so long: 4 % of the bus's time
EAGER_S: Final = 10.0  # after an order to open one of its doors it is asked every FIRST_S: somebody stands there


class Silence:
    """`lasts`: the last question had no answer.  Times are monotonic seconds."""

    def __init__(self) -> None:
        self.lasts = False
        self._wait_s = FIRST_S
        self._ask_s = -math.inf  # not before this
        self._eager_until_s = -math.inf

    def may_ask(self, now_s: float) -> bool:
        return now_s >= self._ask_s

    def lasts_at(self, now_s: float) -> None:
        """A question had no answer."""
        self.lasts = True
        if now_s < self._eager_until_s:
            self._wait_s = FIRST_S
        self._ask_s = now_s + self._wait_s
        self._wait_s = min(2 * self._wait_s, LONGEST_S)

    def broken(self) -> None:
        """A valid answer came."""
        self.lasts, self._wait_s, self._ask_s = False, FIRST_S, -math.inf

    def wanted(self, now_s: float) -> None:
        """One of its doors has to be opened: ask at once, and often for a while."""
        self._ask_s, self._wait_s, self._eager_until_s = -math.inf, FIRST_S, now_s + EAGER_S

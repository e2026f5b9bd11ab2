"""When it is told that a part fails, or works: a part with a loose plug must not fill the journal.

A failure is told at once, and so is that it is over; but of one that failed FLICKERS times within a while only after it
has worked for a while: with STEADY_S for both, six words a minute at most, and of one that goes on like that no more.
"""

from __future__ import annotations

from collections import deque
from typing import Final

__all__ = ["FLICKERS", "STEADY_S", "Flicker"]

FLICKERS: Final = 3
STEADY_S: Final = 60.0


class Flicker:
    """Of one part.  At first it is not known whether it works: a fault of an earlier life may stand in the books.

    often_s: FLICKERS failures within that are one part that comes and goes.  steady_s: it is well after so long.
    """

    def __init__(self, often_s: float = STEADY_S, steady_s: float = STEADY_S) -> None:
        self._often_s, self._steady_s = often_s, steady_s
        self._told: bool | None = None
        self._failed: deque[float] = deque(maxlen=FLICKERS)  # when it ceased to work
        self._bad_s = 0.0  # when it last did not

    def is_told(self, works: bool, now_s: float) -> bool:
        """True: that it works, or that it does not, is told now."""
        if not works:
            self._bad_s = now_s
        if works is self._told or (works and self._flickers(now_s)):
            return False
        if not works:
            self._failed.append(now_s)
        self._told = works
        return True

    def _flickers(self, now_s: float) -> bool:
        often = len(self._failed) == FLICKERS and self._failed[-1] - self._failed[0] < self._often_s
        return often and now_s - self._bad_s < self._steady_s

"""The time by which something signed is judged, and how much it may be believed (I9).

`edge/clock` makes a JudgementTime from its clocks; everything in the core that compares a date takes one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

__all__ = ["EARLY_TOLERANCE_S", "JudgementTime", "TimeVerdict", "judge_window", "surely_past"]

# A site that starts without clock and network lags by the time it was without power; a day covers the usual cut,
# and is the distance within which the clock itself is believed.
EARLY_TOLERANCE_S: Final = 24 * 3600


class JudgementTime(Struct, frozen=True):
    """What is known about the wall time, in seconds since 1970 (UTC)."""

    trusted: bool  # the wall clock may refuse something as expired
    wall_s: int  # the best guess
    floor_s: int  # it is surely not earlier: the newest signed time plus the monotonic time since

    @property
    def best_s(self) -> int:
        """The guess, never below the floor."""
        return max(self.wall_s, self.floor_s)


class TimeVerdict(StrEnum):
    IN_TIME = "in_time"
    EARLY_TOLERATED = "early_tolerated"  # begins within a day by a clock that is not trusted; accepted and labelled
    LATE_TOLERATED = "late_tolerated"  # over by a clock that is not trusted; accepted and labelled
    NOT_YET = "not_yet"
    EXPIRED = "expired"  # over by a trusted clock


def judge_window(not_before_s: int, expires_s: int, at: JudgementTime) -> TimeVerdict:
    """Place `at` before, in or after [not_before_s, expires_s]; only a trusted clock says EXPIRED."""
    now_s = at.best_s
    if now_s > expires_s:
        return TimeVerdict.EXPIRED if at.trusted else TimeVerdict.LATE_TOLERATED
    if now_s >= not_before_s:
        return TimeVerdict.IN_TIME
    if at.trusted or not_before_s - now_s > EARLY_TOLERANCE_S:
        return TimeVerdict.NOT_YET
    return TimeVerdict.EARLY_TOLERATED


def surely_past(moment_s: int, at: JudgementTime) -> bool:
    """True when `moment_s` is over by a trusted clock, or by the floor, which no wrong clock can raise."""
    return moment_s < (at.best_s if at.trusted else at.floor_s)

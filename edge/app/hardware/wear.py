"""What a soak says about each lock: how long it takes to open, and which one will fail.  Pure figures.

The rule, in words that are printed with every result: RULE.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

__all__ = ["RULE", "Cycle", "DoorWear", "Ended", "Verdict", "wear_of"]

SECOND_PULSES: Final = 2  # one may be chance: a hand on the door, a bag against it
TREND_CYCLES: Final = 9  # three thirds of three: below that a median is no median
SLOWER_BY: Final = 0.25
SLOWER_S: Final = 0.2  # two looks at a contact: less than that cannot be told apart

RULE: Final = (
    f"Predicted to fail: a lock that needed a second pulse in {SECOND_PULSES} cycles or more, or whose last third of "
    f"cycles opened slower than its first third by more than {SLOWER_BY:.0%} and {SLOWER_S:g} s (medians, from "
    f"{TREND_CYCLES} cycles on). Why: a coil that gets warm, a latch that gets dry or bent, a weak supply or spring "
    "all delay the opening first, then cost a second pulse, then jam; a lock in order does none of it in a day."
)


class Ended(StrEnum):
    """How one cycle of one door ended."""

    OPENED = "opened"  # at the first pulse, and shut again
    SECOND = "second pulse"
    NOT_OPENED = "did not open"  # closed after two pulses
    NO_ANSWER = "no answer"  # of the board: no word about the pulse, or no valid reading
    NOT_SHUT = "not seen shut"

    @property
    def failed(self) -> bool:
        return self in (Ended.NOT_OPENED, Ended.NO_ANSWER, Ended.NOT_SHUT)


class Cycle(Struct, frozen=True):
    """One cycle.  open_s: from the beginning of the first pulse to the reading that said open; None: none did."""

    ended: Ended
    open_s: float | None = None


class Verdict(StrEnum):
    GOOD = "good"
    PREDICTED = "predicted to fail"
    FAILED = "failed"
    NOT_TRIED = "not tried"


class DoorWear(Struct, frozen=True):
    """One door's figures.  trend_s: median of the last third less that of the first; None: too few cycles."""

    door: int
    cycles: int
    second_pulses: int
    failures: dict[str, int]
    median_s: float | None
    p95_s: float | None
    trend_s: float | None
    verdict: Verdict
    why: str


def wear_of(door: int, cycles: Sequence[Cycle], left_out: str = "") -> DoorWear:
    """`left_out`: why the door was not tried, or not tried further."""
    times = [cycle.open_s for cycle in cycles if cycle.open_s is not None]
    seconds = sum(cycle.ended is Ended.SECOND for cycle in cycles)
    failures: dict[str, int] = {}
    for cycle in cycles:
        if cycle.ended.failed:
            failures[cycle.ended.value] = failures.get(cycle.ended.value, 0) + 1
    first_s, last_s = _thirds(times)
    trend_s = None if first_s is None or last_s is None else last_s - first_s
    slower = trend_s is not None and first_s is not None and trend_s > max(SLOWER_S, SLOWER_BY * first_s)
    reasons = [f"{count}× {name}" for name, count in failures.items()]
    reasons += [f"{seconds}× a second pulse"] if seconds >= SECOND_PULSES else []
    reasons += [f"slower by {trend_s:.2f} s"] if slower else []
    reasons += [left_out] if left_out else []
    if not cycles:
        verdict = Verdict.NOT_TRIED
    elif failures:
        verdict = Verdict.FAILED
    else:
        verdict = Verdict.PREDICTED if slower or seconds >= SECOND_PULSES else Verdict.GOOD
    return DoorWear(
        door,
        len(cycles),
        seconds,
        failures,
        _rounded(statistics.median(times) if times else None),
        _rounded(_p95(times)),
        _rounded(trend_s),
        verdict,
        ", ".join(reasons),
    )


def _thirds(times: Sequence[float]) -> tuple[float | None, float | None]:
    if len(times) < TREND_CYCLES:
        return None, None
    third = len(times) // 3
    return statistics.median(times[:third]), statistics.median(times[-third:])


def _p95(times: Sequence[float]) -> float | None:
    """The time that 95 % of the cycles did not exceed (nearest rank)."""
    return sorted(times)[math.ceil(0.95 * len(times)) - 1] if times else None


def _rounded(time_s: float | None) -> float | None:
    return None if time_s is None else round(time_s, 3)

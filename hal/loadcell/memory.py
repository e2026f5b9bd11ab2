"""What load cells remember over a restart, so that what lies inside at the start is not judged as if nothing had been.

A life that knows nothing of the one before would take a zero that has crept for a parcel, and a light parcel on a zero
that has sunk for nothing.  So where the zero was followed to, and what came and went since the compartment was last
empty, outlive the process.  What happened while nobody looked is the step from the last reading to the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

__all__ = ["KEEP_EVERY_S", "Keep", "Memory", "Remembered"]

KEEP_EVERY_S: Final = 600.0  # a card is not worn for grams: at 5 g an hour the zero is followed by one meanwhile
LEAST_G: Final = 1.0  # less is not worth a write


class Remembered(Struct, frozen=True, forbid_unknown_fields=True):
    """One cell, in grams.  It holds for the tare and the span that it was found with.

    zero_g: how far the zero was followed.  last_g: what was last shown, empty_g: when it was last empty, came_g: all
    steps since.
    """

    door: int
    tare_counts: int
    counts_per_gram: float
    zero_g: float
    last_g: float
    empty_g: float
    came_g: float

    def stepped(self, other: Remembered) -> bool:
        return self.came_g != other.came_g

    def crept(self, other: Remembered) -> bool:
        pairs = ((self.zero_g, other.zero_g), (self.last_g, other.last_g), (self.empty_g, other.empty_g))
        return any(abs(one - another) >= LEAST_G for one, another in pairs)


Keep = Callable[[Sequence[Remembered]], str]
"""Keeps all of them durably, in the place of what was kept before.  Why that failed; empty when it did not."""


class Memory:
    """Hands over what is to be kept: at once after a step, every KEEP_EVERY_S at most while something creeps.

    fault: why the last was not kept; it is tried again at the next reading.
    """

    def __init__(self, keep: Keep, before: Sequence[Remembered] = ()) -> None:
        self._keep = keep
        self._kept = {one.door: one for one in before}
        self._kept_s = 0.0
        self.fault = ""

    def seen(self, now: Mapping[int, Remembered], now_s: float) -> None:
        """After a reading."""
        creep_is_due = now_s - self._kept_s >= KEEP_EVERY_S
        if any(self._is_news(one, creep_is_due) for one in now.values()):
            self._write(now)
            self._kept_s = now_s

    def last(self, now: Mapping[int, Remembered]) -> None:
        """At the end of a life."""
        if any(self._is_news(one, creep_counts=True) for one in now.values()):
            self._write(now)

    def _is_news(self, one: Remembered, creep_counts: bool) -> bool:
        kept = self._kept.get(one.door)
        same = kept is not None and (kept.tare_counts, kept.counts_per_gram) == (one.tare_counts, one.counts_per_gram)
        if kept is None or not same:
            return True
        return one.stepped(kept) or (creep_counts and one.crept(kept))

    def _write(self, now: Mapping[int, Remembered]) -> None:
        self.fault = self._keep(tuple(now.values()))
        if not self.fault:
            self._kept = dict(now)

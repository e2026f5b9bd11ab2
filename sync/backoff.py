"""How long to wait before trying again: full jitter, never giving up.

A hundred thousand lockers come back together after a region's outage; spreading them evenly over the whole wait is
what keeps the hub alive.  Chance is handed in, so that a simulation replays and a demo need not wait.
"""

from __future__ import annotations

from random import Random
from typing import Final

from msgspec import Struct

__all__ = ["Backoff", "Waits"]

CAP_S: Final = 300.0
_MOST_DOUBLINGS: Final = 32  # beyond any sensible cap; keeps the power from growing for ever


class Waits(Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of the waits, in seconds."""

    base_s: float = 1.0  # the first wait lies below this
    cap_s: float = CAP_S  # no wait is longer
    first_connect_s: float = 60.0  # the first connection after start comes within this; 0: at once


class Backoff:
    """The waits of one line.  `next_s` after each failure, `worked` after each success."""

    def __init__(self, rng: Random, waits: Waits | None = None) -> None:
        self._rng = rng
        self._waits = waits or Waits()
        self._failures = 0

    @property
    def failures(self) -> int:
        """Failures in a row."""
        return self._failures

    def first_s(self) -> float:
        """A moment within `first_connect_s`, evenly spread."""
        return self._rng.uniform(0, self._waits.first_connect_s)

    def next_s(self) -> float:
        """The wait after one more failure: anywhere between 0 and base, 2 base, 4 base … cap."""
        ceiling = min(self._waits.cap_s, self._waits.base_s * 2.0 ** min(self._failures, _MOST_DOUBLINGS))
        self._failures += 1
        return self._rng.uniform(0, ceiling)

    def worked(self) -> None:
        self._failures = 0

"""A door switch: its contact bounces when the door moves; the board reports a level only once it has stood still."""

from __future__ import annotations

import random
from typing import Final

__all__ = ["BOARD_DEBOUNCE_S", "Switch"]

BOUNCE_S: Final = (0.005, 0.025)
CHATTER_S: Final = 0.002  # one bounce
BOARD_DEBOUNCE_S: Final = 0.030  # a lock board's own


class Switch:
    """The contact behind one door."""

    def __init__(self, rng: random.Random, is_open: bool) -> None:
        self._rng = rng
        self._is_open = self._was_open = is_open
        self._moved_s = self._still_s = -1e9
        self._salt = 0

    def move(self, is_open: bool, now_s: float) -> None:
        """The door has gone past the contact."""
        if is_open == self._is_open:
            return
        self._was_open, self._is_open = self.debounced(now_s), is_open
        self._moved_s, self._still_s = now_s, now_s + self._rng.uniform(*BOUNCE_S)
        self._salt = self._rng.getrandbits(16)

    def raw(self, now_s: float) -> bool:
        """The contact as it is at this instant, bouncing; True is open."""
        if now_s >= self._still_s:
            return self._is_open
        step = int((now_s - self._moved_s) / CHATTER_S)
        return bool((step * 7919 + self._salt) % 3) == self._is_open

    def debounced(self, now_s: float) -> bool:
        """What a board says: the new level once the contact has stood still for BOARD_DEBOUNCE_S."""
        return self._is_open if now_s >= self._still_s + BOARD_DEBOUNCE_S else self._was_open

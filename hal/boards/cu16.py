"""Kerong KR-CU16 and KR-CU12: 02 ADDRESS COMMAND 03 SUM; the address has the board above and the lock below.

Source: code-confirmed (several programs agree), no vendor text.  Examples recomputed; some that are published have
wrong sums.  Not tried on a board.
    unlock lock l of board b     02 bl 31 03 sum    l counts from 0; no answer can be relied on
    ask the board                02 b0 30 03 sum    answered by 02 b0 35 H1 H2 I1 I2 03 sum
H1, H2: the hooks of locks 1-8 and 9-16, lowest bit first; a set bit is a closed contact (five programs say that this is
"locked", one says the opposite: it is the lock's wiring).  I1, I2: infrared, a set bit sees something.

What a pulse came to is told by the board's status after it: a board that answers was there to hear the order.  Open
all (33), and the commands that change times, baud and address (37, 39, 40, 80, 81) are left out on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from edge.core.words import PulseOutcome
from hal.boards.codec import NeedsNoGreeting, Status, bits, frames
from hal.boards.kerong import SETTLE_S, STATUS_TIMEOUT_S, framed, sound
from hal.bus import Exchange

__all__ = ["Cu16"]

LOCKS: Final = 16


class Cu16(NeedsNoGreeting):
    """One board.  A CU12 is one whose last four locks are not there."""

    channels = LOCKS

    def __init__(self, address: int) -> None:
        self._board = address << 4

    def status(self, channels: Sequence[int]) -> Sequence[Exchange[Status]]:
        return (Exchange(framed(self._board, 0x30), self._find, STATUS_TIMEOUT_S, SETTLE_S),)

    def unlock(self, channel: int, ms: int) -> Exchange[PulseOutcome]:
        return Exchange(framed(self._board | channel - 1, 0x31), None, 0.0, SETTLE_S)

    def _find(self, heard: bytes) -> Status | None:
        for frame in frames(heard, 9, bytes((0x02, self._board, 0x35))):
            if sound(frame):
                return Status(bits(frame[3:5]), bits(frame[5:7]))
        return None

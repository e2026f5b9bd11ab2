"""Kerong KR-CU48 and KR-CU24: 02 ADDRESS LOCK COMMAND 03 SUM, locks counted from 0.

Source: code-confirmed for the frames and the lock bytes; the infrared bytes, and that a set bit is "closed", stand in
one program only.  Examples recomputed.  Not tried on a board.
    unlock lock L     02 A L 61 03 sum      an answer is not relied on
    ask the board     02 A 00 60 03 sum     answered by 02 A 00 75, 6 bytes of locks, 6 of infrared, 03 sum
Lowest bit first, locks 1-8 in the first byte.  What a pulse came to is told by the board's status after it.  Lock 30
hex, which opens all, is left out on purpose; locks end at 2F.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from edge.core.words import PulseOutcome
from hal.boards.codec import NeedsNoGreeting, Status, bits, frames
from hal.boards.kerong import SETTLE_S, STATUS_TIMEOUT_S, framed, sound
from hal.bus import Exchange

__all__ = ["Cu48"]

LOCKS: Final = 48


class Cu48(NeedsNoGreeting):
    """One board.  A CU24 is one whose upper half is not there."""

    channels = LOCKS

    def __init__(self, address: int) -> None:
        self._address = address

    def status(self, channels: Sequence[int]) -> Sequence[Exchange[Status]]:
        return (Exchange(framed(self._address, 0x00, 0x60), self._find, STATUS_TIMEOUT_S, SETTLE_S),)

    def unlock(self, channel: int, ms: int) -> Exchange[PulseOutcome]:
        return Exchange(framed(self._address, channel - 1, 0x61), None, 0.0, SETTLE_S)

    def _find(self, heard: bytes) -> Status | None:
        for frame in frames(heard, 18, bytes((0x02, self._address, 0x00, 0x75))):
            if sound(frame):
                return Status(bits(frame[4:10]), bits(frame[10:16]))
        return None

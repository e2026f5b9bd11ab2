"""Winnsen-style boards: 90 06 FUNCTION STATION LOCK 03, without any checksum.  Experimental.

Source: one program, in four revisions that contradict each other; only the last was written beside a board.
    unlock a lock     90 06 05 st l 03     answered by 90 07 85 st l S 03, S 01 done, 00 failed, 02 coil is cooling down
    ask a lock        90 06 12 st l 03     answered by 90 07 92 st S l 03 (state and lock change places), S 01 open
Nothing but header, length, function, station, lock and end protects an answer, and all of them are checked: 03 is also
a number, so the end mark alone means nothing.  Locks are asked one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from edge.core.words import PulseOutcome
from hal.boards.codec import NeedsNoGreeting, Status, frames
from hal.bus import Exchange

__all__ = ["BAUD", "Winnsen"]

BAUD: Final = 9600
LOCKS: Final = 16
STATUS_TIMEOUT_S: Final = 0.2
UNLOCK_TIMEOUT_S: Final = 1.0
UNLOCKED: Final = {0x01: PulseOutcome.DONE, 0x00: PulseOutcome.UNKNOWN, 0x02: PulseOutcome.REFUSED}


class Winnsen(NeedsNoGreeting):
    """One board."""

    channels = LOCKS

    def __init__(self, address: int) -> None:
        self._station = address

    def status(self, channels: Sequence[int]) -> Sequence[Exchange[Status]]:
        return tuple(self._one(channel) for channel in channels)

    def unlock(self, channel: int, ms: int) -> Exchange[PulseOutcome]:
        def find(heard: bytes) -> PulseOutcome | None:
            for frame in frames(heard, 7, bytes((0x90, 0x07, 0x85, self._station, channel))):
                if frame[6] == 0x03 and frame[5] in UNLOCKED:
                    return UNLOCKED[frame[5]]
            return None

        return Exchange(bytes((0x90, 0x06, 0x05, self._station, channel, 0x03)), find, UNLOCK_TIMEOUT_S)

    def _one(self, channel: int) -> Exchange[Status]:
        def find(heard: bytes) -> Status | None:
            for frame in frames(heard, 7, bytes((0x90, 0x07, 0x92, self._station))):
                if frame[4] in (0, 1) and frame[5] == channel and frame[6] == 0x03:
                    return Status({channel: frame[4] == 0})
            return None

        return Exchange(bytes((0x90, 0x06, 0x12, self._station, channel, 0x03)), find, STATUS_TIMEOUT_S)

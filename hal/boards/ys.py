"""YS / ShuoMing boards: five-byte frames with an XOR check, 8A to unlock, 80 to ask.

Source: vendor text, which several programs follow; examples recomputed.  Not tried on a board.
    unlock lock L of board B     8A B L 11 check    answered by 8A B L S check, S 00 or 11, about half a second later
    ask one lock                 80 B L 33 check    answered by 80 B L S check
    ask all locks                80 B 00 33 check   answered by 80 B [highest eight] … [locks 1-8] 33 check
In the answer about all locks the lowest bit of each byte is the lowest lock of its eight.  S 11 and a set bit say that
the feedback contact is closed.  The board pulses for as long as its firmware has it and reads the contact afterwards: S
is where the lock is then, so either answer says that the coil was driven.

Two answers can be the request's own bytes: to an unlock after which the contact is closed, and a board of 8 locks
whose contacts are all open.  So an unlock, and every question, are put only when it is known whether the adapter
echoes; the question about one lock shows that.  Unlocking all at once (8A B 00), by mask (90) and holding an output on
(9A) are left out on purpose: no opening has an authority for them, and the last burns coils.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from edge.core.words import PulseOutcome
from hal.boards.codec import NeedsNoGreeting, Status, bits, frames, xor
from hal.bus import Exchange

__all__ = ["BAUD", "SIZES", "Ys"]

BAUD: Final = 9600
SIZES: Final = (8, 12, 18, 24, 36, 50)  # locks that the boards on the market have
STATUS_TIMEOUT_S: Final = 0.4  # the vendor's text speaks of 200 between question and answer, in ms by all appearance
UNLOCK_TIMEOUT_S: Final = 1.5  # the answer comes after the pulse, at about 0.5 s
OPEN, CLOSED = 0x00, 0x11


class Ys(NeedsNoGreeting):
    """One board with `size` locks."""

    def __init__(self, address: int, size: int) -> None:
        self.address, self.channels = address, size
        self._groups = (size + 7) // 8

    def status(self, channels: Sequence[int]) -> Sequence[Exchange[Status]]:
        probe = self.status_of_one(1) if self._groups == 1 else None  # only then an answer can look like the question
        return (Exchange(_framed(0x80, self.address, 0, 0x33), self._all, STATUS_TIMEOUT_S, probe=probe),)

    def status_of_one(self, lock: int) -> Exchange[Status]:
        def find(heard: bytes) -> Status | None:
            said = self._one(heard, 0x80, lock)
            return None if said is None else Status({lock: said == CLOSED})

        return Exchange(_framed(0x80, self.address, lock, 0x33), find, STATUS_TIMEOUT_S)

    def unlock(self, channel: int, ms: int) -> Exchange[PulseOutcome]:
        def find(heard: bytes) -> PulseOutcome | None:
            return None if self._one(heard, 0x8A, channel) is None else PulseOutcome.DONE

        request = _framed(0x8A, self.address, channel, 0x11)
        return Exchange(request, find, UNLOCK_TIMEOUT_S, probe=self.status_of_one(channel))

    def _one(self, heard: bytes, head: int, lock: int) -> int | None:
        """The state in the first valid answer about that lock."""
        for frame in frames(heard, 5, bytes((head, self.address, lock))):
            if frame[3] in (OPEN, CLOSED) and frame[4] == xor(frame[:4]):
                return frame[3]
        return None

    def _all(self, heard: bytes) -> Status | None:
        for frame in frames(heard, self._groups + 4, bytes((0x80, self.address))):
            if frame[-2] == 0x33 and frame[-1] == xor(frame[:-1]):
                said = bits(frame[-3:1:-1])
                return Status({lock: said[lock] for lock in range(1, self.channels + 1)})
        return None


def _framed(*octets: int) -> bytes:
    frame = bytes(octets)
    return frame + bytes((xor(frame),))

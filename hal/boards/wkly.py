"""Boards whose frames begin with the letters WKLY: 57 4B 4C 59 LENGTH ADDRESS COMMAND [data] XOR.

Source: code-confirmed; the frame in several programs, what is in the answers in fewer.  Examples recomputed.  Not tried
on a board.  LENGTH counts the whole frame, XOR goes over everything before it.
    unlock lock L     09 B 82 L      answered by 0B B 82 S L D; on one site nothing answers
    ask all locks     08 B 84        answered by … B 84 S count D1 D2 …
S: 00 done, FF failed, and nobody says whether before or after the coil.  D: 00 open, 01 shut.  Locks are counted from 0
in some places and from 1 in others: `first_id`.  A change that a board tells unasked (85) is let pass.  Opening several
or all (80, 86, 87) and holding an output on (88) are left out on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from edge.core.words import PulseOutcome
from hal.boards.codec import NeedsNoGreeting, Status, xor
from hal.bus import Exchange

__all__ = ["BAUD", "Wkly"]

BAUD: Final = 9600
LETTERS: Final = b"WKLY"
LOCKS: Final = 50  # on the largest that is sold
STATUS_TIMEOUT_S: Final = 0.3
UNLOCK_TIMEOUT_S: Final = 1.0
OPEN, SHUT, DONE = 0x00, 0x01, 0x00
SHORTEST: Final = 11  # a status, a lock or how many, a door


class Wkly(NeedsNoGreeting):
    """One board.  first_id: what it calls its first lock, 0 or 1."""

    channels = LOCKS

    def __init__(self, address: int, first_id: int) -> None:
        self._address, self._first_id = address, first_id

    def status(self, channels: Sequence[int]) -> Sequence[Exchange[Status]]:
        return (Exchange(self._framed(0x84), self._all, STATUS_TIMEOUT_S),)

    def unlock(self, channel: int, ms: int) -> Exchange[PulseOutcome]:
        lock = channel - 1 + self._first_id

        def find(heard: bytes) -> PulseOutcome | None:
            for data in self._answers(heard, 0x82):
                if len(data) == 3 and data[1] == lock and data[2] in (OPEN, SHUT, 0xFF):
                    return PulseOutcome.DONE if data[0] == DONE else PulseOutcome.UNKNOWN
            return None

        return Exchange(self._framed(0x82, lock), find, UNLOCK_TIMEOUT_S)

    def _all(self, heard: bytes) -> Status | None:
        for status, count, *doors in self._answers(heard, 0x84):
            if status == DONE and count == len(doors):
                return Status({number: door == SHUT for number, door in enumerate(doors, 1) if door in (OPEN, SHUT)})
        return None

    def _answers(self, heard: bytes, command: int) -> Iterator[bytes]:
        """The data of every valid answer to that command, three bytes or more."""
        at = heard.find(LETTERS)
        while 0 <= at < len(heard) - len(LETTERS):
            frame = heard[at : at + heard[at + 4]]
            whole = len(frame) == heard[at + 4] >= SHORTEST
            if whole and frame[5] == self._address and frame[6] == command and frame[-1] == xor(frame[:-1]):
                yield frame[7:-1]
            at = heard.find(LETTERS, at + 1)

    def _framed(self, *octets: int) -> bytes:
        frame = LETTERS + bytes((len(octets) + 7, self._address, *octets))
        return frame + bytes((xor(frame),))

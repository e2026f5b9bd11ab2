"""Kerong KR-CU24 / CU48(B): `02 ADDR LOCK CMD 03 SUM`, locks from 0, LOCK 30 for all.

Frames and the lock bits: two programs; infrared bits, "all" and a set bit for a closed contact: one source.  Whether an
opening is answered is not known, and here it is not.  The length of a pulse is not published: half a second here.
"""

from __future__ import annotations

from typing import Final

from hal.bench.checks import low_sum
from hal.bench.make import TURNAROUND_S, Not, Reply, Request, Terminals, bits, one_by_one

__all__ = ["Cu48"]

SIZE: Final = 6
LOCKS: Final = 48
ALL: Final = 0x30


class Cu48:
    """Boards of 48 locks with an infrared input each."""

    name = "cu48"
    baud = 19200
    addresses = range(32)
    sizes = (LOCKS,)
    pulse_ms = 500
    quiet_chars = 0.0

    def find(self, line: bytes) -> Request | Not:
        if line[0] != 0x02:
            return Not.EVER
        if len(line) < SIZE:
            return Not.YET
        frame = line[:SIZE]
        if frame[4] != 0x03 or low_sum(frame[:5]) != frame[5]:
            return Not.EVER
        _, address, lock, command = frame[:4]
        match command:
            case 0x60:
                return Request(
                    SIZE, address, "read every lock", lambda it: Reply(TURNAROUND_S, lambda: _status(it, lock))
                )
            case 0x61 if lock < LOCKS:
                return self._open(address, [lock + 1], f"open lock {lock} (channel {lock + 1})")
            case 0x61 if lock == ALL:
                return self._open(address, list(range(1, LOCKS + 1)), "open every lock")
        return Not.EVER

    def _open(self, address: int, channels: list[int], words: str) -> Request:
        return Request(SIZE, address, words, one_by_one(channels, self.pulse_ms))


def _status(board: Terminals, lock: int) -> tuple[bytes, str]:
    data = bytes([0x02, board.address, lock, 0x75]) + bits(LOCKS, board.closed) + bits(LOCKS, board.present) + b"\x03"
    open_ones = [n for n in range(1, LOCKS + 1) if not board.closed(n)]
    full = [n for n in range(1, LOCKS + 1) if board.present(n)]
    words = f"contacts open: {_few(open_ones)}"
    if full:
        words += f"; infrared sees: {_few(full)}"
    return data + bytes([low_sum(data)]), words


def _few(numbers: list[int]) -> str:
    """In words; of many only how many."""
    return ", ".join(map(str, numbers)) if 0 < len(numbers) <= 12 else f"{len(numbers)}" if numbers else "none"

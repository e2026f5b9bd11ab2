"""Winnsen-style: `90 06 FC station lock 03`, no check byte.  Everything here is from one source.

Mind the answer to a reading: status and lock stand the other way round than in the answer to an opening.  Status 01 is
an open contact.  The length of a pulse is not published: half a second here.
"""

from __future__ import annotations

from typing import Final

from hal.bench.make import TURNAROUND_S, Not, Reply, Request, Terminals

__all__ = ["Winnsen"]

SIZE: Final = 6


class Winnsen:
    """Boards of 16 locks, which is our assumption; stations 1 to 4 by DIP switch."""

    name = "winnsen"
    baud = 9600
    addresses = range(1, 5)
    sizes = (16,)
    pulse_ms = 500
    quiet_chars = 0.0

    def find(self, line: bytes) -> Request | Not:
        if line[:2] != b"\x90\x06"[: len(line)]:
            return Not.EVER
        if len(line) < SIZE:
            return Not.YET
        _, _, function, station, lock, end = line[:SIZE]
        if end != 0x03 or lock == 0:
            return Not.EVER
        if function == 0x05:
            return self._open(station, lock)
        return self._read(station, lock) if function == 0x12 else Not.EVER

    def _open(self, station: int, lock: int) -> Request:
        def obey(board: Terminals) -> Reply | None:
            if lock > board.channels:
                return None
            board.pulse(lock, self.pulse_ms)
            return Reply(self.pulse_ms / 1000, lambda: _open_answer(board, lock))

        return Request(SIZE, station, f"open lock {lock}", obey)

    def _read(self, station: int, lock: int) -> Request:
        def obey(board: Terminals) -> Reply | None:
            return Reply(TURNAROUND_S, lambda: _read_answer(board, lock)) if lock <= board.channels else None

        return Request(SIZE, station, f"read lock {lock}", obey)


def _open_answer(board: Terminals, lock: int) -> tuple[bytes, str]:
    is_open = not board.closed(lock)
    words = f"lock {lock}: {'opened' if is_open else 'did not open'}"
    return bytes([0x90, 0x07, 0x85, board.address, lock, is_open, 0x03]), words


def _read_answer(board: Terminals, lock: int) -> tuple[bytes, str]:
    is_open = not board.closed(lock)
    words = f"lock {lock}: contact {'open' if is_open else 'closed'}"
    return bytes([0x90, 0x07, 0x92, board.address, is_open, lock, 0x03]), words

"""Kerong KR-CU12 / CU16: `02 ADDR CMD 03 SUM`, the sum over everything before it, both marks included.

Frames: several programs.  The high nibble of ADDR is the board, the low one the lock, both from 0.  No program reads an
answer to an opening, so none is sent.  A set hook bit is a closed contact: five programs of six.  The length of a pulse
is not published: half a second here.  When all boards answer one question, each waits for its turn: our assumption.
"""

from __future__ import annotations

from typing import Final

from hal.bench.checks import low_sum
from hal.bench.make import TURNAROUND_S, Not, Reply, Request, Terminals, bits, one_by_one

__all__ = ["Cu16"]

SIZE: Final = 5
TURN_S: Final = 0.01  # nine bytes at 19200 take 4.7 ms


class Cu16:
    """Boards of 16 locks with an infrared input each, addresses by DIP switch."""

    name = "cu16"
    baud = 19200
    addresses = range(16)
    sizes = (16,)
    pulse_ms = 500
    quiet_chars = 0.0

    def find(self, line: bytes) -> Request | Not:
        if line[0] != 0x02:
            return Not.EVER
        if len(line) < SIZE:
            return Not.YET
        frame = line[:SIZE]
        if frame[3] != 0x03 or low_sum(frame[:4]) != frame[4]:
            return Not.EVER
        board, lock = divmod(frame[1], 16)
        match frame[2]:
            case 0x30 if lock == 0:
                return Request(
                    SIZE, board, "read every lock", lambda it: Reply(TURNAROUND_S, lambda: _status(it, 0x35))
                )
            case 0x31:
                return self._open(board, [lock + 1], f"open lock {lock} (channel {lock + 1})")
            case 0x32 if frame[1] == 0xF0:
                return Request(SIZE, None, "all boards, read every lock", _in_turn)
            case 0x33 if lock == 0:
                return self._open(board, list(range(1, 17)), "open every lock")
        return Not.EVER

    def _open(self, address: int, channels: list[int], words: str) -> Request:
        return Request(SIZE, address, words, one_by_one(channels, self.pulse_ms))


def _in_turn(board: Terminals) -> Reply:
    return Reply(TURNAROUND_S + board.address * TURN_S, lambda: _status(board, 0x36))


def _status(board: Terminals, command: int) -> tuple[bytes, str]:
    hooks, present = bits(16, board.closed), bits(16, board.present)
    data = bytes([0x02, board.address << 4, command]) + hooks + present + b"\x03"
    open_ones = [n for n in range(1, 17) if not board.closed(n)]
    full = [n for n in range(1, 17) if board.present(n)]
    words = f"contacts open: {', '.join(map(str, open_ones)) or 'none'}"
    if full:
        words += f"; infrared sees: {', '.join(map(str, full))}"
    return data + bytes([low_sum(data)]), words

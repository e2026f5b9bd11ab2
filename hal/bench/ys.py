"""YS / ShuoMing: `8A` opens, `80` reads; exclusive or over all that stands before it.

Frames, bit order and the meaning of a contact: vendor's text and several programs.  The answer to an opening comes when
the firmware's pulse is over, about 500 ms later: one source.  Opening a mask and holding an output: one source, which
knows no answer, and none is sent.  Opening all drives one coil after another, as the ten seconds that one reader waits
for it suggest.
"""

from __future__ import annotations

from typing import Final

from hal.bench.checks import bcc
from hal.bench.make import TURNAROUND_S, Not, Reply, Request, Terminals, bits

__all__ = ["Ys"]

SIZE: Final = 5
MASK_SIZE: Final = 6
CLOSED, OPENED = 0x11, 0x00


class Ys:
    """Boards of 8 to 50 channels, addresses by DIP switch."""

    name = "ys"
    baud = 9600
    addresses = range(1, 33)
    sizes = (8, 12, 18, 24, 36, 50)
    pulse_ms = 500
    quiet_chars = 0.0

    def find(self, line: bytes) -> Request | Not:
        if line[0] not in (0x8A, 0x80, 0x90, 0x9A, 0x9B):
            return Not.EVER
        size = MASK_SIZE if line[0] == 0x90 else SIZE
        if len(line) < size:
            return Not.YET
        frame = line[:size]
        if bcc(frame[:-1]) != frame[-1]:
            return Not.EVER
        head, address, lock, function = frame[:4]
        if head == 0x90:
            return self._some(address, frame[2:5])
        match head, function:
            case 0x8A, 0x11:
                return self._open(address, lock) if lock else self._open_all(address)
            case 0x80, 0x33:
                return self._read(address, lock) if lock else self._read_all(address)
            case 0x9A, 0x11:
                return self._hold(address, lock, on=True)
            case 0x9B, 0x11:
                return self._hold(address, lock, on=False)
            case _:
                return Not.EVER

    def _open(self, address: int, lock: int) -> Request:
        def obey(board: Terminals) -> Reply | None:
            if lock > board.channels:
                return None
            board.pulse(lock, self.pulse_ms)
            return Reply(self.pulse_ms / 1000, lambda: _single(0x8A, board, lock))

        return Request(SIZE, address, f"open lock {lock}", obey)

    def _open_all(self, address: int) -> Request:
        def obey(board: Terminals) -> Reply:
            over_s = _one_by_one(board, range(1, board.channels + 1), self.pulse_ms)
            return Reply(over_s, lambda: (_checked(0x8A, address, 0, 0x11), "all have been pulsed"))

        return Request(SIZE, address, "open every lock", obey)

    def _some(self, address: int, mask: bytes) -> Request:
        wanted = [lock for lock in range(1, 25) if mask[2 - (lock - 1) // 8] >> (lock - 1) % 8 & 1]

        def obey(board: Terminals) -> None:
            _one_by_one(board, [lock for lock in wanted if lock <= board.channels], self.pulse_ms)

        return Request(MASK_SIZE, address, f"open locks {', '.join(map(str, wanted)) or 'none'}", obey)

    def _hold(self, address: int, lock: int, *, on: bool) -> Request:
        def obey(board: Terminals) -> None:
            if 1 <= lock <= board.channels:
                board.switch(lock, on)

        return Request(SIZE, address, f"output {lock} {'on, for ever' if on else 'off'}", obey)

    def _read(self, address: int, lock: int) -> Request:
        def obey(board: Terminals) -> Reply | None:
            return Reply(TURNAROUND_S, lambda: _single(0x80, board, lock)) if lock <= board.channels else None

        return Request(SIZE, address, f"read lock {lock}", obey)

    def _read_all(self, address: int) -> Request:
        def obey(board: Terminals) -> Reply:
            return Reply(TURNAROUND_S, lambda: _groups(board))

        return Request(SIZE, address, "read every lock", obey)


def _single(head: int, board: Terminals, lock: int) -> tuple[bytes, str]:
    closed = board.closed(lock)
    frame = _checked(head, board.address, lock, CLOSED if closed else OPENED)
    return frame, f"lock {lock}: contact {'closed' if closed else 'open'}"


def _groups(board: Terminals) -> tuple[bytes, str]:
    """The highest eight channels come first."""
    open_ones = [lock for lock in range(1, board.channels + 1) if not board.closed(lock)]
    groups = bits(board.channels, board.closed)[::-1]
    words = f"contacts open: {', '.join(map(str, open_ones)) or 'none'}"
    return _checked(0x80, board.address, *groups, 0x33), words


def _one_by_one(board: Terminals, locks: range | list[int], ms: int) -> float:
    """One coil after another; the seconds until the last is off."""
    for turn, lock in enumerate(locks):
        board.pulse(lock, ms, turn * ms / 1000)
    return len(locks) * ms / 1000


def _checked(*frame: int) -> bytes:
    data = bytes(frame)
    return data + bytes([bcc(data)])

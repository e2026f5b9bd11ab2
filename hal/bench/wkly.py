"""WKLY: `57 4B 4C 59 LEN ADDR CMD … XOR`, LEN of the whole frame, exclusive or over everything before it.

The frame: two sources.  Answers (`status`, then `channel state`, or `count states…`; 00 is success and an open contact,
01 a closed one): published examples of several programs, among them `57 4B 4C 59 0B 00 82 00 01 00 81` and
`57 4B 4C 59 0E 00 84 00 04 00 01 01 00 87`.  Channels count from 1 here; some programs count from 0.  The length of a
pulse is not published: 400 ms here.  The unasked report of a door (85) is not sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hal.bench.checks import bcc
from hal.bench.make import TURNAROUND_S, Not, Reply, Request, Terminals

__all__ = ["Wkly"]

HEAD: Final = b"WKLY"
SHORTEST, LONGEST = 8, 64
GOOD, FAILED = 0x00, 0xFF


class Wkly:
    """Boards of 12 to 50 channels, addresses by DIP switch."""

    name = "wkly"
    baud = 9600
    addresses = range(32)
    sizes = (12, 24, 50)
    pulse_ms = 400
    quiet_chars = 0.0

    def find(self, line: bytes) -> Request | Not:
        if line[:4] != HEAD[: len(line)]:
            return Not.EVER
        if len(line) < 5:
            return Not.YET
        size = line[4]
        if not SHORTEST <= size <= LONGEST:
            return Not.EVER
        if len(line) < size:
            return Not.YET
        frame = line[:size]
        if bcc(frame[:-1]) != frame[-1]:
            return Not.EVER
        return self._request(size, frame[5], frame[6], frame[7:-1])

    def _request(self, size: int, address: int, command: int, data: bytes) -> Request | Not:
        def asked(words: str, obey: Callable[[Terminals], Reply | None]) -> Request:
            return Request(size, address, words, obey)

        lock = data[0] if len(data) == 1 else 0
        some = list(data[1:]) if data and data[0] == len(data) - 1 else []
        match command:
            case 0x80 if some:
                return asked(f"open locks {_told(some)} at once", self._opens(command, some, at_once=True))
            case 0x82 if lock:
                return asked(f"open lock {lock}", self._open(lock))
            case 0x83 if lock:
                return asked(f"read lock {lock}", lambda it: Reply(TURNAROUND_S, lambda: _single(it, command, lock)))
            case 0x84 if not data:
                return asked("read every lock", lambda it: Reply(TURNAROUND_S, lambda: _all(it)))
            case 0x86 if not data:
                return asked("open every lock", self._opens(command, [], at_once=False))
            case 0x87 if some:
                return asked(f"open locks {_told(some)} one by one", self._opens(command, some, at_once=False))
            case 0x88 | 0x89 if lock:
                on = command == 0x88
                return asked(f"output {lock} {'on, for ever' if on else 'off'}", _hold(command, lock, on=on))
        return Not.EVER

    def _open(self, lock: int) -> Callable[[Terminals], Reply]:
        def obey(board: Terminals) -> Reply:
            if lock > board.channels:
                return Reply(TURNAROUND_S, lambda: _single(board, 0x82, lock))
            board.pulse(lock, self.pulse_ms)
            return Reply(self.pulse_ms / 1000, lambda: _single(board, 0x82, lock))

        return obey

    def _opens(self, command: int, locks: list[int], *, at_once: bool) -> Callable[[Terminals], Reply]:
        def obey(board: Terminals) -> Reply:
            there = [lock for lock in locks or range(1, board.channels + 1) if 1 <= lock <= board.channels]
            for turn, lock in enumerate(there):
                board.pulse(lock, self.pulse_ms, 0.0 if at_once else turn * self.pulse_ms / 1000)
            turns = 1 if at_once else len(there)
            return Reply(turns * self.pulse_ms / 1000, lambda: (_frame(board, command, GOOD), "done"))

        return obey


def _hold(command: int, lock: int, *, on: bool) -> Callable[[Terminals], Reply]:
    def obey(board: Terminals) -> Reply:
        if lock > board.channels:
            return Reply(TURNAROUND_S, lambda: (_frame(board, command, FAILED, lock), f"there is no output {lock}"))
        board.switch(lock, on)
        return Reply(TURNAROUND_S, lambda: (_frame(board, command, GOOD, lock), "done"))

    return obey


def _single(board: Terminals, command: int, lock: int) -> tuple[bytes, str]:
    if lock > board.channels:
        return _frame(board, command, FAILED, lock, FAILED), f"there is no lock {lock}"
    closed = board.closed(lock)
    return _frame(board, command, GOOD, lock, closed), f"lock {lock}: contact {'closed' if closed else 'open'}"


def _all(board: Terminals) -> tuple[bytes, str]:
    closed = [board.closed(lock) for lock in range(1, board.channels + 1)]
    open_ones = [lock for lock, is_closed in enumerate(closed, 1) if not is_closed]
    return _frame(board, 0x84, GOOD, board.channels, *closed), f"contacts open: {_told(open_ones) or 'none'}"


def _told(locks: list[int]) -> str:
    return ", ".join(map(str, locks))


def _frame(board: Terminals, command: int, *data: int) -> bytes:
    frame = HEAD + bytes([SHORTEST + len(data), board.address, command, *data])
    return frame + bytes([bcc(frame)])

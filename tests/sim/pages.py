"""The pages of a SQLite file in WAL mode, from the raw bytes of database and log: what a recovery would find there.

Written from SQLite's description of its file format, so that the reader of the card shares nothing with the writer.  A
frame of the log counts when its salts are those of the log's header, its checksum continues the one before it, and a
commit frame follows at or after it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

LOG_HEADER: Final = 32
FRAME_HEADER: Final = 24
BIG_ENDIAN_SUMS: Final = 0x377F0683  # the other magic number ends in 2: little-endian sums
PAGE_SIZE_AT: Final = 16  # in the database's header
TWO_WORDS: Final = 8

Card = Mapping[str, bytes | bytearray]


class NoDatabase(ValueError):
    """There is no whole database on the card: it was cut off while it was being made."""


class Pages:
    """One database with its log.  Looks again cheaply: of a log that only grew, the new frames alone are read."""

    def __init__(self) -> None:
        self._database: bytes | bytearray = b""
        self._log: bytes | bytearray = b""
        self._header = b""
        self._big_endian = False
        self._next_at = 0  # where the first frame that has not been read stands
        self._sum = (0, 0)
        self._frames: dict[int, int] = {}  # page → where its newest committed copy stands in the log
        self.page_size = 0

    def look(self, card: Card, path: str) -> None:
        """See the card as it is now.  NoDatabase when there is nothing to read."""
        log = card.get(f"{path}-wal", b"")
        self._database = card.get(path, b"")
        header = bytes(log[:LOG_HEADER])
        if log is not self._log or header != self._header or len(log) < self._next_at:
            self._begin(log, header)
        self._read_on()
        if not self.page_size:
            if len(self._database) < 100:
                raise NoDatabase(f"{path} has {len(self._database)} bytes")
            size = int.from_bytes(self._database[PAGE_SIZE_AT : PAGE_SIZE_AT + 2], "big")
            self.page_size = 65536 if size == 1 else size

    def page(self, number: int) -> bytes:
        at = self._frames.get(number)
        if at is not None:
            return bytes(self._log[at : at + self.page_size])
        start = (number - 1) * self.page_size
        found = bytes(self._database[start : start + self.page_size])
        if len(found) < self.page_size:
            raise NoDatabase(f"page {number} is not there")
        return found

    def _begin(self, log: bytes | bytearray, header: bytes) -> None:
        self._log, self._header = log, header
        self._frames, self._next_at = {}, LOG_HEADER
        self.page_size = 0
        if len(header) < LOG_HEADER:
            return
        magic, _, page_size, *_, first, second = struct.unpack(">8I", header)
        self._big_endian = magic == BIG_ENDIAN_SUMS
        self._sum = checksum(header[:24], (0, 0), big_endian=self._big_endian)
        if self._sum == (first, second):
            self.page_size = page_size

    def _read_on(self) -> None:
        """Frames of a transaction without its commit are read again at the next look: they may be written anew."""
        if not self.page_size or not len(self._log):
            return
        length = FRAME_HEADER + self.page_size
        at, total, uncommitted = self._next_at, self._sum, {}
        while at + length <= len(self._log):
            frame = bytes(self._log[at : at + length])
            number, pages, *salts, first, second = struct.unpack_from(">6I", frame)
            if struct.pack(">2I", *salts) != self._header[16:24]:
                return
            total = checksum(frame[:8], total, big_endian=self._big_endian)
            total = checksum(frame[FRAME_HEADER:], total, big_endian=self._big_endian)
            if total != (first, second):
                return
            uncommitted[number] = at + FRAME_HEADER
            at += length
            if pages:
                self._frames |= uncommitted
                self._next_at, self._sum, uncommitted = at, total, {}


def checksum(data: bytes, before: tuple[int, int], *, big_endian: bool) -> tuple[int, int]:
    """SQLite's running sum: for each two words s0 += a + s1, s1 += b + s0, in 32 bits.

    Written out, each word counts as often as the Fibonacci number of its distance from the end.
    """
    words = np.frombuffer(data, ">u4" if big_endian else "<u4").astype(np.uint32)
    count = len(words)
    weights = _fibonacci(count)
    s0, s1 = before
    first = int(np.dot(words, weights[count - 1 :: -1][:count]))
    second = int(np.dot(words, weights[count:0:-1]))
    grown = [int(weights[place]) for place in (count - 1, count, count + 1)]
    return (
        (first + grown[0] * s0 + grown[1] * s1) & 0xFFFFFFFF,
        (second + grown[1] * s0 + grown[2] * s1) & 0xFFFFFFFF,
    )


_weights: NDArray[np.uint32] = np.zeros(0, np.uint32)


def _fibonacci(count: int) -> NDArray[np.uint32]:
    """F(0) … F(count + 1), in 32 bits."""
    global _weights
    if len(_weights) < count + 2:
        numbers = [0, 1]
        while len(numbers) < max(count + 2, 2048):
            numbers.append((numbers[-1] + numbers[-2]) & 0xFFFFFFFF)
        _weights = np.array(numbers, np.uint32)
    return _weights

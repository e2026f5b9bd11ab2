"""The ear of one make on a line: whole requests out of whatever comes, noise and halves included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hal.bench.make import Make, Not, Request

__all__ = ["HALF_S", "HEARD_BYTES", "Ear"]

HALF_S: Final = 0.1  # a frame takes at most 70 ms at 9600: a half that is older will never be whole
HEARD_BYTES: Final = 512  # kept of what is no request yet; longer than any


class Ear:
    """`hear` gives each request with its bytes, and None with the bytes that were none."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._line = b""
        self._heard_s = 0.0

    def hear(self, data: bytes, now_s: float) -> Iterator[tuple[Request | None, bytes]]:
        if self._line and now_s - self._heard_s > HALF_S:
            noise, self._line = self._line, b""
            yield None, noise
        self._line, self._heard_s = self._line + data, now_s
        while found := self._next():
            at, request = found
            frame, noise = self._line[at : at + request.size], self._line[:at]
            self._line = self._line[at + request.size :]
            if noise:
                yield None, noise
            yield request, frame
        if noise := self._hopeless():
            yield None, noise

    def _next(self) -> tuple[int, Request] | None:
        """The first whole request, wherever it begins: a frame that noise only seems to begin does not hide it."""
        for at in range(len(self._line)):
            found = self._make.find(self._line[at:])
            if isinstance(found, Request):
                return at, found
        return None

    def _hopeless(self) -> bytes:
        """Take away what cannot become a request any more."""
        whole, begins = self._line, 0
        while begins < len(whole) and self._make.find(whole[begins:]) is Not.EVER:
            begins += 1
        begins = max(begins, len(whole) - HEARD_BYTES)
        self._line = whole[begins:]
        return whole[:begins]

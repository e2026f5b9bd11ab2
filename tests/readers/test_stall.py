"""A reader that stood still while a code came in: its two halves are one code, for nobody heard a silence."""

from __future__ import annotations

import threading

import pytest

from hal.readers.dialect import Dialect
from hal.readers.keys import Keys
from hal.readers.lines import Lines
from hal.readers.reader import Reader
from hal.readers.ssi import Ssi, frame
from tests.readers.typing import ENTER, press, typed

SENT = bytes([0x0B]) + b"JD0146000012"  # as Code 39 or whatever: its kind is not looked at here


class Waiting(threading.Event):
    """A line on which everything waits already, in the pieces that are taken off it; a second passes after each."""

    port = "waiting"

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self.now_s = 100.0
        self._pieces = list(pieces)

    def open(self) -> None: ...

    def send(self, data: bytes) -> None: ...

    def close(self) -> None: ...

    def receive(self, within_s: float) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        self.set()
        return b""

    def clock(self) -> float:
        self.now_s += 1.0
        return self.now_s


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        (Lines(), b"JD0146000012\r"),
        (Keys(), typed("JD0146000012") + press(ENTER)),
        (Ssi(), frame(0xF3, SENT, source=0)),
    ],
)
def test_a_code_that_waited_is_whole_however_slowly_it_is_taken(dialect: Dialect, data: bytes) -> None:
    line, codes = Waiting(data[: len(data) // 2], data[len(data) // 2 :]), []
    Reader(line, dialect, lambda text, _: codes.append(text), lambda _: None, clock=line.clock).run(line)
    assert codes == ["JD0146000012"]

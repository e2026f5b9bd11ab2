"""A line that opens and breaks again and again: what of it is told, for each word of it ends in the journal."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from edge.core.errors import HardwareFault
from hal.readers.lines import Lines
from hal.readers.reader import POLL_S, STEADY_S, Reader


class Loose(threading.Event):
    """A line whose connections last for so many looks each, and the end of the reader after the last; time is ours."""

    port = "loose"

    def __init__(self, *looks: int) -> None:
        super().__init__()
        self.now_s = 100.0
        self._looks: Iterator[int] = iter(looks)
        self._left = 0
        self.said: list[str | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.now_s += timeout or 0.0
        return self.is_set()

    def open(self) -> None:
        self._left = next(self._looks, -1)
        if self._left < 0:
            self.set()

    def send(self, data: bytes) -> None:
        raise AssertionError("nothing is said to it")

    def receive(self, within_s: float) -> bytes:
        if not self._left:
            raise HardwareFault("input/output error")
        self._left -= 1
        self.now_s += within_s
        return b""

    def close(self) -> None: ...

    def told(self) -> list[str | None]:
        reader = Reader(self, Lines(), lambda *_: None, self.said.append, clock=lambda: self.now_s)
        reader.run(self)
        return self.said


def test_a_port_that_opens_and_gives_nothing_but_errors_never_worked() -> None:
    assert Loose(0, 0, 0).told() == ["input/output error"]


def test_a_plug_that_was_pulled_out_works_again_at_once() -> None:
    assert Loose(1, 0, 0, 1).told() == [None, "input/output error"] * 2


def test_a_loose_plug_is_told_a_few_times_and_then_works_when_it_has_held_for_long() -> None:
    flickers = [None, "input/output error"] * 3
    assert Loose(*[1] * 100).told() == flickers
    looks = round(STEADY_S / POLL_S)
    assert Loose(*[1] * 100, looks - 10).told() == flickers
    assert Loose(*[1] * 100, looks).told() == [*flickers, None, "input/output error"]

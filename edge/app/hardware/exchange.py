"""One status exchange with each board on a serial line, byte by byte as it went: for the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from edge.app.configuration import BankPlan
from edge.core.errors import LockerError
from hal.boards.options import BoardOptions, channels_of, codec_of
from hal.bus import Bus
from hal.serial_line import SerialLine

__all__ = ["MOST_QUESTIONS", "frames_of"]

MOST_QUESTIONS: Final = 4  # makes that are asked lock by lock say no more in the fifth answer


class _Heard(SerialLine):
    """A line that remembers: `> ` what went out, `< ` what came, with milliseconds since the first byte."""

    def __init__(self, port: str, baud: int, clock: Callable[[], float]) -> None:
        super().__init__(port, baud, clock=clock)
        self._time, self._since_s = clock, clock()
        self.notes: list[str] = []

    def send(self, data: bytes) -> None:
        self._note(">", data)
        super().send(data)

    def receive(self, within_s: float) -> bytes:
        came = super().receive(within_s)
        if came:
            self._note("<", came)
        return came

    def _note(self, way: str, data: bytes) -> None:
        if not self.notes:
            self._since_s = self._time()
        self.notes.append(f"{(self._time() - self._since_s) * 1000:7.1f} ms {way} {data.hex(' ').upper()}")


def frames_of(banks: Sequence[BankPlan], clock: Callable[[], float] = time.monotonic) -> dict[str, list[str]]:
    """By bank: what went over the line for its status questions, and what became of each.  Nothing is unlocked."""
    return {bank.name: _frames(bank, clock) for bank in banks if isinstance(bank.options, BoardOptions)}


def _frames(bank: BankPlan, clock: Callable[[], float]) -> list[str]:
    options: BoardOptions = bank.options
    line = _Heard(options.port, options.baud, clock)
    bus = Bus(line, clock)
    channels = tuple(channels_of(options, bank.doors).values())
    try:
        for exchange in codec_of(options, channels).status(channels)[:MOST_QUESTIONS]:
            try:
                bus.ask(exchange)
            except LockerError as error:
                line.notes.append(str(error))
            else:
                line.notes.append("a valid answer")
    finally:
        bus.close()
    return line.notes

"""A bank of each make, on a pseudo-terminal with a board of that make at its far end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import Level
from hal.boards.bank import BoardBank
from hal.boards.options import MAKES as OPTIONS
from hal.coil import CoilGuard
from hal.duty import CoilLimits
from tests.boards.far_end import FarEnd
from tests.boards.makes import MAKES, Board
from tests.boards.wire import Wire

SHUT, OPEN, UNKNOWN = Level.CLOSED, Level.OPEN, Level.UNKNOWN


class Bench:
    """A port (a link that may be pointed at another pseudo-terminal), banks on it, and what is at its far end."""

    def __init__(self, directory: Path, stack: contextlib.ExitStack) -> None:
        self._port, self._stack = directory / "by-id", stack
        self.guard = stack.enter_context(CoilGuard(CoilLimits(attempts_a_minute=20)))
        self.openings = 0
        self.far: FarEnd

    def plug(self, *boards: Board) -> FarEnd:
        """An adapter with these boards behind it."""
        wire = self._stack.enter_context(Wire())
        self._port.unlink(missing_ok=True)
        self._port.symlink_to(wire.path)
        self.far = FarEnd(wire, boards)
        self._stack.callback(self.far.close)
        return self.far

    def bank(self, board: Board, doors: tuple[int, ...] = (1, 2, 3), name: str = "a", **options: Any) -> BoardBank:
        told = {
            "port": str(self._port),
            "address": board.address,
            "contact": "closed_when_shut",
            "evidence": "latch",
            "pulse_ms": 20,
            **board.options,
            **options,
        }
        bank = BoardBank(name, msgspec.convert(told, OPTIONS[board.driver]), doors, self.guard)
        self._stack.callback(bank.close)
        return bank

    def order(self, door: int, not_after_s: float = 1e12) -> UnlockOrder:
        self.openings += 1
        return UnlockOrder(door, self.openings, 1, not_after_s)


def levels(readings: dict[int, DoorReading] | Any) -> list[Level]:
    return [reading.level for _, reading in sorted(readings.items())]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with contextlib.ExitStack() as stack:
        yield Bench(tmp_path, stack)


@pytest.fixture(params=MAKES, ids=lambda make: make.driver)
def make(request: pytest.FixtureRequest) -> type[Board]:
    found: type[Board] = request.param
    return found


Plug = Callable[..., FarEnd]

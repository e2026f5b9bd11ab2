"""Fake lock boards on pseudo-terminals, in a process of their own whose work is not counted; and their banks."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from edge.app.plugging import as_argument
from edge.core.ports import UnlockOrder
from edge.core.words import PulseOutcome
from hal.bench.bench import MAKES as FAKES
from hal.bench.bench import Plugged
from hal.boards.bank import BoardBank
from hal.boards.codec import Codec
from hal.boards.options import MAKES, BoardOptions, codec_of
from hal.coil import CoilGuard
from hal.duty import CoilLimits
from hal.sim.client import WorldClient

DOORS_A_BOARD = 24
END_S = 20.0


class Served(Struct, frozen=True):
    """A world with boards on lines.  `client` drives it and tells what it saw, at the machine's monotonic clock."""

    socket: Path
    plugged: tuple[Plugged, ...]
    client: WorldClient


def layout(make: str, boards_of_lines: Sequence[int]) -> Callable[[Path], list[Plugged]]:
    """That many boards of the make on each line, 24 doors each; to be given the directory for the lines."""
    first = FAKES[make].addresses[0]
    places = [(line, first + turn) for line, boards in enumerate(boards_of_lines) for turn in range(boards)]

    def plugged(directory: Path) -> list[Plugged]:
        return [
            Plugged(make, directory / f"line{line}", address, _doors(number))
            for number, (line, address) in enumerate(places)
        ]

    return plugged


def _doors(number: int) -> tuple[int, ...]:
    return tuple(range(1 + number * DOORS_A_BOARD, 1 + (number + 1) * DOORS_A_BOARD))


@contextmanager
def served(boards: Callable[[Path], list[Plugged]] = lambda _: []) -> Iterator[Served]:
    """`locker world` with these boards; without any, with one of its own that has 24 doors."""
    with tempfile.TemporaryDirectory(prefix="locker") as name:
        directory = Path(name)
        plugged = boards(directory)
        doors = sum(len(board.doors) for board in plugged) or DOORS_A_BOARD
        told = [word for board in plugged for word in ("--board", as_argument(board))]
        socket = directory / "world"
        command = [sys.executable, "-m", "edge.app.cli", "world", "--doors", str(doors), "--socket", str(socket), *told]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            client = WorldClient(socket)
            try:
                assert process.stdout is not None
                if not process.stdout.readline():
                    raise AssertionError("locker world ended before it was ready")
                yield Served(socket, tuple(plugged), client)
            finally:
                client.close()
                process.terminate()
                try:
                    process.wait(END_S)
                finally:
                    process.kill()


def options_of(board: Plugged, pulse_ms: int | None = None) -> BoardOptions:
    fake = FAKES[board.make]
    return MAKES[board.make](
        port=str(board.link),
        address=board.address,
        baud=fake.baud,
        contact="closed_when_shut",
        evidence="switch",
        pulse_ms=pulse_ms or fake.pulse_ms or 300,
    )


def codec_for(board: Plugged) -> Codec:
    return codec_of(options_of(board), range(1, len(board.doors) + 1))


def guard() -> CoilGuard:
    """It lets pass what the firmwares do, and a day's openings within a minute."""
    return CoilGuard(CoilLimits(max_on_ms=500, attempts_a_minute=20))


@contextmanager
def open_banks(
    boards: Sequence[Plugged], coils: CoilGuard, pulse_ms: int | None = None
) -> Iterator[Mapping[str, BoardBank]]:
    """The real drivers of these boards, met: each has been read once."""
    with ExitStack() as stack:
        banks = {}
        for board in boards:
            banks[board.name] = BoardBank(board.name, options_of(board, pulse_ms), board.doors, coils)
            stack.callback(banks[board.name].close)
        for bank in banks.values():
            bank.read()
        yield banks


def pulsed(bank: BoardBank, order: UnlockOrder) -> None:
    """AssertionError when the lock was not pulsed."""
    outcome = bank.unlock(order)
    if outcome is not PulseOutcome.DONE:
        raise AssertionError(f"door {order.door}: the pulse came to {outcome}, not to {PulseOutcome.DONE}")

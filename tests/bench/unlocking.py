"""`unlock()` → the first byte at the board: through the coil guard, the bus and the port, before a fake board.

The board notes when it begins the pulse, which is when the order's bytes have come; both clocks are the machine's
monotonic one.  Driver and peer have a bus each, and take turns.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from threading import Event, Thread

import serial

from edge.core.ports import UnlockOrder
from edge.runtime.hardware import BUSY_POLL_S
from hal.bench.bench import MAKES as FAKES
from hal.bench.bench import Plugged
from hal.boards.bank import BoardBank
from hal.sim.chronicle import Deed
from tests.bench.fakes import Served, codec_for, guard, layout, open_banks, pulsed, served
from tests.bench.figures import Effort, Figure, Table, Target, figure, percentile
from tests.bench.polling import lines_of

MAKE = "cu48"  # answers nothing to an order: the lane is free as soon as the pulse is over
PULSE_MS = 20  # the shortest there is: only its beginning is measured
MOST_UNLOCKS = 30  # of each kind
AT_REST_S = 0.04  # longer than the quiet that the board wants
MAX_MS = 2.0
LATER_S = 10.0  # the deadline of an order, from when it is given
ALONE, AT_ITS_PACE, WITHOUT_PAUSE = None, BUSY_POLL_S, 0.0


def unlock_to_byte(effort: Effort) -> list[Table]:
    rounds = min(effort.openings, MOST_UNLOCKS)
    with served(_buses) as world, guard() as coils:
        *driven, bare = world.plugged
        with open_banks(driven, coils, PULSE_MS) as banks, _bare_port(bare) as port:
            unlocks = Unlocks(world, tuple(banks.values()), bare, port)
            idle, peer = unlocks.taken(ALONE, rounds)
            paced, _ = unlocks.taken(AT_ITS_PACE, rounds)
            full, _ = unlocks.taken(WITHOUT_PAUSE, rounds)
    figures = (
        _figure("unlock() → first byte, an idle bus", idle),
        _figure("   peer: bare pyserial, write → first byte", peer),
        _figure(f"while all four boards are read every {BUSY_POLL_S * 1000:g} ms", paced),
        _figure("while they are read without any pause", full),
        Figure("   floor of that: half of question, answer and quiet", _floor_us(driven[0]), "µs", 1),
    )
    targets = (
        Target("unlock() → first byte on an idle bus, median", median(idle) / 1000, MAX_MS, "ms"),
        Target("   p95", percentile(idle, 0.95) / 1000, MAX_MS, "ms"),
    )
    return [Table("unlock() → first byte on the wire", figures, targets)]


def _buses(directory: Path) -> list[Plugged]:
    return layout(MAKE, (4, 1))(directory)


def _figure(name: str, taken_us: Sequence[float]) -> Figure:
    return figure(name, taken_us, note=f"p95 {percentile(taken_us, 0.95):,.0f}")


def _floor_us(board: Plugged) -> float:
    """An order comes at any moment of the turn; it may not be sent before the answer, and the quiet after it."""
    (line,) = lines_of([board])
    return line.wire_s() / 2 * 1e6


@contextmanager
def _bare_port(board: Plugged) -> Iterator[serial.Serial]:
    with serial.Serial(str(board.link), FAKES[board.make].baud, timeout=1.0) as port:
        yield port


class Unlocks:
    """Openings of one door after the other, each at any moment of the polling; the next when the last is over."""

    def __init__(self, world: Served, banks: Sequence[BoardBank], bare: Plugged, port: serial.Serial) -> None:
        self._client, self._banks, self._port = world.client, tuple(banks), port
        self._codec, self._bare_doors = codec_for(bare), bare.doors
        self._chance, self._pause = random.Random(1), Event()
        self._openings = count(1)
        self._seen = 0  # the last entry of the chronicle that was read

    def taken(self, poll_s: float | None, rounds: int) -> tuple[list[float], list[float]]:
        """µs of the driver, while the banks are read with that pause; and of the peer, where they are not read."""
        driven, bare = [], []
        with self._polling(poll_s):
            for turn in range(rounds):
                bank = self._banks[turn % len(self._banks)]
                door = bank.doors[turn // len(self._banks) % len(bank.doors)]
                self._pause.wait(AT_REST_S + self._chance.uniform(0, poll_s or 0))
                driven.append(self._until_pulse_us(door, partial(self._unlock, bank, door)))
                if poll_s is ALONE:
                    channel = turn % len(self._bare_doors)
                    bare.append(self._until_pulse_us(self._bare_doors[channel], partial(self._write, channel + 1)))
        return driven, bare

    def _unlock(self, bank: BoardBank, door: int) -> None:
        pulsed(bank, UnlockOrder(door, next(self._openings), 1, time.monotonic() + LATER_S))

    def _write(self, channel: int) -> None:
        self._port.write(self._codec.unlock(channel, PULSE_MS).request)
        self._port.flush()

    def _until_pulse_us(self, door: int, unlock: Callable[[], None]) -> float:
        began_s = time.monotonic()
        unlock()
        while True:
            entries = self._client.chronicle(self._seen)
            self._seen = entries[-1].n if entries else self._seen
            for entry in entries:
                if entry.deed is Deed.PULSE_BEGAN and entry.door == door:
                    return (entry.at_s - began_s) * 1e6
            if time.monotonic() - began_s > LATER_S:
                raise AssertionError(f"door {door}: no pulse began within {LATER_S:g} s")

    @contextmanager
    def _polling(self, pause_s: float | None) -> Iterator[None]:
        over = Event()
        with ExitStack() as stack:
            for bank in self._banks if pause_s is not None else ():
                thread = Thread(target=_poll, args=(bank, over, pause_s or 0.0))
                thread.start()
                stack.callback(thread.join)
            stack.callback(over.set)
            yield


def _poll(bank: BoardBank, over: Event, pause_s: float) -> None:
    while not over.wait(pause_s):
        bank.read()

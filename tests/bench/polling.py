"""Four boards of 24 doors on serial buses: how often they can be read, and what reading them costs.

The real drivers and buses, before fake boards that take as long on the line as real ones would.  The peer writes the
same questions with bare pyserial and reads as many bytes as the answers have, and checks nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from statistics import median
from threading import Event

import serial
from msgspec import Struct

from edge.core.ports import DoorReading
from edge.core.words import Level
from edge.runtime import Bank, Parts
from edge.runtime.hardware import BUSY_POLL_S, Hardware
from hal.bench.bench import MAKES as FAKES
from hal.bench.bench import Plugged
from hal.bus import gap_s
from tests.bench.fakes import codec_for, guard, layout, open_banks, served
from tests.bench.figures import Effort, Figure, Table, Target, figure
from tests.bench.pins import WatchedBank
from tests.bench.wall import Lanes

WALLS = (
    ("ys", "two buses with two boards each", (2, 2)),
    ("ys", "one bus with four boards", (4,)),
    ("cu48", "one bus with four boards", (4,)),
)
ANSWER_BYTES = {"ys": 7, "cu48": 18}  # to a question about all locks of a board that has 24, or 48
BITS_A_BYTE = 10
TURNS = 2  # of driver and peer, one after the other
ANSWER_S = 1.0
TIMERS = 1.02  # the machine's timers and a busy processor come this much late


class Cost(Struct, frozen=True):
    """What one turn came to: boards read a second, over all of them, and processor time for one."""

    a_second: float
    cpu_us: float


class Line(Struct, frozen=True):
    """What a bare loop has to know of one bus."""

    port: str
    baud: int
    questions: tuple[bytes, ...]  # one for each board
    answer_bytes: int
    quiet_s: float  # before each question

    def wire_s(self) -> float:
        """The least that one board takes: question and answer, and the quiet before them."""
        return (len(self.questions[0]) + self.answer_bytes) * BITS_A_BYTE / self.baud + self.quiet_s


def poll_boards(effort: Effort) -> list[Table]:
    return [wall(effort, make, name, boards) for make, name, boards in WALLS]


def wall(effort: Effort, make: str, name: str, boards: Sequence[int]) -> Table:
    """One wall, of four boards."""
    with served(layout(make, boards)) as world:
        lines = lines_of(world.plugged)
        turn_s = effort.seconds / 5
        bare, driven = [], []
        for _ in range(TURNS):
            bare.append(_bare(lines, turn_s))
            driven.append(_driven(world.plugged, turn_s))
        cpu, gaps_ms = asyncio.run(_at_its_pace(world.plugged, effort.seconds / 2))
    floor = sum(1 / line.wire_s() for line in lines)
    figures = (
        _median("boards read a second, all together", [cost.a_second for cost in driven], "/s"),
        _median("   peer: bare pyserial, write and read", [cost.a_second for cost in bare], "/s"),
        Figure("   floor: the bytes on the wire and the quiet between", floor, "/s", 1),
        _median("processor time of one reading", [cost.cpu_us for cost in driven]),
        _median("   peer: bare pyserial", [cost.cpu_us for cost in bare]),
        Figure("polling as with live openings: of one core", cpu, "%", 1),
        figure("   from one look at a board to the next", gaps_ms, "ms"),
    )
    target = Target("from one look to the next, median", median(gaps_ms), BUSY_POLL_S * 1000 * TIMERS, "ms")
    return Table(f"4 x 24 doors, {make} at {FAKES[make].baud:,} baud, {name}", figures, (target,))


def _median(name: str, values: Sequence[float], unit: str = "µs") -> Figure:
    return Figure(name, median(values), unit, len(values))


def lines_of(plugged: Sequence[Plugged]) -> list[Line]:
    """One for each link."""
    lines = []
    for link in dict.fromkeys(board.link for board in plugged):
        boards = [board for board in plugged if board.link == link]
        asked = [exchange for board in boards for exchange in codec_for(board).status((1,))]
        make = FAKES[boards[0].make]
        quiet_s = max(gap_s(make.baud, BITS_A_BYTE / make.baud), asked[0].settle_s)
        lines.append(Line(str(link), make.baud, tuple(a.request for a in asked), ANSWER_BYTES[make.name], quiet_s))
    return lines


def _bare(lines: Sequence[Line], for_s: float) -> Cost:
    with ExitStack() as stack:
        ports = [stack.enter_context(serial.Serial(line.port, line.baud, timeout=ANSWER_S)) for line in lines]
        loops = [_bare_loop(line, port) for line, port in zip(lines, ports, strict=True)]
        return _cost(loops, for_s)


def _bare_loop(line: Line, port: serial.Serial) -> Callable[[], int]:
    quiet = Event()

    def once_around() -> int:
        for question in line.questions:
            quiet.wait(line.quiet_s)
            port.write(question)
            if len(port.read(line.answer_bytes)) != line.answer_bytes:
                raise AssertionError(f"{line.port}: {question.hex(' ')}: not {line.answer_bytes} bytes of answer")
        return len(line.questions)

    return once_around


def _driven(plugged: Sequence[Plugged], for_s: float) -> Cost:
    with guard() as coils, open_banks(plugged, coils) as banks:
        return _cost([_reading(bank) for bank in banks.values()], for_s)


def _reading(bank: Bank) -> Callable[[], int]:
    def once() -> int:
        _sound(bank.read())
        return 1

    return once


def _sound(readings: Mapping[int, DoorReading]) -> None:
    if any(reading.level is not Level.CLOSED for reading in readings.values()):
        raise AssertionError("a door was not read, or not as closed")


def _cost(works: Sequence[Callable[[], int]], for_s: float) -> Cost:
    """Each of `works` in a thread of its own, over and over; it returns how many boards it has read."""

    def repeat(work: Callable[[], int]) -> int:
        done, until_s = work(), time.monotonic() + for_s
        while time.monotonic() < until_s:
            done += work()
        return done

    with ThreadPoolExecutor(len(works)) as pool:
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        done = sum(pool.map(repeat, works))
        cpu_s, took_s = time.process_time() - began_cpu_s, time.monotonic() - began_s
    return Cost(done / took_s, cpu_s / done * 1e6)


class TimedBank(WatchedBank):
    """A bank that knows when it was read."""

    def __init__(self, bank: Bank) -> None:
        super().__init__(bank)
        self.read_s: list[float] = []

    def read(self) -> Mapping[int, DoorReading]:
        self.read_s.append(time.monotonic())
        return super().read()


async def _at_its_pace(plugged: Sequence[Plugged], for_s: float) -> tuple[float, list[float]]:
    """The runtime's own polling, a door of each board live: % of one core, and ms from one look to the next."""
    with guard() as coils, open_banks(plugged, coils) as banks, _lanes() as lanes:
        timed = {name: TimedBank(bank) for name, bank in banks.items()}
        hardware = Hardware(Parts({**timed}), lanes, lambda _: None, ())
        hardware.start()
        hardware.watch(frozenset(bank.doors[0] for bank in timed.values()))
        await asyncio.sleep(2 * BUSY_POLL_S)  # it was asleep
        for bank in timed.values():
            bank.read_s.clear()
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        await asyncio.sleep(max(for_s, 4 * BUSY_POLL_S))
        cpu_s, took_s = time.process_time() - began_cpu_s, time.monotonic() - began_s
        await hardware.stop()
    gaps_ms = [(later - sooner) * 1000 for bank in timed.values() for sooner, later in pairwise(bank.read_s)]
    return 100 * cpu_s / took_s, gaps_ms


@contextmanager
def _lanes() -> Iterator[Lanes]:
    lanes = Lanes()
    try:
        yield lanes
    finally:
        lanes.close()

"""I8: a write that hangs on one bus, while another coil is on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from edge.core.words import Cutoff, PulseOutcome
from hal.coil import CoilGuard
from hal.duty import CoilLimits
from hal.i2c import LinuxI2c
from hal.mcp23017 import ExpanderBank, ExpanderDoor, ExpanderOptions
from hal.sim.mcp23017 import SimMcp23017
from tests.coil.lines import Lines, order
from tests.pins.chips import AT, OLAT
from tests.pins.house import WITHIN_S

PULSE_MS = 300
SECOND_AT = AT + 1


class HangingLine:
    """What smbus2 is to a bus, with chips behind it.  Once it `hangs`, a write that switches off comes back when the
    line is `free` again, and not before.
    """

    def __init__(self) -> None:
        self.chips = {AT: SimMcp23017(), SECOND_AT: SimMcp23017()}
        self.hangs = False
        self.stuck, self.free = threading.Event(), threading.Event()

    def read_i2c_block_data(self, address: int, register: int, size: int) -> list[int]:
        return list(self.chips[address].read(register, size))

    def write_i2c_block_data(self, address: int, register: int, data: list[int]) -> None:
        if self.hangs and register == OLAT and not any(data):
            self.stuck.set()
            assert self.free.wait(WITHIN_S)
        self.chips[address].write(register, bytes(data))

    def close(self) -> None: ...

    def latches(self, address: int) -> int:
        return int.from_bytes(self.chips[address].read(OLAT, 2), "little")


class Bench:
    """Two coils may be on at once: that of an expander on the bus, and another."""

    def __init__(self) -> None:
        self.line = HangingLine()
        self.bus = LinuxI2c("hanging", lambda _: self.line)
        self.guard = CoilGuard(CoilLimits(at_once=2))
        self.expander = self.on_bus("first", AT)
        self._lanes: list[threading.Thread] = []

    def on_bus(self, name: str, address: int) -> ExpanderBank:
        doors = (ExpanderDoor(door=1, lock_pin="A0", feedback_pin="B0"),)
        options = ExpanderOptions("hanging", Cutoff.MONOSTABLE, doors, address, PULSE_MS)
        bank = ExpanderBank(options, self.guard, name=name, bus=self.bus)
        bank.read()  # which sets its chip up
        return bank

    def in_its_lane(self, bank: ExpanderBank, opening: int) -> None:
        lane = threading.Thread(target=bank.unlock, args=(order(opening=opening),), daemon=True)
        self._lanes.append(lane)
        lane.start()

    def over(self) -> None:
        """The bus comes back."""
        self.line.free.set()
        for lane in self._lanes:
            lane.join(WITHIN_S)
            assert not lane.is_alive()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.over()
    made.guard.close()


def test_i8_a_write_that_hangs_keeps_no_coil_of_another_line_on(bench: Bench) -> None:
    lines = Lines(time.monotonic)
    pins = bench.guard.host_timed("pins", lines, [1], Cutoff.KERNEL, PULSE_MS)
    bench.line.hangs = True
    bench.in_its_lane(bench.expander, opening=1)
    assert bench.line.stuck.wait(WITHIN_S)
    assert pins.fire(order(opening=2), 1) is PulseOutcome.DONE
    assert lines.on_times_s()[0] < 1.0, "with one thread for all it was 2.3 s"
    assert bench.line.latches(AT), "its own coil is on: nothing reaches it"


def test_i8_a_coil_whose_line_hangs_keeps_its_place_among_those_that_may_be_on(bench: Bench) -> None:
    bench.line.hangs = True
    bench.in_its_lane(bench.expander, opening=1)
    assert bench.line.stuck.wait(WITHIN_S)
    assert bench.guard.status().live == (("first", 1),)


def test_i8_coils_of_one_bus_hang_together_and_go_off_together_when_it_comes_back(bench: Bench) -> None:
    second = bench.on_bus("second", SECOND_AT)
    bench.line.hangs = True
    bench.in_its_lane(bench.expander, opening=1)
    bench.in_its_lane(second, opening=2)
    assert bench.line.stuck.wait(WITHIN_S)
    bench.over()
    assert (bench.line.latches(AT), bench.line.latches(SECOND_AT)) == (0, 0)
    assert bench.guard.status().live == ()
    assert bench.guard.status().stuck == ()

"""Pins that cannot be had: their bank is a fault and its doors are unknown, it is tried again, and the wall goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from edge.core.errors import HardwareFault
from edge.core.words import Cutoff, Level, PulseOutcome
from hal.boards.silence import LONGEST_S
from hal.coil import CoilGuard
from hal.gpio import GpioBank, GpioDoor, GpioOptions
from hal.pi import Kernel
from hal.sim.header import FiledFactory, lay_out
from hal.timer import SteppedTimer
from tests.coil.lines import order
from tests.pins.house import locker, pins, running, until, written

FIRST = GpioDoor(door=1, lock_pin=17, feedback_pin=5)
SECOND = GpioDoor(door=2, lock_pin=18, feedback_pin=6)


class BusyPin(MockPin):  # type: ignore[misc]
    """A line that somebody else may have: as with lgpio, there is no pin then."""

    taken: set[int] = set()
    tried = 0

    def __init__(self, factory: MockFactory, info: Any) -> None:
        if int(info.name.removeprefix("GPIO")) in BusyPin.taken:
            BusyPin.tried += 1
            raise OSError(16, "GPIO busy")
        super().__init__(factory, info)


class Bench:
    """A bank on pins of which some may be busy, under a time that passes when somebody says so."""

    def __init__(self, kernel: Kernel | None = None, cutoff: Cutoff = Cutoff.MONOSTABLE) -> None:
        self.timer = SteppedTimer()
        self.factory = MockFactory(pin_class=BusyPin)
        self.bank = GpioBank(
            GpioOptions("lgpio" if kernel else "mock", cutoff, (FIRST, SECOND)),
            CoilGuard(timer=self.timer),
            factory=self.factory,
            kernel=kernel,
            clock=self.timer.now_s,
            pause=lambda gap_s: self.timer.advance(self.timer.now_s() + gap_s),
        )

    def later(self, by_s: float) -> None:
        self.timer.advance(self.timer.now_s() + by_s)

    def levels(self) -> set[Level]:
        return {reading.level for reading in self.bank.read().values()}


@pytest.fixture(autouse=True)
def nobody_else() -> None:
    BusyPin.taken, BusyPin.tried = set(), 0


def test_i7_a_bank_with_a_busy_line_starts_is_a_fault_and_is_never_pulsed() -> None:
    BusyPin.taken = {18}
    bench = Bench()
    with pytest.raises(HardwareFault, match=r"bank gpio: .*GPIO busy"):
        bench.bank.read()
    assert [bench.bank.unlock(order(door=door)) for door in (1, 2)] == [PulseOutcome.BROKEN] * 2
    assert True not in [state.state for state in bench.factory.pin(17).states]
    assert bench.factory.pin(17).function == "input", "all pins of it are claimed, or none"


def test_a_line_that_is_free_again_is_claimed_and_the_bank_serves() -> None:
    BusyPin.taken = {6}
    bench = Bench()
    BusyPin.taken = set()
    bench.later(LONGEST_S)
    assert bench.levels() == {Level.OPEN}
    assert bench.bank.unlock(order(door=2)) is PulseOutcome.DONE
    assert [state.state for state in bench.factory.pin(18).states][-3:] == [False, True, False]


def test_a_line_that_stays_busy_is_tried_less_and_less_often_but_for_ever() -> None:
    BusyPin.taken = {17}
    bench = Bench()
    for _ in range(1800):  # an hour of looks
        with pytest.raises(HardwareFault):
            bench.bank.read()
        bench.later(2.0)
    assert 3600 / LONGEST_S <= BusyPin.tried <= 3600 / LONGEST_S + 8


def test_i8_a_closed_bank_claims_nothing_any_more() -> None:
    BusyPin.taken = {17}
    bench = Bench()
    bench.bank.close()
    BusyPin.taken = set()
    bench.later(LONGEST_S)
    assert bench.levels() == {Level.UNKNOWN}
    assert bench.factory.pin(17).function == "input"


def test_i8_no_pin_is_claimed_before_the_kernel_says_that_it_lets_go_of_it(tmp_path: Path) -> None:
    devices, parameter = tmp_path / "dev", tmp_path / "module/pinctrl_rp1/parameters/persist_gpio_outputs"
    devices.mkdir()
    parameter.parent.mkdir(parents=True)
    parameter.write_text("Y\n")
    bench = Bench(Kernel(devices, tmp_path / "module", Path.read_text), Cutoff.KERNEL)
    with pytest.raises(HardwareFault, match="there is none at all"):
        bench.bank.read()
    (devices / "gpiochip0").write_text("pinctrl-rp1")
    bench.later(LONGEST_S)
    with pytest.raises(HardwareFault, match=r"cutoff kernel is not true here: .* is Y"):
        bench.bank.read()
    parameter.write_text("N\n")
    bench.later(LONGEST_S)
    assert bench.levels() == {Level.OPEN}


def test_the_locker_starts_without_a_bank_whose_lines_are_busy_and_has_it_when_they_are_free(tmp_path: Path) -> None:
    busy, free = tmp_path / "busy", tmp_path / "free"
    lay_out(busy, strict=True)
    lay_out(free, strict=True)
    second = pins(2, "kernel", free).replace("17", "18").replace("feedback_pin = 5", "feedback_pin = 6")
    path = written(tmp_path, pins(1, "kernel", busy), second)
    other = FiledFactory(busy)  # another program has the lines

    def door(number: int) -> str:
        lines = locker("doors", "--config", path).stdout.splitlines()
        return next((line for line in lines if line.split()[:1] == [str(number)]), "")

    with running(path):
        until(lambda: "GPIO busy" in locker("status", "--config", path).stdout)
        assert "unknown" in door(1)
        assert "open" in door(2), "the other bank serves"
        other.close()
        until(lambda: "open" in door(1))
        until(lambda: "GPIO busy" not in locker("status", "--config", path).stdout)


def test_a_pin_that_is_named_twice_or_is_none_of_the_header_keeps_the_locker_from_starting(tmp_path: Path) -> None:
    twice = written(tmp_path, pins(1, "monostable"), pins(2, "monostable"))
    done = locker("run", "--config", twice)
    assert done.returncode == 1
    assert "this pin has a door of bank g1 already" in done.stderr
    none = written(tmp_path, pins(1, "monostable").replace("17", "28"))
    done = locker("run", "--config", none)
    assert done.returncode == 1
    assert "lock_pin = 28: must be" in done.stderr

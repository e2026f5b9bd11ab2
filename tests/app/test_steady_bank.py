"""A bank that comes and goes: a fault that stands, few events, and doors that open all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from edge.app.steady_bank import COMES_AND_GOES, STEADY_S, SteadyBank
from edge.core.errors import HardwareFault
from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import Evidence, Level, PulseOutcome
from hal.sim.chips import FiledI2c, lay_out
from hal.sim.mcp23017 import SimMcp23017
from tests.pins.house import expander, locker, running, until, written


class Loose:
    """A bank whose every so manieth look fails, in one of the three ways in which a look can fail."""

    def __init__(self, how: str) -> None:
        self.how, self.fails, self.trouble = how, False, ""
        self.on_began: Callable[[UnlockOrder, float], None] | None = None
        self.pulsed: list[UnlockOrder] = []

    @property
    def doors(self) -> Sequence[int]:
        return (1,)

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        self.pulsed.append(order)
        return PulseOutcome.DONE

    def read(self) -> Mapping[int, DoorReading]:
        self.trouble = "it opens nothing" if self.fails and self.how == "trouble" else ""
        if self.fails and self.how == "raises":
            raise HardwareFault("gone")
        level = Level.UNKNOWN if self.fails and self.how == "unknown" else Level.CLOSED
        return {1: DoorReading(level, Evidence.LATCH, 0.0)}

    def close(self) -> None: ...


class Watched:
    """What the books would be told of it: every change of its being well, as the runtime sees that."""

    def __init__(self, how: str) -> None:
        self.loose, self.now_s = Loose(how), 0.0
        self.bank = SteadyBank(self.loose, lambda: self.now_s)
        self.told: list[tuple[float, bool]] = []

    def look(self, fails: bool) -> None:
        self.loose.fails = fails
        try:
            levels = [one.level for one in self.bank.read().values()]
            well = Level.UNKNOWN not in levels and not self.bank.trouble
        except HardwareFault:
            well = False
        if not self.told or self.told[-1][1] is not well:
            self.told.append((self.now_s, well))
        self.now_s += 2.0


HOWS = ("raises", "unknown", "trouble")


@pytest.mark.parametrize("how", HOWS)
def test_a_bank_that_fails_once_is_told_at_once_and_so_is_that_it_is_over(how: str) -> None:
    watched = Watched(how)
    for fails in (False, True, True, False):
        watched.look(fails)
    assert watched.told == [(0.0, True), (2.0, False), (6.0, True)]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("every", [2, 16, 31, 301])
def test_however_often_it_comes_and_goes_the_events_of_an_hour_are_few(how: str, every: int) -> None:
    watched = Watched(how)
    for look in range(12 * 1800):
        watched.look(look % every == 0)
    hours = [sum(1 for at_s, _ in watched.told if at_s // 3600 == hour) for hour in range(12)]
    assert max(hours) <= 15
    assert every > STEADY_S / 2 or hours[1:] == [0] * 11


def test_it_is_well_again_after_it_has_worked_for_long() -> None:
    watched = Watched("unknown")
    for look in range(10):
        watched.look(look % 2 == 0)
    assert watched.bank.trouble == COMES_AND_GOES
    while watched.now_s <= 16 + STEADY_S:
        watched.look(fails=False)
    assert watched.bank.trouble == ""
    assert watched.told[-1] == (16 + STEADY_S, True)


def test_orders_and_beginnings_go_through_it() -> None:
    loose, order = Loose("unknown"), UnlockOrder(1, 1, 1, 1e9)
    bank = SteadyBank(loose)
    began: list[float] = []
    bank.on_began = lambda _, at_s: began.append(at_s)
    assert loose.on_began is bank.on_began
    assert (bank.doors, bank.unlock(order), loose.pulsed) == ((1,), PulseOutcome.DONE, [order])


def test_a_board_with_a_loose_supply_is_one_fault_and_its_door_opens(tmp_path: Path) -> None:
    chips = tmp_path / "chips"
    lay_out(chips, {0x20: SimMcp23017(driven={"B0": False})})
    path = written(tmp_path, expander(1, chips))
    bus = FiledI2c(str(chips))

    def rows(kind: str) -> int:
        return locker("journal", "show", "--config", path, "--last", "100").stdout.count(kind)

    with running(path):
        until(lambda: "closed" in locker("doors", "--config", path).stdout)
        for times in (1, 2, 3):
            with bus.chip(0x20, SimMcp23017) as chip:
                chip.brown_out()
            until(lambda: rows("fault_raised") == times)  # noqa: B023
            until(lambda: "closed" in locker("doors", "--config", path).stdout)
            until(lambda: rows("fault_cleared") == min(times, 2))  # noqa: B023
        locker("open", "1", "--reason", "a test", "--config", path)  # nobody pulls at it: it stays shut
        assert "had lost its registers" in locker("status", "--config", path).stdout
        assert (rows("fault_raised"), rows("fault_cleared")) == (3, 2)
    with bus.chip(0x20, SimMcp23017) as chip:
        assert chip.pulses, "the lock of its door was pulsed while the fault stood"

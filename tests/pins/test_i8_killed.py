"""I8, coils live: a program that is killed in the middle of a pulse, and `locker safe` after it.

The pins and chips are simulated at the level of what outlives a process: registers of a chip, and the kernel's pins.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from edge.core.site import CompartmentPlan
from hal.bench.bench import Bench, Plugged, boards_of
from hal.sim import header
from hal.sim.chips import FiledI2c, lay_out
from hal.sim.chronicle import Deed
from hal.sim.mcp23017 import SimMcp23017
from hal.sim.world import World
from tests.pins.house import expander, killed_in_mid_pulse, locker, pins, until, written


def test_i8_an_expander_drives_on_after_a_kill_and_safe_ends_it(tmp_path: Path) -> None:
    chips = tmp_path / "chips"
    lay_out(chips, {0x20: SimMcp23017()})
    bus = FiledI2c(str(chips))

    def is_on() -> bool:
        with bus.chip(0x20, SimMcp23017) as chip:
            return chip.drives("A0")

    path = written(tmp_path, expander(1, chips))
    killed_in_mid_pulse(path, is_on)
    assert is_on(), "nothing but a monostable would end this"
    done = locker("safe", "--config", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "off      bank e1 (mcp23017): pins A0 of expander 0x20 are off\n"
    assert not is_on()


def test_i8_pins_that_the_kernel_keeps_are_driven_after_a_kill_and_safe_ends_it(tmp_path: Path) -> None:
    kept = tmp_path / "header"
    header.lay_out(kept, strict=False)
    path = written(tmp_path, pins(1, "monostable", kept))
    killed_in_mid_pulse(path, lambda: header.driven(kept) == {17})
    assert header.driven(kept) == {17}
    done = locker("safe", "--config", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "off      bank g1 (gpio): pins 17 are low\n", "")
    assert header.driven(kept) == set()


def test_i8_pins_that_the_kernel_lets_go_of_are_off_by_the_kill_itself(tmp_path: Path) -> None:
    kept = tmp_path / "header"
    header.lay_out(kept, strict=True)
    path = written(tmp_path, pins(1, "kernel", kept))
    killed_in_mid_pulse(path, lambda: header.driven(kept) == {17})
    assert header.driven(kept) == set()
    assert locker("safe", "--config", path).returncode == 0


BOARD = """name = "b1"
driver = "{make}"
port = "{link}"
address = 1
doors = [1]
contact = "closed_when_shut"
evidence = "switch"
pulse_ms = 1000
"""
SAID = {
    "ys": "off      bank b1 (ys): nothing to send, its board ends every pulse\n",
    "waveshare": "off      bank b1 (waveshare): all relays are off\n",
}


@pytest.mark.parametrize("make", SAID)
def test_i8_a_board_ends_the_pulse_of_a_killed_program_by_itself(tmp_path: Path, make: str) -> None:
    plugged = [Plugged(make, tmp_path / "port", 1, (1,))]
    path = written(tmp_path, BOARD.format(make=make, link=plugged[0].link))

    async def main() -> None:
        loop = asyncio.get_running_loop()
        world = World([CompartmentPlan(1)], 3, loop.time(), boards=boards_of(plugged), clock=loop.time)
        coil = world.compartment(1).door.coil

        def is_on() -> bool:
            world.catch_up()
            return coil.on_s is not None

        with Bench(world, plugged).served() as bench:
            await asyncio.to_thread(killed_in_mid_pulse, path, is_on)
            done = await asyncio.to_thread(locker, "safe", "--config", path)
            assert (done.returncode, done.stdout, done.stderr) == (0, SAID[make], "")
            await asyncio.to_thread(until, lambda: not is_on())
            words = [one.words for one in bench.bus.heard]
        assert words.count("all relays off") == {"ys": 0, "waveshare": 3}[make], words  # the first when it was met
        (pulse,) = world.chronicle.of(Deed.PULSE_ENDED)
        assert 0 < pulse.ms <= 1000

    asyncio.run(main())

"""The daemon on an expander: what the chip forgets becomes a fault in its own words, and the wall goes on."""

from __future__ import annotations

from pathlib import Path

from hal.sim.chips import FiledI2c, lay_out
from hal.sim.mcp23017 import SimMcp23017
from tests.pins.house import expander, locker, running, until, written


def test_i8_a_brown_out_under_a_running_locker_is_a_fault_and_is_mended(tmp_path: Path) -> None:
    chips = tmp_path / "chips"
    lay_out(chips, {0x20: SimMcp23017(driven={"B0": False})})
    path = written(tmp_path, expander(1, chips))
    bus = FiledI2c(str(chips))

    def outputs() -> bytes:
        return bus.read(0x20, 0x00)

    with running(path):
        until(lambda: outputs() == b"\xfe")
        with bus.chip(0x20, SimMcp23017) as chip:
            chip.brown_out()
        until(lambda: outputs() == b"\xfe")
        until(lambda: "had lost its registers" in locker("journal", "show", "--config", path, "--last", "5").stdout)
        until(lambda: "closed" in locker("doors", "--config", path).stdout)
    with bus.chip(0x20, SimMcp23017) as chip:
        assert chip.pulses == {}

"""`locker safe`: whatever else is wrong, each bank is tried and told, and nothing is called off that may be on."""

from __future__ import annotations

import os
from pathlib import Path

from hal.sim import header
from hal.sim.chips import FiledI2c, lay_out
from hal.sim.mcp23017 import SimMcp23017
from tests.pins.house import expander, locker, pins, written


def driving() -> SimMcp23017:
    """A chip that a program has left with A0 driven."""
    chip = SimMcp23017()
    chip.write(0x14, b"\x01")
    chip.write(0x00, b"\xfe")
    return chip


def is_on(chips: Path, address: int) -> bool:
    with FiledI2c(str(chips)).chip(address, SimMcp23017) as chip:
        return chip.drives("A0")


def test_i8_a_bank_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    chips = tmp_path / "chips"
    lay_out(chips, {0x21: driving()})
    path = written(tmp_path, expander(1, chips), expander(2, chips, 0x21), pins(3, "monostable"))
    done = locker("safe", "--config", path)
    first, second, third = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert first.startswith("NOT OFF  bank e1 (mcp23017): ")
    assert first.endswith("address 0x20 register 0x05: no acknowledgement")
    assert (second, third) == (
        "off      bank e2 (mcp23017): pins A0 of expander 0x21 are off",
        "off      bank g3 (gpio): pins 17 are low",
    )
    assert not is_on(chips, 0x21)


def test_i8_a_bank_that_hangs_is_left_behind(tmp_path: Path) -> None:
    hangs, chips = tmp_path / "hangs", tmp_path / "chips"
    os.mkfifo(hangs)  # whoever reads it waits for ever
    lay_out(chips, {0x20: driving()})
    done = locker("safe", "--config", written(tmp_path, expander(1, hangs), expander(2, chips)))
    assert done.returncode == 1
    assert "NOT OFF  bank e1 (mcp23017): no answer within 2 s\n" in done.stdout
    assert not is_on(chips, 0x20)


def test_i8_what_is_wrong_elsewhere_in_the_file_is_no_reason_to_leave_a_coil_on(tmp_path: Path) -> None:
    chips = tmp_path / "chips"
    lay_out(chips, {0x20: driving()})
    more = "[cloud]\nurl = 5\n[policy]\nno_such_key = 1\n"
    path = written(tmp_path, 'name = "x"\ndriver = "telepathy"', expander(2, chips), more=more)
    done = locker("safe", "--config", path)
    wrong, off = done.stdout.splitlines()
    assert done.returncode == 1, "one bank could not even be read"
    assert wrong.startswith(f'wrong    {path}: bank[1].driver = "telepathy": must be one of: ')
    assert off.startswith("off      bank e2 ")
    assert not is_on(chips, 0x20)


def test_i8_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    done = locker("safe", "--config", tmp_path / "none.toml")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'none.toml'}: no such file or directory\n"


def test_i8_pins_that_another_process_holds_are_not_called_off(tmp_path: Path) -> None:
    kept = tmp_path / "header"
    header.lay_out(kept, strict=False)
    path = written(tmp_path, pins(1, "monostable", kept))
    owner = header.FiledFactory(kept)
    done = locker("safe", "--config", path)
    owner.close()
    assert done.returncode == 1
    assert "GPIO busy, another process has claimed them" in done.stdout

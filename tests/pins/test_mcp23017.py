"""Locks on an MCP23017: what is said to the chip, in which order, and what a chip that forgets does to coils.

The addresses and values here are the data sheet's, written out: none is taken from the driver.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.errors import BadInput, ConfigurationError, HardwareFault
from edge.core.words import Cutoff, Evidence, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.mcp23017 import ExpanderBank, ExpanderDoor, ExpanderOptions, check_options, safe
from hal.sim.mcp23017 import SimMcp23017
from hal.timer import SteppedTimer
from tests.coil.lines import order
from tests.pins.chips import AT, GPPU, IODIR, OLAT, TWO_DOORS, HeardBus, bank_on, options


def left_in(iocon: int, *pins: str) -> SimMcp23017:
    """A chip as somebody else left it: driving these pins, IOCON as told."""
    chip = SimMcp23017()
    for pin in pins:
        port, bit = "AB".index(pin[0]), int(pin[1])
        chip.write(OLAT + port, bytes([1 << bit]))
        chip.write(IODIR + port, bytes([0xFF & ~(1 << bit)]))
    chip.write(0x0A, bytes([iocon]))
    return chip


def test_i8_latches_are_off_before_a_pin_becomes_an_output() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bank.read()
    assert bus.registers()[-4:] == [OLAT, 0x02, GPPU, IODIR]
    assert bus.written[-4:] == [(OLAT, b"\0\0"), (0x02, b"\0\0"), (GPPU, b"\x7e\xff"), (IODIR, b"\x7e\xff")]
    assert bus.chip.pulses == {}


@pytest.mark.parametrize("iocon", [0x00, 0x20, 0x80, 0xA0], ids=["as reset", "byte mode", "BANK", "BANK, byte mode"])
def test_i8_a_chip_in_any_state_is_taken_over_without_a_coil_going_on(iocon: int) -> None:
    chip = left_in(iocon, "A1", "B3")
    before = dict(chip.pulses)
    bus = HeardBus(chip)
    bank, _ = bank_on(bus)
    bank.read()
    assert chip.pulses == before
    assert not any(chip.drives(pin) for pin in ("A0", "A1", "A7", "B3"))
    assert chip.read(IODIR, 2) == b"\x7e\xff"


def test_i7_a_pulse_drives_exactly_the_pin_of_its_door() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bank.read()
    bus.written.clear()
    assert bank.unlock(order(door=2)) is PulseOutcome.DONE
    assert bus.written == [(OLAT, b"\x80\x00"), (OLAT, b"\x00\x00")]
    assert bus.chip.pulses == {"A7": 1}


def test_nothing_is_pulsed_on_a_chip_that_is_not_set_up() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    assert bank.unlock(order()) is PulseOutcome.BROKEN
    assert bus.written == []


@pytest.mark.parametrize(
    ("door", "high", "level"), [(1, False, Level.CLOSED), (1, True, Level.OPEN), (2, True, Level.CLOSED)]
)
def test_i5_a_contact_says_what_its_wiring_means(door: int, high: bool, level: Level) -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bus.chip.driven = {"B0": high, "B1": high}
    reading = bank.read()[door]
    assert (reading.level, reading.evidence) == (level, Evidence.SWITCH)


def test_i5_a_contact_that_is_not_there_is_open_and_one_look_is_one_transaction() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bank.read()
    asked = bus.transactions
    assert bank.read()[1].level is Level.OPEN  # the pull-up: a broken wire is no shut door
    assert bus.transactions - asked == 3


def test_i5_a_look_that_fails_is_no_level_but_the_next_ones_count() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bank.read()
    bus.chip.driven = {"B0": False, "B1": True}
    bus.mute = 1
    assert {reading.level for reading in bank.read().values()} == {Level.CLOSED}


def test_i8_a_brown_out_is_noticed_set_right_off_first_and_said() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bank.read()
    bus.chip.brown_out()
    bus.written.clear()
    with pytest.raises(HardwareFault, match=r"had lost its registers.*IODIR is 0xffff, was set to 0xff7e"):
        bank.read()
    assert bus.registers()[-4:] == [OLAT, 0x02, GPPU, IODIR]
    assert set(bank.read()) == {1, 2}


def test_noise_on_the_bus_is_not_taken_for_a_brown_out() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bank.read()
    bus.written.clear()
    bus.noise = 1
    assert set(bank.read()) == {1, 2}
    assert bus.written == []


def test_i8_a_brown_out_in_the_middle_of_a_pulse_ends_it_and_restores_nothing_that_was_on() -> None:
    bus = HeardBus()
    bank, timer = bank_on(bus)
    bank.read()
    timer.call_at(timer.now_s() + 0.1, bus.chip.brown_out)
    assert bank.unlock(order()) is PulseOutcome.DONE  # off it is; whether the door opened, its contact says
    with pytest.raises(HardwareFault, match="had lost its registers"):
        bank.read()
    assert bus.chip.pulses == {"A0": 1}
    assert not bus.chip.drives("A0")


def test_i8_a_brown_out_just_before_a_pulse_is_an_unknown_outcome_with_the_latch_off_again() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bank.read()
    bus.chip.brown_out()
    assert bank.unlock(order()) is PulseOutcome.UNKNOWN
    with pytest.raises(HardwareFault, match="had lost its registers"):
        bank.read()
    assert bus.chip.pulses == {}


def test_i8_a_chip_that_falls_silent_in_the_middle_of_a_pulse_is_a_coil_that_may_be_on() -> None:
    bus = HeardBus()
    bank, timer = bank_on(bus)
    bank.read()
    timer.call_at(timer.now_s() + 0.1, lambda: bus.dead.add(AT))
    with pytest.raises(HardwareFault, match=r"door|channel 1: the coil may be on"):
        bank.unlock(order())
    bus.dead.clear()
    bank.close()
    assert not bus.chip.drives("A0")


def test_a_dead_chip_does_not_stop_the_start_and_comes_back_when_it_answers() -> None:
    bus = HeardBus(left_in(0x00, "A0"))
    bus.dead.add(AT)
    bank, _ = bank_on(bus)
    with pytest.raises(HardwareFault, match=r"bank mcp23017: .*no acknowledgement"):
        bank.read()
    bus.dead.clear()
    assert set(bank.read()) == {1, 2}
    assert not bus.chip.drives("A0")


def test_something_else_at_that_address_is_not_taken_for_an_expander() -> None:
    class Clock(SimMcp23017):
        def write(self, register: int, data: bytes) -> None:
            """Keeps nothing."""

    bank, _ = bank_on(HeardBus(Clock()))
    with pytest.raises(HardwareFault, match="is it an MCP23017"):
        bank.read()


def test_closing_leaves_the_pins_low_and_gives_the_bus_back() -> None:
    bus = HeardBus()
    bank, _ = bank_on(bus)
    bank.read()
    bank.drive(1, on=True)
    bank.close()
    assert not bus.chip.drives("A0")
    assert bus.chip.read(IODIR, 1) == b"\x7e", "still an output: driven low is safer than let float"
    assert bus.closed == 1


def test_a_dead_chip_that_never_drove_is_closed_without_a_fault() -> None:
    bus = HeardBus()
    bus.dead.add(AT)
    bank, _ = bank_on(bus)
    bank.close()


def test_a_bank_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    guard, bus = CoilGuard(timer=SteppedTimer()), HeardBus()
    with pytest.raises(HardwareFault, match="cannot be opened"):
        ExpanderBank(options(bus=f"sim:{tmp_path / 'none'}"), guard)
    with pytest.raises(ConfigurationError, match="cutoff none"):
        ExpanderBank(options(cutoff=Cutoff.NONE), guard, bus=bus)
    assert bus.closed == 1
    guard.close()


def test_a_door_of_another_bank_is_bad_input() -> None:
    bank, _ = bank_on(HeardBus())
    with pytest.raises(BadInput, match="door 9"):
        bank.unlock(order(door=9))


@pytest.mark.parametrize("iocon", [0x00, 0x20, 0x80, 0xA0])
def test_i8_safe_switches_off_what_a_dead_process_left_on_and_lets_nothing_float(iocon: int) -> None:
    chip = left_in(iocon, "A0", "A7")
    bus = HeardBus(chip)
    assert safe(options(), bus) == "pins A0, A7 of expander 0x20 are off"
    assert not chip.drives("A0")
    assert not chip.drives("A7")
    assert chip.read(IODIR, 1) == b"\x7f"  # the last one that was made an output, and it still is
    assert bus.closed == 1


def test_i8_safe_on_a_dead_chip_says_so() -> None:
    bus = HeardBus()
    bus.dead.add(AT)
    with pytest.raises(HardwareFault, match="no acknowledgement"):
        safe(options(), bus)


@pytest.mark.parametrize("cutoff", [Cutoff.KERNEL, Cutoff.BOARD])
def test_i8_a_cutoff_that_an_expander_cannot_have_is_refused(cutoff: Cutoff) -> None:
    with pytest.raises(ConfigurationError, match=f"cutoff {cutoff}: an expander drives on when this program dies"):
        ExpanderBank(options(cutoff=cutoff), CoilGuard(timer=SteppedTimer()), bus=HeardBus())


def test_every_wrong_door_is_a_line() -> None:
    doors = (
        ExpanderDoor(door=1, lock_pin="A0", feedback_pin="A7"),
        ExpanderDoor(door=1, lock_pin="A0"),
        ExpanderDoor(door=2, lock_pin="B0", feedback_pin="B0", evidence=Evidence.NONE),
    )
    with pytest.raises(ConfigurationError) as found:
        check_options(options(*doors))
    assert len(found.value.lines) == 5
    assert "feedback_pin A7 is for outputs only" in found.value.lines[0]
    check_options(options(*TWO_DOORS))


@pytest.mark.parametrize("kind", ["", "sim:"])
def test_i7_a_chip_is_one_board_under_whatever_names_of_its_bus(tmp_path: Path, kind: str) -> None:
    """Two banks on it would be two doors on one pin."""
    device, name = tmp_path / "i2c-1", tmp_path / "i2c-locks"
    name.symlink_to(device)
    one, other = (
        ExpanderOptions(f"{kind}{path}", Cutoff.MONOSTABLE, (ExpanderDoor(door=1, lock_pin="A0"),))
        for path in (device, name)
    )
    assert one.board == other.board == f"0x20 on {kind}{device}"

"""What is sensed of power and heat: every word of the sources, and what is concluded from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from edge.core.errors import HardwareFault
from hal.sim.chips import SimI2c
from hal.sim.ina219 import SimIna219
from hal.supply import ina219, thermometer, throttled
from hal.supply.options import SupplyTable, faults_of
from hal.supply.rail import RailSense
from hal.supply.throttled import Bits, Throttled
from hal.supply.watch import AT_PULSE, BATTERY, CLEAN_PULSES, HEAT, MAINS, SLOW, UNDER, UPS, PowerWatch, Sources, Which
from hal.supply.wiring import PATIENCE, RAIL_SENSE, RETRY_S, SensedSupply
from tests.senses.bench import Hands


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("throttled=0x50005\n", Bits.UNDER_VOLTAGE | Bits.THROTTLED | Bits.WAS_UNDER_VOLTAGE | Bits.WAS_THROTTLED),
        ("throttled=0x0", Bits(0)),
        ("0x50000", Bits.WAS_UNDER_VOLTAGE | Bits.WAS_THROTTLED),
        ("50005\n", Bits(0x50005)),
        ("8", Bits.SOFT_LIMIT),
        ("2", Bits.CAPPED),
        ("80000", Bits.WAS_SOFT_LIMIT),
    ],
)
def test_the_firmwares_bits(text: str, bits: Bits) -> None:
    assert throttled.decode(text) == bits


@pytest.mark.parametrize("text", ["", "throttled=", "VCHI initialization failed", "0x", "0x123456789", "-1"])
def test_garbage_of_the_firmware_is_a_fault(text: str) -> None:
    with pytest.raises(HardwareFault, match="must be a hexadecimal number"):
        throttled.decode(text)


def script(folder: Path, text: str) -> str:
    file = folder / "vcgencmd"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return f"command:{file}"


def test_the_bits_come_from_a_file_or_from_the_command(tmp_path: Path) -> None:
    (tmp_path / "get_throttled").write_text("50005\n")
    assert Throttled(str(tmp_path / "get_throttled")).read() == Bits(0x50005)
    assert Throttled(script(tmp_path, 'echo "throttled=0x4"')).read() is Bits.THROTTLED


@pytest.mark.parametrize(
    ("does", "why"),
    [("exit 255", "ended with 255"), ("exec sleep 60", "no answer within 0.2 s"), ("echo no", "says 'no'")],
)
def test_a_command_that_does_not_answer_is_a_fault_in_time(tmp_path: Path, does: str, why: str) -> None:
    with pytest.raises(HardwareFault, match=why):
        Throttled(script(tmp_path, does), within_s=0.2).read()


def test_sources_that_are_not_there_are_faults(tmp_path: Path) -> None:
    with pytest.raises(HardwareFault, match="no such file"):
        Throttled(str(tmp_path / "nothing")).read()
    with pytest.raises(HardwareFault, match="no such file"):
        Throttled(f"command:{tmp_path / 'nothing'}").read()
    with pytest.raises(HardwareFault, match="no such file"):
        thermometer.Thermometer(str(tmp_path / "nothing")).read()


@pytest.mark.parametrize(("text", "celsius"), [("48312\n", 48.312), ("-10000", -10.0), ("0", 0.0)])
def test_thousandths_of_a_degree(text: str, celsius: float) -> None:
    assert thermometer.decode(text) == pytest.approx(celsius)


@pytest.mark.parametrize("text", ["", "warm", "999999", "-200000"])
def test_a_temperature_that_no_processor_has_is_a_fault(text: str) -> None:
    with pytest.raises(HardwareFault, match="temperature"):
        thermometer.decode(text)


@pytest.mark.parametrize(("register", "volts"), [("1F40", 4.0), ("2192", 4.296), ("0000", 0.0), ("FFF8", 32.764)])
def test_the_bus_voltage_is_in_the_upper_13_bits(register: str, volts: float) -> None:
    assert ina219.volts(bytes.fromhex(register)) == pytest.approx(volts)


@pytest.mark.parametrize(("register", "amperes"), [("0FA0", 0.4), ("F060", -0.4), ("0000", 0.0), ("8300", -3.2)])
def test_the_current_has_a_sign(register: str, amperes: float) -> None:
    assert ina219.amperes(bytes.fromhex(register), 0.1) == pytest.approx(amperes)


# --- what is concluded


class Machine(Hands):
    """A machine whose bits, heat and battery somebody turns."""

    def __init__(self) -> None:
        super().__init__()
        self.bits, self.celsius, self.chip = Bits(0), 50.0, SimIna219()
        self.bus = SimI2c({0x43: self.chip})
        self.silent = False
        battery = ina219.Ina219(self.bus, 0x43, 0.1)
        self.watch = PowerWatch(
            Sources(throttled=self._bits, temperature_c=lambda: self.celsius, battery=battery.read), self.clock
        )

    def _bits(self) -> Bits:
        if self.silent:
            raise HardwareFault("vcgencmd: no answer")
        return self.bits

    def said(self, which: Which, after_s: float = 1.0) -> str | None:
        self.now_s += after_s
        return self.watch.health().get(which)

    def pulse(self, door: int = 7) -> None:
        self.watch.pulsed(door, self.now_s)


def test_a_machine_that_is_well_has_nothing_to_say() -> None:
    machine = Machine()
    assert set(machine.watch.health().values()) == {""}


def test_under_voltage_now_and_a_dip_between_two_looks() -> None:
    machine = Machine()
    assert machine.said(UNDER) == ""
    machine.bits = Bits.UNDER_VOLTAGE | Bits.WAS_UNDER_VOLTAGE
    assert machine.said(UNDER) == "now"
    machine.bits = Bits.WAS_UNDER_VOLTAGE
    assert machine.said(UNDER) == ""


def test_under_voltage_before_the_first_look_is_told_once() -> None:
    machine = Machine()
    machine.bits = Bits.WAS_UNDER_VOLTAGE
    assert [machine.said(UNDER), machine.said(UNDER)] == ["since the machine was started, not now", ""]


def test_under_voltage_right_after_a_pulse_names_the_door() -> None:
    machine = Machine()
    machine.said(UNDER)
    machine.pulse(7)
    machine.bits = Bits.UNDER_VOLTAGE
    assert machine.said(AT_PULSE, after_s=0.4) == "door 7, seen 0.4 s after its pulse began"


def test_a_dip_at_a_pulse_that_was_over_before_anybody_looked_is_found_too() -> None:
    machine = Machine()
    machine.said(UNDER)
    machine.now_s += 1
    machine.pulse(3)
    machine.bits = Bits.WAS_UNDER_VOLTAGE
    assert machine.said(AT_PULSE, after_s=0.5) == "door 3, seen 0.5 s after its pulse began"


def test_under_voltage_without_a_pulse_or_from_before_it_blames_no_door() -> None:
    machine = Machine()
    machine.said(UNDER)
    machine.pulse()
    machine.said(UNDER, after_s=10)
    machine.bits = Bits.UNDER_VOLTAGE
    assert machine.said(AT_PULSE) is None
    machine.pulse()
    assert machine.said(AT_PULSE) is None


def test_the_finding_is_over_after_clean_pulses() -> None:
    machine = Machine()
    machine.said(UNDER)
    machine.pulse()
    machine.bits = Bits.UNDER_VOLTAGE
    machine.said(UNDER, after_s=0.4)
    machine.bits = Bits(0)
    for _ in range(CLEAN_PULSES):
        assert machine.said(AT_PULSE)
        machine.pulse()
    assert machine.said(AT_PULSE) == ""


def test_slowed_down_and_hot() -> None:
    machine = Machine()
    machine.bits, machine.celsius = Bits.CAPPED | Bits.SOFT_LIMIT, 81.0
    assert machine.said(SLOW) == "frequency capped, soft heat limit"
    assert machine.said(HEAT) == "81 °C, limit 80"
    machine.celsius = 76.0
    assert machine.said(HEAT) == "76 °C, limit 80", "not until it has cooled down"
    machine.celsius = 75.0
    assert machine.said(HEAT) == ""


def test_a_firmware_that_does_not_answer_says_nothing_of_the_voltage() -> None:
    machine = Machine()
    machine.silent = True
    assert machine.said(SLOW) == "vcgencmd: no answer"
    assert machine.said(UNDER) is None


def test_mains_lost_is_current_out_of_the_battery_at_two_looks() -> None:
    machine = Machine()
    machine.chip.amperes = -0.6
    assert [machine.said(MAINS), machine.said(MAINS)] == [None, "on battery, 4.10 V"]
    machine.chip.volts = 3.3
    assert machine.said(BATTERY) == "3.30 V, limit 3.4"
    machine.chip.amperes, machine.chip.volts = 0.0, 4.2
    assert [machine.said(MAINS), machine.said(BATTERY)] == ["", ""]


def test_a_battery_board_that_does_not_answer_is_a_fault_of_its_own() -> None:
    machine = Machine()
    machine.bus.dead.add(0x43)
    assert "no acknowledgement" in (machine.said(UPS) or "")
    assert machine.said(MAINS) is None


# --- the rail of the locks


@pytest.mark.parametrize(
    ("good", "high", "ok"), [("high", True, True), ("high", False, False), ("low", False, True), ("low", True, False)]
)
def test_the_rail_is_read_as_it_is_wired(good: str, high: bool, ok: bool) -> None:
    factory, hands = MockFactory(), Hands()
    rail = RailSense(factory, "mock", 12, good=good, pull="none", clock=hands.clock, pause=hands.pause)
    pin = factory.pin(12)
    pin.drive_high() if high else pin.drive_low()
    assert rail.lock_rail_ok() is ok
    rail.close()


def test_a_rail_that_flickers_is_not_sensed() -> None:
    factory, hands = MockFactory(), Hands()
    pin = factory.pin(12)

    def pause(for_s: float) -> None:
        hands.pause(for_s)
        pin.drive_low() if pin.state else pin.drive_high()

    rail = RailSense(factory, "mock", 12, good="high", pull="none", clock=hands.clock, pause=pause)
    assert rail.lock_rail_ok() is None
    rail.close()


class LosablePin(MockPin):  # type: ignore[misc]
    """A pin whose library may lose it."""

    lost = False

    def _get_state(self) -> bool:
        if self.lost:
            raise OSError("the line is gone")
        return bool(super()._get_state())


RAIL = SupplyTable(rail_pin=12, rail_good="high", factory="mock")


def test_a_rail_whose_pin_another_has_is_told_until_it_can_be_had() -> None:
    factory, hands = MockFactory(), Hands()
    factory.pin(12).drive_high()
    holder = RailSense(factory, "mock", 12, good="high", pull="none")
    opened: list[str] = []

    def open_one(name: str) -> MockFactory:
        opened.append(name)
        return factory

    supply = SensedSupply(RAIL, clock=hands.clock, factory=open_one)
    assert supply.watched() == {RAIL_SENSE}
    assert supply.health() == {}, "nobody has looked yet"
    assert supply.lock_rail_ok() is None
    assert supply.health()[RAIL_SENSE].startswith("supply: rail pin 12: ")
    holder.close()
    assert supply.lock_rail_ok() is None, "not tried again at every look"
    hands.now_s += RETRY_S
    assert supply.lock_rail_ok() is True
    assert supply.health() == {RAIL_SENSE: ""}
    assert opened == ["mock"], "each would hold the chip once more"
    supply.close()


def test_a_rail_that_tells_nothing_is_a_fault_after_some_looks() -> None:
    factory = MockFactory(pin_class=LosablePin)
    factory.pin(12).drive_high()
    supply = SensedSupply(RAIL, factory=lambda _name: factory)
    assert supply.lock_rail_ok() is True
    factory.pin(12).lost = True
    for _ in range(PATIENCE):
        assert supply.health() == {RAIL_SENSE: ""}
        assert supply.lock_rail_ok() is None
    assert "cannot be read" in supply.health()[RAIL_SENSE]
    supply.close()


def test_a_table_without_a_rail_does_not_sense_one() -> None:
    supply = SensedSupply(SupplyTable(temperature="/nowhere"))
    assert supply.lock_rail_ok() is None
    assert supply.watched() == {HEAT}
    supply.close()


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        (SupplyTable(), []),
        (SupplyTable(rail_pin=12), [("rail_pin", "rail_good (high or low) and factory must be given with it")]),
        (SupplyTable(throttled="vcgencmd"), [("throttled", "must be a file, or command:vcgencmd")]),
        (SupplyTable(ups_bus="/dev/i2c-1", ups_address=2), [("ups_address", "address 0x02, limits 0x08 to 0x77")]),
    ],
)
def test_what_the_table_cannot_say(told: SupplyTable, faults: list[tuple[str, str]]) -> None:
    assert faults_of(told) == faults

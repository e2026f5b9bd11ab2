"""Locks and contacts on pins, with the mock pins that ship with gpiozero."""

from __future__ import annotations

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from edge.core.errors import BadInput, ConfigurationError, HardwareFault
from edge.core.ports import UnlockOrder
from edge.core.words import Cutoff, Evidence, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.debounce import GAP_S, LOOKS_LIMIT, consensus
from hal.factories import open_factory
from hal.gpio import GpioBank, GpioDoor, GpioOptions
from hal.timer import SteppedTimer
from tests.coil.lines import order

LOW = GpioDoor(door=1, lock_pin=17, feedback_pin=5)
HIGH = GpioDoor(door=2, lock_pin=18, feedback_pin=6, closed="high", pull="down", evidence=Evidence.LATCH)


def bank_of(*doors: GpioDoor, factory: MockFactory | None = None) -> tuple[GpioBank, SteppedTimer]:
    timer = SteppedTimer()
    options = GpioOptions("mock", Cutoff.KERNEL, doors)
    bank = GpioBank(
        options,
        CoilGuard(timer=timer),
        factory=factory or MockFactory(),
        clock=timer.now_s,
        pause=lambda gap_s: timer.advance(timer.now_s() + gap_s),
    )
    return bank, timer


def test_i7_a_pulse_drives_exactly_the_pin_of_its_door() -> None:
    bank, _ = bank_of(LOW, HIGH)
    seen: list[tuple[bool, bool]] = []
    pins = bank.factory.pin(17), bank.factory.pin(18)

    def began(_order: UnlockOrder, _at_s: float) -> None:
        seen.append((pins[0].state, pins[1].state))

    bank.on_began = began
    assert bank.unlock(order(door=2)) is PulseOutcome.DONE
    assert seen == [(False, False)]
    assert [state.state for state in pins[1].states] == [False, True, False]
    assert [state.state for state in pins[0].states] == [False]


class ShortedPin(MockPin):  # type: ignore[misc]
    """A pin that can be shorted to the rail: then it stays as it is."""

    shorted = False

    def _change_state(self, value: bool) -> bool:
        return False if self.shorted else bool(super()._change_state(value))


def test_i8_a_pin_that_does_not_go_low_is_a_fault() -> None:
    bank, timer = bank_of(LOW, factory=MockFactory(pin_class=ShortedPin))
    pin = bank.factory.pin(17)
    timer.call_at(0.1, lambda: setattr(pin, "shorted", True))
    with pytest.raises(HardwareFault, match="set to False, reads True"):
        bank.unlock(order())
    pin.shorted = False
    bank.close()
    assert pin.state is False


def test_closing_the_bank_switches_off_and_gives_the_pins_back() -> None:
    bank, _ = bank_of(LOW)
    pin = bank.factory.pin(17)
    bank.drive(1, on=True)
    bank.close()
    assert (pin.state, pin.function, pin.pull) == (False, "input", "down")
    again, _ = bank_of(LOW, factory=bank.factory)
    again.close()


@pytest.mark.parametrize(
    ("door", "pin", "high", "level"),
    [
        (1, 5, False, Level.CLOSED),
        (1, 5, True, Level.OPEN),
        (2, 6, True, Level.CLOSED),
        (2, 6, False, Level.OPEN),
    ],
)
def test_polarity_is_of_the_contact(door: int, pin: int, high: bool, level: Level) -> None:
    bank, _ = bank_of(LOW, HIGH)
    mock = bank.factory.pin(pin)
    mock.drive_high() if high else mock.drive_low()
    reading = bank.read()[door]
    assert reading.level is level
    assert reading.evidence is (Evidence.SWITCH if door == 1 else Evidence.LATCH)


def test_i5_a_contact_that_bounces_is_read_when_three_looks_agree() -> None:
    looks = iter([True, False, True, True, False, False, False, False])
    now_s = [0.0]

    def pause(gap_s: float) -> None:
        now_s[0] += gap_s

    found = consensus(["door"], lambda _key: next(looks), lambda: now_s[0], pause)
    assert found["door"][0] is False
    assert found["door"][1] == pytest.approx(4 * GAP_S)


def test_i5_a_contact_that_never_stands_still_is_unknown() -> None:
    looks = iter([True, False] * LOOKS_LIMIT)
    assert consensus([1], lambda _key: next(looks), lambda: 0.0, lambda _gap_s: None)[1][0] is None


def test_i5_a_door_without_a_contact_is_unknown() -> None:
    bank, _ = bank_of(GpioDoor(door=3, lock_pin=22))
    assert bank.read()[3].level is Level.UNKNOWN


@pytest.mark.parametrize(("name", "kind"), [("lgpio", "LGPIOFactory"), ("rpigpio", "RPiGPIOFactory")])
def test_the_named_factory_or_none(name: str, kind: str) -> None:
    told, factory = "", None
    try:
        factory = open_factory(name)
    except HardwareFault as why:
        told = str(why)
    if factory is None:
        assert told.startswith(f"pin factory {name}: ")
        assert told.endswith("no other is tried")
    else:
        assert type(factory).__name__ == kind  # on a Pi it is there
        factory.close()


def test_pins_that_move_by_themselves_or_are_shared_are_refused_all_in_one_run() -> None:
    doors = (GpioDoor(1, lock_pin=4), GpioDoor(2, lock_pin=14), GpioDoor(3, 17, 17), GpioDoor(3, 18))
    with pytest.raises(ConfigurationError) as found:
        GpioBank(GpioOptions("mock", Cutoff.KERNEL, doors), CoilGuard(timer=SteppedTimer()), factory=MockFactory())
    assert len(found.value.lines) == 4


def test_a_door_of_another_bank_is_bad_input() -> None:
    bank, _ = bank_of(LOW)
    with pytest.raises(BadInput, match="door 9"):
        bank.unlock(order(door=9))

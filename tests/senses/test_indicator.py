"""Lights that blink and a buzzer that beeps, on mock pins, in a time that is let pass."""

from __future__ import annotations

import itertools

import pytest
from gpiozero.pins.mock import MockFactory

from edge.core.errors import HardwareFault
from hal.indicator import BLINK_S, LONGEST_BEEP_S, PINS, TONES, DoorLight, IndicatorTable, PinIndicator, faults_of
from hal.timer import PENDING_LIMIT, SteppedTimer

TABLE = IndicatorTable(factory="mock", buzzer_pin=18, lights=(DoorLight(1, 5), DoorLight(2, 6)))


class Desk:
    def __init__(self) -> None:
        self.timer, self.factory = SteppedTimer(), MockFactory()
        self.indicator = PinIndicator(TABLE, timer=self.timer, factory=lambda _name: self.factory)

    def on(self, pin: int) -> bool:
        return bool(self.factory.pin(pin).state)

    def over(self, for_s: float, pin: int) -> list[bool]:
        """The pin, looked at every 10 ms."""
        seen = []
        for _ in range(round(for_s / 0.01)):
            self.timer.advance(self.timer.now_s() + 0.01)
            seen.append(self.on(pin))
        return seen


def changes(seen: list[bool]) -> int:
    return sum(one is not other for one, other in itertools.pairwise(seen))


def test_the_light_of_an_opened_door_blinks_until_it_is_shut() -> None:
    desk = Desk()
    desk.indicator.light(1, True)
    assert desk.on(5)
    seen = desk.over(10 * BLINK_S, 5)
    assert changes(seen) == pytest.approx(10, abs=1)
    assert not any(desk.over(1, 6)), "only the light of that door"
    desk.indicator.light(1, False)
    assert not any(desk.over(2, 5))
    assert desk.indicator.failures == 0


def test_two_lights_blink_together_and_one_goes_on_when_the_other_stops() -> None:
    desk = Desk()
    desk.indicator.light(1, True)
    desk.timer.advance(0.1)
    desk.indicator.light(2, True)
    desk.timer.advance(1.0)
    assert desk.on(5) is desk.on(6)
    desk.indicator.light(1, False)
    assert changes(desk.over(2, 6)) >= 4
    assert not desk.on(5)


@pytest.mark.parametrize("tone", TONES)
def test_every_tone_is_a_few_beeps_and_then_silence(tone: str) -> None:
    desk = Desk()
    desk.indicator.beep(tone)
    seen = desk.over(LONGEST_BEEP_S, 18)
    assert (changes([False, *seen]) + 1) // 2 == (len(TONES[tone]) + 1) // 2
    assert not any(desk.over(5, 18))
    assert sum(TONES[tone]) <= LONGEST_BEEP_S


def test_the_newest_tone_is_heard_and_a_flood_of_tones_ends_in_silence() -> None:
    desk = Desk()
    for _ in range(PENDING_LIMIT):
        desk.indicator.beep("alarm")
    assert desk.indicator.failures > 0
    desk.over(LONGEST_BEEP_S, 18)
    assert not any(desk.over(2, 18))


def test_a_tone_that_nobody_knows_is_the_plain_one() -> None:
    desk = Desk()
    desk.indicator.beep("fanfare")
    assert sum(desk.over(2, 18)) == pytest.approx(TONES["ok"][0] / 0.01, abs=1)


def test_a_door_without_a_light_is_nobodys_trouble() -> None:
    desk = Desk()
    desk.indicator.light(99, True)
    assert desk.indicator.failures == 0


def test_a_pin_that_fails_is_counted_and_told_and_nothing_else() -> None:
    desk = Desk()
    desk.indicator._lights[1].close()
    desk.indicator.light(1, True)
    desk.timer.advance(1.0)
    assert desk.indicator.failures > 0
    assert desk.indicator.health()[PINS].startswith("light of door 1, pin 5: ")


def test_at_the_end_everything_is_dark_and_given_back() -> None:
    desk = Desk()
    desk.indicator.light(1, True)
    desk.indicator.beep("alarm")
    desk.timer.advance(0.1)
    desk.indicator.close()
    assert (desk.factory.pin(5).function, desk.factory.pin(18).function) == ("input", "input")
    PinIndicator(TABLE, timer=SteppedTimer(), factory=lambda _name: desk.factory).close()


def test_a_pin_that_another_has_stays_dark_and_the_others_light_up() -> None:
    desk = Desk()
    table = IndicatorTable(factory="mock", buzzer_pin=19, lights=(DoorLight(1, 5), DoorLight(3, 7)))
    second = PinIndicator(table, timer=SteppedTimer(), factory=lambda _name: desk.factory)
    assert second.health()[PINS].startswith("light of door 1, pin 5: ")
    second.light(1, True)
    second.light(3, True)
    assert (desk.on(5), desk.on(7)) == (False, True)
    assert second.watched() == {PINS}
    assert desk.indicator.health() == {PINS: ""}
    second.close()


def test_without_the_library_of_the_pins_everything_is_dark_and_says_why() -> None:
    def none(_name: str) -> MockFactory:
        raise HardwareFault("pin factory lgpio: no such module")

    dark = PinIndicator(TABLE, timer=SteppedTimer(), factory=none)
    dark.light(1, True)
    dark.beep("ok")
    assert dark.health() == {PINS: "pin factory lgpio: no such module"}
    dark.close()


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        (IndicatorTable(), []),
        (IndicatorTable(buzzer_pin=18), [("factory", "must be given: the library that drives the pins")]),
        (IndicatorTable(factory="mock", lights=(DoorLight(1, 5), DoorLight(1, 6))), [("lights", "door 1 has two")]),
    ],
)
def test_what_the_table_cannot_say(told: IndicatorTable, faults: list[tuple[str, str]]) -> None:
    assert faults_of(told) == faults

"""Lights at doors and a buzzer, on the Pi's pins: the light of an opened door blinks, the buzzer speaks in short beeps.

High is on: each pin drives a transistor with a pull-down, or an active buzzer module.  What fails is counted, and told
as health; nobody is refused a door because of a light.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Final, Literal

from gpiozero import DigitalOutputDevice
from msgspec import Meta, Struct

from edge.core.errors import Busy, HardwareFault
from hal.factories import library_errors, open_factory
from hal.timer import ThreadTimer, Timer

__all__ = ["BLINK_S", "LONGEST_BEEP_S", "TONES", "DoorLight", "IndicatorTable", "PinIndicator", "faults_of"]

Pin = Annotated[int, Meta(ge=0, le=27)]

BLINK_S: Final = 0.4  # on, and as long off: about one a second is seen from afar and bothers nobody
# Seconds on, off, on, …  Every one is over within LONGEST_BEEP_S, whatever comes after it.
TONES: Final[dict[str, tuple[float, ...]]] = {
    "ok": (0.12,),
    "wrong": (0.4, 0.1, 0.4),
    "hurry": (0.08, 0.08, 0.08, 0.08, 0.08),
    "alarm": (0.5, 0.1, 0.5, 0.1, 0.5),
}
LONGEST_BEEP_S: Final = 2.0
PINS: Final = ("indicator", "pins")


class DoorLight(Struct, frozen=True, forbid_unknown_fields=True):
    door: Annotated[int, Meta(ge=1, le=9999)]
    pin: Pin


class IndicatorTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The `[indicator]` table.  `factory` is the library of the pins; it must be given where there is a pin."""

    factory: Literal["lgpio", "rpigpio", "mock"] | None = None
    buzzer_pin: Pin | None = None
    lights: Annotated[tuple[DoorLight, ...], Meta(max_length=27)] = ()


def faults_of(told: IndicatorTable) -> list[tuple[str, str]]:
    """What is wrong, and with which key."""
    found = []
    if told.factory is None and (told.buzzer_pin is not None or told.lights):
        found.append(("factory", "must be given: the library that drives the pins"))
    doors = [light.door for light in told.lights]
    found += [("lights", f"door {door} has two") for door in sorted({d for d in doors if doors.count(d) > 1})]
    return found


class PinIndicator:
    """An Indicator.  `failures` counts what could not be done.

    A pin that cannot be claimed stays dark or silent until the next start, and `health` says so.
    """

    def __init__(
        self,
        told: IndicatorTable,
        *,
        timer: Timer | None = None,
        factory: Callable[[str], Any] = open_factory,
    ) -> None:
        assert told.factory is not None, "the configuration was read"
        self._gate = threading.Lock()
        self._errors = library_errors(told.factory)
        self._claimed: list[Any] = []
        self._names: dict[Any, str] = {}
        self._faults: dict[str, str] = {}  # what is wrong now, by pin
        self.failures = 0
        self._lights: dict[int, Any] = {}
        self._buzzer: Any = None
        self._claim_all(told, factory)
        self._timer = timer if timer is not None else ThreadTimer(name="indicator")
        self._lit: set[int] = set()
        self._phase = self._blinking = False
        self._beep = 0  # number of the newest: an older one that is still to come is silent

    def light(self, door: int, on: bool) -> None:
        with self._gate:
            if door not in self._lights:
                return
            if on:
                self._lit.add(door)
                self._set(self._lights[door], True)
                if not self._blinking:
                    self._phase, self._blinking = True, self._later(BLINK_S, self._blink)
            else:
                self._lit.discard(door)
                self._set(self._lights[door], False)

    def beep(self, tone: str) -> None:
        """The newest tone is heard, from its beginning."""
        with self._gate:
            if self._buzzer is None:
                return
            self._beep += 1
            pattern = TONES.get(tone, TONES["ok"])
            if not self._later(sum(pattern), partial(self._sound, self._beep, False)):
                return  # first its end, then its beginning: nothing beeps for ever
            for turn in range(len(pattern)):
                self._later(sum(pattern[:turn]), partial(self._sound, self._beep, turn % 2 == 0))

    def health(self) -> Mapping[tuple[str, str], str]:
        """What somebody has to look at; no words when nothing is wrong."""
        with self._gate:
            return {PINS: "; ".join(self._faults.values())}

    def watched(self) -> frozenset[tuple[str, str]]:
        return frozenset((PINS,))

    def close(self) -> None:
        """Dark and silent; every pin given back."""
        self._timer.close()
        with self._gate:
            self._lit.clear()
            self._release()

    def _blink(self) -> None:
        with self._gate:
            self._phase = not self._phase
            for door in self._lit:
                self._set(self._lights[door], self._phase)
            self._blinking = bool(self._lit) and self._later(BLINK_S, self._blink)

    def _sound(self, number: int, on: bool) -> None:
        with self._gate:
            if number == self._beep and self._buzzer is not None:
                self._set(self._buzzer, on)

    def _later(self, in_s: float, run: Callable[[], None]) -> bool:
        """False: it will not be."""
        try:
            self._timer.call_at(self._timer.now_s() + in_s, run)
        except Busy:
            self.failures += 1
            return False
        return True

    def _set(self, pin: Any, on: bool) -> None:
        name = self._names[pin]
        try:
            pin.value = on
        except self._errors as error:
            self.failures += 1
            self._faults[name] = f"{name}: {error}"
        else:
            self._faults.pop(name, None)

    def _claim_all(self, told: IndicatorTable, factory: Callable[[str], Any]) -> None:
        assert told.factory is not None, "the configuration was read"
        try:
            pins = factory(told.factory)
        except HardwareFault as fault:
            self._faults[""] = str(fault)
            return
        for light in told.lights:
            device = self._claim(pins, light.pin, f"light of door {light.door}")
            if device is not None:
                self._lights[light.door] = device
        if told.buzzer_pin is not None:
            self._buzzer = self._claim(pins, told.buzzer_pin, "buzzer")

    def _claim(self, pins: Any, pin: int, what: str) -> Any:
        """The pin, or None when it cannot be had."""
        name = f"{what}, pin {pin}"
        try:
            device = DigitalOutputDevice(pin, active_high=True, initial_value=False, pin_factory=pins)
        except self._errors as error:
            self._faults[name] = f"{name}: {error}"
            return None
        self._claimed.append(device)
        self._names[device] = name
        return device

    def _release(self) -> None:
        for device in self._claimed:
            self._set(device, False)
            with contextlib.suppress(*self._errors):
                device.close()
        self._claimed.clear()

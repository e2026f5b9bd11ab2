"""gpiozero's mock pins, one of which says when it goes high; and the wall of doors that hang on them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from gpiozero.pins.mock import MockFactory, MockPin

from edge.app.bank_around import BankAround
from edge.core.ports import DoorReading
from edge.core.words import Cutoff
from hal.coil import CoilGuard
from hal.duty import CoilLimits
from hal.gpio import GpioBank, GpioDoor, GpioOptions

PULSE_MS = 20  # the shortest there is: only its beginning is measured
LOCK_PINS = (9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22)
CONTACT_PINS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 23)
DOORS_A_BANK = len(LOCK_PINS)

WentHigh = Callable[[int], None]


class LockPin(MockPin):  # type: ignore[misc]
    """A mock pin that tells `heard` the nanosecond at which a lock's pin went high."""

    heard: WentHigh | None = None

    def _change_state(self, value: bool) -> bool:
        changed = bool(super()._change_state(value))
        if changed and value and self.heard is not None:
            self.heard(time.perf_counter_ns())
        return changed


def banks(count: int, guard: CoilGuard, heard: WentHigh) -> dict[str, GpioBank]:
    """`count` banks of 12 doors, numbered from 1 across them, every contact closed.  `heard` is called in a lane."""
    built = {}
    for index in range(count):
        factory = MockFactory(pin_class=LockPin)
        doors = tuple(
            GpioDoor(index * DOORS_A_BANK + place, lock, contact)
            for place, (lock, contact) in enumerate(zip(LOCK_PINS, CONTACT_PINS, strict=True), start=1)
        )
        name = f"pins{index + 1}"
        built[name] = GpioBank(GpioOptions("mock", Cutoff.KERNEL, doors, PULSE_MS), guard, name=name, factory=factory)
        for lock, contact in zip(LOCK_PINS, CONTACT_PINS, strict=True):
            factory.pin(lock).heard = heard
            factory.pin(contact).drive_low()  # shut; claiming the pin has pulled it up
    return built


def coil_guard() -> CoilGuard:
    """The guard with the shortest rests that it allows, for a day's openings within a minute."""
    return CoilGuard(CoilLimits(attempts_a_minute=20))


class WatchedBank(BankAround):
    """A bank that knows whether it is being read: its lane does one thing at a time."""

    being_read = False

    def read(self) -> Mapping[int, DoorReading]:
        self.being_read = True
        try:
            return super().read()
        finally:
            self.being_read = False

"""Locks and door contacts directly on the Pi's pins, by gpiozero.

Lock pins are active-high into a driver stage with a pull-down at its gate, because pins float while nobody owns them.
The host times the pulse; when this process is killed only the kernel (`dtparam=strict_gpiod`) or a monostable ends it:
that is what `cutoff` must truthfully say.  The pin factory is named and never guessed: gpiozero's own search would
fall back to another library with no more than a warning.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from gpiozero import DigitalInputDevice, DigitalOutputDevice, GPIOZeroError
from msgspec import Meta, Struct

from edge.core.errors import BadInput, ConfigurationError, HardwareFault
from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import Cutoff, Evidence, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.debounce import consensus

__all__ = ["FACTORIES", "LOCK_PINS", "GpioBank", "GpioDoor", "GpioOptions", "check_options", "open_factory"]

FACTORIES: Final = {
    "lgpio": ("gpiozero.pins.lgpio", "LGPIOFactory"),
    "rpigpio": ("gpiozero.pins.rpigpio", "RPiGPIOFactory"),
    "mock": ("gpiozero.pins.mock", "MockFactory"),
}
# GPIO 0-8 are pulled up from power-on until somebody sets them, 14 goes high while the serial console starts: a lock
# there would open by itself at every power cut.
LOCK_PINS: Final = frozenset(range(9, 28)) - {14, 15}

Pin = Annotated[int, Meta(ge=0, le=27)]


class GpioDoor(Struct, frozen=True, forbid_unknown_fields=True):
    """One door's pins, in the Pi's GPIO numbers.

    closed: the pin's level while the door is shut (it depends on the contact, not on the board).
    """

    door: Annotated[int, Meta(ge=1, le=9999)]
    lock_pin: Pin
    feedback_pin: Pin | None = None
    evidence: Evidence = Evidence.SWITCH  # or latch
    closed: Literal["high", "low"] = "low"
    pull: Literal["up", "down", "none"] = "up"


class GpioOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """One bank on pins.  `factory` and `cutoff` have no default on purpose."""

    factory: Literal["lgpio", "rpigpio", "mock"]
    cutoff: Cutoff
    doors: Annotated[tuple[GpioDoor, ...], Meta(min_length=1, max_length=14)]
    pulse_ms: Annotated[int, Meta(ge=20, le=1000)] = 300
    accept_no_cutoff: Annotated[str, Meta(max_length=500)] = ""


def open_factory(name: str) -> Any:
    """The pin factory of that name, and no other.  HardwareFault says why it cannot be had."""
    module, factory = FACTORIES[name]
    errors: tuple[type[Exception], ...] = (ImportError, *_foreign(name))
    try:
        return getattr(importlib.import_module(module), factory)()
    except errors as why:
        raise HardwareFault(f"pin factory {name}: {why}; no other is tried") from why


class GpioBank:
    """A LockBank on pins.

    factory: an open gpiozero factory in place of the named one.  clock, pause: monotonic seconds, and how to let
    them pass between two looks at a contact.
    """

    def __init__(
        self,
        options: GpioOptions,
        guard: CoilGuard,
        *,
        name: str = "gpio",
        factory: Any = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = threading.Event().wait,
    ) -> None:
        check_options(options)
        self._clock, self._pause = clock, pause
        self._doors = {door.door: door for door in options.doors}
        self._errors = _foreign(options.factory)
        self._locks: dict[int, Any] = {}
        self._contacts: dict[int, Any] = {}
        self._coils = guard.host_timed(
            name, self, tuple(self._doors), options.cutoff, options.pulse_ms, options.accept_no_cutoff
        )
        try:
            self.factory = open_factory(options.factory) if factory is None else factory
            self._claim()
        except self._errors as why:
            self.close()
            raise HardwareFault(f"bank {name}: {why}") from why

    @property
    def doors(self) -> Sequence[int]:
        return tuple(self._doors)

    @property
    def on_began(self) -> Callable[[UnlockOrder, float], None] | None:
        """Called at the instant a pulse begins, with the order and that instant."""
        return self._coils.on_began

    @on_began.setter
    def on_began(self, told: Callable[[UnlockOrder, float], None] | None) -> None:
        self._coils.on_began = told

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        if order.door not in self._doors:
            raise BadInput(f"door {order.door}: not on these pins; here are {sorted(self._doors)}")
        return self._coils.fire(order, order.door)

    def drive(self, channel: int, on: bool) -> None:
        """The guard's side: switch the pin of that door and look whether it obeyed."""
        lock = self._locks.get(channel)
        if lock is None:
            if on:
                raise HardwareFault(f"door {channel}: its pin is not claimed")
            return  # never claimed, so never driven
        try:
            lock.value = on
            obeyed = bool(lock.value) is on
        except self._errors as why:
            raise HardwareFault(f"door {channel} pin {self._doors[channel].lock_pin}: {why}") from why
        if not obeyed:
            raise HardwareFault(f"door {channel} pin {self._doors[channel].lock_pin}: set to {on}, reads {not on}")

    def read(self) -> Mapping[int, DoorReading]:
        looks = consensus(tuple(self._doors), self._look, self._clock, self._pause)
        return {number: self._reading(self._doors[number], shut, at_s) for number, (shut, at_s) in looks.items()}

    def close(self) -> None:
        """Everything off, every pin given back."""
        try:
            self._coils.close()
        finally:
            self._release()

    def _claim(self) -> None:
        for number, door in self._doors.items():
            self._locks[number] = DigitalOutputDevice(
                door.lock_pin, active_high=True, initial_value=False, pin_factory=self.factory
            )
            if door.feedback_pin is not None:
                pull_up = {"up": True, "down": False, "none": None}[door.pull]
                self._contacts[number] = DigitalInputDevice(
                    door.feedback_pin,
                    pull_up=pull_up,
                    active_state=True if pull_up is None else None,
                    pin_factory=self.factory,
                )

    def _release(self) -> None:
        for device in (*self._locks.values(), *self._contacts.values()):
            device.close()
        self._locks, self._contacts = {}, {}

    def _look(self, number: int) -> bool | None:
        """Whether the contact says shut; None when the pin cannot be read."""
        contact = self._contacts.get(number)
        if contact is None:
            return None
        try:
            high = bool(contact.pin.state)
        except self._errors:
            return None
        return high is (self._doors[number].closed == "high")

    def _reading(self, door: GpioDoor, shut: bool | None, at_s: float) -> DoorReading:
        if shut is None:
            return DoorReading(Level.UNKNOWN, Evidence.NONE if door.feedback_pin is None else door.evidence, at_s)
        return DoorReading(Level.CLOSED if shut else Level.OPEN, door.evidence, at_s)


def _foreign(name: str) -> tuple[type[Exception], ...]:
    """The errors that this factory's library raises."""
    errors: tuple[type[Exception], ...] = (GPIOZeroError, OSError, RuntimeError)
    if name == "lgpio":
        with contextlib.suppress(ImportError):  # open_factory says so
            errors += (importlib.import_module("lgpio").error,)
    return errors


def check_options(options: GpioOptions) -> None:
    """ConfigurationError with every line that is wrong."""
    lines = []
    owners: dict[int, str] = {}
    numbers: set[int] = set()
    for door in options.doors:
        if door.door in numbers:
            lines.append(f"door {door.door}: named twice")
        numbers.add(door.door)
        if door.evidence not in (Evidence.SWITCH, Evidence.LATCH):
            lines.append(f"door {door.door}: evidence {door.evidence}, must be switch or latch")
        if door.lock_pin not in LOCK_PINS:
            lines.append(f"door {door.door}: lock_pin {door.lock_pin} moves by itself at power-on; use 9-13 or 16-27")
        for what, pin in (("lock_pin", door.lock_pin), ("feedback_pin", door.feedback_pin)):
            if pin is None:
                continue
            if pin in owners:
                lines.append(f"door {door.door}: {what} {pin} is already {owners[pin]}")
            owners[pin] = f"{what} of door {door.door}"
    if lines:
        raise ConfigurationError(lines)

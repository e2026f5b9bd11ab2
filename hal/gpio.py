"""Locks and door contacts directly on the Pi's pins, by gpiozero.

Lock pins are active-high into a driver stage with a pull-down at its gate, because pins float while nobody owns them.
The host times the pulse; when this process is killed only the kernel (`dtparam=strict_gpiod`) or a monostable ends it:
that is what `cutoff` must truthfully say, and for the kernel it is looked up.  The pin factory is named and never
guessed: gpiozero's own search would fall back to another library with no more than a warning.

A line belongs to the process that claimed it, and a fork of that process is refused it: pins are claimed in the process
that drives them, by the main program after it has started, and no child of it is made by fork alone.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from gpiozero import DigitalInputDevice, DigitalOutputDevice
from msgspec import Meta, Struct

from edge.core.errors import BadInput, ConfigurationError, HardwareFault
from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import Cutoff, Evidence, Level, PulseOutcome
from hal.boards.silence import Silence
from hal.coil import CoilGuard
from hal.debounce import consensus
from hal.factories import keeps_outputs, library_errors, open_factory
from hal.guarded import GuardedBank
from hal.pi import Kernel

__all__ = ["LOCK_PINS", "GpioBank", "GpioDoor", "GpioOptions", "check_options", "safe"]

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
    """One bank on pins.  `factory` and `cutoff` have no default on purpose.

    active: what switches a lock on.  `low` is refused with the reason, so that nobody wires it and finds out.
    mock_file: where mock pins lie that outlive their process, for trying what a kill leaves behind; a bank each.
    """

    factory: Literal["lgpio", "rpigpio", "mock"]
    cutoff: Cutoff
    doors: Annotated[tuple[GpioDoor, ...], Meta(min_length=1, max_length=14)]
    pulse_ms: Annotated[int, Meta(ge=20, le=1000)] = 300
    accept_no_cutoff: Annotated[str, Meta(max_length=500)] = ""
    active: Literal["high", "low"] = "high"
    mock_file: Annotated[str, Meta(max_length=200)] = ""


class GpioBank(GuardedBank):
    """A LockBank on pins.

    Pins that cannot be had are no reason not to start: all doors here are unknown and it is a fault, and at readings
    they are tried again, as often as a board that does not answer is asked.  All of them are claimed, or none.

    factory: an open gpiozero factory in place of the named one.  kernel: where this machine's tells of its pins.
    clock, pause: monotonic seconds, and how to let them pass between two looks at a contact.
    ConfigurationError when `cutoff` is `kernel` and this kernel does no such thing.
    """

    def __init__(
        self,
        options: GpioOptions,
        guard: CoilGuard,
        *,
        name: str = "gpio",
        factory: Any = None,
        kernel: Kernel | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = threading.Event().wait,
    ) -> None:
        check_options(options)
        self._options, self._name, self._kernel = options, name, kernel or Kernel()
        with contextlib.suppress(HardwareFault):  # no chip to be asked about: it is asked before a pin is claimed
            if why := _untrue(options, self._kernel):
                raise ConfigurationError([f"bank {name}: {why}"])
        self._clock, self._pause = clock, pause
        self._doors = {door.door: door for door in options.doors}
        self._errors = library_errors(options.factory)
        self._locks: dict[int, Any] = {}
        self._contacts: dict[int, Any] = {}
        self._coils = guard.host_timed(
            name, self, tuple(self._doors), options.cutoff, options.pulse_ms, options.accept_no_cutoff
        )
        self.factory = factory  # None until it can be had; then kept: to close one would close the pins of all
        self._silence = Silence()
        self._why = ""  # why the pins cannot be had; empty while they are claimed
        self._take(self._clock())

    @property
    def doors(self) -> Sequence[int]:
        return tuple(self._doors)

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        if order.door not in self._doors:
            raise BadInput(f"door {order.door}: not on these pins; here are {sorted(self._doors)}")
        if self._why:
            return PulseOutcome.BROKEN  # nothing was driven
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
        """HardwareFault while the pins cannot be had."""
        now_s = self._clock()
        if self._why and self._silence.may_ask(now_s):
            self._take(now_s)
        if self._why:
            raise HardwareFault(f"bank {self._name}: {self._why}")
        looks = consensus(tuple(self._doors), self._look, self._clock, self._pause)
        return {number: self._reading(self._doors[number], shut, at_s) for number, (shut, at_s) in looks.items()}

    def close(self) -> None:
        """Everything off, every pin given back, those of the locks pulled down."""
        self._why = ""  # they are not tried again
        try:
            self._coils.close()
        finally:
            self._release()

    def _take(self, now_s: float) -> None:
        """Claim every pin, or none and say why."""
        expected: tuple[type[Exception], ...] = (HardwareFault, *self._errors)
        try:
            if why := _untrue(self._options, self._kernel):
                raise HardwareFault(why)
            if self.factory is None:
                self.factory = open_factory(self._options.factory, self._options.mock_file, self._kernel)
            self._claim()
        except expected as fault:
            self._release()
            self._why = str(fault) or type(fault).__name__
            self._silence.lasts_at(now_s)
        else:
            self._why = ""
            self._silence.broken()

    def _claim(self) -> None:
        for number, door in self._doors.items():
            _pull_down(self.factory, door.lock_pin)  # what the pin rests at when it is let go of
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
            with contextlib.suppress(*self._errors):  # of a pin that is not ours any more
                device.close()
        for number in self._locks:
            with contextlib.suppress(*self._errors):  # it is off, and floats: the driver stage has its own pull-down
                _pull_down(self.factory, self._doors[number].lock_pin)
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


def _untrue(options: GpioOptions, kernel: Kernel) -> str:
    """Why what `cutoff` says is not true here; empty when it is, or cannot be looked up.  HardwareFault as `Kernel`."""
    if options.cutoff is not Cutoff.KERNEL:
        return ""
    why = keeps_outputs(options.factory, options.mock_file, kernel)
    return f"cutoff kernel is not true here: {why}" if why else ""


def _pull_down(factory: Any, pin: int) -> None:
    factory.pin(pin).input_with_pull("down")


def safe(options: GpioOptions, kernel: Kernel | None = None) -> str:
    """Every lock pin an output, driven low; what was done, in words.  HardwareFault names those that are not low.

    For a process that ends next.  The pins are not closed: that would let them float where the kernel keeps outputs,
    and where it does not they become inputs with a pull-down.
    """
    factory = open_factory(options.factory, options.mock_file, kernel or Kernel())
    lines, errors = [], library_errors(options.factory)
    for door in options.doors:
        try:
            _pull_down(factory, door.lock_pin)
            pin = factory.pin(door.lock_pin)
            pin.output_with_state(False)
            if pin.state:
                lines.append(f"pin {door.lock_pin} of door {door.door}: set low, reads high")
        except errors as why:
            lines.append(f"pin {door.lock_pin} of door {door.door}: {why}")
    if lines:
        raise HardwareFault("; ".join(lines))
    return f"pins {', '.join(str(door.lock_pin) for door in options.doors)} are low"


def check_options(options: GpioOptions) -> None:
    """ConfigurationError with every line that is wrong."""
    lines = []
    owners: dict[int, str] = {}
    numbers: set[int] = set()
    if options.active == "low":
        lines.append(
            "active low is refused: the pin library claims an output low before it sets it, a pin rests low after "
            "power-on, and either would open the doors; use a driver that is switched on by high"
        )
    if options.factory == "rpigpio" and options.cutoff is Cutoff.KERNEL:
        lines.append("cutoff kernel: RPi.GPIO writes past the kernel, which then lets go of nothing; use lgpio")
    if options.mock_file and options.factory != "mock":
        lines.append(f"mock_file: factory {options.factory} has real pins")
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

"""Locks and door contacts on an MCP23017 port expander, eight doors to a chip.

The host times the pulse.  The chip knows nothing of hosts: what it drives, it drives until it is told otherwise, and no
kernel lets go of its pins when this process is killed.  So `cutoff` is `monostable`, or `none` with a reason.  Lock
pins are active-high into a driver stage with a pull-down at its gate, since they float until the chip is set up.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from edge.core.errors import BadInput, ConfigurationError, HardwareFault
from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import Cutoff, Evidence, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.debounce import consensus
from hal.expander import ADDRESSES, OUTPUT_ONLY, Expander, RegistersLost, bit_of, switch_off
from hal.guarded import GuardedBank
from hal.i2c import SIMULATED, I2cBus, shared_bus

__all__ = ["ExpanderBank", "ExpanderDoor", "ExpanderOptions", "check_options", "safe"]

_HELD: Final = (Cutoff.KERNEL, Cutoff.BOARD)

ExpanderPin = Annotated[str, Meta(pattern="^[AB][0-7]$")]


class ExpanderDoor(Struct, frozen=True, forbid_unknown_fields=True):
    """One door's pins, as the data sheet names them: A0 to A7, B0 to B7.

    closed: the pin's level while the door is shut (it depends on the contact, not on the board).
    """

    door: Annotated[int, Meta(ge=1, le=9999)]
    lock_pin: ExpanderPin
    feedback_pin: ExpanderPin | None = None
    evidence: Evidence = Evidence.SWITCH  # or latch
    closed: Literal["high", "low"] = "low"
    pull: Literal["up", "none"] = "up"  # the chip has no pull-downs


class ExpanderOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """One chip.  `cutoff` has no default on purpose.  bus: `/dev/i2c-1`, or `sim:FILE`."""

    bus: Annotated[str, Meta(min_length=1, max_length=200)]
    cutoff: Cutoff
    doors: Annotated[tuple[ExpanderDoor, ...], Meta(min_length=1, max_length=16)]
    address: Annotated[int, Meta(ge=ADDRESSES[0], le=ADDRESSES[-1])] = ADDRESSES[0]
    pulse_ms: Annotated[int, Meta(ge=20, le=1000)] = 300
    accept_no_cutoff: Annotated[str, Meta(max_length=500)] = ""

    @property
    def board(self) -> str:
        """What no two banks may share, by the device that the bus's name leads to now."""
        path = self.bus.removeprefix(SIMULATED)
        return f"0x{self.address:02x} on {self.bus.removesuffix(path)}{os.path.realpath(path)}"


class ExpanderBank(GuardedBank):
    """A LockBank on one chip.

    A chip that does not answer is no reason not to start: its doors are unknown and it is a fault, until it answers;
    then it is set up, everything off first.  bus: an open one in place of the named one.  clock, pause: monotonic
    seconds, and how to let them pass between two looks at the contacts.
    """

    def __init__(
        self,
        options: ExpanderOptions,
        guard: CoilGuard,
        *,
        name: str = "mcp23017",
        bus: I2cBus | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = threading.Event().wait,
    ) -> None:
        check_options(options)
        self._name, self._clock, self._pause = name, clock, pause
        self._doors = {door.door: door for door in options.doors}
        self._bus = shared_bus(options.bus) if bus is None else bus
        outputs = sum(bit_of(door.lock_pin) for door in options.doors)
        open_ends = sum(bit_of(d.feedback_pin) for d in options.doors if d.feedback_pin and d.pull == "none")
        self._chip = Expander(self._bus, options.address, outputs, pull_ups=~(outputs | open_ends) & 0xFFFF)
        try:
            self._coils = guard.host_timed(
                name, self, tuple(self._doors), options.cutoff, options.pulse_ms, options.accept_no_cutoff
            )
        except ConfigurationError:
            self._bus.close()
            raise

    @property
    def doors(self) -> Sequence[int]:
        return tuple(self._doors)

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        if order.door not in self._doors:
            raise BadInput(f"door {order.door}: not on this expander; here are {sorted(self._doors)}")
        if not self._chip.prepared:
            return PulseOutcome.BROKEN  # nothing was driven
        return self._coils.fire(order, order.door)

    def drive(self, channel: int, on: bool) -> None:
        """The guard's side: switch the pin of that door and look whether it obeyed."""
        self._chip.switch(bit_of(self._doors[channel].lock_pin), on)

    def read(self) -> Mapping[int, DoorReading]:
        """HardwareFault when the chip never answered in all looks, and when it had lost its registers."""
        look = _Look(self._chip)

        def pause(gap_s: float) -> None:
            self._pause(gap_s)
            look.again()

        looks = consensus(tuple(self._doors), lambda door: self._shut(door, look.levels()), self._clock, pause)
        silent = all(shut is None for shut, _ in looks.values())
        if look.fault is not None and (silent or isinstance(look.fault, RegistersLost)):
            raise HardwareFault(f"bank {self._name}: {look.fault}") from look.fault
        return {number: self._reading(self._doors[number], shut, at_s) for number, (shut, at_s) in looks.items()}

    def close(self) -> None:
        """Everything off, the bus given back.  The pins stay outputs: driven low is safer than let float."""
        try:
            self._coils.close()
        finally:
            self._bus.close()

    def _shut(self, number: int, levels: int | None) -> bool | None:
        pin = self._doors[number].feedback_pin
        if pin is None or levels is None:
            return None
        return bool(levels & bit_of(pin)) is (self._doors[number].closed == "high")

    def _reading(self, door: ExpanderDoor, shut: bool | None, at_s: float) -> DoorReading:
        if shut is None:
            return DoorReading(Level.UNKNOWN, Evidence.NONE if door.feedback_pin is None else door.evidence, at_s)
        return DoorReading(Level.CLOSED if shut else Level.OPEN, door.evidence, at_s)


class _Look:
    """One transaction for all the contacts of one look; None while the chip does not answer."""

    def __init__(self, chip: Expander) -> None:
        self._chip, self._taken = chip, False
        self._levels: int | None = None
        self.fault: HardwareFault | None = None

    def again(self) -> None:
        self._taken = False

    def levels(self) -> int | None:
        if not self._taken:
            self._taken = True
            try:
                self._levels = self._chip.levels()
            except HardwareFault as fault:
                self._levels = None
                self.fault = self.fault if isinstance(self.fault, RegistersLost) else fault
        return self._levels


def safe(options: ExpanderOptions, bus: I2cBus | None = None) -> str:
    """Every latch of the chip off; what was done, in words.  HardwareFault when the chip does not say so."""
    line = shared_bus(options.bus) if bus is None else bus
    try:
        switch_off(line, options.address)
    finally:
        line.close()
    pins = ", ".join(door.lock_pin for door in options.doors)
    return f"pins {pins} of expander 0x{options.address:02x} are off"


def check_options(options: ExpanderOptions) -> None:
    """ConfigurationError with every line that is wrong."""
    lines = []
    owners: dict[str, str] = {}
    numbers: set[int] = set()
    if options.cutoff in _HELD:
        lines.append(
            f"cutoff {options.cutoff}: an expander drives on when this program dies, and no kernel ends that; "
            "say monostable where there is one, or none"
        )
    for door in options.doors:
        if door.door in numbers:
            lines.append(f"door {door.door}: named twice")
        numbers.add(door.door)
        if door.evidence not in (Evidence.SWITCH, Evidence.LATCH):
            lines.append(f"door {door.door}: evidence {door.evidence}, must be switch or latch")
        if door.feedback_pin in OUTPUT_ONLY:
            lines.append(f"door {door.door}: feedback_pin {door.feedback_pin} is for outputs only; put a lock there")
        for what, pin in (("lock_pin", door.lock_pin), ("feedback_pin", door.feedback_pin)):
            if pin is None:
                continue
            if pin in owners:
                lines.append(f"door {door.door}: {what} {pin} is already {owners[pin]}")
            owners[pin] = f"{what} of door {door.door}"
    if lines:
        raise ConfigurationError(lines)

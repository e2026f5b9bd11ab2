"""The registers of an MCP23017 port expander: which of its 16 pins drive a coil, and whether they still do.

Addresses and meanings are Microchip's (data sheet DS20001952, vendor text); nothing here was tried on a real chip.  Two
traps decide the order of every step.  After power-on, a reset or a dip of its supply the chip is all inputs and has
forgotten everything, in silence; and an output shows at once whatever its latch holds.  So latches are written off
before a pin becomes an output, and every look at the contacts reads the other registers along.
"""

from __future__ import annotations

import threading
from typing import Final

from edge.core.errors import HardwareFault
from hal.i2c import I2cBus

__all__ = ["ADDRESSES", "OUTPUT_ONLY", "PINS", "Expander", "RegistersLost", "bit_of", "switch_off"]

PINS: Final = tuple(f"{port}{bit}" for port in "AB" for bit in range(8))
ADDRESSES: Final = range(0x20, 0x28)  # three address pins
OUTPUT_ONLY: Final = ("A7", "B7")  # since 2022 by the data sheet: an input there that moves can spoil the bus's data

# With IOCON.BANK = 0, port A's; port B's follows it.  The map of BANK = 1 has IOCON at 0x05.
_IODIR, _IPOL, _IOCON, _GPPU, _GPIO, _OLAT = 0x00, 0x02, 0x0A, 0x0C, 0x12, 0x14
_IOCON_OTHER_MAP: Final = 0x05
_ALL: Final = 0x16  # registers in all: one transaction takes them


class RegistersLost(HardwareFault):
    """The chip had forgotten what it was told.  It has been told again, everything off first."""


def bit_of(pin: str) -> int:
    """A pin's bit in a word of both ports, port A low."""
    return 1 << PINS.index(pin)


def switch_off(bus: I2cBus, address: int) -> None:
    """Every latch off, whatever state the chip is in, and nothing else; HardwareFault when it does not say so.

    For a process that comes after the one that drove it: directions stay as they are, so no output is let float.
    """
    _usual_map(bus, address)
    _put(bus, address, _OLAT, 0)
    if latches := _word(bus.read(address, _OLAT, 2), 0):
        raise HardwareFault(f"{_named(address)}: latches written off read 0x{latches:04x}")


class Expander:
    """One chip.  Thread-safe: the guard's cut-off comes from a thread of its own.

    outputs: the pins that drive coils; the others are inputs, those of `pull_ups` with the chip's own resistor.
    """

    def __init__(self, bus: I2cBus, address: int, outputs: int, pull_ups: int) -> None:
        self._bus, self._address, self._gate = bus, address, threading.Lock()
        self._latches = 0  # what is wanted; never read back from a chip that may have forgotten it
        self._unsure = 0  # switched on, and not known to be off again
        self._settings = {_IODIR: ~outputs & 0xFFFF, _IPOL: 0, _IOCON: 0, _GPPU: pull_ups & ~outputs}
        self.prepared = False

    def prepare(self) -> None:
        """From whatever state into the wanted one, everything off first.  HardwareFault when it does not hold."""
        with self._gate:
            self._prepare()

    def levels(self) -> int:
        """The levels on all pins, a bit each.

        HardwareFault when the chip does not answer.  RegistersLost when it had forgotten them: they have been restored
        by then, off first, and the next call gives levels again.
        """
        with self._gate:
            if not self.prepared:
                self._prepare()
            found = self._bus.read(self._address, 0, _ALL)
            if self._differences(found):
                found = self._bus.read(self._address, 0, _ALL)  # nothing on this bus is checked: it may have been noise
            if lost := self._differences(found):
                self.prepared = False
                self._prepare()
                raise RegistersLost(
                    f"{_named(self._address)}: had lost its registers, as after a dip of its supply "
                    f"({lost}); every lock was set off, then restored"
                )
            return _word(found, _GPIO)

    def switch(self, bit: int, on: bool) -> None:
        """Set one output, and look whether it obeyed.  HardwareFault when not; off never makes a pin an output."""
        with self._gate:
            if not on and not (self._unsure | self._latches) & bit:
                return  # known to be off: a chip that does not answer is no fault of this pin
            if on and not self.prepared:
                raise HardwareFault(f"{_named(self._address)}: not prepared, nothing is switched on")
            self._latches = self._latches | bit if on else self._latches & ~bit
            self._unsure |= bit
            try:
                _put(self._bus, self._address, _OLAT, self._latches)
                found = self._bus.read(self._address, 0, _ALL)
            except HardwareFault:
                if on:
                    self._latches &= ~bit  # nobody knows; whatever is written next says off
                raise
            self._judge(found, bit, on)

    # -- inside, with the gate held ----------------------------------------------------------------------------------

    def _prepare(self) -> None:
        self._latches = 0
        _usual_map(self._bus, self._address)
        _put(self._bus, self._address, _OLAT, 0)
        for register in (_IPOL, _GPPU, _IODIR):  # an output only now, with its latch off
            _put(self._bus, self._address, register, self._settings[register])
        if lost := self._differences(self._bus.read(self._address, 0, _ALL)):
            raise HardwareFault(f"{_named(self._address)}: does not keep what is written ({lost}); is it an MCP23017?")
        self._unsure, self.prepared = 0, True

    def _judge(self, found: bytes, bit: int, on: bool) -> None:
        is_on = bool(_word(found, _OLAT) & bit) and not _word(found, _IODIR) & bit
        if not on and not is_on:
            self._unsure &= ~bit  # also where the chip has become an input: the next look finds that
            return
        if on and is_on and not self._differences(found):
            return
        if on:
            self._latches &= ~bit
        raise HardwareFault(f"{_named(self._address)}: pin {_pins(bit)} set {'on' if on else 'off'}, did not obey")

    def _differences(self, found: bytes) -> str:
        """Which registers are not as they were written; empty when all are."""
        wanted = {**self._settings, _OLAT: self._latches}
        names = {_IODIR: "IODIR", _IPOL: "IPOL", _IOCON: "IOCON", _GPPU: "GPPU", _OLAT: "OLAT"}
        return ", ".join(
            f"{names[register]} is 0x{_word(found, register):04x}, was set to 0x{value:04x}"
            for register, value in wanted.items()
            if _word(found, register) != value
        )


def _usual_map(bus: I2cBus, address: int) -> None:
    """IOCON = 0, in whichever of its two maps the chip is: in the usual one the first address is GPINTENB, unused."""
    bus.write(address, _IOCON_OTHER_MAP, b"\0")
    bus.write(address, _IOCON, b"\0")


def _put(bus: I2cBus, address: int, register: int, word: int) -> None:
    bus.write(address, register, word.to_bytes(2, "little"))


def _word(registers: bytes, register: int) -> int:
    return int.from_bytes(registers[register : register + 2], "little")


def _named(address: int) -> str:
    return f"expander 0x{address:02x}"


def _pins(bits: int) -> str:
    return ", ".join(pin for pin in PINS if bits & bit_of(pin))

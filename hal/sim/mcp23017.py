"""An MCP23017 port expander at the level of its registers, written from Microchip's data sheet DS20001952 (vendor
text) and not from any driver.  It is as stubborn as the real one: inputs after power-on, two maps of registers, and
every register lost when its supply dips.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

__all__ = ["PINS", "SimMcp23017"]

PINS: Final = tuple(f"{port}{bit}" for port in "AB" for bit in range(8))

# The registers of one port, in the order of the data sheet; each pair (A, B) lies at 2n, 2n + 1 with BANK = 0.
_IODIR, _IPOL, _GPINTEN, _DEFVAL, _INTCON, _IOCON, _GPPU, _INTF, _INTCAP, _GPIO, _OLAT = range(11)
_KINDS: Final = 11
_BANK, _SEQOP, _IMPLEMENTED = 0x80, 0x20, 0xFE  # bits of IOCON; bit 0 does not exist
_AT_POWER_ON: Final = tuple(0xFF if kind == _IODIR else 0 for kind in range(_KINDS) for _ in "AB")


class SimMcp23017(Struct, tag="mcp23017"):
    """The chip, and what hangs on its pins.

    registers: each kind for port A, then for port B, as with BANK = 0.
    driven: level that the outside gives each pin ("A0" … "B7"); a pin that is not named is left open.
    pulses: how often each pin has gone from off to driven high since the chip was made: what a coil has felt.
    """

    registers: list[int] = field(default_factory=lambda: list(_AT_POWER_ON))
    driven: dict[str, bool] = {}
    pulses: dict[str, int] = {}

    # -- the wire -----------------------------------------------------------------------------------------------------

    def read(self, register: int, size: int) -> bytes:
        found = bytearray()
        for _ in range(size):
            place = self._place(register)
            found.append(0 if place is None else self._value(place))
            register = self._next(register)
        return bytes(found)

    def write(self, register: int, data: bytes) -> None:
        for value in data:
            if (place := self._place(register)) is not None:
                self._store(place, value)
            register = self._next(register)

    # -- the world outside --------------------------------------------------------------------------------------------

    def brown_out(self) -> None:
        """The supply dips below what the registers need: as after power-on."""
        self.registers = list(_AT_POWER_ON)

    def drives(self, pin: str) -> bool:
        """Whether the chip itself holds that pin high: what a coil's driver stage with a pull-down follows."""
        at = PINS.index(pin)
        return not self._bit(_IODIR, at) and self._bit(_OLAT, at)

    def level(self, pin: str) -> bool:
        """The level on the pin: of the output, of the outside, of the pull-up; an open input floats, here low."""
        at = PINS.index(pin)
        if not self._bit(_IODIR, at):
            return self._bit(_OLAT, at)
        return self.driven.get(pin, self._bit(_GPPU, at))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _bit(self, kind: int, at: int) -> bool:
        port, bit = divmod(at, 8)
        return bool(self.registers[kind * 2 + port] >> bit & 1)

    def _banked(self) -> bool:
        return bool(self.registers[_IOCON * 2] & _BANK)

    def _place(self, register: int) -> int | None:
        """Where a register's address leads in this map; None where nothing is."""
        if not self._banked():
            return register if register < _KINDS * 2 else None
        port, kind = divmod(register, 0x10)
        return kind * 2 + port if port < 2 and kind < _KINDS else None

    def _next(self, register: int) -> int:
        if self.registers[_IOCON * 2] & _SEQOP:
            return register if self._banked() else register ^ 1  # byte mode; with BANK = 0 it toggles within the pair
        return (register + 1) % (0x1B if self._banked() else _KINDS * 2)

    def _value(self, place: int) -> int:
        kind, port = divmod(place, 2)
        if kind != _GPIO:
            return self.registers[place]
        levels = sum(self.level(PINS[port * 8 + bit]) << bit for bit in range(8))
        turned = self.registers[_IPOL * 2 + port] & self.registers[_IODIR * 2 + port]
        return levels ^ turned

    def _store(self, place: int, value: int) -> None:
        kind, port = divmod(place, 2)
        before = {pin for pin in PINS if self.drives(pin)}
        if kind in (_INTF, _INTCAP):
            return  # read-only
        if kind == _IOCON:
            self.registers[_IOCON * 2] = self.registers[_IOCON * 2 + 1] = value & _IMPLEMENTED  # one register, twice
        else:
            self.registers[(_OLAT if kind == _GPIO else kind) * 2 + port] = value
        for pin in PINS:
            if pin not in before and self.drives(pin):
                self.pulses[pin] = self.pulses.get(pin, 0) + 1

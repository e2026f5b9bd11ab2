"""TCA9548A: one of eight branches of an I²C bus at a time, so that chips of one address can share a bus.

Its one register has a bit for each branch; what is written is connected when the transaction ends, and can be read
back (vendor text).  On a bus with several of them all others must let go of their branches first: each has a 0x2A.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from edge.core.errors import HardwareFault
from hal.i2c import I2cBus

__all__ = ["Branch", "Gate", "NoMux"]


class Gate(Protocol):
    """The way to one chip."""

    name: str

    def open(self) -> None:
        """Until somebody opens another: what is sent on the bus reaches the chip.  HardwareFault when it does not."""
        ...


class NoMux:
    """The chip hangs on the bus itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self) -> None:
        """There is nothing between."""


class Branch:
    """Branch `number` of the multiplexer at `address`; `all_of_them` are the addresses of every one on this bus.

    Set anew each time and read back: one that lost its supply for a moment connects nothing, and says so.
    """

    def __init__(self, bus: I2cBus, name: str, address: int, number: int, all_of_them: Iterable[int]) -> None:
        self.name = f"{name} mux 0x{address:02x} branch {number}"
        self._bus, self._address, self._number = bus, address, number
        self._others = sorted(set(all_of_them) - {address})

    def open(self) -> None:
        for other in self._others:
            self._set(other, 0)
        self._set(self._address, 1 << self._number)

    def _set(self, address: int, branches: int) -> None:
        """The byte that names a register to other chips is what this one takes; what it gives back is what it took."""
        said = self._bus.read(address, branches)[0]
        if said != branches:
            raise HardwareFault(f"{self.name}: mux 0x{address:02x} was set to {branches:02x} and says {said:02x}")

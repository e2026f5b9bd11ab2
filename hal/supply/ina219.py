"""INA219 on a battery board under the machine: its voltage, and whether current flows in or out.

Register 1 is the voltage across the shunt, signed, 10 µV a step; register 2 the bus voltage in its upper 13 bits, 4 mV
a step; both steps are the same at every setting (vendor text), so nothing is written.  Address 0x43 and 0.1 Ω: one make
of battery boards, whose current is negative while the battery feeds the machine (one source, experimental).
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from hal.i2c import I2cBus

__all__ = ["Battery", "Ina219", "amperes", "volts"]

SHUNT, BUS = 0x01, 0x02
SHUNT_STEP_V: Final = 10e-6
BUS_STEP_V: Final = 4e-3


class Battery(Struct, frozen=True):
    """volts at the battery; amperes into it, negative: out of it."""

    volts: float
    amperes: float


def volts(register: bytes) -> float:
    return (int.from_bytes(register, "big") >> 3) * BUS_STEP_V


def amperes(register: bytes, shunt_ohm: float) -> float:
    return int.from_bytes(register, "big", signed=True) * SHUNT_STEP_V / shunt_ohm


class Ina219:
    def __init__(self, bus: I2cBus, address: int, shunt_ohm: float) -> None:
        self._bus, self._address, self._shunt_ohm = bus, address, shunt_ohm

    def read(self) -> Battery:
        """HardwareFault when it does not answer."""
        shunt, bus = (self._bus.read(self._address, register, 2) for register in (SHUNT, BUS))
        return Battery(volts(bus), amperes(shunt, self._shunt_ohm))

    def close(self) -> None:
        self._bus.close()

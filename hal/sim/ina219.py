"""A simulated INA219 between a battery and its machine."""

from __future__ import annotations

__all__ = ["SimIna219"]


class SimIna219:
    """A chip.  Drive it: `volts`, `amperes` into the battery."""

    def __init__(self, volts: float = 4.1, amperes: float = 0.4, shunt_ohm: float = 0.1) -> None:
        self.volts, self.amperes, self._shunt_ohm = volts, amperes, shunt_ohm

    def read(self, register: int, size: int) -> bytes:
        values = {
            0x00: 0x399F,  # as it comes up
            0x01: round(self.amperes * self._shunt_ohm / 10e-6) & 0xFFFF,
            0x02: round(self.volts / 4e-3) << 3 | 0x02,  # a conversion is there
        }
        return values.get(register, 0).to_bytes(2, "big")[:size]

    def write(self, register: int, data: bytes) -> None:
        """Nobody has to."""

"""A simulated NAU7802 with a beam under it: registers as the vendor describes them, so that a driver can go wrong.

It must be powered up and started; a conversion is there ten times a second; a change of its amplifier leaves an offset
until it has calibrated itself; after a brown-out it is as it came from the factory, with an amplifier of ×1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

__all__ = ["SimNau7802"]

PU_CTRL, CTRL1, CTRL2, ADCO, REGISTERS = 0x00, 0x01, 0x02, 0x12, 0x20
RR, PUD, PUA, PUR, CS, CR = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
CALS, CAL_ERR = 0x04, 0x08
POWER_UP_S: Final = 0.0002
CALIBRATION_S: Final = 0.35
CONVERSION_S: Final = 0.1
UNCALIBRATED: Final = 60_000  # counts of offset, at ×128


class SimNau7802:
    """A chip at 0x2A.  Drive it: `load_g`, `wobble` (counts to and fro), `wire_off`, `slow` (never ready),
    `calibration_fails`, `brown_out()`.
    """

    def __init__(self, clock: Callable[[], float], tare: int = 12_000, counts_per_gram: float = 40.0) -> None:
        self._clock, self._tare, self._per_gram = clock, tare, counts_per_gram
        self.load_g, self.wobble = 0.0, 0
        self.wire_off = self.slow = self.calibration_fails = False
        self.calibrations = 0
        self.brown_out()

    def brown_out(self) -> None:
        """The supply was gone for a moment."""
        self._registers = bytearray(REGISTERS)
        self._powered_s = self._started_s = self._calibrating_s = float("inf")
        self._calibrated, self._read = False, 0

    def read(self, register: int, size: int) -> bytes:
        self._settle()
        if register <= ADCO < register + size:
            self._convert()
        return bytes(self._registers[register : register + size])

    def write(self, register: int, data: bytes) -> None:
        self._settle()
        for number, value in enumerate(data, register):
            self._set(number, value)

    def _set(self, register: int, value: int) -> None:
        before = self._registers[register]
        if register == PU_CTRL and value & RR:
            self.brown_out()
            return
        if register == PU_CTRL:
            self._registers[PU_CTRL] = value & ~(PUR | CR)
            if value & PUD and value & PUA and self._powered_s == float("inf"):
                self._powered_s = self._clock()
            if value & CS and not before & CS:
                self._started_s, self._read = self._clock(), 0
            return
        self._registers[register] = value
        if register == CTRL1 and value != before:
            self._calibrated = False
        if register == CTRL2 and value & CALS:
            self._calibrating_s = self._clock()

    def _settle(self) -> None:
        """What has come about by itself since."""
        now_s, registers = self._clock(), self._registers
        ready = now_s - self._powered_s >= POWER_UP_S
        registers[PU_CTRL] = registers[PU_CTRL] & ~(PUR | CR) | (PUR if ready else 0)
        if now_s - self._calibrating_s >= CALIBRATION_S:
            self._calibrating_s = float("inf")
            self._calibrated, self.calibrations = not self.calibration_fails, self.calibrations + 1
            registers[CTRL2] = registers[CTRL2] & ~(CALS | CAL_ERR) | (CAL_ERR if self.calibration_fails else 0)
        if ready and self._conversions() > self._read and not self.slow:
            registers[PU_CTRL] |= CR

    def _conversions(self) -> int:
        if self._started_s == float("inf") or not self._registers[PU_CTRL] & CS:
            return 0
        return int((self._clock() - self._started_s) / CONVERSION_S + 1e-6)

    def _convert(self) -> None:
        self._read = self._conversions()
        self.wobble = -self.wobble
        gain = 1 << (self._registers[CTRL1] & 0x07)
        counts = self._tare + self._per_gram * self.load_g + self.wobble + (0 if self._calibrated else UNCALIBRATED)
        full = 0x7FFFFF if self.wire_off else max(-0x800000, min(0x7FFFFF, round(counts * gain / 128)))
        self._registers[ADCO : ADCO + 3] = full.to_bytes(3, "big", signed=True)

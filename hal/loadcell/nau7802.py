"""NAU7802: a 24-bit converter with its own amplifier and calibration, on I²C at 0x2A, which cannot be changed.

Registers, bits and the calibration of the analogue front end after every change of gain, regulator or rate: vendor
text, and two open drivers agree (code-confirmed).  CTRL 0x15 = 0x30 (choppers off) and the capacitor of the second
channel: code-confirmed only.  Channel 1, amplifier ×128, regulator 3.0 V, ten conversions a second: what the boards
that are sold are wired for, and the rate with the least noise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from edge.core.errors import HardwareFault
from hal.i2c import I2cBus
from hal.loadcell.cell import signed_24
from hal.loadcell.mux import Gate

__all__ = ["ADDRESS", "CALIBRATION_S", "CTRL1_AS_SET", "PU_CTRL_AS_SET", "Nau7802", "decode"]

ADDRESS: Final = 0x2A
PU_CTRL, CTRL1, CTRL2, ADCO, ADC_CTRL, PGA_PWR = 0x00, 0x01, 0x02, 0x12, 0x15, 0x1C
RR, PUD, PUA, PUR, CS, CR, AVDDS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x80
CALS, CAL_ERR = 0x04, 0x08
GAIN_128, LDO_3V0 = 0x07, 0x05 << 3
CHOPPERS_OFF, CAPACITOR = 0x30, 0x80

PU_CTRL_AS_SET: Final = PUD | PUA | CS | AVDDS
CTRL1_AS_SET: Final = GAIN_128 | LDO_3V0
CTRL2_AS_SET: Final = 0x00  # 10 conversions a second, channel 1, calibration of the internal offset
KEPT: Final = PUD | PUA | PUR | CS | AVDDS  # bits of PU_CTRL that stay as they were set
POWER_UP_LOOKS: Final = 100
POWER_UP_LOOK_S: Final = 0.001  # the vendor asks for 200 µs
CALIBRATION_S: Final = 1.0  # open drivers allow this; at ten conversions a second it takes about 0.35 s


class Nau7802:
    """A Cell.  Set up at the first `begin`, and again whenever it is not found as it was set: after a brown-out it
    would go on with an amplifier of ×1, and weigh a parcel as nothing.  While it calibrates itself it has no sample,
    and its neighbours on the wire are not kept waiting.
    """

    def __init__(self, bus: I2cBus, gate: Gate, clock: Callable[[], float], pause: Callable[[float], object]) -> None:
        self._bus, self._gate, self._clock, self._pause = bus, gate, clock, pause
        self._set_up = False
        self._calibrating_s: float | None = None  # since when

    def begin(self) -> None:
        self._gate.open()
        if not self._set_up:
            self._power_up()
            self._write(PU_CTRL, PU_CTRL_AS_SET)
            self._write(CTRL1, CTRL1_AS_SET)
            self._write(ADC_CTRL, CHOPPERS_OFF)
            self._write(PGA_PWR, CAPACITOR)
            self._write(CTRL2, CTRL2_AS_SET | CALS)
            self._set_up, self._calibrating_s = True, self._clock()

    def sample(self) -> int | None:
        self._gate.open()
        if self._calibrates() or not self._read(PU_CTRL) & CR:
            return None
        high, middle, low = self._bus.read(ADDRESS, ADCO, 3)
        return decode(high, middle, low)

    def end(self) -> None:
        self._gate.open()
        found = (self._read(PU_CTRL) & KEPT, self._read(CTRL1), self._read(CTRL2))
        wanted = (PU_CTRL_AS_SET | PUR, CTRL1_AS_SET, CTRL2_AS_SET)
        if found != wanted:
            self._set_up, self._calibrating_s = False, None
            said = ", ".join(f"{one:02x} for {other:02x}" for one, other in zip(found, wanted, strict=True))
            raise HardwareFault(f"nau7802 {self._gate.name}: it has lost its settings: {said}")

    def close(self) -> None:
        self._bus.close()

    def _power_up(self) -> None:
        self._write(PU_CTRL, RR)
        self._write(PU_CTRL, PUD | PUA)
        for _ in range(POWER_UP_LOOKS):
            if self._read(PU_CTRL) & PUR:
                return
            self._pause(POWER_UP_LOOK_S)
        raise HardwareFault(f"nau7802 {self._gate.name}: it is not powered up within 0.1 s")

    def _calibrates(self) -> bool:
        if self._calibrating_s is None:
            return False
        bits = self._read(CTRL2)
        if not bits & (CALS | CAL_ERR):
            self._calibrating_s = None
            return False
        if bits & CAL_ERR or self._clock() - self._calibrating_s > CALIBRATION_S:
            self._set_up, self._calibrating_s = False, None
            how = "failed" if bits & CAL_ERR else f"takes more than {CALIBRATION_S:g} s"
            raise HardwareFault(f"nau7802 {self._gate.name}: its calibration {how}; look at the wires of the cell")
        return True

    def _read(self, register: int) -> int:
        return self._bus.read(ADDRESS, register)[0]

    def _write(self, register: int, value: int) -> None:
        self._bus.write(ADDRESS, register, bytes((value,)))


def decode(high: int, middle: int, low: int) -> int:
    """Registers 12, 13 and 14 as counts."""
    return signed_24(high, middle, low)

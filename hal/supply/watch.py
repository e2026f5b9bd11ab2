"""The power and the machine as named faults: what, which, and in words why; empty words say that it is well.

power    under_voltage            the machine's own supply is low
         under_voltage_at_pulse   it went low right after a lock was pulsed: the supply or its wires are too weak
         mains, battery, ups      there is none, it is nearly empty, nobody answers there
         rail_sense               whether the locks have power cannot be told (hal.supply.wiring)
machine  throttled, temperature   it is too hot, or slowed down
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from edge.core.errors import HardwareFault
from hal.supply.ina219 import Battery
from hal.supply.throttled import SLOWED, Bits

__all__ = ["AFTER_PULSE_S", "CLEAN_PULSES", "NAMES", "PULSES_LIMIT", "PowerWatch", "Sources", "Which"]

Which = tuple[str, str]

UNDER: Final = ("power", "under_voltage")
AT_PULSE: Final = ("power", "under_voltage_at_pulse")
MAINS: Final = ("power", "mains")
BATTERY: Final = ("power", "battery")
UPS: Final = ("power", "ups")
SLOW: Final = ("machine", "throttled")
HEAT: Final = ("machine", "temperature")
NAMES: Final = (UNDER, AT_PULSE, MAINS, BATTERY, UPS, SLOW, HEAT)

AFTER_PULSE_S: Final = 2.0  # a coil is on for a third of a second, and the firmware takes its time to say so
CLEAN_PULSES: Final = 20  # in a row without under-voltage: the finding is over
PULSES_LIMIT: Final = 64  # remembered; those of the last seconds count
OUT_A: Final = -0.05  # less is a full battery at mains
COOLER_C: Final = 5.0


class Sources(Struct, frozen=True):
    """What is asked; None: nobody is.  Each raises HardwareFault when it does not answer."""

    throttled: Callable[[], Bits] | None = None
    temperature_c: Callable[[], float] | None = None
    hot_c: float = 80.0
    battery: Callable[[], Battery] | None = None
    low_v: float = 3.4


class PowerWatch:
    """`pulsed` may be called from any thread, `health` from one."""

    def __init__(self, sources: Sources, clock: Callable[[], float] = time.monotonic) -> None:
        self._sources, self._clock = sources, clock
        self._gate = threading.Lock()
        self._pulses: deque[tuple[int, float]] = deque(maxlen=PULSES_LIMIT)
        self._bits: Bits | None = None  # as last read
        self._looked_s = clock()
        self._finding = ""
        self._clean = 0  # pulses since
        self._outward = 0  # looks in a row at which the battery fed the machine
        self._hot = False

    def pulsed(self, door: int, at_s: float) -> None:
        """The coil of that door has been switched on at that instant, monotonic."""
        with self._gate:
            self._pulses.append((door, at_s))
            self._clean += 1

    def health(self) -> Mapping[Which, str]:
        """All that is known now; what is not named is not known."""
        found: dict[Which, str] = {}
        if self._sources.throttled is not None:
            self._throttled(self._sources.throttled, found)
        if self._sources.temperature_c is not None:
            self._temperature(self._sources.temperature_c, found)
        if self._sources.battery is not None:
            self._battery(self._sources.battery, found)
        return found

    def watched(self) -> frozenset[Which]:
        """What can be known here at all."""
        told = self._sources
        return frozenset(
            (*((UNDER, AT_PULSE, SLOW) if told.throttled else ()), *((HEAT,) if told.temperature_c else ()))
        ) | frozenset((MAINS, BATTERY, UPS) if told.battery else ())

    def _throttled(self, read: Callable[[], Bits], found: dict[Which, str]) -> None:
        try:
            bits = read()
        except HardwareFault as fault:
            found[SLOW] = str(fault)
            return
        found[SLOW] = ", ".join(name for bit, name in SLOWED.items() if bits & bit)
        found[UNDER] = self._under_voltage(bits)
        if self._finding and self._clean >= CLEAN_PULSES:
            self._finding = ""
        if self._finding or self._clean >= CLEAN_PULSES:
            found[AT_PULSE] = self._finding

    def _under_voltage(self, bits: Bits) -> str:
        """What to say of it.  The bit that remembers tells of a dip between two looks, once."""
        before, since_s = self._bits, self._looked_s
        self._bits, self._looked_s = bits, self._clock()
        now = bool(bits & Bits.UNDER_VOLTAGE)
        was = bool(bits & Bits.WAS_UNDER_VOLTAGE)
        if before is None:
            if now:
                self._blame(self._looked_s - AFTER_PULSE_S)
            return "now" if now else "since the machine was started, not now" if was else ""
        new = was and not before & Bits.WAS_UNDER_VOLTAGE
        if (now or new) and not before & Bits.UNDER_VOLTAGE:
            self._blame(since_s - AFTER_PULSE_S)
        return "now" if now else "for a moment" if new else ""

    def _blame(self, from_s: float) -> None:
        with self._gate:
            near = [(door, at_s) for door, at_s in self._pulses if from_s <= at_s <= self._looked_s]
            self._clean = 0 if near else self._clean
        if near:
            door, at_s = near[-1]
            self._finding = f"door {door}, seen {self._looked_s - at_s:.1f} s after its pulse began"

    def _temperature(self, read: Callable[[], float], found: dict[Which, str]) -> None:
        try:
            celsius = read()
        except HardwareFault as fault:
            found[HEAT] = str(fault)
            return
        hot_c = self._sources.hot_c
        self._hot = celsius >= hot_c or (self._hot and celsius > hot_c - COOLER_C)
        found[HEAT] = f"{celsius:.0f} °C, limit {hot_c:g}" if self._hot else ""

    def _battery(self, read: Callable[[], Battery], found: dict[Which, str]) -> None:
        try:
            battery = read()
        except HardwareFault as fault:
            found[UPS] = str(fault)
            return
        found[UPS] = ""
        self._outward = self._outward + 1 if battery.amperes < OUT_A else 0
        if self._outward != 1:  # once may be a spike of the load
            found[MAINS] = f"on battery, {battery.volts:.2f} V" if self._outward else ""
        low_v = self._sources.low_v
        found[BATTERY] = f"{battery.volts:.2f} V, limit {low_v:g}" if battery.volts < low_v else ""

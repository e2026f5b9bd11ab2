"""From the `[supply]` table to what watches."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from edge.core.errors import HardwareFault
from hal.factories import open_factory
from hal.i2c import I2cBus, shared_bus
from hal.supply.ina219 import Ina219
from hal.supply.options import SupplyTable
from hal.supply.rail import RailSense
from hal.supply.thermometer import Thermometer
from hal.supply.throttled import Throttled
from hal.supply.watch import PowerWatch, Sources, Which

__all__ = ["PATIENCE", "RAIL_SENSE", "RETRY_S", "SensedSupply"]

RAIL_SENSE: Final = ("power", "rail_sense")
RETRY_S: Final = 10.0  # between two attempts to have the pin of the rail
PATIENCE: Final = 3  # looks in a row at a pin that tells nothing, until that is a fault


class SensedSupply:
    """A Supply with a word on its health.

    The pin of the rail is claimed at the first look.  One that cannot be had is tried again every RETRY_S; until then
    nothing is known of the rail, which is told as a fault, and no reason not to open doors.
    """

    def __init__(
        self,
        told: SupplyTable,
        *,
        clock: Callable[[], float] = time.monotonic,
        bus: Callable[[str], I2cBus] = shared_bus,
        factory: Callable[[str], Any] = open_factory,
    ) -> None:
        self._told, self._clock = told, clock
        self._factory = cache(factory)  # opened once: each would hold the chip once more, until this process ends
        self._rail: RailSense | None = None
        self._claim_from_s = clock()
        self._unclear = 0  # looks in a row that told nothing
        self._rail_fault: str | None = None  # None: nobody has looked yet
        self._ups = Ina219(bus(told.ups_bus), told.ups_address, told.ups_shunt_ohm) if told.ups_bus else None
        sources = Sources(
            throttled=Throttled(told.throttled).read if told.throttled else None,
            temperature_c=Thermometer(told.temperature).read if told.temperature else None,
            hot_c=told.hot_c,
            battery=self._ups.read if self._ups is not None else None,
            low_v=told.ups_low_v,
        )
        self._watch = PowerWatch(sources, clock)
        self.pulsed = self._watch.pulsed

    def lock_rail_ok(self) -> bool | None:
        """None while nobody senses it, and while it cannot be told."""
        if self._told.rail_pin is None or (self._rail is None and not self._claimed()):
            return None
        assert self._rail is not None
        ok = self._rail.lock_rail_ok()
        self._unclear = self._unclear + 1 if ok is None else 0
        if ok is not None:
            self._rail_fault = ""
        elif self._unclear >= PATIENCE:
            self._rail_fault = f"rail pin {self._told.rail_pin}: cannot be read, or does not stand still"
        return ok

    def health(self) -> Mapping[Which, str]:
        found = dict(self._watch.health())
        if self._rail_fault is not None:
            found[RAIL_SENSE] = self._rail_fault
        return found

    def watched(self) -> frozenset[Which]:
        sensed = frozenset((RAIL_SENSE,)) if self._told.rail_pin is not None else frozenset[Which]()
        return self._watch.watched() | sensed

    def close(self) -> None:
        with contextlib.ExitStack() as stack:
            for one in (self._rail, self._ups):
                if one is not None:
                    stack.callback(one.close)

    def _claimed(self) -> bool:
        """Whether the pin of the rail has been claimed now."""
        told, now_s = self._told, self._clock()
        if now_s < self._claim_from_s:
            return False
        self._claim_from_s = now_s + RETRY_S
        assert told.factory is not None, "the configuration was read"
        assert told.rail_pin is not None
        assert told.rail_good is not None
        try:
            pins = self._factory(told.factory)
            self._rail = RailSense(pins, told.factory, told.rail_pin, good=told.rail_good, pull=told.rail_pull)
        except HardwareFault as fault:
            self._rail_fault = str(fault)
            return False
        return True

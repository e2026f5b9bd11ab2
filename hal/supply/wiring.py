"""From the `[supply]` table to what watches."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from hal.factories import open_factory
from hal.i2c import I2cBus, shared_bus
from hal.supply.ina219 import Ina219
from hal.supply.options import SupplyTable
from hal.supply.rail import RailSense
from hal.supply.thermometer import Thermometer
from hal.supply.throttled import Throttled
from hal.supply.watch import PowerWatch, Sources, Which

__all__ = ["SensedSupply"]


class SensedSupply:
    """A Supply with a word on its health.  HardwareFault when the pin of the rail cannot be claimed."""

    def __init__(
        self,
        told: SupplyTable,
        *,
        clock: Callable[[], float] = time.monotonic,
        bus: Callable[[str], I2cBus] = shared_bus,
        factory: Callable[[str], Any] = open_factory,
    ) -> None:
        self._rail: RailSense | None = None
        if told.rail_pin is not None and told.rail_good is not None and told.factory is not None:
            self._rail = RailSense(
                factory(told.factory), told.factory, told.rail_pin, good=told.rail_good, pull=told.rail_pull
            )
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
        return None if self._rail is None else self._rail.lock_rail_ok()

    def health(self) -> Mapping[Which, str]:
        return self._watch.health()

    def watched(self) -> frozenset[Which]:
        return self._watch.watched()

    def close(self) -> None:
        with contextlib.ExitStack() as stack:
            for one in (self._rail, self._ups):
                if one is not None:
                    stack.callback(one.close)

"""Clocks: the machine's jumps, drifts, flutters, wakes in 1970 or in 2061; the hub's own is wrong; nobody can ask it.

Whatever they say, no code that is good may be refused for its time (I9).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from edge.core.words import ClockTrust
from tests.credentials.known_keys import NOW_S, YEAR_S
from tests.sim.line import Hub
from tests.sim.person import Street
from tests.sim.troubles.family import Act, Family
from tests.sim.troubles.power import Power

HOUR_S: Final = 3600.0
TO_2061_S: Final = 35.0 * YEAR_S
JUMPS_S: Final = (-24 * HOUR_S, -7 * HOUR_S, -HOUR_S, HOUR_S, 7 * HOUR_S, 23 * HOUR_S, 30 * 24 * HOUR_S, TO_2061_S)
SOURCES: Final = (ClockTrust.NTP, ClockTrust.RTC, ClockTrust.SAVED)
AT_THE_START: Final = (
    (-float(NOW_S), ClockTrust.UNSYNCED),  # 1970
    (-float(NOW_S), ClockTrust.RTC),  # its battery is empty
    (TO_2061_S, ClockTrust.NTP),
    (TO_2061_S, ClockTrust.RTC),
    (-HOUR_S, ClockTrust.RTC),
    (-3 * 24 * HOUR_S, ClockTrust.SAVED),
)
RATES: Final = (1 - 1e-4, 1 + 1e-4, 0.99, 1.01, 0.5, 2.0, 0.0)  # a crystal in frost, a broken one, one that stands
HUB_WRONG_S: Final = (-7 * 3600, -3600, -120, 120, 3600, 7 * 3600)


class Clocks(Family):
    def __init__(self, street: Street, hub: Hub, power: Power) -> None:
        super().__init__(street)
        self.hub, self.power = hub, power
        self._nth = 0  # the clock is right again when the last that put it wrong is over
        self._alone = 0

    def acts(self) -> Mapping[Act, float]:
        return {
            self._jumps: 3,
            self._drifts: 2,
            self._flutters: 1,
            self._hub_is_wrong: 1,
            self._wakes_alone: 3,
        }

    def calm(self) -> None:
        self._right()
        self.hub.wrong_s = 0

    def at_first(self) -> None:
        """Some sites are switched on for the first time with a clock that knows nothing."""
        if self.likely(0.3):
            self._wrong("clock wrong at the first start", *self.chance.choice(AT_THE_START))

    def _ends_after(self, seconds: float) -> None:
        """It need not be waited for: meanwhile other things go wrong."""
        self._nth += 1
        nth = self._nth
        self.later(seconds, lambda: self._right() if nth == self._nth else None)

    def _right(self) -> None:
        self.site.wall.set(float(NOW_S) + self.site.loop.time(), ClockTrust.NTP)

    def _wrong(self, name: str, by_s: float, source: ClockTrust, rate: float = 1.0) -> None:
        self.begins(name, f"by {by_s:.0f} s, rate {rate}, {source}")
        self.site.wall.set(max(0.0, NOW_S + self.site.loop.time() + by_s), source, rate)

    async def _jumps(self) -> None:
        self._wrong("clock wrong", self.chance.choice(JUMPS_S), self.chance.choice(SOURCES))
        self._ends_after(self.a_while_s(900))

    async def _drifts(self) -> None:
        self._wrong("clock drifts", 0.0, self.chance.choice(SOURCES), self.chance.choice(RATES))
        self._ends_after(self.a_while_s(1200))

    async def _flutters(self) -> None:
        """To and fro: an NTP server that lies now and then."""
        self.begins("clock flutters")
        for _ in range(self.chance.randint(3, 20)):
            by_s, source = self.chance.choice((*JUMPS_S, 0.0)), self.chance.choice(SOURCES)
            self.site.wall.set(max(0.0, NOW_S + self.site.loop.time() + by_s), source)
            await asyncio.sleep(self.chance.uniform(1, 30))
        self._right()

    async def _hub_is_wrong(self) -> None:
        """The hub's own clock, with which it signs."""
        self.hub.wrong_s = self.chance.choice(HUB_WRONG_S)
        self.begins("clock of the hub wrong", f"by {self.hub.wrong_s} s")
        self.later(self.a_while_s(600), self._hub_is_right)

    def _hub_is_right(self) -> None:
        self.hub.wrong_s = 0

    async def _wakes_alone(self) -> None:
        """No cloud, a clock that is wrong, and a start from there; for as long as whole outages last."""
        self.hub.line.up = False
        self._wrong("clock wrong at the start, no cloud", *self.chance.choice(AT_THE_START))
        self.power.cut("with the cloud gone")
        lasts_s = self.chance.choice((600, 1200, 3600))
        self._ends_after(lasts_s)
        self._alone += 1
        self.later(lasts_s, self._reached_again)

    def _reached_again(self) -> None:
        self._alone -= 1
        if self._alone <= 0:  # an outage within another ends before it, and neither puts the line down once all is calm
            self.hub.line.up = True

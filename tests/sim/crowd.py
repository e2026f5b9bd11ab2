"""Everything that happens in the street by itself: who comes, what the cloud orders, what goes wrong, and when.

Each visit (v1, v2, …), order (o1, …) and trouble (t1, …) has its ordinal and draws from a stream of its own; those in
`without` are left out, and nobody else notices.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Final

from tests.sim.chance import Chance
from tests.sim.couriers import Courier
from tests.sim.customers import Customer
from tests.sim.day import Day
from tests.sim.diary import Diary
from tests.sim.dispatch import Dispatcher
from tests.sim.others import PasserBy, Technician, Vandal
from tests.sim.person import Street
from tests.sim.senders import Sender
from tests.sim.troubles import Troubles
from tests.sim.truth import Consignment

VISIT_EVERY_S: Final = 20.0
ORDER_EVERY_S: Final = 120.0
TROUBLE_EVERY_S: Final = 100.0
MOST_TROUBLES: Final = 3  # at once
FORGED: Final = 0.15


class Crowd:
    def __init__(
        self,
        street: Street,
        chance: Chance,
        diary: Diary,
        day: Day,
        dispatcher: Dispatcher,
        troubles: Troubles,
        without: frozenset[str],
    ) -> None:
        self.street, self.chance, self.diary, self.day = street, chance, diary, day
        self.site, self.truth = street.site, street.truth
        self.dispatcher, self.troubles = dispatcher, troubles
        self.without = without

    def all(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on beside each other until the life ends."""
        return [self.people(), self.cloud(), self.weather()]

    async def people(self) -> None:
        """One after the other: there is one screen."""
        async for _ in self._ordinals("v", VISIT_EVERY_S):
            await self._somebody()

    async def cloud(self) -> None:
        async for _ in self._ordinals("o", ORDER_EVERY_S):
            self.dispatcher.act()
            if self.chance.random() < FORGED:
                await self.dispatcher.forge()

    async def weather(self) -> None:
        under_way: set[asyncio.Task[None]] = set()
        async for _ in self._ordinals("t", TROUBLE_EVERY_S):
            if len(under_way) < MOST_TROUBLES:
                task = asyncio.get_running_loop().create_task(self.troubles.one())
                under_way.add(task)
                task.add_done_callback(under_way.discard)

    async def _ordinals(self, kind: str, mean_s: float) -> AsyncIterator[str]:
        times, nth = self.chance.stream(kind), 0
        while True:
            await asyncio.sleep(self.day.pause_s(self.site.loop.time(), times, mean_s))
            nth += 1
            name = f"{kind}{nth}"
            if name not in self.without:
                self.chance.draws_alone(name)
                self.diary.began.append(name)
                yield name

    # -- who comes

    async def _somebody(self) -> None:
        if self.site.runtime is None:
            return
        who = self.chance.choices(
            ("customer", "courier", "sender", "vandal", "technician", "passer"), (8, 6, 1, 1, 1, 4)
        )
        if who == ["courier"]:
            await Courier(self.street, self._bag()).visit()
        elif who == ["customer"]:
            sent = self._somebodys()
            if sent is not None:
                await Customer(self.street, sent).visit()
        elif who == ["sender"]:
            returns = [s for s in self._in_the_street() if s.kind == "return"]
            if returns:
                await Sender(self.street, self.chance.choice(returns)).visit()
        elif who == ["vandal"]:
            await Vandal(self.street).visit()
        elif who == ["technician"]:
            await Technician(self.street).visit()
        else:
            await PasserBy(self.street).visit()

    def _in_the_street(self) -> list[Consignment]:
        where = self.site.world.where
        return [sent for label, sent in self.truth.parcels.items() if not isinstance(where(label), int)]

    def _bag(self) -> list[str]:
        mine = [s.label for s in self._in_the_street() if s.kind == "pickup"][-6:]
        return self.chance.sample(mine, min(len(mine), self.chance.randint(0, 4)))

    def _somebodys(self) -> Consignment | None:
        """Mostly somebody whose parcel is here; sometimes one who was here before, or comes too early."""
        inside = [s for s in self.truth.parcels.values() if isinstance(self.site.world.where(s.label), int)]
        everybody = list(self.truth.parcels.values())
        pool = inside if inside and self.chance.random() < 0.8 else everybody[-30:]
        pool = [sent for sent in pool if sent.kind == "pickup"]
        return self.chance.choice(pool) if pool else None

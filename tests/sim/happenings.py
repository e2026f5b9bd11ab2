"""Everything that happens in the street by itself: who comes, what the cloud orders, what goes wrong, and when.

Each visit (v1, v2, …), order (o1, …) and trouble (t1, …) has its ordinal and draws from a stream of its own; those in
`without` are left out, and nobody else notices.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Final

from tests.sim.chance import Chance
from tests.sim.crowd import Crowd
from tests.sim.day import Day
from tests.sim.diary import Diary
from tests.sim.dispatch import Dispatcher
from tests.sim.left_out import LeftOut
from tests.sim.person import Street
from tests.sim.troubles import Troubles

VISIT_EVERY_S: Final = 20.0
ORDER_EVERY_S: Final = 70.0
TROUBLE_EVERY_S: Final = 100.0
MOST_TROUBLES: Final = 3  # at once
FORGED: Final = 0.15


class Happenings:
    def __init__(
        self,
        street: Street,
        chance: Chance,
        diary: Diary,
        day: Day,
        dispatcher: Dispatcher,
        troubles: Troubles,
        without: LeftOut,
    ) -> None:
        self.street, self.chance, self.diary, self.day = street, chance, diary, day
        self.crowd = Crowd(street)
        self.dispatcher, self.troubles = dispatcher, troubles
        self.without = without

    def all(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on beside each other until the life ends."""
        return [self.people(), self.cloud(), self.weather()]

    async def people(self) -> None:
        """One after the other: there is one screen."""
        async for _ in self._ordinals("v", VISIT_EVERY_S):
            await self.crowd.somebody()

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
        if under_way:
            await asyncio.wait(under_way)

    async def _ordinals(self, kind: str, mean_s: float) -> AsyncIterator[str]:
        times, nth = self.chance.stream(kind), 0
        while True:
            await asyncio.sleep(self.day.pause_s(self.street.site.loop.time(), times, mean_s))
            nth += 1
            name = f"{kind}{nth}"
            if self.without.over(kind, nth):
                return
            if name not in self.without:
                self.chance.draws_alone(name)
                self.diary.began.append(name)
                yield name

"""Stories of hardware that fails at the worst moment: while a code is shown, while a door stands open, while nobody is
there."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from edge.core.words import ContentSensor
from tests.sim.person import Person
from tests.sim.scenarios.directed import Directed

LOOKS: Final = 80  # for a door to spring open, ten a second


class Hardware(Directed):
    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        acts = [self._slow_card, self._mute_board, self._mute_while_open, self._jam, self._forced]
        self.chance.shuffle(acts)
        for act in acts:
            await act()
            self.site.world.faults.clear()
            await self.mended()
            await asyncio.sleep(20)

    async def _slow_card(self) -> None:
        """The commit takes longer than anybody waits."""
        sent = await self.delivered()
        person = Person(self.street)
        await person.home()
        self.observer.troubled_s = self.site.loop.time() + 60
        self.site.disk.stall_sync(1, self.chance.uniform(6.0, 14.0))
        person.scan(sent.code)
        await asyncio.sleep(40)

    async def _mute_board(self) -> None:
        """The board falls silent, and a code is shown before anybody has noticed."""
        sent = await self.delivered()
        person = Person(self.street)
        await person.home()
        self.site.world.faults.set("jam")
        self.site.world.faults.set("board_mute")
        person.scan(sent.code)
        await asyncio.sleep(40)

    async def _mute_while_open(self) -> None:
        """Nobody can say any more whether the open door is shut."""
        sent = await self.delivered()
        person, door = Person(self.street), self.door_of(sent)
        await person.home()
        person.scan(sent.code)
        for _ in range(LOOKS):
            await asyncio.sleep(0.1)
            if not person.is_shut(door):
                break
        await asyncio.sleep(10)
        self.site.world.faults.set("board_mute")
        await asyncio.sleep(20)

    async def _jam(self) -> None:
        sent = await self.delivered()
        person = Person(self.street)
        await person.home()
        self.site.world.faults.set("jam")
        person.scan(sent.code)
        await asyncio.sleep(40)

    async def _forced(self) -> None:
        """Somebody breaks a door open while nobody is there."""
        await asyncio.sleep(20)
        door = self.chance.choice(self.site.world.doors)
        person = Person(self.street)
        person.hand(f"forces door {door}", lambda: self.site.world.person.force(door))
        await asyncio.sleep(60)

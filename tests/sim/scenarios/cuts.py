"""Stories of cuts that are aimed at an opening under way."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from edge.core.words import ContentSensor
from hal.sim.chronicle import Deed
from tests.sim.couriers import Courier
from tests.sim.person import Person
from tests.sim.scenarios.directed import Directed


class CutDeposit(Directed):
    """The power goes when a courier's door is pulsed or moves; what was brought goes in all the same."""

    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        for deed in (Deed.PULSE_BEGAN, Deed.LATCH_MOVED, Deed.DOOR_MOVED):
            sent = await self.announced()
            self.site.aim(deed, lambda: self.troubles.power.cut("at a deposit"))
            courier = Courier(self.street, [sent.label], careful=True)
            await courier.home()
            if await courier._enter():
                await self._scans(courier, sent.label)
            await self.keeper.ready()
            await self.mended()

    async def _scans(self, courier: Courier, label: str) -> None:
        """Past the screens that ask to look or to collect, to the label; then whatever door is open is used."""
        for _ in range(40):
            await asyncio.sleep(0.5)
            stage = courier.stage()
            if stage == "ready":
                courier.scan(label, "Code128")
            elif stage not in ("opening", "dark", "put"):
                courier.tap("not_now") or courier.tap("back") or courier.tap("next")
            if self.site.off or stage == "dark":
                break
        await asyncio.sleep(0.5)
        for door in self.site.world.doors:
            if not courier.is_shut(door):
                courier.put(label, door)
                courier.shut(door, own=True)


class CutPickup(Directed):
    """The power goes while a customer's door stands open; somebody shuts it, and nobody knows what was taken."""

    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        for after_s in (0.3, 3.0):
            sent = await self.delivered()
            door, person = self.door_of(sent), Person(self.street)
            await person.home()
            person.scan(sent.code)
            for _ in range(60):
                await asyncio.sleep(0.1)
                if not person.is_shut(door):
                    break
            await asyncio.sleep(after_s)
            await self.cut()
            await asyncio.sleep(10)
            self._shut(person, door)
            await asyncio.sleep(60)
            await self.mended()

    def _shut(self, person: Person, door: int) -> None:
        person.hand(f"shuts door {door}", lambda: self.site.world.person.shut(door))

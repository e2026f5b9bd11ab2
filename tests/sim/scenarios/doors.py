"""Stories of coils, latches and doors."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from edge.core.words import ContentSensor, Feedback
from tests.sim.couriers import Courier
from tests.sim.person import Person
from tests.sim.scenarios.directed import Directed
from tests.sim.technicians import Technician

MORE_THAN_THE_DUTY: Final = 12


class Coils(Directed):
    """Orders for several doors at one instant, and for one door again and again."""

    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        technician = Technician(self.street)
        for _ in range(3):
            for door in self.site.world.doors:
                technician.order("open", door)
            await asyncio.sleep(8)
            await self._all_shut(technician)
        await asyncio.sleep(70)
        for _ in range(MORE_THAN_THE_DUTY):
            technician.order("open", 1)
            await asyncio.sleep(1.0)
            await self._all_shut(technician)
        await self.mended()

    async def _all_shut(self, technician: Technician) -> None:
        for door in self.site.world.doors:
            technician.shut(door)
        await asyncio.sleep(0.8)


class Latches(Directed):
    """Latches let go for a moment, and nobody pulls: no door was open."""

    feedback: ClassVar[Feedback] = Feedback.LATCH
    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        technician = Technician(self.street)
        for door in self.site.world.doors:
            self.site.world.faults.set("weak_spring", door)
        for door in self.site.world.doors:
            technician.order("open", door)
            await asyncio.sleep(15)
        await self.mended()


class ShutAtOnce(Directed):
    """The door springs open and is pushed shut at once, with the parcel inside."""

    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        sent = await self.delivered()
        door = self.door_of(sent)
        person = Person(self.street)
        await person.home()
        person.scan(sent.code)
        for _ in range(60):
            await asyncio.sleep(0.1)
            if not person.is_shut(door):
                break
        await asyncio.sleep(0.5)
        person.hand(f"shuts door {door} at once", lambda: self.site.world.person.shut(door))
        await asyncio.sleep(90)


class SoonAfter(Directed):
    """One compartment, that was just emptied, or broken open; and a courier who wants it and does not look."""

    doors: ClassVar[int] = 1
    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        await self.comes(await self.delivered())
        waiting = await self.announced()
        await DoesNotLook(self.street, [waiting.label], careful=True).visit()
        await asyncio.sleep(400)
        person = Person(self.street)
        person.hand("forces door 1", lambda: self.site.world.person.force(1))
        await asyncio.sleep(30)
        await self.mended()
        await DoesNotLook(self.street, [waiting.label], careful=True).visit()


class DoesNotLook(Courier):
    async def _look(self, stage: str, door: int) -> bool:
        return self.tap("not_now")

    def _next(self, choices: tuple[str, ...]) -> bool:
        return super()._next(tuple(choice for choice in choices if choice != "look"))

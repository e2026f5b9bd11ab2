"""A directed life: no chance but in the details, people who do as the story says, and the observer of every life."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar, Final

from edge.core.site import CompartmentPlan, Policy
from edge.core.words import ContentSensor, Feedback, Size
from tests.sim.couriers import Courier
from tests.sim.customers import Customer
from tests.sim.ending import Ending
from tests.sim.keeper import SLICE_S
from tests.sim.person import Person
from tests.sim.technicians import Technician
from tests.sim.truth import Consignment
from tests.sim.world import World

COMES_WITHIN_S: Final = 60.0  # an order from the hub
ERASE_AFTER_S: Final = 1800


class Directed(World, ABC):
    """`story` is what happens; then everything ends as in every life, if `ends`."""

    doors: ClassVar[int] = 3
    content: ClassVar[ContentSensor] = ContentSensor.INFRARED
    feedback: ClassVar[Feedback] = Feedback.SWITCH
    ends: ClassVar[bool] = True

    def __init__(self, seed: int) -> None:
        super().__init__(seed, 0.0)
        self.keeper._slow = False
        self.nobody = Person(self.street)

    def wall(self) -> tuple[CompartmentPlan, ...]:
        return tuple(CompartmentPlan(door, Size.L, self.feedback, self.content) for door in range(1, self.doors + 1))

    def policy(self) -> Policy:
        return Policy(default_hold_s=86_400, erase_after_s=ERASE_AFTER_S)

    @abstractmethod
    async def story(self) -> None:
        """What happens in it, from an enrolled site on."""

    def _live(self) -> None:
        self.keeper.power_on()
        self.keeper.run(self._enrol())
        self.keeper.run(self.story())
        if self.ends:
            Ending(self.keeper, self.dispatcher).come()

    async def _enrol(self) -> None:
        await self.keeper.ready()
        await self.site.enrolled()
        await asyncio.sleep(3)
        await Technician(self.street).look_into_empty_ones()
        self.hub.back_up()

    # -- what stories are made of ---------------------------------------------------------------------------------

    async def announced(self, *, pin: bool = False) -> Consignment:
        """A parcel is on its way, and the site has been told."""
        label = f"JD{len(self.truth.parcels):06d}"
        digits = f"{self.chance.randrange(10**8):08d}" if pin else ""
        sent = self.truth.add(Consignment(label, self.chance.randbytes(8).hex(), digits))
        self.site.world.parcels.make(label, weight_g=self.chance.randint(300, 9000), text=label)
        self.dispatcher.announce(sent)
        for _ in range(int(COMES_WITHIN_S)):
            await asyncio.sleep(1)
            if self.keeper.serves() and sent.parcel in self.site.state.parcels:
                return sent
        raise AssertionError(f"{label} was announced, and the site has not heard of it in {COMES_WITHIN_S} s")

    async def delivered(self, *, pin: bool = False) -> Consignment:
        """A parcel stands behind a door."""
        sent = await self.announced(pin=pin)
        await self.brings(sent)
        return sent

    async def brings(self, *sent: Consignment) -> None:
        await Courier(self.street, [one.label for one in sent], careful=True).visit()
        await asyncio.sleep(5)

    async def comes(self, sent: Consignment, kind: str = "honest", *, by_pin: float = 0.0) -> None:
        """The customer shows the code, and does what such a customer does."""
        await Customer(self.street, sent, kind, by_pin=by_pin).visit()
        await asyncio.sleep(3)

    async def mended(self) -> None:
        await Technician(self.street).mend()

    async def cut(self, off_s: float = 0.0) -> None:
        """The power goes, and comes back."""
        boots = self.keeper.boots
        self.troubles.power.cut("as the story has it")
        await asyncio.sleep(off_s + SLICE_S)
        await self.keeper.ready()
        assert self.keeper.boots > boots, "the power did not go"
        await asyncio.sleep(2)

    def door_of(self, sent: Consignment) -> int:
        """Where it really stands; 0 when outside."""
        where = self.site.world.where(sent.label)
        return where if isinstance(where, int) else 0

    def takes_part(self, check: str, what: str) -> None:
        """What is told to the site now must come to nothing."""
        self.observer.void.comes_to_nothing(check, what)

"""Who comes to the simulated wall, alone or two at once; and who comes before the site is enrolled."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final

from sync.hub.issue import sign_keys, sign_roster
from tests.credentials.known_keys import BUNDLE, COMMAND, ROOT
from tests.sim.badges import roster
from tests.sim.couriers import BadBadge, Courier, OtherCourier, TechnicianAtTheScreen
from tests.sim.customers import Customer
from tests.sim.others import PasserBy, Vandal
from tests.sim.person import Person, Street
from tests.sim.senders import Sender
from tests.sim.strangers import Stranger
from tests.sim.technicians import Technician
from tests.sim.truth import Consignment

COMES: Final = {
    "customer": 16,
    "two customers": 3,
    "courier": 12,
    "two couriers": 2,
    "other courier": 1,
    "bad badge": 1,
    "technician at the screen": 1,
    "sender": 4,
    "stranger": 7,
    "vandal": 2,
    "technician": 2,
    "passer-by": 6,
}


class Crowd:
    def __init__(self, street: Street) -> None:
        self.street = street
        self.site, self.truth, self.chance = street.site, street.truth, street.chance

    async def somebody(self) -> None:
        """One visit, from coming to going."""
        if self.site.runtime is None:
            return
        who = self.chance.choices(list(COMES), list(COMES.values()))[0]
        if who == "customer":
            await self._customers(1)
        elif who == "two customers":
            await self._customers(2)
        elif who == "two couriers":
            await self._two_couriers()
        elif who == "sender":
            await self._sender()
        else:
            await self._other(who).visit()

    def _other(self, who: str) -> Person:
        if who == "courier":
            return Courier(self.street, self.bag())
        if who == "other courier":
            return OtherCourier(self.street, self.bag())
        simple: dict[str, type[Person]] = {
            "bad badge": BadBadgeWithABag,
            "technician at the screen": TechnicianAtTheScreen,
            "stranger": Stranger,
            "vandal": Vandal,
            "technician": Technician,
            "passer-by": PasserBy,
        }
        return simple[who](self.street)

    async def _customers(self, many: int) -> None:
        first, second = self.somebodys(), self.somebodys() if many > 1 else None
        if first is None:
            return
        visits = [Customer(self.street, first).visit()]
        if second is not None:
            visits.append(Customer(self.street, second).barge_in(self.chance.uniform(2.0, 9.0)))
        await asyncio.gather(*visits)

    async def _two_couriers(self) -> None:
        """The second shows the badge while the first still has the screen."""
        first, second = Courier(self.street, self.bag()), Courier(self.street, self.bag())

        async def follow() -> None:
            await asyncio.sleep(self.chance.uniform(3.0, 25.0))
            await second.take_over()

        await asyncio.gather(first.visit(), follow())

    async def _sender(self) -> None:
        returns = [s for s in self.truth.parcels.values() if s.kind != "pickup"]
        at_hand = [s for s in returns if not isinstance(self.site.world.where(s.label), int)]
        pool = at_hand if at_hand and self.chance.random() < 0.9 else returns
        if pool:
            await Sender(self.street, self.chance.choice(pool)).visit()

    def in_the_street(self) -> list[Consignment]:
        where = self.site.world.where
        return [sent for label, sent in self.truth.parcels.items() if not isinstance(where(label), int)]

    def bag(self) -> list[str]:
        mine = [s.label for s in self.in_the_street() if s.kind == "pickup"][-8:]
        return self.chance.sample(mine, min(len(mine), self.chance.choice((0, 1, 2, 3, 4, 8))))

    def somebodys(self) -> Consignment | None:
        """Mostly somebody whose parcel is here; sometimes one who was here before, or comes too early."""
        inside = [s for s in self.truth.parcels.values() if isinstance(self.site.world.where(s.label), int)]
        everybody = list(self.truth.parcels.values())
        pool = inside if inside and self.chance.random() < 0.8 else everybody[-30:]
        pool = [sent for sent in pool if sent.kind == "pickup"]
        return self.chance.choice(pool) if pool else None

    async def before_enrolment(self) -> None:
        """People come before the site knows keys, roster and list."""
        await Courier(self.street, []).try_number()
        await self._hand_over("keys", sign_keys(BUNDLE, ROOT))
        await Stranger(self.street).show_good_code()
        await Courier(self.street, []).try_number()
        await self._hand_over("roster", sign_roster(roster(), COMMAND))
        await Courier(self.street, ["JD000000"]).visit()

    async def _hand_over(self, name: str, document: bytes) -> None:
        """What an operator brings at the enrolment."""
        self.site.documents.add(hashlib.sha256(document).hexdigest())
        if self.site.runtime is not None:
            await self.site.runtime.document(name, document)


class BadBadgeWithABag(BadBadge):
    def __init__(self, street: Street) -> None:
        super().__init__(street, [sent.label for sent in list(street.truth.parcels.values())[-1:]])

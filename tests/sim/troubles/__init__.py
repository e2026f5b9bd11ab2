"""What goes wrong: hardware, power, cards, clocks, the line, the hub.  Drawn by the seed, at random and aimed.

    troubles = Troubles(street, hub, observer, seed)
    troubles.powered_on()     # before each start
    await troubles.one()      # arranges one, and returns when it is over
    troubles.calm()           # all of it is over

Each life has a temper: some meet everything, some little, some only one family, but that hard.
"""

from __future__ import annotations

from typing import Final

from tests.sim.checks import Observer
from tests.sim.line import Hub
from tests.sim.person import Street
from tests.sim.troubles.cards import Cards
from tests.sim.troubles.clocks import Clocks
from tests.sim.troubles.family import Family
from tests.sim.troubles.hardware import Hardware
from tests.sim.troubles.network import Network
from tests.sim.troubles.power import Power

__all__ = ["Troubles"]

SHARES: Final = (0.0, 0.3, 1.0, 1.0, 3.0)  # how much a family has of a life, beside its weight


class Troubles:
    def __init__(self, street: Street, hub: Hub, observer: Observer, seed: int) -> None:
        self.chance = street.chance
        self.power = Power(street, observer)
        self.hardware = Hardware(street, observer)
        self.clocks = Clocks(street, hub, self.power)
        self.network = Network(street, hub, seed)
        self.cards = Cards(street, observer, self.power)
        weights = {self.power: 4.0, self.hardware: 4.0, self.clocks: 1.5, self.network: 2.0, self.cards: 0.7}
        self._temper: dict[Family, float] = {f: w * self.chance.choice(SHARES) for f, w in weights.items()}
        if not any(self._temper.values()):
            self._temper = dict(weights)

    @property
    def cuts(self) -> int:
        return self.power.cuts

    async def one(self) -> None:
        family = self.chance.choices(list(self._temper), list(self._temper.values()))[0]
        acts = family.acts()
        await self.chance.choices(list(acts), list(acts.values()))[0]()

    def at_first(self) -> None:
        """Before the first start of all."""
        self.clocks.at_first()

    def powered_on(self) -> None:
        """Before each start."""
        self.power.powered_on()

    def calm(self) -> None:
        for family in self._temper:
            family.calm()

"""The end of a life: all faults are gone, and everything is served, settled and sent within its time."""

from __future__ import annotations

import asyncio
from typing import Final

from tests.sim.couriers import Courier
from tests.sim.customers import Customer
from tests.sim.dispatch import Dispatcher
from tests.sim.keeper import Keeper
from tests.sim.others import Technician

SETTLES_S: Final = 300.0
FORGOTTEN_S: Final = 3700.0  # an hour's openings are forgotten, and grace is long over
MOST_ROUNDS: Final = 12  # of looking into compartments
ROUND_S: Final = 400.0
DRAINS_WITHIN_S: Final = 1800.0


class Ending:
    def __init__(self, keeper: Keeper, dispatcher: Dispatcher) -> None:
        self.keeper, self.dispatcher = keeper, dispatcher
        self.street, self.site, self.truth = keeper.street, keeper.site, keeper.street.truth
        self.hub, self.observer = keeper.hub, keeper.observer

    def come(self) -> None:
        """Liveness."""
        self.keeper.calm = True
        self.keeper.diary.log("calm")
        self.keeper.troubles.calm()
        self.keeper.tend()
        self.keeper.run(self.keeper.ready())
        self.dispatcher.repeat()
        self.keeper.run_for(SETTLES_S)
        self.keeper.run(self._settle())
        self.keeper.run_for(FORGOTTEN_S)
        self.observer.liveness.at_rest()
        self.keeper.run(self._serve())
        self._drain()
        self.observer.end()
        self.keeper.look()

    async def _settle(self) -> None:
        """Somebody looks into everything that is in doubt."""
        for label in list(self.truth.hidden):
            self.keeper.diary.log(f"{label} was left behind {self.site.world.where(label)}")
        for _ in range(MOST_ROUNDS):
            await Technician(self.street).mend()
            await Courier(self.street, [], careful=True).visit()
            await asyncio.sleep(ROUND_S)
            if not self._in_doubt():
                return
        self.observer.find("review_is_resolved", f"after {MOST_ROUNDS} rounds: {self._in_doubt()}")

    def _in_doubt(self) -> list[str]:
        return [f"{d}: {c.state} {c.reason}" for d, c in self.site.state.compartments.items() if c.state == "review"]

    async def _serve(self) -> None:
        """Every parcel that stands here is taken out on its code."""
        for label, sent in self.truth.parcels.items():
            door = self.site.world.where(label)
            known = self.site.state.parcels.get(sent.parcel)
            if not isinstance(door, int) or sent.called_off or sent.declined or sent.kind != "pickup":
                continue
            if known is None or known.withheld or known.state == "returning" or label in self.truth.hidden:
                continue
            if self.observer.seen.is_stale(door, sent.parcel):
                continue  # that it came is lost with a card, and nobody has looked since
            parcels = self.site.state.parcels
            if any(other in parcels and parcels[other].door for other in sent.namesakes):
                continue  # put in by another carrier's courier, as a parcel of theirs
            if known.state == "overdue" and self.site.site.policy.overdue_pickup == "refuse":
                continue
            came_s = self.site.loop.time()
            await Customer(self.street, sent, "honest", by_pin=0.0).visit()
            await asyncio.sleep(30)
            opened = self.observer.opened_soon(sent.code, came_s)
            if not opened or self.site.world.where(label) == door:
                self.observer.find("a_good_code_opens_its_door", f"{label} behind {door}, in the books {known}")
                return

    def _drain(self) -> None:
        until_s = self.site.loop.time() + DRAINS_WITHIN_S
        while self.site.loop.time() < until_s:
            self.keeper.run_for(60)
            if self.hub.stands_at()[0] == self.observer.rows[-1].seq:
                return
        behind = self.observer.rows[-1].seq - self.hub.stands_at()[0]
        self.observer.find("the_backlog_drains", f"the hub lacks {behind} rows after {DRAINS_WITHIN_S:.0f} s")

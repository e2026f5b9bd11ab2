"""Technicians: with the key, and with every act of the control socket; each also as it ought to be refused."""

from __future__ import annotations

from typing import Final

from edge.core import inputs
from edge.core.orders import SignedTimeReset
from sync.hub.issue import sign_time_reset
from tests.credentials.known_keys import ROOT, SITE
from tests.sim.person import RUBBISH, Person

NO_DOOR: Final = 99
ACTS: Final = ("open", "open", "out_of_service", "in_service", "empty", "clear_alarm", "time_reset")


class Technician(Person):
    """Mends what is broken; looks before saying that something is empty."""

    who = "technician"

    def order(self, act: str, door: int = 0, *, reason: str = "round", **detail: str) -> None:
        request = self.street.number()
        self.do(f"{act} {door or ''}{sorted(detail)}")
        self.street.coverage.asked(request, act)
        self.site.tell(inputs.Technical(act, "ada", reason, door, request, detail=dict(detail)))

    async def visit(self) -> None:
        if self.likely(0.25):
            await self._errs()
            return
        await self.mend()
        door = self.chance.choice(self.site.world.doors)
        act = self.chance.choice((self._opens, self._takes_out_of_service, self._uses_the_key, self._turns_the_clock))
        await act(door)

    async def _opens(self, door: int) -> None:
        if self.inside(door):
            self.mark("a technician opens an occupied compartment")
        self.order("open", door)
        await self.pause(3, 8)
        if self.likely(0.15):
            for label in self.inside(door):
                self.take(door, label)
        self.shut(door)

    async def _takes_out_of_service(self, door: int) -> None:
        self.order("out_of_service", door)
        await self.pause(30, 300)
        self.order("in_service", door)

    async def _uses_the_key(self, door: int) -> None:
        self.hand(f"opens door {door} with the key", lambda: self.site.world.person.open_by_key(door))
        self.street.mark("fault: mechanical_key")
        await self.pause(4, 60)
        self.shut(door)

    async def _turns_the_clock(self, door: int) -> None:
        """The root's word that it may be an hour earlier: it changes nothing that a trusted clock does not know."""
        version = self.street.number()
        reset = SignedTimeReset(site=SITE, issued_at=self.now_s(), version=version, to=self.now_s() - 3600)
        self.truth.time_resets.add(version)
        self.order("time_reset", document=sign_time_reset(reset, ROOT).hex())
        await self.pause()

    async def _errs(self) -> None:
        """Asks for what must be refused."""
        act = self.chance.choice(ACTS)
        door = self.chance.choice((*self.site.world.doors, NO_DOOR))
        detail = {"clear_alarm": {"alarm": "none:0"}, "time_reset": {"document": self.chance.choice(("zz", "00"))}}
        reason = self.chance.choice(("", "round", "x" * 201))
        if act in ("out_of_service", "in_service", "empty") and reason == "round":
            door = NO_DOOR  # what is said of a real door has to be true
        self.order(act, door, reason=reason, **detail.get(act, {}))
        await self.pause(1, 3)
        if act == "open" and door != NO_DOOR:
            self.shut(door)

    def now_s(self) -> int:
        return self.truth.epoch_s + int(self.site.loop.time())

    # -- a round ---------------------------------------------------------------------------------------------------

    async def mend(self) -> None:
        """Faults of doors go, doors are shut, alarms are cleared, what is out of service comes back."""
        self.site.world.faults.clear()
        self.do("mends everything")
        await self.pause(1, 3)
        for door in self.site.world.doors:
            self.shut(door)
        await self.pause(5, 8)
        await self.clear_rubbish()
        await self.back_in_service()

    async def clear_rubbish(self) -> None:
        """Takes out what nobody can scan."""
        for door in self.site.world.doors:
            rubbish = [label for label in self.inside(door) if label.startswith(RUBBISH)]
            if not rubbish:
                continue
            self.order("open", door)
            await self.pause(5, 8)
            for label in rubbish:
                self.take(door, label)
            self.shut(door, own=True)
            await self.pause(5, 8)

    async def back_in_service(self) -> None:
        for _ in range(30):
            if self.site.runtime is not None and self.site.runtime.ready.is_set():
                break
            await self.pause(1, 3)
        if self.site.runtime is None or self.site.runtime.books is None:
            return
        state = self.site.state
        for door in sorted(state.compartments):
            if state.compartments[door].state == "out_of_service":
                self.order("in_service", door)
        for alarm in sorted(state.alarms):
            self.order("clear_alarm", 0, alarm=alarm)
        await self.pause(1, 2)

    async def look_into_empty_ones(self) -> None:
        """Says of closed compartments in review what is true of them."""
        state = self.site.state
        for door in sorted(state.compartments):
            if state.compartments[door].state == "review" and self.is_shut(door) and not self.inside(door):
                self.order("empty", door)
                await self.pause(0.5, 1.0)

"""Vandals, technicians, and whoever passes by and pushes an open door shut."""

from __future__ import annotations

from edge.core import inputs
from tests.sim.person import Person


class Vandal(Person):
    who = "vandal"

    async def visit(self) -> None:
        act = self.chance.choice((self._force, self._hammer, self._scan_rubbish, self._tap_about))
        await act()

    async def _force(self) -> None:
        door = self.chance.choice(self.site.world.doors)
        self.hand(f"forces door {door}", lambda: self.site.world.person.force(door))
        await self.pause(30, 120)

    async def _hammer(self) -> None:
        for _ in range(self.chance.randint(3, 9)):
            shown = self.screen()
            if shown is not None and shown.entry == "pin" and shown.name == "attract":
                self.type(f"{self.chance.randrange(10**8):08d}")
            elif shown is not None:
                self.tap("back")
            await self.pause(0.2, 1.0)

    async def _scan_rubbish(self) -> None:
        for _ in range(self.chance.randint(1, 12)):
            self.do("scans rubbish")
            self.scan(self.chance.choice(("https://example.org", "LK1:ABCDEF", "12", "LK1:" + "0" * 300)))
            await self.pause(0.0, 0.3)

    async def _tap_about(self) -> None:
        for _ in range(self.chance.randint(2, 10)):
            shown = self.screen()
            if shown is not None and shown.choices:
                self.tap(self.chance.choice(shown.choices))
            await self.pause(0.1, 2.0)


class Technician(Person):
    """Mends what is broken; looks before saying that something is empty."""

    who = "technician"

    def order(self, act: str, door: int = 0, **detail: str) -> None:
        self.do(f"{act} {door or ''}{detail or ''}")
        self.site.tell(inputs.Technical(act, "ada", "round", door, detail=dict(detail)))

    async def visit(self) -> None:
        await self.mend()
        door = self.chance.choice(self.site.world.doors)
        act = self.chance.choice(("open", "out_of_service", "key", "none"))
        if act == "open":
            self.order("open", door)
            await self.pause(3, 8)
            self.shut(door)
        elif act == "key":
            self.hand(f"opens {door} with the key", lambda: self.site.world.person.open_by_key(door))
            await self.pause(4, 60)
            self.shut(door)
        elif act == "out_of_service":
            self.order("out_of_service", door)
            await self.pause(30, 300)
            self.order("in_service", door)

    async def mend(self) -> None:
        """Faults of doors go, doors are shut, alarms are cleared, what is out of service comes back."""
        self.site.world.faults.clear()
        self.do("mends everything")
        await self.pause(1, 3)
        for door in self.site.world.doors:
            self.shut(door)
        await self.pause(5, 8)
        await self.back_in_service()

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


class PasserBy(Person):
    who = "passer-by"

    async def visit(self) -> None:
        for door in self.site.world.doors:
            if not self.is_shut(door):
                self.shut(door)
                await self.pause(0.5, 1.5)

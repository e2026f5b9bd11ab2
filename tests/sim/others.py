"""Vandals, and whoever passes by and pushes an open door shut."""

from __future__ import annotations

from edge.core import inputs
from edge.core.refusal import Refusal
from tests.sim.person import Person
from tests.sim.technicians import Technician


class Vandal(Person):
    who = "vandal"

    async def visit(self) -> None:
        acts = (self._force, self._steal, self._hammer, self._hammer, self._scan_rubbish, self._tap_about)
        await self.chance.choice(acts)()

    async def _force(self) -> None:
        door = self.chance.choice(self.site.world.doors)
        self.hand(f"forces door {door}", lambda: self.site.world.person.force(door))
        await self.pause(30, 120)

    async def _steal(self) -> None:
        """Breaks a door open and takes what is inside."""
        door = self.chance.choice(self.site.world.doors)
        self.hand(f"forces door {door}", lambda: self.site.world.person.force(door))
        await self.pause(2, 10)
        for label in self.inside(door):
            self.take(door, label)
        if self.likely(0.5):
            self.shut(door)

    async def _hammer(self) -> None:
        """Guesses PINs, through the waits of the limiter."""
        for _ in range(self.chance.randint(3, 16)):
            shown = self.screen()
            if shown is not None and shown.entry == "pin" and shown.name in ("attract", "pin", "restoring"):
                self.type(f"{self.chance.randrange(10**8):08d}")
                await self.pause(0.2, 1.0)
                self._read_the_wait()
            elif shown is not None and not self.tap("back"):
                self.tap("end") or self.tap("pin")
            await self.pause(0.2, 1.0)
            if self.street.pins_wait_until_s > self.site.loop.time() and self.likely(0.3):
                if self.likely(0.25) and not self.site.off:
                    self.do("pulls the plug, to begin anew")
                    self.site.cut()
                await self.pause(20, 70)

    def _read_the_wait(self) -> None:
        shown = self.screen()
        if shown is None or shown.params.get("reason") != Refusal.TOO_MANY_PINS:
            return
        boot = self.site.boot_began_s
        still = self.street.pins_wait_until_s > self.site.loop.time()
        if still and boot is not None and boot[0] > self.street.pins_wait_boot:
            self.mark("waits for the PIN across a start")
            return
        self.street.pins_wait_until_s = self.site.loop.time() + float(shown.params.get("wait_s", 0))
        self.street.pins_wait_boot = boot[0] if boot is not None else 0

    async def _scan_rubbish(self) -> None:
        for _ in range(self.chance.randint(1, 12)):
            self.do("scans rubbish")
            self.scan(self.chance.choice(("https://example.org", "LK1:ABCDEF", "12", "LK1:" + "0" * 300)))
            await self.pause(0.0, 0.3)

    async def _tap_about(self) -> None:
        for _ in range(self.chance.randint(2, 14)):
            shown = self.screen()
            if shown is not None and shown.choices:
                choice = self.chance.choice(shown.choices)
                if self.likely(0.2):
                    self.mark("taps what is gone")
                    self.site.tell(inputs.Chosen(choice, shown.number - 1))
                self.tap(choice)
            if shown is not None and shown.entry and self.likely(0.2):
                self.type(self.chance.choice(("12345678", "JD000000", "1", "")))
            await self.pause(0.1, 2.0)


class PasserBy(Person):
    who = "passer-by"

    async def visit(self) -> None:
        for door in self.site.world.doors:
            if not self.is_shut(door):
                self.mark("shuts what others left open")
                self.shut(door)
                await self.pause(0.5, 1.5)


__all__ = ["PasserBy", "Technician", "Vandal"]

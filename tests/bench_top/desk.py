"""Fake boards on a desk: a bus without a terminal, before a world whose time stands still until told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edge.core.site import CompartmentPlan
from edge.core.words import ContentSensor
from hal.bench.bench import MAKES, Plugged, boards_of
from hal.bench.bus import BenchBus, Board
from hal.bench.make import Contact
from hal.bench.terminals import DoorTerminals
from hal.sim.chronicle import Deed
from hal.sim.clock import SimClock
from hal.sim.world import World

LINE = Path("line")


class Desk:
    """`hears` puts bytes on the line and gives what came back within `within_s`."""

    def __init__(
        self,
        make: str,
        *addresses: int,
        doors: int = 24,
        contact: Contact = Contact.CLOSED_WHEN_SHUT,
        content: ContentSensor = ContentSensor.NONE,
        echo: bool = False,
    ) -> None:
        self.clock = SimClock()
        plugged = [
            Plugged(make, LINE, address, tuple(range(1 + n * doors, 1 + (n + 1) * doors)), contact)
            for n, address in enumerate(addresses)
        ]
        plans = [CompartmentPlan(door, content=content) for it in plugged for door in it.doors]
        self.world = World(plans, 7, boards=boards_of(plugged), clock=self.clock)
        boards = [
            Board(MAKES[make], DoorTerminals(self.world, it.name, it.address, it.channels, contact)) for it in plugged
        ]
        self._back = bytearray()
        self.bus = BenchBus(self.world, boards, self._later, self._back.extend, echo=echo)

    def hears(self, data: str | bytes, within_s: float = 2.0) -> str:
        self.bus.hear(bytes.fromhex(data) if isinstance(data, str) else data)
        return self.later(within_s)

    def later(self, by_s: float) -> str:
        """Let time pass; what came on the line meanwhile."""
        ends_s = self.clock() + by_s
        while self.clock() < ends_s:
            self.clock.forward(0.0005)
            self.world.catch_up()
        back, self._back[:] = bytes(self._back), b""
        return back.hex(" ").upper()

    def pulses(self) -> list[tuple[int, int]]:
        """Of every coil that was on and is off: its door and for how long, in ms."""
        return [(entry.door, entry.ms) for entry in self.world.chronicle.of(Deed.PULSE_ENDED)]

    def open(self, *doors: int) -> None:
        for door in doors:
            self.world.person.open_by_key(door)
        self.later(0.2)

    def _later(self, after_s: float, call: Callable[[], None]) -> None:
        self.world.nature.agenda.at(self.world.now_s + after_s, call)

"""A wall on the bench: a world in this process, wired rightly or wrongly, and a person who does what the page says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from edge.app.hardware.rig import Rig
from edge.app.hardware.technician import Technician
from edge.core.ports import DoorReading, UnlockOrder
from edge.core.site import CompartmentPlan
from edge.core.words import Feedback, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.sim.clock import SimClock
from hal.sim.doors import Position
from hal.sim.drivers import SimBank, SimIndicator, WorldTimer
from hal.sim.world import World

OTHER = {Level.OPEN: Level.CLOSED, Level.CLOSED: Level.OPEN, Level.UNKNOWN: Level.UNKNOWN}


class Wired:
    """A bank as somebody wired it.

    coils: the door that the coil wire of a channel really leads to.  contacts: the same for its contact.
    inverted: contacts that speak the other way round.  joined: contacts on one wire.
    """

    def __init__(
        self,
        bank: SimBank,
        *,
        coils: Mapping[int, int] | None = None,
        contacts: Mapping[int, int] | None = None,
        inverted: Collection[int] = (),
        joined: Collection[int] = (),
    ) -> None:
        self.bank, self.coils, self.contacts = bank, coils or {}, contacts or {}
        self.inverted, self.joined = inverted, joined

    @property
    def doors(self) -> Sequence[int]:
        return self.bank.doors

    @property
    def on_began(self) -> Callable[[UnlockOrder, float], None] | None:
        return self.bank.on_began

    @on_began.setter
    def on_began(self, told: Callable[[UnlockOrder, float], None] | None) -> None:
        self.bank.on_began = told

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        return self.bank.unlock(msgspec.structs.replace(order, door=self.coils.get(order.door, order.door)))

    def read(self) -> Mapping[int, DoorReading]:
        true = dict(self.bank.read())
        said = {door: true[self.contacts.get(door, door)] for door in true}
        if any(said[door].level is Level.OPEN for door in self.joined):
            said |= {door: msgspec.structs.replace(said[door], level=Level.OPEN) for door in self.joined}
        return {
            door: msgspec.structs.replace(one, level=OTHER[one.level]) if door in self.inverted else one
            for door, one in said.items()
        }

    def close(self) -> None:
        self.bank.close()


class Bench:
    """Doors 1 to `doors` on one board.  `page` is what the technician was shown."""

    def __init__(self, doors: int = 6, *, feedback: Feedback = Feedback.SWITCH, width: int = 80) -> None:
        self.clock = SimClock()
        plans = tuple(CompartmentPlan(door, feedback=feedback) for door in range(1, doors + 1))
        self.world = World(plans, 7, clock=self.clock)
        self.guard = CoilGuard(timer=WorldTimer(self.world, self.clock))
        self.bank = Wired(SimBank(self.world, self.clock, guard=self.guard))
        lit = frozenset(self.world.doors)
        indicator = SimIndicator(self.world, self.clock)
        self.rig = Rig({"a": self.bank}, self.guard, indicator, lit, self.clock, self.pause)
        self.person = Person(self)
        self.technician = Technician(self.person, Page(self.person), width)

    def pause(self, seconds: float) -> None:
        self.clock.forward(seconds)
        self.world.catch_up()

    @property
    def page(self) -> str:
        return self.person.page

    def not_shut(self) -> list[int]:
        self.world.catch_up()
        return [door for door in self.world.doors if self.world.position(door) is not Position.SHUT]


class Person:
    """Looks at the doors, shuts them when told, and answers the last question; `says` comes first, in order.

    lazy: doors that this person does not shut.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.page = ""
        self.says: list[str] = []
        self.lazy: set[int] = set()

    def hears(self, text: str) -> None:
        self.page += text
        if re.match(r"\s*Shut doors? ", text):
            self.shut_all()

    def shut_all(self) -> None:
        for door in self._bench.not_shut():
            if door not in self.lazy:
                self._bench.world.person.shut(door, after_s=2.0)

    def readline(self, limit: int = -1, /) -> str:
        if self.says:
            return f"{self.says.pop(0)}\n" if self.says[0] != "leaves" else ""
        return f"{self._answer()}\n"

    def _answer(self) -> str:
        question = " ".join(self.page.rpartition("  ? ")[2].split())
        is_open = self._bench.not_shut()
        if question.startswith("Which door opened?"):
            return " ".join(map(str, is_open)) or "n"
        if question.startswith("No contact tells"):
            self.shut_all()
            self._bench.pause(3)
            return ""
        if found := re.search(r"light at door (\d+)", question):
            on = [door for door in self._bench.world.doors if self._bench.world.compartment(door).light]
            return "y" if on == [int(found[1])] else "n"
        if found := re.match(r"Did door (\d+)", question):
            return "y" if is_open == [int(found[1])] else "n"
        if question.startswith("Are exactly these open"):
            return "y" if len(is_open) == len(self._bench.world.doors) else "n"
        return "s" if question.startswith("Not seen shut") else ""


class Page:
    """What is written is read by the person."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def flush(self) -> None:
        """The person reads as it is written."""

    def write(self, text: str, /) -> int:
        self._person.hears(text)
        return len(text)

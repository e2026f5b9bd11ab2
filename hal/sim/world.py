"""The world: a wall of compartments, the street before it, and everything that can go wrong with either.

It lives in memory and knows no clock: `advance(now_s)` lets happen what is due, each thing at its own time, and the
same seed and the same calls give the same world.  Tests hold one; `locker world` serves one to a runtime that may die.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from edge.core.errors import BadInput
from edge.core.site import CompartmentPlan
from edge.core.words import Content
from hal.sim.boards import Board
from hal.sim.chronicle import Chronicle, Deed, Entry
from hal.sim.compartments import Compartment
from hal.sim.doors import Door, Position
from hal.sim.faults import Fault, Faults
from hal.sim.nature import Nature
from hal.sim.parcels import Parcel, Parcels, Place
from hal.sim.people import People
from hal.sim.sight import Sight

__all__ = ["DOORS_LIMIT", "ONLY_BOARD", "World"]

DOORS_LIMIT: Final = 1000
ONLY_BOARD: Final = "A"


class World:
    """Doors, parcels, people and faults.

    plans: the wall.  boards: which doors hang on which board; one board "A" with all of them otherwise.
    clock: where given, every call catches up with it first; otherwise time moves by `advance` only.
    """

    def __init__(
        self,
        plans: Sequence[CompartmentPlan],
        rng_seed: int,
        now_s: float = 0.0,
        *,
        boards: Mapping[str, Sequence[int]] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        doors = [plan.door for plan in plans]
        boards = boards or {ONLY_BOARD: doors}
        board_of = {door: name for name, some in boards.items() for door in some}
        if not 1 <= len(doors) <= DOORS_LIMIT or len(set(doors)) != len(doors):
            raise BadInput(f"world: {len(doors)} doors, limits 1 to {DOORS_LIMIT}, each number once")
        if sorted(doors) != sorted(door for some in boards.values() for door in some):
            raise BadInput("world: every door must hang on exactly one board")
        self.clock = clock
        self.nature = Nature.make(rng_seed, now_s, board_of, self._act, self._mended)
        self.parcels = Parcels()
        self.person = People(self)
        self.sight = Sight(self.nature)
        self._compartments = {plan.door: Compartment(plan, self.nature, self.person.see) for plan in plans}
        self._boards = {name: Board(name, some, self._compartments, self.nature) for name, some in boards.items()}

    @property
    def now_s(self) -> float:
        return self.nature.now_s

    @property
    def faults(self) -> Faults:
        return self.nature.faults

    @property
    def chronicle(self) -> Chronicle:
        return self.nature.chronicle

    @property
    def doors(self) -> tuple[int, ...]:
        return tuple(self._compartments)

    @property
    def boards(self) -> Mapping[str, Board]:
        return self._boards

    @property
    def damage(self) -> list[Entry]:
        """What has been destroyed so far: burnt coils."""
        return self.chronicle.of(Deed.COIL_BURNT)

    def advance(self, now_s: float) -> None:
        """Let everything happen that is due by then.  A time in the past changes nothing."""
        with self.nature.lock:
            self.nature.agenda.advance(now_s)

    def catch_up(self) -> None:
        """Advance to the clock, where there is one."""
        if self.clock is not None:
            self.advance(self.clock())

    def compartment(self, door: int) -> Compartment:
        """The compartment behind `door`; BadInput when the wall has none."""
        found = self._compartments.get(door)
        if found is None:
            raise BadInput(f"door {door}: the wall has {len(self._compartments)} doors, not this one")
        return found

    def board(self, name: str) -> Board:
        if name not in self._boards:
            raise BadInput(f"board {name!r}: the wall has {', '.join(self._boards)}")
        return self._boards[name]

    def position(self, door: int) -> Position:
        """Where the door is in truth, whatever its contact says."""
        return self.compartment(door).door.position

    def inside(self, door: int) -> tuple[Parcel, ...]:
        """What stands in the compartment in truth, whatever its sensor says."""
        self.compartment(door)
        return self.parcels.at(door)

    def where(self, parcel: Parcel | str) -> Place:
        """Where the parcel is in truth: the street, a person's hands, or a door's number."""
        return self.parcels.named(parcel).place

    def content(self, door: int) -> tuple[Content, int | None]:
        """What the compartment's sensor says now, with grams where it is a settled scale."""
        with self.nature.lock:
            self.catch_up()
            return self.compartment(door).content()

    def rail_ok(self) -> bool:
        """Whether the locks' rail can pull a coil."""
        return self.nature.rail.can_open(self.faults.has("brown_out"))

    def light(self, door: int, on: bool) -> None:
        with self.nature.lock:
            self.catch_up()
            compartment = self.compartment(door)
            if compartment.light is not on:
                compartment.light = on
                self.chronicle.write(Deed.LIGHT, door=door, to="on" if on else "off")

    def beep(self, tone: str) -> None:
        with self.nature.lock:
            self.catch_up()
            self.chronicle.write(Deed.BEEP, note=tone[:64])

    def move(self, parcel: Parcel, to: Place) -> None:
        """Put the parcel into another place; the sensors there and here feel it."""
        of, parcel.place = parcel.place, to
        door = next((place for place in (to, of) if isinstance(place, int)), 0)
        self.chronicle.write(Deed.PARCEL_MOVED, door=door, parcel=parcel.name, of=str(of), to=str(to))
        for place in (of, to):
            if isinstance(place, int):
                self._compartments[place].holds(self.parcels.at(place))

    def _mended(self, fault: Fault) -> None:
        """Whoever mends a scale sets its zero."""
        if fault.name == "scale_drift":
            for number, compartment in self._compartments.items():
                if fault.door in (0, number):
                    compartment.scale.zero()

    def _act(self, fault: Fault) -> None:
        """Faults that are deeds, at the moment they are set."""
        self.catch_up()
        doors: Sequence[Door] = [c.door for number, c in self._compartments.items() if fault.door in (0, number)]
        for door in doors:
            if fault.name == "forced":
                door.break_open("force")
            elif fault.name == "mechanical_key":
                door.break_open("mechanical key")
            elif fault.name == "scale_drift" and fault.grams:
                self._compartments[door.number].scale.shift(fault.grams)

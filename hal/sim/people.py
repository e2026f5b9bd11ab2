"""People before the wall: the drive side.  Verbs act now, or `after_s`; habits act when a door opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from edge.core.errors import LockerError, NotAllowed
from edge.core.site import fits
from hal.sim.chronicle import Deed
from hal.sim.doors import Door, Position
from hal.sim.parcels import PERSON, STREET, Parcel
from hal.sim.phone import Label, Light, Phone, Pose

if TYPE_CHECKING:
    from hal.sim.world import World

__all__ = ["People"]

T = TypeVar("T")

NOTICES_S: Final = (0.6, 2.5)  # from the door's click to the hand at the door
HANDLES_S: Final = (1.0, 4.0)  # putting in or taking out
SHUTS_S: Final = (0.5, 2.0)


class People:
    """Whoever stands there.  What cannot be done raises NotAllowed, as a hand meets a shut door."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = world.nature.chance("people")
        self._habits: dict[int, Callable[[], None]] = {}

    def pull(self, door: int, *, after_s: float = 0.0) -> bool:
        """Pull at the door.  False when the latch holds it (and when it is done later)."""
        return self._do(after_s, lambda: self._door(door).pull()) or False

    def push(self, door: int, *, after_s: float = 0.0) -> None:
        """Push the door: relieves a loaded latch, shuts an open door."""
        self._do(after_s, lambda: self._door(door).push())

    def shut(self, door: int, *, after_s: float = 0.0) -> None:
        """Push the door shut."""
        self._do(after_s, lambda: self._door(door).shut())

    def put(self, parcel: Parcel | str, door: int, *, after_s: float = 0.0) -> None:
        """Put a parcel that is in the street or in hand into the compartment; an ajar door is opened for it."""
        self._do(after_s, lambda: self._put(self._world.parcels.named(parcel), door))

    def take(self, door: int, parcel: Parcel | str = "", *, after_s: float = 0.0) -> list[Parcel]:
        """Take that parcel, or everything, out of the compartment.  Returns what was taken."""
        return self._do(after_s, lambda: self._take(door, parcel)) or []

    def drop(self, parcel: Parcel | str) -> None:
        """Carry a parcel that is in hand away into the street."""

        def leave() -> None:
            found = self._world.parcels.named(parcel)
            if found.place != PERSON:
                raise NotAllowed(f"parcel {found.name}: not in hand but at {found.place}")
            self._world.move(found, STREET)

        self._do(0.0, leave)

    def force(self, door: int, *, after_s: float = 0.0) -> None:
        """Break the door open.  Its latch does not hold until the fault `forced` is cleared."""
        self._do(after_s, lambda: self._world.nature.faults.set("forced", door))

    def open_by_key(self, door: int, *, after_s: float = 0.0) -> None:
        """Open with the mechanical key; nothing breaks."""
        self._do(after_s, lambda: self._door(door).break_open("mechanical key"))

    def show_phone(
        self, text: str, *, dark_mode: bool = False, pose: Pose | None = None, light: Light | None = None
    ) -> None:
        """Hold a phone with this QR code before the camera, until it is hidden or something else is shown."""
        self._do(0.0, lambda: self._world.sight.show(Phone(text, dark_mode=dark_mode), pose, light))

    def show_label(
        self, text: str, symbology: str = "Code128", *, pose: Pose | None = None, light: Light | None = None
    ) -> None:
        """Hold a parcel's label before the camera."""
        self._do(0.0, lambda: self._world.sight.show(Label(text, symbology), pose, light))

    def show_parcel(self, parcel: Parcel | str) -> None:
        """Hold the label of that parcel before the camera."""
        found = self._world.parcels.named(parcel)
        self.show_label(found.text, found.symbology)

    def hide_phone(self) -> None:
        """Take away what is held before the camera."""
        self._do(0.0, self._world.sight.hide)

    hide_label = hide_phone

    def collects(self, door: int, *, shuts: bool = True) -> None:
        """Habit, once: when the door opens, pull it, take everything, and shut it unless this person does not."""
        self._habits[door] = lambda: self._attend(door, lambda: self._take(door, ""), shuts)

    def deposits(self, parcel: Parcel | str, door: int, *, shuts: bool = True) -> None:
        """Habit, once: when the door opens, pull it, put the parcel in, and shut it unless this person does not."""
        found = self._world.parcels.named(parcel)
        self._habits[door] = lambda: self._attend(door, lambda: self._put(found, door), shuts)

    def shuts(self, door: int) -> None:
        """Habit, once: when the door opens, push it shut and do nothing else."""
        self._habits[door] = lambda: self.shut(door, after_s=self._chance.uniform(*NOTICES_S))

    def forget(self, door: int = 0) -> None:
        """Drop the habit at that door, or all."""
        if door:
            self._habits.pop(door, None)
        else:
            self._habits.clear()

    def see(self, door: Door) -> None:
        """A door has moved: whoever waited for it gets to work."""
        if door.position is not Position.SHUT and (habit := self._habits.pop(door.number, None)):
            habit()

    def _attend(self, door: int, handle: Callable[[], object], shuts: bool) -> None:
        pulled_s = self._chance.uniform(*NOTICES_S)
        handled_s = pulled_s + self._chance.uniform(*HANDLES_S)
        self.pull(door, after_s=pulled_s)
        self._do(handled_s, handle)
        if shuts:
            self.shut(door, after_s=handled_s + self._chance.uniform(*SHUTS_S))

    def _door(self, door: int) -> Door:
        return self._world.compartment(door).door

    def _reach_in(self, door: int) -> None:
        if self._door(door).position is Position.SHUT:
            raise NotAllowed(f"door {door}: it is shut")
        self._door(door).pull()

    def _put(self, parcel: Parcel, door: int) -> None:
        plan = self._world.compartment(door).plan
        if not fits(parcel.size, plan.size):
            raise NotAllowed(f"parcel {parcel.name}: size {parcel.size} does not fit door {door}, size {plan.size}")
        if parcel.place not in (STREET, PERSON):
            raise NotAllowed(f"parcel {parcel.name}: not at hand but in door {parcel.place}")
        self._reach_in(door)
        self._world.move(parcel, door)

    def _take(self, door: int, which: Parcel | str) -> list[Parcel]:
        self._reach_in(door)
        inside = self._world.parcels.at(door)
        taken = [p for p in inside if not which or p is self._world.parcels.named(which)]
        if which and not taken:
            raise NotAllowed(f"parcel {which}: not in door {door}")
        for parcel in taken:
            self._world.move(parcel, PERSON)
        return taken

    def _do(self, after_s: float, act: Callable[[], T]) -> T | None:
        with self._world.nature.lock:
            self._world.catch_up()
            if after_s <= 0:
                return act()
            self._world.nature.agenda.at(self._world.nature.now_s + after_s, partial(self._try, act))
            return None

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except LockerError as why:
            self._world.nature.chronicle.write(Deed.GAVE_UP, note=str(why))

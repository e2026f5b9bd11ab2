"""`locker hardware test`: the light, then one lock, then all of them; what should be seen is said before each step."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from edge.app.hardware.rig import Rig
from edge.app.hardware.shutting import get_shut
from edge.app.hardware.technician import Left, Technician
from edge.app.hardware.watching import Levels, pulse_and_watch, rest
from edge.app.hardware.words import doors_in_words
from edge.core.words import Level

__all__ = ["DoorTrial", "Tried", "trial"]


class DoorTrial(Struct):
    """One door.  None: nobody judged it.

    light: a person saw it, and no other.  contact: its contact moved at its pulse, and no other's did.
    seen: a person saw it open, and no other.  shut: its contact told of the shutting.  in_all: its contact moved again
    when all were opened.
    """

    door: int
    light: bool | None = None
    contact: bool | None = None
    seen: bool | None = None
    shut: bool | None = None
    in_all: bool | None = None

    @property
    def good(self) -> bool:
        return bool(self.contact and self.shut and self.in_all) and self.light is not False and self.seen is not False


class Tried(Struct, frozen=True):
    """The result.  all_seen: a person saw all doors open in the last step; None: nobody judged it."""

    doors: tuple[DoorTrial, ...]
    all_seen: bool | None
    stopped: str = ""

    @property
    def good(self) -> bool:
        return not self.stopped and self.all_seen is not False and all(door.good for door in self.doors)


def trial(rig: Rig, technician: Technician, doors: Sequence[int], *, ask: bool) -> Tried:
    """Try `doors`.  Without `ask` only what contacts tell is judged; a person still has to shut the doors."""
    rows = {door: DoorTrial(door) for door in doors}
    all_seen: bool | None = None
    stopped = ""
    try:
        if ask:
            _lights(rig, technician, rows)
        at_rest = rest(rig)
        _each(rig, technician, rows, at_rest, ask)
        if len(rows) > 1:
            all_seen = _all(rig, technician, rows, at_rest, ask)
        else:
            for row in rows.values():
                row.in_all = row.contact
    except Left as why:
        stopped = str(why)
    return Tried(tuple(rows.values()), all_seen, stopped)


def _lights(rig: Rig, technician: Technician, rows: dict[int, DoorTrial]) -> None:
    technician.heading("1. The lights")
    lit = [door for door in rows if door in rig.lit]
    if not lit:
        technician.say("The configuration has none; nothing is judged.")
    for door in lit:
        rig.light(door, True)
        try:
            rows[door].light = technician.yes(f"Is the light at door {door} on, and no other?")
        finally:
            rig.light(door, False)


def _each(rig: Rig, technician: Technician, rows: dict[int, DoorTrial], at_rest: Levels, ask: bool) -> None:
    technician.heading("2. One lock at a time")
    technician.say("Each door, and no other, must spring open at its pulse; its contact must say so; then you shut it.")
    for door, row in rows.items():
        if at_rest[door] is not Level.CLOSED:
            technician.say(f"Door {door} says {at_rest[door]} before its pulse: not tried. Shut it, or run learn.")
            row.contact = False
            continue
        technician.say(f"Door {door}: pulse.")
        seen = pulse_and_watch(rig, door, at_rest)
        row.contact = set(seen.moved) == {door}
        if seen.pulsed.began_s is None:
            technician.say(f"Not pulsed: {seen.pulsed.outcome}. {seen.pulsed.why}".strip(), 2)
        technician.say(f"Moved: {_contacts(seen.moved)}.", 2)
        if ask:
            row.seen = technician.yes(f"Did door {door}, and no other, open?")
        away = get_shut(rig, technician, set(seen.moved), at_rest, ask=ask)
        row.shut = door in seen.moved and door not in away


def _all(rig: Rig, technician: Technician, rows: dict[int, DoorTrial], at_rest: Levels, ask: bool) -> bool | None:
    technician.heading("3. All of them")
    technician.say("One after another, without waiting for you; in the end all must stand open. Then shut them all.")
    if ask:
        technician.go("Stand clear of the doors.", "go")
    opened: set[int] = set()
    for door, row in rows.items():
        if row.contact:
            moved = pulse_and_watch(rig, door, at_rest).moved
            row.in_all = set(moved) == {door}
            opened |= moved.keys()
    technician.say(f"Moved: {_contacts(opened)}.", 2)
    tried = [door for door, row in rows.items() if row.contact]
    seen = technician.yes(f"Are exactly these open: {doors_in_words(tried)}?") if ask else None
    away = get_shut(rig, technician, opened, at_rest, ask=ask)
    for door in away:
        if door in rows:
            rows[door].shut = False
    return seen


def _contacts(doors: Collection[int]) -> str:
    return f"contact of {doors_in_words(doors)}" if doors else "no contact"

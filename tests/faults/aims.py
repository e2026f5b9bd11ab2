"""When to kill: at random, or at a moment that is aimed at.

An aim hears of every line that the life says and of every deed of the world, and says whether this is the moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from hal.sim.chronicle import Deed

__all__ = ["Aim", "deck"]


@dataclass
class Aim:
    """One moment, counted from the scan that begins an errand.

    deed: at the nth such deed of the world.  commit: behind the nth commit, before anybody knows of it.
    told: when the nth row has been told of.  after_s: so long after the scan.  The first that comes counts.
    """

    name: str
    deed: Deed | None = None
    commit: int = 0
    told: int = 0
    after_s: float = 0.0
    nth: int = 1

    def by_deed(self, deed: Deed) -> bool:
        if deed is self.deed:
            self.nth -= 1
            return self.nth == 0
        return False

    def by_line(self, verb: str) -> bool:
        if verb == "row" and self.told:
            self.told -= 1
            return self.told == 0
        return verb == "held"


# How many of a hundred kills are aimed at what.
SHARES: Final = {
    "at random": 25,
    "just after a scan": 10,
    "after a commit": 21,
    "when told of a row": 7,
    "at the begin of a pulse": 13,
    "at the end of a pulse": 5,
    "at a door's movement": 14,
    "at a parcel's movement": 5,
}


def deck(kills: int, chance: Random) -> list[Aim]:
    """So many aims in the shares above, shuffled."""
    names = [name for name, share in SHARES.items() for _ in range(share)]
    aims = [_aim(names[n * len(names) // kills], chance) for n in range(kills)]
    chance.shuffle(aims)
    return aims


def _aim(name: str, chance: Random) -> Aim:
    match name:
        case "at random":
            return Aim(name, after_s=chance.uniform(0, 1.3))
        case "just after a scan":
            return Aim(name, after_s=chance.uniform(0, 0.02))
        case "after a commit":
            return Aim(name, commit=chance.randint(1, 4))
        case "when told of a row":
            return Aim(name, told=chance.randint(1, 6))
        case "at the begin of a pulse":
            return Aim(name, deed=Deed.PULSE_BEGAN)
        case "at the end of a pulse":
            return Aim(name, deed=Deed.PULSE_ENDED)
        case "at a door's movement":
            return Aim(name, deed=Deed.DOOR_MOVED, nth=chance.randint(1, 3))
        case _:
            return Aim(name, deed=Deed.PARCEL_MOVED)

"""Parcels: physical things, each in exactly one place."""

from __future__ import annotations

from typing import Final

from edge.core.errors import BadInput, NotAllowed
from edge.core.words import Size

__all__ = ["PARCEL_LIMIT", "PERSON", "STREET", "Parcel", "Parcels", "Place"]

STREET: Final = "street"
PERSON: Final = "person"
PARCEL_LIMIT: Final = 100_000
LIGHTEST_G, HEAVIEST_G = 1, 50_000

Place = str | int  # STREET, PERSON, or the number of a door


class Parcel:
    """One parcel.  `name` is unique; `text` and `symbology` are on its label; `flat` ones pass under a beam."""

    def __init__(self, name: str, weight_g: int, size: Size, text: str, symbology: str, flat: bool) -> None:
        self.name, self.weight_g, self.size = name, weight_g, size
        self.text, self.symbology, self.flat = text, symbology, flat
        self.place: Place = STREET

    def __repr__(self) -> str:
        return f"Parcel({self.name}, {self.size}, {self.weight_g} g, {self.place})"


class Parcels:
    """All parcels there are.  A parcel's place is one field: it cannot be in two."""

    def __init__(self) -> None:
        self._all: dict[str, Parcel] = {}

    def make(
        self,
        name: str,
        *,
        weight_g: int = 800,
        size: Size = Size.S,
        text: str = "",
        symbology: str = "Code128",
        flat: bool = False,
    ) -> Parcel:
        """A new parcel in the street; its label says `text`, or its name."""
        if not name or name in self._all:
            raise BadInput(f"parcel {name!r}: the name is empty or taken")
        if not LIGHTEST_G <= weight_g <= HEAVIEST_G:
            raise BadInput(f"parcel {name}: weight {weight_g} g, limits {LIGHTEST_G} to {HEAVIEST_G} g")
        if len(self._all) >= PARCEL_LIMIT:
            raise NotAllowed(f"parcel {name}: the world holds {len(self._all)}, limit {PARCEL_LIMIT}")
        parcel = self._all[name] = Parcel(name, weight_g, size, text or name, symbology, flat)
        return parcel

    def named(self, parcel: Parcel | str) -> Parcel:
        """The parcel of that name; BadInput when there is none."""
        name = parcel if isinstance(parcel, str) else parcel.name
        if name not in self._all:
            raise BadInput(f"parcel {name!r}: there is none of that name")
        return self._all[name]

    def at(self, place: Place) -> tuple[Parcel, ...]:
        return tuple(parcel for parcel in self._all.values() if parcel.place == place)

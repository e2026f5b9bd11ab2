"""The `[[load_cell]]` tables: one cell under one compartment, where its converter hangs, and what its counts mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

__all__ = ["KINDS", "MAX_CELLS", "Hx711GpioCell", "Hx711IioCell", "LoadCell", "Nau7802Cell", "faults_of"]

MAX_CELLS: Final = 256  # compartments that are weighed, on one machine
LEAST_COUNTS_PER_GRAM: Final = 0.01  # a converter of 24 bits that tells 100 g apart at best is not one

Grams = Annotated[int, Meta(ge=1, le=500_000)]
Directory = Annotated[str, Meta(min_length=1, max_length=200)]
Pin = Annotated[int, Meta(ge=0, le=27)]


class LoadCell(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every cell has.  Weights in grams; counts as the converter gives them, signed.

    tare_counts, counts_per_gram: empty, and for each gram more; the latter is negative where a cell is wired about.
    limit_g: what the cell bears; beyond it nothing is believed.
    present_from_g, empty_to_g: something is inside, nothing is; between the two nobody knows.
    steady_within_g: how far the samples of one reading may lie apart.
    zero_within_g: how far the zero of an empty compartment may creep, and be followed.
    """

    door: Annotated[int, Meta(ge=1, le=9999)]
    tare_counts: Annotated[int, Meta(ge=-8_388_608, le=8_388_607)]
    counts_per_gram: Annotated[float, Meta(ge=-100_000, le=100_000)]
    limit_g: Grams
    present_from_g: Grams = 30
    empty_to_g: Grams = 15
    steady_within_g: Grams = 10
    zero_within_g: Annotated[int, Meta(ge=0, le=500_000)] = 10


class Nau7802Cell(LoadCell, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`bus`: /dev/i2c-1.  Several on one bus: each on a branch of a multiplexer (0x70 to 0x77)."""

    bus: Directory = "/dev/i2c-1"
    mux: Annotated[int, Meta(ge=0x70, le=0x77)] | None = None
    branch: Annotated[int, Meta(ge=0, le=7)] | None = None


class Hx711IioCell(LoadCell, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`scale`: the text of in_voltage0_scale in `directory` when tare and span were found."""

    directory: Directory
    scale: Annotated[str, Meta(min_length=1, max_length=32)]


class Hx711GpioCell(LoadCell, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Experimental."""

    factory: Literal["lgpio", "rpigpio", "mock"]
    clock_pin: Pin
    data_pin: Pin


KINDS: Final[dict[str, type[LoadCell]]] = {
    "nau7802": Nau7802Cell,
    "hx711_iio": Hx711IioCell,
    "hx711_gpio": Hx711GpioCell,
}


def faults_of(cells: Sequence[LoadCell]) -> list[tuple[int, str]]:
    """What is wrong with the cells, and with which: its number from 0."""
    found: list[tuple[int, str]] = []
    owners: dict[str, int] = {}
    for number, cell in enumerate(cells):
        found += [(number, fault) for fault in _one(cell)]
        for place in (f"door {cell.door}", *_places(cell)):
            if place in owners:
                found.append((number, f"{place} has the cell of door {cells[owners[place]].door} already"))
            owners.setdefault(place, number)
    bare = {cell.bus for cell in cells if isinstance(cell, Nau7802Cell) and cell.mux is None}
    found += [
        (number, f"{cell.bus} has a cell without a multiplexer too, which would answer in the place of this one")
        for number, cell in enumerate(cells)
        if isinstance(cell, Nau7802Cell) and cell.mux is not None and cell.bus in bare
    ]
    return found


def _one(cell: LoadCell) -> list[str]:
    lines = []
    if abs(cell.counts_per_gram) < LEAST_COUNTS_PER_GRAM:
        lines.append(
            f"counts_per_gram {cell.counts_per_gram:g}: a gram must be {LEAST_COUNTS_PER_GRAM:g} counts or more"
        )
    if not cell.empty_to_g < cell.present_from_g <= cell.limit_g:
        lines.append(
            f"empty_to_g {cell.empty_to_g}, present_from_g {cell.present_from_g}, limit_g {cell.limit_g}: must rise"
        )
    elif cell.zero_within_g >= cell.present_from_g - cell.empty_to_g:
        lines.append(
            f"zero_within_g {cell.zero_within_g}: must be less than present_from_g - empty_to_g, "
            f"{cell.present_from_g - cell.empty_to_g}, or a parcel could be followed away"
        )
    if isinstance(cell, Nau7802Cell) and (cell.mux is None) is not (cell.branch is None):
        lines.append("mux and branch: both or neither")
    if isinstance(cell, Hx711GpioCell) and cell.clock_pin == cell.data_pin:
        lines.append(f"clock_pin and data_pin are both {cell.clock_pin}")
    return lines


def _places(cell: LoadCell) -> list[str]:
    """Where its converter hangs: nothing else can hang there.  Pins are held against all other pins elsewhere."""
    if isinstance(cell, Nau7802Cell):
        return [f"{cell.bus}" if cell.mux is None else f"{cell.bus} mux 0x{cell.mux:02x} branch {cell.branch}"]
    return [cell.directory] if isinstance(cell, Hx711IioCell) else []

"""`locker hardware weigh`: what the load cells give, and the tare and span of one of them, found with a known weight.

A cell that has not been weighed yet stands in the configuration with `tare_counts = 0` and `counts_per_gram = 1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from msgspec import Struct

from edge.app.hardware.technician import Technician
from edge.core.errors import BadInput
from hal.loadcell.cell import saturated
from hal.loadcell.line import SAMPLES
from hal.loadcell.options import LEAST_COUNTS_PER_GRAM, LoadCell
from hal.loadcell.sensors import LoadCells

__all__ = ["LIGHTEST_G", "Measured", "Weighed", "proposal", "table", "weigh", "weigh_anew"]

LIGHTEST_G: Final = 100  # with less, the noise of the cell is a percent of it
TRIES: Final = 5  # bursts until one is whole: a converter calibrates itself first


class Measured(Struct, frozen=True):
    """One cell.  counts: the median; apart: how far its samples lay apart.  trouble: why there are none."""

    door: int
    counts: int = 0
    apart: int = 0
    grams: float = 0.0
    trouble: str = ""


class Weighed(Struct, frozen=True):
    """Tare and span of one cell; `trouble` where they cannot be."""

    door: int
    tare_counts: int = 0
    counts_per_gram: float = 0.0
    noise_g: float = 0.0
    trouble: str = ""


def weigh(cells: LoadCells, plans: Sequence[LoadCell]) -> list[Measured]:
    """Every cell, as it is now."""
    return [_measured(cells, plan) for plan in sorted(plans, key=lambda plan: plan.door)]


def table(measured: Sequence[Measured]) -> list[str]:
    """Lines for a page."""
    lines = [f"  {'door':>5} {'counts':>10} {'apart':>7} {'grams':>9}"]
    for one in measured:
        told = one.trouble or f"{one.counts:>10} {one.apart:>7} {one.grams:>9.1f}"
        lines.append(f"  {one.door:>5} {told}")
    return lines


def proposal(found: Weighed) -> list[str]:
    """What to put into the configuration, or why nothing."""
    if found.trouble:
        return [f"  {found.trouble}"]
    return [
        f"For the [[load_cell]] of door {found.door}, which flickers by {found.noise_g:g} g:",
        f"tare_counts = {found.tare_counts}",
        f"counts_per_gram = {found.counts_per_gram:g}",
    ]


def weigh_anew(cells: LoadCells, plan: LoadCell, load_g: int, technician: Technician) -> Weighed:
    """Ask for the empty compartment, then for the weight.  BadInput for a weight that is too light or too heavy."""
    if not LIGHTEST_G <= load_g <= plan.limit_g:
        raise BadInput(f"weight {load_g} g: must be {LIGHTEST_G} g to the cell's limit_g, {plan.limit_g}")
    technician.go(f"Empty compartment {plan.door}, and take your hands off.", "it is empty and still")
    empty = _measured(cells, plan)
    technician.go(f"Put {load_g} g into it, and take your hands off.", "it is inside and still")
    loaded = _measured(cells, plan)
    if empty.trouble or loaded.trouble:
        return Weighed(plan.door, trouble=empty.trouble or loaded.trouble)
    per_gram = (loaded.counts - empty.counts) / load_g
    apart = max(empty.apart, loaded.apart)
    if abs(per_gram) < LEAST_COUNTS_PER_GRAM or abs(loaded.counts - empty.counts) < 10 * apart:
        why = f"{load_g} g moved it by {loaded.counts - empty.counts} counts, and it flickers by {apart}"
        return Weighed(plan.door, trouble=f"{why}: look at the cell, its wires and what it stands on")
    return Weighed(plan.door, empty.counts, round(per_gram, 4), round(apart / abs(per_gram), 2))


def _measured(cells: LoadCells, plan: LoadCell) -> Measured:
    trouble = ""
    for _ in range(TRIES):
        burst = cells.bursts((plan.door,))[plan.door]
        counts = [sample.counts for sample in burst.samples]
        if burst.fault or len(counts) < SAMPLES:
            trouble = burst.fault or "no conversion that can be trusted"
        elif any(saturated(one) for one in counts):
            trouble = "the converter is at its end: beyond its range, or a wire is off"
        else:
            middle = round(median(counts))
            grams = (middle - plan.tare_counts) / plan.counts_per_gram
            return Measured(plan.door, middle, max(counts) - min(counts), grams)
    return Measured(plan.door, trouble=trouble)

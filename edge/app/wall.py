"""The wall as the configuration describes it: each compartment by itself, or column by column.

A column names its first door and the sizes of its compartments from the top; positions, heights and who can reach them
follow.  A wall that differs from this names each compartment, with its own figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct

from edge.core.site import CompartmentPlan
from edge.core.words import ContentSensor, Feedback, Size

__all__ = ["MAX_DOORS", "Column", "as_built", "numbers"]

MAX_DOORS: Final = 1000  # the largest walls that are sold have about 300
HEIGHT_MM: Final = {Size.S: 100, Size.M: 200, Size.L: 400, Size.XL: 600}  # as the large makers build them
REACHABLE_MM: Final = (400, 1100)  # from a wheelchair: the middle of the door, where its handle is

Door = Annotated[int, Meta(ge=1, le=9999)]


class Column(Struct, frozen=True, forbid_unknown_fields=True):
    """One column of doors.  Doors are numbered on from `first_door`, downwards; lengths in mm."""

    first_door: Door
    sizes: Annotated[tuple[Size, ...], Meta(min_length=1, max_length=40)]  # from the top
    feedback: Feedback = Feedback.SWITCH
    content: ContentSensor = ContentSensor.NONE
    width_mm: Annotated[int, Meta(ge=100, le=2000)] = 450
    gap_mm: Annotated[int, Meta(ge=0, le=5000)] = 0  # to its left, where the screen or nothing is
    plinth_mm: Annotated[int, Meta(ge=0, le=1000)] = 150  # from the ground to the lowest compartment

    @property
    def height_mm(self) -> int:
        return self.plinth_mm + sum(HEIGHT_MM[size] for size in self.sizes)


def as_built(columns: Sequence[Column]) -> tuple[CompartmentPlan, ...]:
    """Every compartment of the columns, which stand side by side from the left."""
    top_mm = max((column.height_mm for column in columns), default=0)
    plans: list[CompartmentPlan] = []
    left_mm = 0
    for column in columns:
        left_mm += column.gap_mm
        above_mm = column.height_mm
        for door, size in enumerate(column.sizes, column.first_door):
            bottom_mm = above_mm - HEIGHT_MM[size]
            plans.append(
                CompartmentPlan(
                    door=door,
                    size=size,
                    feedback=column.feedback,
                    content=column.content,
                    reachable=REACHABLE_MM[0] <= (bottom_mm + above_mm) / 2 <= REACHABLE_MM[1],
                    bottom_mm=bottom_mm,
                    x=left_mm,
                    y=top_mm - above_mm,
                    width=column.width_mm,
                    height=HEIGHT_MM[size],
                )
            )
            above_mm = bottom_mm
        left_mm += column.width_mm
    return tuple(plans)


def numbers(text: str) -> tuple[int, ...] | None:
    """Door numbers from "1-12, 17"; None when the text says anything else, or too many."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.strip().isdecimal() or (dash and not last.strip().isdecimal()):
            return None
        low, high = int(first), int(last) if dash else int(first)
        if low > high or high - low >= MAX_DOORS or len(found) > MAX_DOORS:
            return None
        found += range(low, high + 1)
    return tuple(found)

"""The wall that a desk has when nothing else is said, and the locker that its screens name when there is no room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from edge.core.site import CompartmentPlan
from edge.core.words import ContentSensor, Feedback, Size

SIZES: Final = (Size.S, Size.S, Size.M, Size.M, Size.L, Size.L, Size.XL, Size.XL)
OTHER_SITE: Final = 0x00BC6150


def wall(
    content: ContentSensor = ContentSensor.NONE, feedback: Feedback = Feedback.SWITCH, sizes: Sequence[Size] = SIZES
) -> tuple[CompartmentPlan, ...]:
    """Doors 1, 2, …: two of each size; the even ones hang high and cannot be reached from a wheelchair."""
    return tuple(
        CompartmentPlan(door, size, feedback, content, reachable=door % 2 == 1, bottom_mm=400 if door % 2 else 1300)
        for door, size in enumerate(sizes, start=1)
    )

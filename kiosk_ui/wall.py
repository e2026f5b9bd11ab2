"""The map of the wall: where each door is drawn, and where the screen is.  Lengths in mm, y downwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from edge.core.site import CompartmentPlan

__all__ = ["Box", "DoorMark", "Wall", "wall_map"]

FRAME_MM: Final = 60  # what is narrower is the frame between doors, not a place for a screen
COLUMNS: Final = 6  # of a wall whose doors have no places yet
MARGIN: Final = 0.02  # around the wall, of its longer side


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


class DoorMark(NamedTuple):
    """A door on the map.  state: as the screen has it (quiet, this, open, fault, free)."""

    door: int
    box: Box
    state: str


class Wall(NamedTuple):
    """ground: the wall with its margin.  gap: between doors.  letters: height of a number.

    screen: the one place without a door, if there is one.
    """

    ground: Box
    gap: float
    letters: float
    doors: tuple[DoorMark, ...]
    screen: Box | None


def wall_map(plans: Iterable[CompartmentPlan], states: Mapping[int, str]) -> Wall | None:
    """The map of a wall, None for a wall without doors."""
    boxes = _places(tuple(plans))
    if not boxes:
        return None
    right = max(box.x + box.width for box in boxes.values())
    bottom = max(box.y + box.height for box in boxes.values())
    left, top = min(box.x for box in boxes.values()), min(box.y for box in boxes.values())
    margin = MARGIN * max(right - left, bottom - top)
    ground = Box(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin)
    letters = 0.45 * min(min(box.width, box.height) for box in boxes.values())
    doors = tuple(DoorMark(door, box, states.get(door, "quiet")) for door, box in sorted(boxes.items()))
    return Wall(ground, margin * 0.6, letters, doors, _screen(tuple(boxes.values())))


def _places(plans: tuple[CompartmentPlan, ...]) -> dict[int, Box]:
    """Where the doors are built; in rows by number where the configuration gives no places or puts two on one."""
    built = {plan.door: Box(plan.x, plan.y, plan.width, plan.height) for plan in plans}
    if len({(box.x, box.y) for box in built.values()}) == len(built):
        return built
    return {
        plan.door: Box(index % COLUMNS * 160, index // COLUMNS * 100, 160, 100)
        for index, plan in enumerate(sorted(plans, key=lambda plan: plan.door))
    }


def _screen(boxes: tuple[Box, ...]) -> Box | None:
    """The one rectangle inside the wall that has no door: there the screen is built in.  None in case of doubt."""
    columns = _stretches({edge for box in boxes for edge in (box.x, box.x + box.width)})
    rows = _stretches({edge for box in boxes for edge in (box.y, box.y + box.height)})
    empty = [
        (column, row)
        for column, (x, _) in enumerate(columns)
        for row, (y, _) in enumerate(rows)
        if not any(_covers(box, x, y) for box in boxes)
    ]
    if not empty:
        return None
    left, right = min(c for c, _ in empty), max(c for c, _ in empty)
    top, bottom = min(r for _, r in empty), max(r for _, r in empty)
    if len(empty) != (right - left + 1) * (bottom - top + 1):
        return None
    x, y = columns[left][0], rows[top][0]
    return Box(x, y, columns[right][1] - x, rows[bottom][1] - y)


def _stretches(edges: set[float]) -> list[tuple[float, float]]:
    """From one edge to the next, without the frames between doors."""
    return [(start, end) for start, end in pairwise(sorted(edges)) if end - start > FRAME_MM]


def _covers(box: Box, x: float, y: float) -> bool:
    return box.x <= x < box.x + box.width and box.y <= y < box.y + box.height

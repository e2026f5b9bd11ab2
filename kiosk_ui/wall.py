"""The map of the wall: where each door is drawn, and where the screen is.  Lengths in mm, y downwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from edge.core.site import CompartmentPlan

__all__ = ["Box", "DoorMark", "Room", "Wall", "wall_map"]

FRAME_MM: Final = 60  # what is narrower is the frame between doors, not a place for a screen
COLUMNS: Final = 6  # of a wall whose doors have no places yet
MARGIN: Final = 0.02  # around the wall, of its longer side
LEAST_MM: Final = 3.7  # size of the smallest letters on the map: a number must be read from the floor before the wall
LETTER_WIDTH: Final = 0.56  # of its size, of an average letter with some air
LINE_HEIGHT: Final = 1.0


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


class Room(NamedTuple):
    """What the map is drawn into, mm of the smallest panel."""

    width: float = 70
    height: float = 44


class Wall(NamedTuple):
    """ground: the wall with its margin.  gap: between doors.  letters: size of a number.

    screen: the one place without a door, if there is one.  least: the smallest letters that can be read there.
    """

    ground: Box
    gap: float
    letters: float
    least: float
    doors: tuple[DoorMark, ...]
    screen: Box | None

    def has(self, state: str) -> bool:
        """Whether any door is drawn so."""
        return any(mark.state == state for mark in self.doors)

    def size_of(self, mark: DoorMark) -> float:
        """Of the letters on this door: larger on the one that is meant, smaller where more than a number stands."""
        if mark.state == "this":
            return min(self.letters * 1.2, 0.75 * mark.box.height)
        return max(self.least, self.letters * 0.85) if mark.state == "fault" else self.letters

    def here(self, words: str) -> tuple[str, ...]:
        """`words` in lines that fit where the screen is; nothing where they do not, or where that is not known."""
        if self.screen is None:
            return ()
        lines = tuple(words.split())
        wide = max(map(len, lines), default=0) * LETTER_WIDTH * self.least
        high = len(lines) * LINE_HEIGHT * self.least
        room = self.screen.width - 2 * self.gap, self.screen.height - 2 * self.gap
        return lines if wide <= room[0] and high <= room[1] else ()


def wall_map(plans: Iterable[CompartmentPlan], states: Mapping[int, str], room: Room = Room()) -> Wall | None:
    """The map of a wall, None for a wall without doors."""
    boxes = _places(tuple(plans))
    if not boxes:
        return None
    right = max(box.x + box.width for box in boxes.values())
    bottom = max(box.y + box.height for box in boxes.values())
    left, top = min(box.x for box in boxes.values()), min(box.y for box in boxes.values())
    margin = MARGIN * max(right - left, bottom - top)
    ground = Box(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin)
    scale = min(room.width / ground.width, room.height / ground.height)
    least = LEAST_MM / scale
    letters = max(least, min(0.42 * box.width for box in boxes.values()))
    letters = min(letters, max(least, min(0.6 * box.height for box in boxes.values())))
    doors = tuple(DoorMark(door, box, states.get(door, "quiet")) for door, box in sorted(boxes.items()))
    return Wall(ground, margin * 0.6, letters, least, doors, _screen(tuple(boxes.values())))


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

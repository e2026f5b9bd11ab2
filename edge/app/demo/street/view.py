"""The wall drawn to scale: where each door is, where the screen is, and somebody who stands before it.  In mm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from edge.core.site import CompartmentPlan
from kiosk_ui.wall import Box, wall_map

__all__ = ["DoorDrawn", "Ground", "ground"]

PANEL_MM: Final = (390.0, 240.0)  # the screen with its frame
PANEL_BELOW_EYE_MM: Final = 90.0
PERSON_MM: Final = 1700.0
PAVEMENT_MM: Final = 60.0
EDGE_MM: Final = 40.0
BESIDE_MM: Final = 440.0  # where a person stands


class DoorDrawn(NamedTuple):
    """One door on the drawing."""

    door: int
    size: str
    box: Box


class Ground(NamedTuple):
    """view: what is drawn.  wall: its case.  panel and eye: screen and camera; None where the wall has no place."""

    view: Box
    wall: Box
    doors: tuple[DoorDrawn, ...]
    panel: Box | None
    eye: tuple[float, float]
    feet: float
    person: tuple[float, float]
    kiosk: str = ""


def ground(plans: Iterable[CompartmentPlan], kiosk: str = "") -> Ground:
    """The drawing of a wall.  kiosk: the address of its screen."""
    built = tuple(plans)
    wall = wall_map(built, {})
    assert wall is not None, "a wall has doors"
    sizes = {plan.door: str(plan.size) for plan in built}
    plinth = min(plan.bottom_mm for plan in built)
    left, top = (min(mark.box[side] for mark in wall.doors) - EDGE_MM for side in (0, 1))
    right = max(mark.box.x + mark.box.width for mark in wall.doors) + EDGE_MM
    feet = max(mark.box.y + mark.box.height for mark in wall.doors) + plinth
    case = Box(left, top, right - left, feet - top)
    place = wall.screen or Box(right, case.y, PANEL_MM[0] + 2 * EDGE_MM, case.height / 2)
    middle = place.x + place.width / 2
    eye = (middle, place.y + place.height * 0.13)
    panel = Box(middle - PANEL_MM[0] / 2, eye[1] + PANEL_BELOW_EYE_MM, *PANEL_MM)
    end = max(right, place.x + place.width)
    view = Box(
        case.x - EDGE_MM,
        case.y - EDGE_MM,
        end - case.x + 2 * EDGE_MM + BESIDE_MM,
        case.height + 2 * EDGE_MM + PAVEMENT_MM,
    )
    return Ground(
        view,
        case,
        tuple(DoorDrawn(mark.door, sizes[mark.door], mark.box) for mark in wall.doors),
        panel,
        eye,
        feet,
        (end + BESIDE_MM / 2, PERSON_MM),
        kiosk,
    )

"""The map is the wall."""

from __future__ import annotations

from edge.core.site import CompartmentPlan
from kiosk_ui.wall import Box, wall_map
from tests.kiosk.house import built_wall


def row(*doors: int, width: int = 400) -> list[CompartmentPlan]:
    return [CompartmentPlan(door, x=door * (width + 20), width=width, height=200) for door in doors]


def test_every_door_is_drawn_where_it_is_built() -> None:
    plans = built_wall()
    wall = wall_map(plans, {3: "this"})
    assert wall is not None
    assert {mark.door: mark.box for mark in wall.doors} == {p.door: Box(p.x, p.y, p.width, p.height) for p in plans}
    assert {mark.door: mark.state for mark in wall.doors if mark.state != "quiet"} == {3: "this"}


def test_the_one_place_without_a_door_is_where_the_screen_is() -> None:
    wall = wall_map(built_wall(), {})
    assert wall is not None
    assert wall.screen == Box(840, 520, 400, 500)


def test_a_wall_without_such_a_place_claims_none() -> None:
    wall = wall_map(row(1, 2, 3), {})
    assert wall is not None
    assert wall.screen is None


def test_of_two_such_places_none_is_claimed() -> None:
    wall = wall_map(row(1, 3, 5), {})
    assert wall is not None
    assert wall.screen is None


def test_doors_without_places_stand_in_rows_by_number() -> None:
    wall = wall_map([CompartmentPlan(door) for door in range(8, 0, -1)], {})
    assert wall is not None
    assert [(mark.door, mark.box.x, mark.box.y) for mark in wall.doors][5:7] == [(6, 800, 0), (7, 0, 100)]


def test_no_doors_no_map() -> None:
    assert wall_map([], {}) is None

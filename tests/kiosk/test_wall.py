"""The map is the wall."""

from __future__ import annotations

from edge.core.site import CompartmentPlan
from kiosk_ui.wall import Box, Room, wall_map
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


def test_the_place_of_the_screen_is_named_there_where_the_words_fit() -> None:
    wall = wall_map(built_wall(), {})
    assert wall is not None
    assert wall.here("You are here") == ("You", "are", "here")
    assert wall.here("Buradasınız") == ()
    rows = wall_map(row(1, 2, 3), {})
    assert rows is not None
    assert rows.here("You are here") == ()


def test_every_number_is_as_large_as_can_be_read_and_the_door_that_is_meant_larger() -> None:
    room = Room(70, 44)
    wall = wall_map(built_wall(), {3: "this", 4: "fault"}, room)
    assert wall is not None
    scale = min(room.width / wall.ground.width, room.height / wall.ground.height)
    sizes_mm = {mark.door: wall.size_of(mark) * scale for mark in wall.doors}
    assert min(sizes_mm.values()) >= 3.6
    assert sizes_mm[3] > sizes_mm[5]


def test_a_small_map_keeps_its_numbers_readable() -> None:
    room = Room(65, 33)
    wall = wall_map(built_wall(), {}, room)
    assert wall is not None
    assert wall.letters * min(room.width / wall.ground.width, room.height / wall.ground.height) >= 3.6


def test_which_marks_need_a_word_beside_the_map_is_known() -> None:
    wall = wall_map(built_wall(), {3: "free"})
    assert wall is not None
    assert [wall.has(state) for state in ("free", "fault")] == [True, False]

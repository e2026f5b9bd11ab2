"""What stands around the core's screen: the time where it is believed, the night, the countdown, the look."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from edge.core.inputs import Reach
from kiosk_ui.look import LEFT_AFTER_S
from kiosk_ui.options import KioskOptions, is_night
from kiosk_ui.presenter import FOLLOWS_WITHIN_S, REFRESH_S, Presenter
from tests.core.desk import Desk
from tests.kiosk.house import Stage

TEN_PM = int(datetime(2026, 11, 6, 22, 0, tzinfo=UTC).timestamp())


@pytest.fixture
def stage() -> Stage:
    return Stage(Desk())


def presenter(stage: Stage, options: KioskOptions | None = None) -> Presenter:
    return Presenter(stage, options or KioskOptions(), UTC)


def look(told: str) -> str:
    return str(json.loads(told)["look"])


@pytest.mark.parametrize(
    ("night", "hours"),
    [
        (None, []),
        ((22, 6), [0, 1, 2, 3, 4, 5, 22, 23]),
        ((1, 5), [1, 2, 3, 4]),
        ((6, 6), []),
    ],
)
def test_the_night_goes_over_midnight(night: tuple[int, int] | None, hours: list[int]) -> None:
    assert [hour for hour in range(24) if is_night(night, hour)] == hours


def test_the_screen_of_nobody_is_dim_at_night_where_the_clock_is_believed(stage: Stage) -> None:
    shows = presenter(stage, KioskOptions(night=(22, 6)))
    assert look(shows.update("t", 0)) == ""
    stage.time_s = TEN_PM - 1
    assert look(shows.update("t", 1)) == ""
    stage.time_s = TEN_PM
    assert look(shows.update("t", 2)) == "night"


def test_the_time_and_what_is_unsent_change_the_page_without_the_core(stage: Stage) -> None:
    shows = presenter(stage)
    before = shows.update("t", 0)
    assert shows.update("t", 1) == before
    stage.time_s = TEN_PM
    assert (later := shows.update("t", 2)) != before
    stage.time_s = TEN_PM + 60
    assert shows.update("t", 3) != later


def test_a_look_that_nobody_uses_lapses_by_itself(stage: Stage) -> None:
    shows = presenter(stage)
    assert shows.refresh_in_s(0) == REFRESH_S
    shows.look("contrast", "on", 10)
    assert look(shows.update("t", 10)) == "contrast"
    assert shows.refresh_in_s(10 + LEFT_AFTER_S - 1) == 1
    assert look(shows.update("t", 10 + LEFT_AFTER_S)) == ""


def test_a_page_that_does_not_follow_is_not_counted_as_living(stage: Stage) -> None:
    shows = presenter(stage)
    old = stage.screen().number
    assert shows.shows_truth(old, 100)
    stage.desk.tap("pin")
    new = stage.screen().number
    assert [shows.shows_truth(each, 200) for each in (old, new)] == [True, True]
    assert [shows.shows_truth(each, 200 + FOLLOWS_WITHIN_S) for each in (old, new)] == [False, True]


# -- the wish for a door within reach ---------------------------------------------------------------------------------


def wishes(stage: Stage) -> list[bool]:
    return [told.wanted for told in stage.told if isinstance(told, Reach)]


def test_the_core_is_told_when_the_page_is_lowered_and_raised_and_never_twice(stage: Stage) -> None:
    shows = presenter(stage)
    shows.update("t", 0)
    shows.look("low", "on", 1)
    shows.look("contrast", "on", 2)
    shows.update("t", 3)
    shows.look("low", "off", 4)
    assert wishes(stage) == [True, False]


def test_the_wish_ends_with_the_visit(stage: Stage) -> None:
    shows = presenter(stage)
    shows.look("low", "on", 0)
    stage.desk.tap("send")
    shows.update("t", 1)
    stage.desk.tap("end")
    shows.update("t", 2)
    assert wishes(stage) == [True, False]
    shows.look("low", "on", 3)
    shows.update("t", 3 + LEFT_AFTER_S)
    assert wishes(stage) == [True, False, True, False]
    assert not stage.desk.memory.reach


def test_a_wish_that_finds_the_inbox_full_is_told_again(stage: Stage) -> None:
    shows = presenter(stage)
    stage.inbox_full = True
    shows.look("low", "on", 0)
    stage.inbox_full = False
    shows.update("t", 1)
    assert wishes(stage) == [True]

"""Whoever does nothing is warned, may ask for more time, and at last the screen goes home."""

from __future__ import annotations

from edge.core.sessions import MAX_EXTENSIONS
from tests.core.desk import Desk
from tests.core.screen_routes import shut_at_once, tapped


def test_idle_warns_after_thirty_seconds_and_goes_home_after_twenty_more() -> None:
    desk = tapped(Desk(), "pin")
    desk.wait(29)
    assert not desk.screen().idle
    desk.wait(2)
    assert desk.screen().idle
    assert desk.screen().choices == ("end", "more_time")
    desk.wait(18)
    assert desk.screen().name == "pin"
    desk.wait(2)
    assert desk.screen().name == "attract"


def test_the_warning_does_not_make_a_tap_stale() -> None:
    desk = tapped(Desk(), "pin")
    number = desk.screen().number
    desk.wait(31)
    assert desk.screen().idle
    assert desk.screen().number == number


def test_more_time_is_given_ten_times() -> None:
    desk = tapped(Desk(), "pin")
    for _ in range(MAX_EXTENSIONS):
        desk.wait(31)
        desk.tap("more_time")
        assert desk.screen().name == "pin"
        assert not desk.screen().idle
    desk.wait(31)
    assert desk.screen().idle
    assert "more_time" not in desk.screen().choices
    desk.wait(20)
    assert desk.screen().name == "attract"


def test_more_time_takes_the_place_of_the_last_choice_and_never_of_the_main_one() -> None:
    desk = shut_at_once()
    desk.wait(31)
    assert desk.screen().choices == ("yes", "no", "open_again", "more_time")

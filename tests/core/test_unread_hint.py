"""A code that is seen and not read is a live hint beside the screen, and only where a code is wanted."""

from __future__ import annotations

from edge.core import inputs
from tests.core.screen_routes import courier, opened, standing


def test_a_code_that_is_seen_and_not_read_is_a_live_hint_that_makes_no_tap_stale() -> None:
    desk = standing()
    before = desk.screen()
    desk.tell(inputs.Unread("too_far"))
    assert (desk.screen().unread, desk.screen().number) == ("too_far", before.number)
    assert "pin" in desk.screen().choices
    desk.tell(inputs.Unread(""))
    assert desk.screen() == before


def test_the_hint_stays_away_where_no_code_is_wanted() -> None:
    desk = opened()
    desk.tell(inputs.Unread("glare"))
    assert (desk.screen().name, desk.screen().unread) == ("take", "")
    desk = courier()
    desk.tell(inputs.Unread("glare"))
    assert (desk.screen().name, desk.screen().unread) == ("ready", "glare")

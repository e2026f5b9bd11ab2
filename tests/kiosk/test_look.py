"""What one visitor chose of the page lasts as long as the visit, and no longer."""

import pytest
from msgspec.structs import replace

from edge.core.errors import BadInput
from edge.core.screens import Screen
from kiosk_ui.look import LEFT_AFTER_S, Look, Visit, left_at_s, shown, taken, touched

ATTRACT = Screen("attract", number=1)
PIN = Screen("pin", number=2)
LANGUAGES = ("en", "de", "ar")


def visit(look: Look) -> Visit:
    """Somebody chose this on the attract screen, at 100 s."""
    return touched(Visit(look, Look(), ATTRACT.number), 100)


@pytest.mark.parametrize(
    ("field", "value", "look"),
    [
        ("language", "de", Look("de")),
        ("contrast", "on", Look(contrast=True)),
        ("large", "on", Look(large=True)),
        ("low", "on", Look(low=True)),
        ("sound", "on", Look(sound=True)),
        ("sound", "off", Look()),
        ("menu", "languages", Look(menu="languages")),
        ("menu", "comfort", Look(menu="comfort")),
        ("menu", "", Look()),
    ],
)
def test_a_tap_changes_one_thing(field: str, value: str, look: Look) -> None:
    assert taken(Look(), field, value, LANGUAGES) == look


@pytest.mark.parametrize(
    ("field", "value"),
    [("language", "fr"), ("language", ""), ("contrast", "1"), ("menu", "doors"), ("door", "3"), ("", "")],
)
def test_what_there_is_not_is_refused(field: str, value: str) -> None:
    with pytest.raises(BadInput):
        taken(Look(), field, value, LANGUAGES)


def test_a_language_closes_the_menu_and_a_switch_leaves_it() -> None:
    assert taken(Look(menu="languages"), "language", "de", LANGUAGES).menu == ""
    assert taken(Look(menu="comfort"), "large", "on", LANGUAGES).menu == "comfort"


def test_a_new_choice_set_closes_the_menu_and_a_hint_does_not() -> None:
    before = visit(Look("de", menu="comfort"))
    assert shown(before, Screen("attract", number=1, unread="glare"), 101).look.menu == "comfort"
    assert shown(before, PIN, 101).look == Look("de")


def test_the_look_stays_through_the_session_and_goes_with_it() -> None:
    chosen = visit(Look("ar", large=True))
    at_pin = shown(chosen, PIN, 101)
    at_door = shown(at_pin, Screen("take", number=3), 900)
    assert at_door.look == Look("ar", large=True)
    assert left_at_s(at_door) is None, "however long the door takes"
    assert shown(at_door, Screen("attract", number=4), 901).look == Look()


def test_a_menu_that_nobody_touches_uncovers_the_door_that_stands_open() -> None:
    at_door = shown(visit(Look("ar")), Screen("take", number=3), 101)
    covered = touched(replace(at_door, look=Look("ar", menu="comfort")), 110)
    reminded = Screen("take", {"still_open": True}, number=3)
    assert left_at_s(covered) == 110 + LEFT_AFTER_S
    assert shown(covered, reminded, 110 + LEFT_AFTER_S - 1).look.menu == "comfort"
    assert shown(covered, reminded, 110 + LEFT_AFTER_S).look == Look("ar")


def test_the_site_s_own_look_is_what_comes_back() -> None:
    at_pin = Visit(Look("en", contrast=True), Look("de"), 2, True, 0)
    assert shown(at_pin, Screen("out_of_order", number=3), 1).look == Look("de")


def test_who_chose_a_language_and_went_is_forgotten() -> None:
    chosen = visit(Look("de"))
    assert left_at_s(chosen) == 100 + LEFT_AFTER_S
    assert shown(chosen, ATTRACT, 100 + LEFT_AFTER_S - 1).look.language == "de"
    assert shown(chosen, ATTRACT, 100 + LEFT_AFTER_S).look.language == "en"
    assert left_at_s(touched(chosen, 120)) == 120 + LEFT_AFTER_S


def test_nothing_is_waited_for_where_nothing_was_chosen() -> None:
    assert left_at_s(visit(Look())) is None

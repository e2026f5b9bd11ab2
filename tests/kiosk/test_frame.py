"""What is the same on every screen: the top, the row at the bottom, the ways to another look, and how it is written."""

from __future__ import annotations

import re
from datetime import UTC
from importlib.resources import files

import pytest
from msgspec.structs import replace

from edge.core.screens import MAX_CHOICES, Screen
from edge.core.site import Policy, Site
from kiosk_ui.choices import ROW_LETTERS, choices_of, in_lines
from kiosk_ui.layout import WORDS_ALONE
from kiosk_ui.look import NOBODY, Look
from kiosk_ui.present import Present, classes
from kiosk_ui.view import fragment, page
from kiosk_ui.words import LANGUAGES, words_of
from tests.kiosk.gallery import Exhibit, exhibits
from tests.kiosk.house import built_wall

SITE = Site(number=1042, compartments=built_wall(), name="Station Road", policy=Policy(telephone="0800 1042"))
ATTRACT = Screen("attract", {"site_number": 1042, "telephone": "0800 1042"}, ("pin", "send", "courier", "help"), 1)
READY = Screen("ready", {"site_number": 1042, "free": {"S": 3}, "in": 2}, ("collect", "end"), 4, entry="label")
MOST_BYTES = 150_000  # of everything that one screen loads, without letters


def drawn(screen: Screen, **present: object) -> str:
    return fragment(SITE, replace(Present(screen), **present), UTC)


# -- every screen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exhibit", exhibits(), ids=lambda exhibit: exhibit.name)
def test_it_has_one_headline_its_number_and_a_way_to_another_look(exhibit: Exhibit) -> None:
    html = fragment(exhibit.site, Present(exhibit.screen), UTC)
    assert html.count("<h1>") == 1
    assert 'value="comfort"' in html
    assert ("Locker 1042" in html) or exhibit.screen.idle
    assert html.count('name="choice"') == len(exhibit.screen.choices) <= MAX_CHOICES
    assert ('value="languages"' in html) == (exhibit.screen.name in NOBODY)
    assert not re.search(r"\sstyle=|\son\w+=|<script", html)


def test_what_is_over_names_no_door() -> None:
    for exhibit in exhibits():
        if exhibit.screen.name == "cancelled":
            html = fragment(exhibit.site, Present(exhibit.screen), UTC)
            assert exhibit.screen.door
            assert 'class="door"' not in html
            assert 'class="wall"' not in html


@pytest.mark.parametrize("name", ["summary", "summary.waiting"])
def test_the_counts_of_a_round_are_said_once(name: str) -> None:
    exhibit = next(each for each in exhibits() if each.name == name)
    text = re.sub(r"<[^>]*>", " ", fragment(exhibit.site, Present(exhibit.screen), UTC))
    assert [text.count(counted) for counted in ("Put in", "Taken out", "xpected")] == [1, 1, 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_choices_of_every_screen_are_short_enough_for_one_row(language: str) -> None:
    words = words_of(language)
    for exhibit in exhibits():
        for choice in choices_of(exhibit.screen, words):
            assert choice.words.count("\n") <= 1, (exhibit.name, choice)


def test_a_screen_and_all_that_it_loads_are_small() -> None:
    loaded = [file for file in (files("kiosk_ui") / "static").iterdir() if file.name.endswith((".css", ".js", ".svg"))]
    largest = max(len(page(each.site, Present(each.screen), UTC).encode()) for each in exhibits())
    assert largest + sum(len(file.read_bytes()) for file in loaded) < MOST_BYTES


# -- the top --------------------------------------------------------------------------------------------------------


def test_the_time_is_shown_only_where_it_is_believed() -> None:
    assert "22:13" in drawn(ATTRACT, wall_s=1_700_000_000)
    assert not re.search(r"\d\d:\d\d", drawn(ATTRACT))


def test_what_waits_to_be_sent_is_told_to_couriers_alone() -> None:
    offline = replace(READY, offline=True)
    assert "offline: 14 to send" in drawn(offline, unsent=14)
    assert "14 to send" in drawn(READY, unsent=14)
    assert "offline, still works" in drawn(replace(ATTRACT, offline=True), unsent=14)
    assert "to send" not in drawn(replace(ATTRACT, offline=True), unsent=14)


# -- the row --------------------------------------------------------------------------------------------------------


def test_words_stand_in_one_line_while_the_row_has_room() -> None:
    assert in_lines(["Open all", "Only this one"], ROW_LETTERS) == ["Open all", "Only this one"]


def test_the_longest_words_are_broken_first_where_both_lines_are_shortest() -> None:
    said = ["Type my PIN", "Return or send", "Courier", "Help"]
    assert in_lines(said, ROW_LETTERS) == ["Type\nmy PIN", "Return\nor send", "Courier", "Help"]


def test_a_single_long_word_is_left_whole() -> None:
    assert in_lines(["Wiederherstellung", "Zurückzunehmen"], ROW_LETTERS) == ["Wiederherstellung", "Zurückzunehmen"]


# -- menus ----------------------------------------------------------------------------------------------------------


def test_languages_are_chosen_by_their_own_names() -> None:
    html = drawn(ATTRACT, look=Look(menu="languages", language="de"), languages=("en", "de", "ar"))
    for code, name, direction in (("en", "English", "ltr"), ("de", "Deutsch", "ltr"), ("ar", "العربية", "rtl")):
        assert re.search(rf'value="{code}" lang="{code}" dir="{direction}" aria-pressed="\w+">{name}<', html)
    assert re.search(r'value="de"[^>]*aria-pressed="true"', html)
    assert "Polski" not in html


def test_a_switch_says_what_it_is_and_sends_what_it_is_not() -> None:
    html = drawn(ATTRACT, look=Look(menu="comfort", large=True))
    fields = re.findall(r'name="field" value="(\w+)">\s*.*\s*<button[^>]*value="(\w*)"[^>]*aria-pressed="(\w+)"', html)
    assert fields == [
        ("contrast", "on", "false"),
        ("large", "off", "true"),
        ("low", "on", "false"),
        ("sound", "on", "false"),
    ]


@pytest.mark.parametrize("menu", ["languages", "comfort"])
def test_a_menu_is_laid_over_the_screen_that_stays_what_it_is(menu: str) -> None:
    html = drawn(replace(READY, idle=True, choices=("end", "more_time")), look=Look(menu=menu), left_s=9)
    assert 'data-screen="ready" data-number="4"' in html
    assert 'value="more_time"' in html
    assert 'value="end"' not in html
    assert html.count("<h1") == 1


def test_a_menu_does_not_hide_which_door_is_meant() -> None:
    for exhibit in exhibits():
        door = 0 if exhibit.screen.name in WORDS_ALONE else exhibit.screen.door
        for menu in ("languages", "comfort"):
            html = fragment(exhibit.site, Present(exhibit.screen, Look(menu=menu)), UTC)
            assert re.findall(r'<p class="door">Door (\d+)</p>', html) == [str(door)] * bool(door), exhibit.name


# -- the look -------------------------------------------------------------------------------------------------------


def test_only_a_screen_of_nobody_is_dim_at_night() -> None:
    assert classes(Present(ATTRACT, night=True)) == "night"
    assert classes(Present(READY, night=True)) == ""
    assert classes(Present(ATTRACT, Look(contrast=True, large=True), night=True)) == "contrast large"
    assert classes(Present(ATTRACT, Look(menu="languages"), night=True)) == ""


def test_right_to_left_mirrors_neither_digits_nor_keys() -> None:
    html = page(SITE, Present(READY, Look(language="ar")), UTC)
    assert '<html lang="ar" dir="rtl"' in html
    assert '<section class="keypad" dir="ltr">' in html
    assert re.search(r'<input class="typed"[^>]* dir="ltr"', html)


def test_a_technician_sees_the_wall_and_no_tally() -> None:
    shown = replace(READY, params={**READY.params, "technician": True}, doors={3: "fault"})
    html = drawn(shown)
    assert 'class="wall"' in html
    assert "<dl>" not in html
    assert "3 ?" in html

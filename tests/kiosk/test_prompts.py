"""What the screen says aloud: in order, all of it, and nothing that has no recording."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from edge.core.screens import Screen
from edge.core.site import Site
from kiosk_ui.look import Look
from kiosk_ui.present import Present
from kiosk_ui.prompts import COUNTED, prompt, recordings, said_aloud
from kiosk_ui.view import fragment
from kiosk_ui.words import words_of
from tests.kiosk.gallery import exhibits
from tests.kiosk.house import built_wall

DOORS = tuple(plan.door for plan in built_wall())


@cache
def texts(language: str) -> dict[str, str]:
    return {prompt(text): text for text in recordings(words_of(language), DOORS)}


def heard(screen: Screen, language: str = "en", number: str = "") -> list[str]:
    """The texts, by their names."""
    return [texts(language)[name] for name in said_aloud(words_of(language), screen, number=number)]


def refused(reason: str, **more: Any) -> Screen:
    return Screen("refused", {"reason": reason, "telephone": "0800", "site_number": 1042, **more}, ("back",))


def test_the_door_comes_first_then_what_to_do_then_each_choice_after_its_place() -> None:
    assert heard(Screen("take", {}, ("problem", "decline"), door=17)) == [
        *("Door 17", "Take your parcel, then close the door."),
        *("1", "Something is wrong", "2", "Send it back"),
    ]


def test_a_door_that_the_sentence_names_is_not_said_twice() -> None:
    assert heard(Screen("is_it_inside", {}, ("yes",), door=7)) == [
        *("Is the parcel inside?", "Door", "7", "was shut very quickly.", "1", "Yes"),
    ]


def test_a_wait_is_counted_and_a_telephone_number_is_spelled() -> None:
    assert heard(refused("unknown_pin", wait_s=900)) == [
        *("This PIN opens nothing here.", "Wait", "15", "minutes", "then try again."),
        "Check its eight digits and the locker number.",
        *("Questions? Call", *"0800", "and say locker", *"1042"),
        *("1", "Back"),
    ]


def test_the_framed_number_is_spelled_after_the_sentences() -> None:
    assert heard(Screen("receipt", {}, ("end",)), number="1042-2K")[2:] == [*"10422K", "1", "Done"]


def test_a_warning_comes_before_all_else_and_other_open_doors_after_the_sentences() -> None:
    assert heard(Screen("ready", {"full": True}, ("end",), idle=True, others=(3, 9))) == [
        *("Are you still there?", "No door is free.", "Nothing more can be put in now."),
        *("Doors", "3", "and", "9", "stand open. Please push them shut."),
        *("1", "End round"),
    ]


def test_a_sentence_with_a_name_or_an_address_is_not_said_by_halves() -> None:
    said = heard(refused("other_site", site=1043, name="Old Brewery", address="Mill Lane 3"))
    assert said[:5] == ["This code is for locker", *"1043"]
    assert not any("find it" in text or "That is" in text for text in said)


def test_a_tracking_number_is_spelled_letter_by_letter() -> None:
    said = heard(Screen("scan_out", {"numbers": ["JD1", "ß2"]}))
    assert said == ["Take out and scan:", "J", "D", "1", "and", "S", "S", "2", "Then close the door."]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_screen_says_only_what_is_recorded(language: str) -> None:
    for exhibit in exhibits():
        names = said_aloud(words_of(language), exhibit.screen, number="1042-204")
        assert set(names) <= set(texts(language)), exhibit.name
        assert names, exhibit.name


def test_the_page_names_them_for_who_asked_for_sound_alone() -> None:
    site, screen = Site(number=1042, compartments=built_wall()), Screen("thanks", {"receipt": "1042-2"}, ("end",))
    with_sound = fragment(site, Present(screen, Look(sound=True)))
    said = said_aloud(words_of("en"), screen, number="1042-2")
    assert f'data-say="{" ".join(said)}"' in with_sound
    assert "data-say" not in fragment(site, Present(screen, Look()))


def test_the_switches_are_said_with_how_they_stand() -> None:
    html = fragment(
        Site(number=7, compartments=built_wall()), Present(Screen("attract"), Look(sound=True, menu="comfort"))
    )
    names = re.findall(r'data-say="([^"]*)"', html)[0].split()
    assert [texts("en")[name] for name in names] == [
        *("High contrast", "off", "Large text", "off", "Lower screen", "off", "Sound", "on"),
    ]


def test_a_menu_says_first_which_door_is_meant() -> None:
    screen = Screen("take", {}, ("problem",), door=17)
    html = fragment(Site(number=7, compartments=built_wall()), Present(screen, Look(sound=True, menu="comfort")))
    names = re.findall(r'data-say="([^"]*)"', html)[0].split()
    assert [texts("en")[name] for name in names][:3] == ["Door 17", "High contrast", "off"]


def test_recordings_are_each_once_and_always_the_same() -> None:
    twice = [recordings(words_of("de"), DOORS) for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(set(twice[0])) == len(twice[0]) == len(texts("de"))
    assert {"Fach 1", "Fach 24", str(COUNTED), "A", "Z", "Minuten", "und"} <= set(twice[0])
    assert prompt("Door 17") == "fa8046e08f7b2b3b"

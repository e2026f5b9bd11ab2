"""The words of the screen: none is missing, none is long, none shouts, none shows a gap."""

from __future__ import annotations

import re
from datetime import UTC
from string import Formatter
from typing import Any

import pytest

from edge.core.refusal import Refusal
from edge.core.screens import STAGES, Screen
from edge.core.site import Site
from kiosk_ui.present import Present
from kiosk_ui.sentences import CHOICES, LABELS, SENTENCES, VARIANTS
from kiosk_ui.view import fragment
from kiosk_ui.words import words_of
from tests.kiosk.house import built_wall

HOME = ("attract", "restoring", "out_of_order")
HOME_CHOICES = {"pin", "send", "courier", "help", "more_time"}
MOST_WORDS = 12
# The reasons that are told in other words to whoever typed a PIN, showed a badge or a label.
BY_SOURCE = (("malformed", "pin"), ("expired", "badge"), ("cancelled", "label"), ("restoring", "label"))
ENGLISH = words_of("en")
SITE = Site(number=1042, compartments=built_wall(), name="Station Road")
# Every parameter that a flow sets, as a flow sets it.
ALL: dict[str, Any] = {
    "site_number": 1042,
    "site_name": "Station Road",
    "telephone": "0800 1042",
    "door": 7,
    "of": 2,
    "done": 1,
    "ticket": "204",
    "receipt": "1042-204",
    "incident": 204,
    "label": "JD0146",
    "left": 1,
    "site": 1043,
    "name": "Old Brewery",
    "address": "Mill Lane 3",
    "wait_s": 61,
    "when_s": 1_700_000_000,
    "from_s": 1_700_000_000,
    "shut": 7,
    "with": 5,
    "expected": "JD0147",
    "instead": 3,
    "weight_g": 1850,
    "waiting": 12,
    "faults": 2,
    "alarms": 1,
    "elsewhere": 4,
    "number": "JD0148",
    "numbers": ["JD1", "JD2"],
    "last": "JD1",
    "extra": "JD9",
    "in": 3,
    "out": 2,
    "others": "4",
    "nth": 2,
    "expected_s": 7200,
    "free": {"S": 3, "XL": 1},
    "to_collect": 2,
    "parcels": 3,
    "doors": 2,
}


def names() -> list[tuple[str, dict[str, Any]]]:
    """Every screen that the core can show, and every variant of it."""
    screens: list[tuple[str, dict[str, Any]]] = [(name, {}) for name in (*HOME, *STAGES) if name != "refused"]
    screens += [("refused", {"reason": str(reason)}) for reason in Refusal]
    screens += [("refused", {"reason": reason, "source": source}) for reason, source in BY_SOURCE]
    for key, some in VARIANTS.items():
        name, _, reason = key.partition(".")
        said_of = {"reason": reason} if reason else {}
        screens += [(name, {**said_of, variant: ALL.get(variant, True)}) for variant in some]
    return screens


def test_every_stage_and_every_refusal_has_sentences() -> None:
    stages = {*STAGES, *HOME} - {"refused"}
    assert stages <= set(SENTENCES)
    assert {f"refused.{reason}" for reason in Refusal} <= set(SENTENCES)


def test_no_sentence_is_left_over() -> None:
    stages = {*STAGES, *HOME} - {"refused"}
    variants = {f"{name}.{variant}" for name, some in VARIANTS.items() for variant in some}
    refusals = {f"refused.{reason}" for reason in Refusal} | {
        f"refused.{reason}.{source}" for reason, source in BY_SOURCE
    }
    assert set(SENTENCES) == stages | variants | refusals


def test_every_choice_has_words_and_no_word_is_left_over() -> None:
    ids = {each for choices, _, _ in STAGES.values() for each in choices} | HOME_CHOICES
    assert ids == {key for key in CHOICES if "." not in key}
    for key in CHOICES:
        stage, dot, each = key.partition(".")
        assert not dot or each in STAGES[stage][0], key
    assert ENGLISH.choice("pin", "end") == "Back"
    assert ENGLISH.choice("thanks", "end") == "Done"


def test_sentences_are_short_and_calm() -> None:
    for words in (*(s for some in SENTENCES.values() for s in some), *CHOICES.values(), *LABELS.values()):
        assert "!" not in words
        assert not re.search(r"\b(sorry|error|invalid|failed)\b", words, re.IGNORECASE), words
        for sentence in re.split(r"(?<=[.?:]) ", words):
            assert len(sentence.split()) <= MOST_WORDS, sentence


def test_every_parameter_in_a_sentence_is_one_that_the_core_gives() -> None:
    known = {*ENGLISH.parameters(ALL)}
    for sentence in (s for some in SENTENCES.values() for s in some):
        assert {field for _, field, _, _ in Formatter().parse(sentence) if field} <= known, sentence


@pytest.mark.parametrize("known", [ALL, {"site_number": 1042}], ids=["all parameters", "no parameters"])
def test_no_screen_shows_a_gap(known: dict[str, Any]) -> None:
    for name, some in names():
        headline, instruction = ENGLISH.said(name, ENGLISH.parameters({**known, **some}))
        for sentence in (headline, *instruction):
            assert sentence.strip()
            assert not re.search(r"[{}]|None|  | [.,]", sentence), sentence


@pytest.mark.parametrize(("name", "some"), names())
def test_every_screen_is_drawn(name: str, some: dict[str, Any]) -> None:
    choices, tone, entry = STAGES.get(name, (("pin", "help"), "calm", "pin"))
    shown = Screen(name, {**ALL, **some}, choices, 3, tone, entry, 7, {7: "this", 9: "open"}, (9,), True, True)
    html = fragment(SITE, Present(shown, left_s=20), UTC)
    assert f'data-screen="{name}"' in html
    assert "Are you still there?" in html
    for each in choices:
        assert f'value="{each}"' in html


@pytest.mark.parametrize("name", ["attract", "ready", "refused"])
@pytest.mark.parametrize("why", ["glare", "too_far", "blurred"])
def test_a_code_that_is_not_read_gets_a_hint(name: str, why: str) -> None:
    shown = Screen(name, {**ALL, "reason": "malformed"}, ("end",), 3, "calm", "label" * (name == "ready"), unread=why)
    assert LABELS[f"unread.{why}"] in fragment(SITE, Present(shown))


@pytest.mark.parametrize("name", ["jammed", "restoring", "out_of_order"])
def test_bad_news_says_that_the_parcel_is_safe_and_whom_to_call(name: str) -> None:
    headline, instruction = ENGLISH.said(name, ENGLISH.parameters(ALL))
    everything = " ".join((headline, *instruction))
    assert "safe" in everything
    assert "0800\u00a01042" in everything, "a telephone number stays on one line"


def test_where_a_sentence_asks_yes_or_no_so_do_the_choices() -> None:
    asked = re.compile(r"(Is|Are|Did|Does|Do) ")
    answers = {"yes", "no", "add", "own_door", "all_taken", "left"}
    for name, some in names():
        headline, instruction = ENGLISH.said(name, ENGLISH.parameters({**ALL, **some}))
        if any(asked.match(each) for each in (headline, *instruction)):
            assert answers & set(STAGES[name][0]), name


def test_other_site_is_named() -> None:
    headline, instruction = ENGLISH.said("refused", ENGLISH.parameters({**ALL, "reason": "other_site"}))
    assert headline == "This code is for locker\u00a01043."
    assert instruction[:2] == ("That is Old Brewery.", "You find it here: Mill Lane 3.")


def test_a_wait_is_told_in_whole_minutes_hours_or_days() -> None:
    waits = [ENGLISH.parameters({"wait_s": wait_s})["wait"] for wait_s in (0, 1, 60, 61, 900, 5401, 600_000)]
    assert waits == ["", "1 minute", "1 minute", "2 minutes", "15 minutes", "2 hours", "7 days"]


def test_a_moment_is_told_by_day_and_minute_and_an_impossible_one_not_at_all() -> None:
    assert ENGLISH.parameters({"when_s": 1_700_000_000}, UTC)["when"] == "14 November 2023, 22:13"
    assert [ENGLISH.parameters({"from_s": at}, UTC)["from"] for at in (0, -5, 10**15)] == ["", "", ""]


def test_many_numbers_become_a_count() -> None:
    assert ENGLISH.parameters({"numbers": ["A", "B", "C", "D", ""]})["numbers"] == "A, B, C and 2 more"


def test_what_a_label_says_is_text_and_never_markup() -> None:
    evil = "<script>{door}</script>"
    html = fragment(SITE, Present(Screen("put", {"label": evil, "site_number": 1}, (), 1, "good", "label", 3)))
    assert "<script" not in html
    assert "&lt;script&gt;{door}&lt;/script&gt;" in html

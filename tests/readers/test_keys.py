"""A keyboard's events into text."""

from __future__ import annotations

import string

import pytest

from hal.readers.dialect import PAUSE_S, Code, Oddity
from hal.readers.guard import Guard
from hal.readers.keys import Keys
from tests.readers.typing import CTRL, ENTER, KEYS, SHIFT, WITH_SHIFT, event, key, press, report, typed

ALL = "".join([*(k for k in KEYS), *string.ascii_uppercase, *WITH_SHIFT])


def scans(data: bytes, keys: Keys | None = None) -> list[bytes]:
    return [code.data for code in (keys or Keys()).feed(data, 0.0).codes]


def test_every_character_that_a_code_can_have_is_typed() -> None:
    assert set(ALL) == {chr(number) for number in range(0x20, 0x7F)}
    assert scans(typed(ALL) + press(ENTER)) == [ALL.encode()]


def test_a_scan_ends_with_enter_of_either_kind() -> None:
    assert scans(typed("LK1:AB %$") + press(ENTER) + typed("two") + press(96)) == [b"LK1:AB %$", b"two"]


def test_digits_of_the_number_pad_are_digits() -> None:
    pad = [71, 72, 73, 75, 76, 77, 79, 80, 81, 82]
    assert scans(b"".join(map(press, pad)) + press(ENTER)) == [b"7894561230"]


def test_a_key_that_is_held_counts_once() -> None:
    assert scans(key(KEYS["a"], 1) + key(KEYS["a"], 2) * 5 + key(KEYS["a"], 0) + press(ENTER)) == [b"a"]


def test_a_shift_that_never_comes_up_spoils_one_scan_and_no_other() -> None:
    stuck = key(SHIFT, 1) + press(KEYS["a"]) + press(KEYS["1"]) + press(ENTER)
    assert scans(stuck + typed("a1") + press(ENTER)) == [b"A!", b"a1"]


def test_a_shift_that_never_comes_up_is_over_after_a_silence() -> None:
    keys = Keys()
    keys.feed(key(SHIFT, 1) + press(KEYS["a"]), 0.0)
    keys.due(PAUSE_S)
    assert scans(typed("b") + press(ENTER), keys) == [b"b"]
    assert keys.counts == {Oddity.HALF: 1}


@pytest.mark.parametrize("silence_ends", [True, False])
def test_a_silence_ends_a_scan_or_cuts_it_off(silence_ends: bool) -> None:
    keys = Keys(by_pause=silence_ends)
    keys.feed(typed("JD0146"), 0.0)
    assert [code.data for code in keys.due(PAUSE_S).codes] == ([b"JD0146"] if silence_ends else [])


@pytest.mark.parametrize(
    "crafted",
    [
        key(CTRL, 1) + press(KEYS["o"]) + key(CTRL, 0),
        key(56, 1) + press(62) + key(56, 0),  # Alt and F4
        press(125) + key(125, 1) + press(KEYS["r"]) + key(125, 0),  # Meta and R
        press(59),  # F1
        press(1),  # Escape
        press(15),  # Tab
        press(103),  # up
        key(CTRL, 1) + key(SHIFT, 1) + press(KEYS["]"]),
    ],
)
def test_a_key_that_no_code_can_hold_makes_the_whole_scan_one_that_is_refused(crafted: bytes) -> None:
    (code,) = Keys().feed(typed("LK1:A") + crafted + typed("B") + press(ENTER), 0.0).codes
    guard = Guard()
    assert guard.admit(code, 0.0) is None
    assert guard.counts == {Oddity.CHARACTERS: 1}


def test_the_separator_of_labels_is_control_and_bracket() -> None:
    separator = key(CTRL, 1) + press(KEYS["]"]) + key(CTRL, 0)
    assert scans(typed("01") + separator + typed("21") + press(ENTER)) == [b"01\x1d21"]


def test_a_scan_of_which_the_kernel_dropped_keys_is_dropped_to_its_end() -> None:
    dropped = event(0, 3, 0) + press(KEYS["x"])[:-24] + report()
    keys = Keys()
    assert scans(typed("JD01") + dropped + typed("46") + press(ENTER) + typed("next") + press(ENTER), keys) == [b"next"]
    assert keys.counts == {Oddity.LOST: 1}


def test_events_come_in_pieces() -> None:
    keys, data = Keys(), typed("Ab") + press(ENTER)
    told = [code for at in range(len(data)) for code in keys.feed(data[at : at + 1], 0.0).codes]
    assert told == [Code(b"Ab")]


def test_what_was_half_when_the_keyboard_went_away_is_forgotten() -> None:
    keys = Keys(by_pause=True)
    keys.feed(key(SHIFT, 1) + press(KEYS["a"]) + event(1, 2, 1)[:7], 0.0)
    keys.opened(0.1)
    assert scans(typed("b") + press(ENTER), keys) == [b"b"]

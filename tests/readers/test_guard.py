"""What is believed of a scanner: anybody may hold anything before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.readers.dialect import Code, Oddity
from hal.readers.guard import MAX_SCAN_CHARS, MAX_SCANS, RATE_S, RETELL_S, SAME_CODE_S, Guard


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Oddity.CHARACTERS),
        (b"A\rB", Oddity.CHARACTERS),
        (b"A\x00", Oddity.CHARACTERS),
        (b"\x1b[A", Oddity.CHARACTERS),
        (b"caf\xc3\xa9", Oddity.CHARACTERS),
        (b"A\x7f", Oddity.CHARACTERS),
        (b"A" * (MAX_SCAN_CHARS + 1), Oddity.TOO_LONG),
        (b"\xff" * 4000, Oddity.TOO_LONG),
    ],
)
def test_what_no_code_and_no_label_can_be_is_refused_by_name(data: bytes, why: Oddity) -> None:
    guard = Guard()
    assert guard.admit(Code(data), 0.0) is None
    assert guard.counts == {why: 1}


@pytest.mark.parametrize("data", [b"LK1:ABC $%*+-./:9", b"JD 0146 0000 12", b"01\x1d21", b"A" * MAX_SCAN_CHARS, b"~!"])
def test_what_a_code_or_a_label_can_be_is_told(data: bytes) -> None:
    assert Guard().admit(Code(data), 0.0) == data.decode()


def test_a_code_that_stays_in_view_is_told_once_a_minute() -> None:
    guard = Guard()
    told_s = [second for second in range(200) if guard.admit(Code(b"LK1:A"), float(second)) is not None]
    assert told_s == [0, RETELL_S, 2 * RETELL_S, 3 * RETELL_S]
    assert guard.counts[Oddity.REPEATED] == 196


def test_a_code_that_was_away_is_presented_anew() -> None:
    guard = Guard()
    assert guard.admit(Code(b"LK1:A"), 0.0)
    assert guard.admit(Code(b"LK1:A"), SAME_CODE_S) is None
    assert guard.admit(Code(b"LK1:A"), 2 * SAME_CODE_S + 0.1)


def test_more_codes_than_people_can_present_are_refused_and_told_when_they_come_again() -> None:
    guard = Guard()
    told = [guard.admit(Code(b"%d" % number), number / 100) for number in range(100)]
    assert len([text for text in told if text is not None]) == MAX_SCANS
    assert guard.counts == {Oddity.TOO_MANY: 100 - MAX_SCANS}
    assert guard.admit(Code(b"99"), RATE_S + 1) == "99"


SHOWN = st.one_of(st.sampled_from([b"A", b"B", b"C"]), st.binary(max_size=300))


@given(st.lists(st.tuples(st.floats(0, 3), SHOWN), max_size=120))
def test_no_code_is_told_twice_within_its_window_and_the_limits_hold(steps: list[tuple[float, bytes]]) -> None:
    guard, now_s, told = Guard(), 0.0, list[tuple[float, str]]()
    for pause_s, data in steps:
        now_s += pause_s
        text = guard.admit(Code(data), now_s)
        if text is not None:
            assert 0 < len(text) <= MAX_SCAN_CHARS
            assert text.encode("ascii") == data
            told.append((now_s, text))
    for at, (told_s, text) in enumerate(told):
        assert all(other != text or told_s - before > SAME_CODE_S for before, other in told[:at])
        assert sum(told_s - RATE_S < before <= told_s for before, _ in told) <= MAX_SCANS
    assert len(told) + sum(guard.counts.values()) == len(steps)

"""What keyboards of other countries type: digits are digits, and no letter is answered with silence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from edge.core.inputs import Typed
from kiosk_ui.typed import plain
from kiosk_ui.view import MOST_LETTERS
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, Desk, sent
from tests.kiosk.house import House, Visitor, name_in

PIN = "24681357"
ARABIC_PIN = "\u0662\u0664\u0666\u0668\u0661\u0663\u0665\u0667"
PERSIAN_PIN = "\u06f2\u06f4\u06f6\u06f8\u06f1\u06f3\u06f5\u06f7"
WIDE_PIN = "\uff12\uff14\uff16\uff18\uff11\uff13\uff15\uff17"
LABEL = "JDI146000777"


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    """Somebody with a keyboard, before a locker with a parcel in it."""
    with House(Desk(stands={3: sent("JD0146000399", pin=PIN)})) as house:
        yield house.visitor()


def courier(visitor: Visitor) -> Visitor:
    visitor.tap("courier")
    visitor.type(COURIER_NUMBER)
    visitor.type(COURIER_PIN)
    return visitor


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (ARABIC_PIN, PIN),
        (PERSIAN_PIN, PIN),
        (WIDE_PIN, PIN),
        ("\uff2a\uff24\uff0d\uff17", "JD-7"),
        ("\u0661\u3000\u0662\u00a0\u0663", "1 2 3"),
        ("\u200f12\u200e", "12"),
        ("JD\u0131\u0130", "JDII"),
        ("JD0\u0142", "JD0\u0142"),
        ("\u00b2\u00ba\u2460\uffe3\ufdfa", "\u00b2\u00ba\u2460\uffe3\ufdfa"),
    ],
)
def test_digits_and_wide_letters_are_what_they_look_like_and_others_stay(typed: str, meant: str) -> None:
    assert plain(typed) == meant
    assert len(plain(typed)) <= len(typed)


@pytest.mark.parametrize("pin", [ARABIC_PIN, PERSIAN_PIN, WIDE_PIN])
def test_a_pin_opens_in_the_digits_of_any_keyboard(visitor: Visitor, pin: str) -> None:
    visitor.tap("pin")
    assert "The door is opening." in visitor.type(pin)
    assert [told.text for told in visitor.house.stage.told if isinstance(told, Typed)] == [PIN]


def test_a_letter_in_a_pin_is_answered_as_a_plain_one_is(visitor: Visitor) -> None:
    answers = []
    for letter in ("a", "\u0142", "\u0628", "\U0001f600"):
        visitor.tap("pin")
        answers.append(visitor.type("2468135" + letter))
        visitor.tap("back")
    assert [("A PIN has eight digits." in answer, name_in(answer)) for answer in answers] == [(True, "refused")] * 4


def test_a_label_with_a_letter_that_no_label_has_is_not_silence_but_refused(visitor: Visitor) -> None:
    assert "This label cannot be read." in courier(visitor).type("JD\u01420146000777")


def test_a_label_typed_on_a_turkish_keyboard_is_the_printed_one(visitor: Visitor) -> None:
    assert "The door is opening." in courier(visitor).type(LABEL.replace("I", "\u0131"))
    assert [told.text for told in visitor.house.stage.told if isinstance(told, Typed)][-1] == LABEL


def test_a_label_as_long_as_a_label_may_be_is_taken_in_any_digits(visitor: Visitor) -> None:
    assert "The door is opening." in courier(visitor).type("\u0661" * MOST_LETTERS)

"""The story played through the page: real server, real core, sockets in place of a browser."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from edge.core.inputs import Chosen, Typed
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, Desk, sent
from tests.kiosk.house import House, name_in, number_in

PIN = "24681357"
PARCEL = sent("JD0146000399", pin=PIN)


@pytest.fixture
def house() -> Iterator[House]:
    with House(Desk(stands={3: PARCEL})) as house:
        yield house


# -- the story ------------------------------------------------------------------------------------------------------


def test_a_parcel_is_picked_up_with_a_pin(house: House) -> None:
    visitor = house.visitor()
    assert "Hold your code to the camera." in visitor.page
    assert "Type your PIN." in visitor.tap("pin")
    assert "The door is opening." in visitor.type(PIN)
    house.play(lambda desk: desk.door_opens(3))
    taking = visitor.events.until("take")
    assert "Take your parcel, then close the door." in taking
    assert "<b>3</b>" in taking
    house.play(lambda desk: desk.wait(5))
    house.play(lambda desk: desk.door_closes(3))
    assert "Thank you." in visitor.events.until("thanks")


def test_a_courier_types_number_pin_and_label(house: House) -> None:
    visitor = house.visitor()
    visitor.tap("courier")
    visitor.type(COURIER_NUMBER)
    assert "Scan the next label." in visitor.type(COURIER_PIN)
    assert "The door is opening." in visitor.type("JD0146000777")
    door = house.play(lambda desk: desk.screen().door)
    house.play(lambda desk: desk.put(door))
    assert re.search(r"<dt>Put in</dt><dd>1</dd>", visitor.events.until("ready"))


def test_a_jammed_door_is_bad_news_told_completely(house: House) -> None:
    visitor = house.visitor()
    visitor.tap("pin")
    visitor.type(PIN)
    house.play(lambda desk: desk.wait(20))
    jammed = visitor.events.until("jammed")
    for words in ("Door 3 did not open. The parcel is safe.", "Its code stays good.", "0800 123"):
        assert words in jammed


def test_another_door_that_stands_open_is_named(house: House) -> None:
    visitor = house.visitor()
    visitor.tap("pin")
    visitor.type(PIN)
    house.play(lambda desk: desk.door_opens(5))
    assert "Door 5 stands open." in visitor.events.next()


# -- taps that come late --------------------------------------------------------------------------------------------


def test_a_stale_tap_is_ignored_and_the_present_screen_is_sent_again(house: House) -> None:
    visitor = house.visitor()
    stale = number_in(visitor.events.newest)
    visitor.tap("pin")
    status, text = visitor.post("/choice", choice="pin", choices=stale)
    assert (status, name_in(text)) == (409, "pin")
    assert [type(told) for told in house.stage.told] == [Chosen]


@pytest.mark.parametrize("choices", ["", "-1", "1.0", "²", "9" * 30])
def test_what_is_no_number_of_a_choice_set_is_stale(house: House, choices: str) -> None:
    assert house.visitor().post("/choice", choice="pin", choices=choices)[0] == 409
    assert house.stage.told == []


def test_a_choice_that_is_not_on_the_screen_is_not_told(house: House) -> None:
    visitor = house.visitor()
    assert visitor.post("/choice", choice="open_again", choices=number_in(visitor.page))[0] == 409
    assert house.stage.told == []


def test_nothing_is_typed_where_nothing_is_asked_for(house: House) -> None:
    visitor = house.visitor()
    shown = visitor.tap("help")
    assert visitor.post("/typed", text=PIN, choices=number_in(shown))[0] == 409
    assert not any(isinstance(told, Typed) for told in house.stage.told)


def test_a_full_inbox_is_said_and_the_screen_stays(house: House) -> None:
    visitor = house.visitor()
    house.stage.inbox_full = True
    status, text = visitor.post("/choice", choice="pin", choices=number_in(visitor.page))
    assert (status, name_in(text)) == (503, "attract")


def test_a_browser_without_the_script_is_led_back_to_the_page(house: House) -> None:
    visitor = house.visitor()
    body = f"choice=pin&choices={number_in(visitor.page)}&page={visitor.token}"
    answer, _ = house.ask("POST", "/choice", body, cookie=visitor.cookie, accept="text/html,*/*")
    assert (answer.status, answer.getheader("location")) == (303, "/")
    assert name_in(house.ask("GET", "/")[1]) == "pin"


# -- the warning ----------------------------------------------------------------------------------------------------


def test_an_idle_screen_warns_counts_down_and_can_be_kept(house: House) -> None:
    visitor = house.visitor()
    number = number_in(visitor.tap("pin"))
    house.play(lambda desk: desk.wait(31))
    warned = visitor.events.next()
    assert (number_in(warned), 'value="more_time"' in warned) == (number, True)  # a hint makes no tap stale
    left = re.search(r'data-left="(\d+)"', warned)
    assert left is not None
    assert 15 <= int(left[1]) <= 20
    assert "Are you still there?" not in visitor.tap("more_time")


# -- one page at a time ---------------------------------------------------------------------------------------------


def test_the_newest_page_wins_and_the_one_before_is_told(house: House) -> None:
    first = house.visitor()
    second = house.visitor()
    assert first.events.kind() == "replaced"
    assert first.events.kind() == "end"
    assert name_in(second.tap("pin")) == "pin"


def test_the_stream_ends_with_the_server() -> None:
    with House() as house:
        events = house.visitor().events
    assert events.kind() == "end"


# -- nothing is kept ------------------------------------------------------------------------------------------------


def test_no_pin_and_no_label_is_logged_or_shown_to_the_next(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = house.visitor()
    visitor.tap("courier")
    visitor.type(COURIER_NUMBER)
    visitor.type(COURIER_PIN)
    label = "JD0146000777"
    visitor.type(label)
    house.play(lambda desk: desk.put(desk.screen().door))
    visitor.events.until("ready")
    visitor.tap("end")
    house.play(lambda desk: desk.wait(10))
    assert label not in visitor.events.until("attract")
    for secret in (COURIER_PIN, COURIER_NUMBER, label):
        assert secret not in caplog.text


def test_the_digits_of_a_pin_are_never_in_the_page(house: House) -> None:
    visitor = house.visitor()
    shown = visitor.tap("pin")
    assert 'type="password"' in shown
    assert PIN not in shown + visitor.type(PIN)

"""PIN entry: limited before anything is looked up, and the limit survives a power cut."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.site import Policy
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, DAY_S, Desk, sent

ONE = sent("JD000301", pin="11112222")


def wrong(desk: Desk, times: int = 1) -> None:
    for _ in range(times):
        desk.pin("00000000")
        if desk.screen().name == "refused":
            desk.tap("back")


def wait_shown(desk: Desk) -> int:
    """How long the screen says that PIN entry is closed after one more try."""
    desk.pin("11112222")
    shown = desk.screen()
    assert (shown.name, shown.params["reason"]) == ("refused", "too_many_pins"), shown
    desk.tap("back")
    return int(shown.params["wait_s"])


def test_five_wrong_pins_close_pin_entry_for_a_minute_then_two_four_eight_fifteen() -> None:
    desk = Desk(stands={3: ONE})
    wrong(desk, 4)
    assert not desk.of(events.CredentialRefused) or desk.state.pin.wait_until_ms == 0
    for minutes in (1, 2, 4, 8, 15, 15):
        wrong(desk)
        assert wait_shown(desk) == pytest.approx(60 * minutes, abs=2)
        desk.skip(60 * minutes)
    assert desk.pin("11112222").name == "opening"


def test_courier_numbers_cannot_be_tried_without_end() -> None:
    desk = Desk(stands={3: ONE})
    for guess in range(5):
        desk.tap("courier")
        assert desk.enter(f"9000{guess}").params["reason"] == "unknown_badge"
        desk.tap("back")
    assert len(desk.of(events.PinFailed)) == 5
    for number in ("90005", COURIER_NUMBER):  # the one that is known looks like the others
        desk.tap("courier")
        assert desk.enter(number).params["reason"] == "too_many_pins"
        desk.tap("back")
    assert desk.scan(desk.courier_code()).name == "badge_pin", "a badge is signed, and is not guessed"
    desk.tap("end")
    desk.skip(61)
    desk.tap("courier")
    assert desk.enter(COURIER_NUMBER).name == "badge_pin"
    assert desk.pin(COURIER_PIN).name in ("ready", "look")


def test_a_closed_pin_entry_does_not_close_the_codes() -> None:
    desk = Desk(stands={3: ONE})
    wrong(desk, 5)
    assert wait_shown(desk) > 0
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_the_wait_survives_a_reboot_with_the_time_that_was_left() -> None:
    desk = Desk(stands={3: ONE})
    wrong(desk, 6 - 1)
    desk.wait(20)
    left = wait_shown(desk)
    assert left == pytest.approx(40, abs=2)
    desk.reboot(off_s=3600)
    assert wait_shown(desk) >= left - 1  # time without power does not count
    desk.skip(65)
    assert desk.pin("11112222").name == "opening"


def test_a_good_pin_ends_the_row_of_failures() -> None:
    desk = Desk(stands={3: ONE})
    wrong(desk, 4)
    assert desk.pin("11112222").name == "opening"
    assert desk.kinds().count("pin_accepted") == 1
    desk.take(3)
    desk.wait(10)
    wrong(desk, 4)
    assert desk.state.pin.wait_until_ms == 0
    assert desk.state.pin.day_failures == 8


def test_no_more_than_sixty_failures_a_day() -> None:
    desk = Desk(stands={3: ONE})
    tried = 0
    while tried < 200:
        shown = desk.pin("00000000")
        if shown.params["reason"] == "too_many_pins":
            if desk.state.pin.day_failures >= 60:
                break
            desk.skip(shown.params["wait_s"])
        else:
            tried += 1
        desk.tap("back")
    assert tried == 60
    desk.reboot()
    assert wait_shown(desk) > 3600
    desk.skip(DAY_S)
    assert desk.pin("11112222").name == "opening"


def test_what_is_no_pin_at_all_is_no_guess() -> None:
    desk = Desk(stands={3: ONE})
    for text in ("", "1234", "abcdefgh", "１２３４５６７８", "123456789"):
        desk.pin(text)
        assert desk.screen().params["reason"] == "malformed"
        desk.tap("back")
    assert desk.state.pin.day_failures == 0


def test_second_factors_and_badges_are_counted_by_the_same_limiter() -> None:
    desk = Desk(stands={3: ONE})
    for _ in range(2):
        desk.scan(desk.code(ONE, second_factor=True))
        desk.pin("00000000")
        desk.tap("back")
    for _ in range(2):
        desk.scan(desk.courier_code())
        desk.pin("00000000")
        desk.tap("back")
    wrong(desk)
    assert wait_shown(desk) > 0
    desk.tap("courier")
    assert desk.enter(COURIER_NUMBER).params["reason"] == "too_many_pins"
    desk.tap("back")
    desk.scan(desk.courier_code())
    assert desk.pin(COURIER_PIN).params["reason"] == "too_many_pins"


def test_the_operator_may_allow_fewer_tries() -> None:
    desk = Desk(stands={3: ONE}, policy=Policy(pin_tries=2))
    wrong(desk, 2)
    assert wait_shown(desk) > 0


def test_a_second_parcel_with_the_pin_of_another_is_announced_without_it() -> None:
    """Its code opens at once; the PIN goes on opening the parcel that had it first."""
    desk = Desk(stands={3: ONE})
    twin = sent("JD000999", reservation="77" * 8, pin=ONE.pin)
    assert desk.announce(twin) == "done: pin_collision"
    desk.courier_comes()
    door = desk.deposit(twin)
    desk.tap("end")
    desk.wait(10)
    desk.pin(ONE.pin)
    assert desk.screen().door == 3
    desk.take(3)
    desk.wait(10)
    assert desk.scan(desk.code(twin)).door == door


def test_a_pin_needs_an_announcement() -> None:
    desk = Desk()
    desk.courier_comes()
    desk.deposit(sent("JD000998"))
    desk.tap("end")
    desk.wait(10)
    desk.pin("33334444")
    assert desk.screen().params["reason"] == "unknown_pin"

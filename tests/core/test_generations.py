"""Generations of a code: the newest that was announced or shown is the only one that opens, and all of it ends once."""

from __future__ import annotations

from edge.core.commanding import MAX_REVOKED
from edge.core.orders import Cancel, Revoke
from edge.core.turn import Books
from tests.core.desk import DAY_S, Desk, Sent, sent
from tests.credentials.known_keys import OTHER_PICKUP

ONE = sent("JD000301")


def deposited(desk: Desk, parcel: Sent) -> None:
    """A courier brings it and leaves."""
    desk.courier_comes()
    desk.deposit(parcel)
    desk.tap("end")
    desk.wait(20)


def test_a_higher_generation_shown_before_its_deposit_supersedes_the_lower() -> None:
    desk = Desk()
    assert desk.scan(desk.code(ONE, generation=2)).params["reason"] == "not_here_yet"
    desk.reboot()
    deposited(desk, ONE)
    assert desk.scan(desk.code(ONE, generation=1)).params["reason"] == "superseded"
    desk.tap("back")
    assert desk.scan(desk.code(ONE, generation=2)).name == "opening"
    assert not desk.state.shown, "the right itself knows it from the deposit on"


def test_a_code_of_another_carriers_key_supersedes_nothing_before_a_deposit() -> None:
    desk = Desk()
    desk.scan(desk.code(ONE, issuer=OTHER_PICKUP, generation=9))
    desk.tap("back")
    deposited(desk, ONE)
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_the_pin_of_a_lower_generation_ends_with_it() -> None:
    one = sent("JD000298", pin="11223344")
    for show_first in (False, True):
        desk = Desk()
        if show_first:
            desk.scan(desk.code(one, generation=1))
            desk.tap("back")
        desk.announce(one)
        deposited(desk, one)
        if not show_first:
            assert desk.scan(desk.code(one, generation=1)).name == "opening"
        assert not desk.books.shelf.pins
        assert not [key for key in desk.besides if key[0].startswith("pin:")]


def test_a_pin_that_is_a_second_factor_goes_on_with_the_newer_code() -> None:
    one = sent("JD000297", pin="11223344")
    desk = Desk()
    desk.announce(one, second_factor=True)
    deposited(desk, one)
    assert desk.scan(desk.code(one, generation=1)).name == "second_factor"
    assert desk.pin("11223344").name == "opening"


def test_a_pin_ends_when_a_newer_generation_is_announced_without_one() -> None:
    one = sent("JD000296", pin="11223344")
    desk = Desk()
    desk.announce(one)
    desk.announce(sent("JD000296"), generation=1)
    assert not desk.books.shelf.pins
    assert desk.pin("11223344").params["reason"] == "unknown_pin"
    desk.announce(one, generation=0)  # an order that came late
    assert not desk.books.shelf.pins


def test_a_code_whose_parcel_never_comes_is_forgotten_when_it_cannot_be_valid_any_longer() -> None:
    desk = Desk()
    desk.scan(desk.code(ONE, generation=2))
    assert ONE.reservation in desk.state.shown
    ends_s = max(key.not_after for key in desk.books.shelf.keys.keys)
    desk.tap("back")
    desk.clock(ends_s + DAY_S)
    desk.signed_time()
    desk.wait(61)
    assert not desk.state.shown
    assert not desk.state.forget_s


def test_a_revocation_is_forgotten_when_no_code_of_it_can_be_valid_any_longer() -> None:
    desk = Desk(stands={3: ONE})
    two = sent("JD000295")
    for reservation in (ONE.reservation, two.reservation):
        assert desk.order(Revoke(reservation, 0)) == "done"
    ends_s = max(key.not_after for key in desk.books.shelf.keys.keys)
    desk.clock(ends_s - DAY_S)
    desk.signed_time()
    desk.wait(61)
    assert len(desk.state.revoked) == 2
    desk.clock(ends_s + DAY_S)
    desk.signed_time()
    desk.wait(61)
    assert set(desk.state.revoked) == {ONE.reservation}, "its parcel still stands here"


def test_revocations_have_a_limit() -> None:
    desk = Desk()
    many = {f"{n:016x}": 0 for n in range(MAX_REVOKED)}
    desk.books = Books(desk.state.with_(revoked=many), desk.books.shelf)
    assert desk.order(Revoke(ONE.reservation, 0)) == f"refused: {MAX_REVOKED} revocations in the books"
    assert desk.order(Revoke(f"{7:016x}", 3)) == "done"


def test_a_parcel_that_is_announced_once_more_after_it_was_called_off_keeps_the_newest_code_of_its_right() -> None:
    desk = Desk()
    parcel = sent("JD000411")
    desk.announce(parcel, generation=2)
    assert desk.order(Cancel(parcel.parcel)) == "done"
    assert desk.announce(parcel, generation=1) == "done", "by a hub that was restored from its backup"
    desk.courier_comes()
    desk.deposit(parcel)
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(parcel, generation=1)).params["reason"] == "superseded"
    desk.tap("back")
    assert desk.scan(desk.code(parcel, generation=2)).name == "opening"

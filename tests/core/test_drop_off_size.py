"""The size of a drop-off: offered, chosen, changed before close; and I2: a right that ends meanwhile opens nothing."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.orders import Cancel, Revoke
from edge.core.refusal import Refusal
from edge.core.site import Policy
from edge.core.words import CompartmentState, ContentSensor, Size
from tests.core.desk import Desk, sent, wall
from tests.core.drop_offs import RETURN, announced, code, placing
from tests.core.rounds import let_and_freed

# -- which size -------------------------------------------------------------------------------------------------------


def test_the_size_in_the_code_is_not_asked_for_again() -> None:
    desk = announced()
    shown = desk.scan(code(desk, size=Size.L))
    assert shown.name == "opening"
    assert desk.site.plan(shown.door).size is Size.L


def test_only_sizes_for_which_there_is_a_door_are_offered() -> None:
    desk = announced(compartments=wall(sizes=(Size.S, Size.M)))
    shown = desk.scan(code(desk))
    assert shown.choices == ("S", "M", "end")
    assert shown.params["suggested"] == "M"


def test_change_of_size_before_close() -> None:
    desk, door = placing()
    assert desk.tap("other_size").name == "choose_size"
    other = desk.tap("L").door
    assert desk.site.plan(other).size is Size.L
    desk.door_opens(other)
    desk.wait(2)
    desk.door_closes(door)
    assert (desk.screen().name, desk.screen().door) == ("place", other)
    assert desk.last(events.CompartmentFreed).door == door
    desk.wait(2)
    desk.door_closes(other)
    assert desk.parcel(RETURN).door == other
    assert desk.screen().name == "receipt"
    let_and_freed(desk)


def test_change_of_size_and_the_first_is_shut_before_choosing() -> None:
    desk, door = placing()
    desk.tap("other_size")
    desk.door_closes(door)
    assert desk.screen().name == "choose_size"
    assert desk.compartment(door).state is CompartmentState.FREE


def test_change_of_size_and_no_other_door_is_free() -> None:
    desk, door = placing(compartments=wall(sizes=(Size.M,)))
    shown = desk.tap("other_size")
    assert (shown.params["reason"], shown.params["shut"]) == (Refusal.NO_FREE_COMPARTMENT, door)


def test_no_free_door_says_when_one_is_expected_and_the_next_locker() -> None:
    desk = announced(compartments=wall(sizes=(Size.M,)), stands={1: sent("JD0001")})
    shown = desk.scan(code(desk))
    assert shown.params["reason"] == Refusal.NO_FREE_COMPARTMENT
    assert 6 * 86_400 < shown.params["expected_s"] <= 7 * 86_400
    assert shown.params["name"] == "Railway Station"
    assert desk.last(events.DepositRefused).parcel == RETURN.parcel


def test_no_door_because_of_the_carriers_share() -> None:
    desk = announced(policy=Policy(carrier_quota_percent={"dpd": 0}))
    assert desk.scan(code(desk)).params["reason"] == Refusal.CARRIER_QUOTA


# -- a right that ends meanwhile --------------------------------------------------------------------------------------


ENDED = [("revoked", Refusal.REVOKED), ("superseded", Refusal.SUPERSEDED), ("cancelled", Refusal.CANCELLED)]


def end_right(desk: Desk, how: str) -> None:
    """While the customer is at the screen, the right that she came with ends."""
    if how == "revoked":
        desk.order(Revoke(RETURN.reservation, 0))
    elif how == "cancelled":
        desk.order(Cancel(RETURN.parcel))
    else:
        desk.announce(RETURN, parcel_kind="return", size=Size.M, generation=1)


@pytest.mark.parametrize(("how", "reason"), ENDED)
def test_i2_a_right_that_ends_between_code_and_size_opens_nothing(how: str, reason: Refusal) -> None:
    desk = announced()
    desk.scan(code(desk))
    end_right(desk, how)
    desk.tap("M")
    assert desk.last(events.CredentialRefused).reason == reason
    assert not desk.of(events.OpeningAuthorised)
    assert all(record.state is not CompartmentState.HELD for record in desk.state.compartments.values())


@pytest.mark.parametrize(("how", "reason"), ENDED)
def test_i2_a_right_that_ends_after_an_empty_close_does_not_open_again(how: str, reason: Refusal) -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    end_right(desk, how)
    assert desk.tap("open_again").params["reason"] == reason
    assert len(desk.of(events.OpeningAuthorised)) == 1
    assert desk.compartment(door).state is CompartmentState.FREE


def test_a_label_goes_on_when_a_newer_code_of_its_right_is_announced_meanwhile() -> None:
    desk = announced()
    desk.tap("send")
    desk.scan(RETURN.tracking)
    end_right(desk, "superseded")
    assert desk.tap("M").name == "opening"

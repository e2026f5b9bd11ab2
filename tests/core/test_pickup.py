"""The ordinary pickup: code or PIN, the door named and lit, taken, shut, forgotten.

Offline, on a clock that nobody trusts, before its hold is over and after it.
"""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.effects import Light
from edge.core.orders import Extend
from edge.core.site import Policy
from edge.core.words import ClockTrust, Content, ContentSensor, CredentialState, Evidence, Feedback, ParcelState, Size
from tests.core.desk import DAY_S, Desk, Sent, sent
from tests.core.pickups import ONE, Blind, Sees, refusal, standing

# -- waking and presenting --------------------------------------------------------------------------------------------


def test_the_attract_screen_shows_the_name_and_number_of_this_locker() -> None:
    shown = standing().screen()
    assert (shown.name, shown.params["site_name"]) == ("attract", "Old Brewery")
    assert shown.params["site_number"]
    assert shown.entry == "pin"


@pytest.mark.parametrize("feedback", [Feedback.SWITCH, Feedback.LATCH])
@pytest.mark.parametrize("content", [Blind, Sees])
def test_a_code_opens_its_door_and_its_parcel_is_collected(content: ContentSensor, feedback: Feedback) -> None:
    desk = standing(content, feedback)
    assert desk.scan(desk.code(ONE)).name == "opening"
    desk.door_opens(3)
    assert (desk.screen().name, desk.screen().door) == ("take", 3)
    desk.wait(5)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    assert desk.screen().name == "thanks"
    assert desk.screen().params["receipt"] == 1
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    assert desk.right(ONE).state is CredentialState.CONSUMED
    assert desk.last(events.DoorOpened).evidence == feedback.value
    assert desk.last(events.ParcelCollected).evidence is (Evidence.SENSOR if content is Sees else Evidence.INFERRED)
    assert not desk.state.openings


def test_a_pin_opens_its_door_with_no_network() -> None:
    desk = standing()
    desk.link(False)
    assert desk.pin("11112222").name == "opening"
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_an_unannounced_parcel_opens_by_the_hash_of_its_label_both_ends_offline() -> None:
    desk = Desk()
    desk.courier_comes()
    new = sent("JD777000123")
    door = desk.deposit(new)
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(new)).name == "opening"
    desk.take(door)
    assert desk.parcel(new).state is ParcelState.COLLECTED


def test_a_parcel_reassigned_before_it_came_opens_for_its_new_right_only() -> None:
    desk = Desk()
    old = Sent("JD000500", "dpd", "aa00000000000001")
    new = Sent("JD000500", "dpd", "aa00000000000002")
    desk.announce(old)
    desk.announce(new)
    desk.courier_comes()
    desk.deposit(new)
    desk.tap("end")
    desk.scan(desk.code(old))
    assert refusal(desk) == "not_here_yet"
    desk.tap("back")
    assert desk.scan(desk.code(new)).name == "opening"


def test_the_door_is_named_and_lit_and_another_open_door_is_named_too() -> None:
    desk = standing()
    desk.door_opens(5)
    shown = desk.scan(desk.code(ONE))
    assert (shown.door, shown.doors[3], shown.others) == (3, "this", (5,))
    assert Light(3, True) in desk.effects
    assert desk.screen().doors[5] == "open"


def test_a_large_parcel_is_found_by_what_the_books_say_whatever_the_size() -> None:
    desk = Desk()
    desk.announce(ONE, size=Size.XL)
    desk.courier_comes()
    assert desk.deposit(ONE) in (7, 8)


def test_done_the_screen_forgets_everything() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.wait(9)
    assert desk.memory.session is None
    assert desk.screen().door == 0


# -- time -------------------------------------------------------------------------------------------------------------


def test_the_clock_without_trust_opens_too() -> None:
    desk = standing(trust=ClockTrust.UNSYNCED, wall_s=0)
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_offline_the_age_of_the_revocation_list_is_recorded_with_the_event() -> None:
    desk = standing()
    desk.signed_time()
    desk.skip(3 * 3600)
    desk.scan(desk.code(ONE))
    assert desk.last(events.OpeningAuthorised).list_age_s == pytest.approx(3 * 3600, abs=2)


def _overdue(policy: Policy) -> Desk:
    desk = standing(policy=policy)
    desk.skip(7 * DAY_S + 120)
    assert desk.parcel(ONE).state is ParcelState.OVERDUE
    return desk


def test_overdue_opens_anyway_by_default() -> None:
    desk = _overdue(Policy())
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_overdue_is_refused_with_the_telephone_number_where_the_operator_wants_it() -> None:
    desk = _overdue(Policy(overdue_pickup="refuse", telephone="0800 123"))
    shown = desk.scan(desk.code(ONE))
    assert refusal(desk) == "overdue"
    assert shown.params["telephone"] == "0800 123"


def test_an_extended_hold_ends_overdue() -> None:
    desk = _overdue(Policy(overdue_pickup="refuse"))
    assert desk.order(Extend(ONE.parcel, DAY_S)) == "done"
    assert desk.parcel(ONE).state is ParcelState.STANDING
    assert desk.scan(desk.code(ONE)).name == "opening"

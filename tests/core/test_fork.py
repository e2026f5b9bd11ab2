"""A card that was put back or copied: a new epoch, every compartment in doubt, and the list that settles it.

I2, I3: nothing opens twice or is lost.  I6: what the list leaves out is looked into.  I7: our own pulse is no alarm.
"""

from __future__ import annotations

import pytest
from msgspec import structs

from edge.core import events, inputs
from edge.core.fold import fold
from edge.core.orders import Cancel
from edge.core.words import CompartmentState, Content, ContentSensor, CredentialState, Evidence, ParcelState, Purpose
from tests.core.cuts import good
from tests.core.desk import Desk, Sent, sent
from tests.core.pickups import ONE, TWO, Sees
from tests.core.rounds import roster

# -- the fork ---------------------------------------------------------------------------------------------------------


def test_a_fork_names_the_old_epoch_and_sends_every_compartment_to_review() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    desk.tell(inputs.Forked("copied", "aa" * 8, 12, "bb" * 32, True))
    assert desk.last(events.EpochBegun).old_seq == 12
    assert {record.state for record in desk.state.compartments.values()} == {CompartmentState.REVIEW}
    assert desk.screen().name == "restoring"
    good(desk)
    desk.take(3)
    desk.restore({4: TWO}, version=2)
    assert desk.compartment(4).state is CompartmentState.OCCUPIED
    assert desk.compartment(5).state is CompartmentState.FREE


def test_i2_i10_the_running_time_goes_on_where_a_copied_card_names_its_fork_before_it_has_started() -> None:
    desk = Desk(stands={3: ONE})
    desk.wait(3600)
    desk.technical("out_of_service", 3)
    before_ms = desk.state.running_ms(desk.state.mono_ms)
    at = structs.replace(desk.rows[-1][2], boot=desk.boot + 1, mono_ms=13)
    state = fold(desk.state, events.EpochBegun("copied", "aa" * 8, 12, "bb" * 32), desk.state.head + 1, at)
    state = fold(state, events.Started("1", tuple(state.compartments)), state.head + 1, at)
    assert state.running_ms(state.mono_ms) >= before_ms


def test_i6_what_stood_out_of_service_at_a_fork_is_looked_into_before_it_counts_again() -> None:
    desk = Desk(stands={3: ONE})
    desk.technical("out_of_service", 3)
    desk.tell(inputs.Forked("restored", "aa" * 8, 12, "bb" * 32))
    assert desk.compartment(3).state is CompartmentState.OUT_OF_SERVICE
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    desk.technical("in_service", 3)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i2_what_the_list_leaves_out_of_a_compartment_out_of_service_is_not_opened_for_when_it_is_back() -> None:
    desk = Desk(stands={3: ONE})
    desk.technical("out_of_service", 3)
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    desk.restore({}, version=2)
    assert desk.parcel(ONE).state is ParcelState.GONE
    desk.technical("in_service", 3)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.scan(desk.code(ONE)).name == "refused"
    assert desk.pulsed() == []


def test_a_parcel_that_was_being_put_in_when_the_card_forked_comes_out_on_its_code() -> None:
    desk = Desk()
    desk.courier_comes()
    door = desk.scan(ONE.tracking).door
    desk.door_opens(door)
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    desk.holds(door, Content.PRESENT)
    desk.door_closes(door)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    desk.scan(desk.code(ONE))
    assert desk.screen().door == door


# -- the list that comes after it -------------------------------------------------------------------------------------


def test_after_a_fork_the_list_says_where_a_parcel_stands_now() -> None:
    desk = Desk(stands={3: ONE})
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    desk.restore({4: ONE}, version=2)
    assert desk.parcel(ONE).door == 4
    assert desk.compartment(4).state is CompartmentState.OCCUPIED
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert not desk.compartment(3).parcels
    desk.scan(desk.code(ONE))
    desk.take(4)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


@pytest.mark.parametrize("stands", [{}, {3: sent("JD000777")}], ids=["nothing", "another"])
def test_i2_what_the_list_does_not_have_after_a_fork_is_opened_to_nobody_until_somebody_found_it(
    stands: dict[int, Sent],
) -> None:
    desk = Desk(stands={3: ONE})
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    desk.restore(stands, version=2)
    assert desk.scan(desk.code(ONE)).name == "refused"
    assert desk.pulsed() == []
    assert desk.parcel(ONE).door == 0
    assert desk.compartment(3).parcels == tuple(one.parcel for one in stands.values())


def test_what_was_collected_is_not_adopted_again_from_an_old_list() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.wait(200)
    desk.tell(inputs.Forked("restored", "aa" * 8, 12, "bb" * 32))
    desk.restore({3: ONE}, version=2)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "already_used"


@pytest.mark.parametrize("reason", ["cancelled", "redirected"])
def test_i3_what_was_called_off_before_it_came_and_was_brought_on_the_card_that_is_lost_is_adopted(reason: str) -> None:
    beside = sent("JD000703", reservation=ONE.reservation)
    desk = Desk()
    desk.announce(ONE)
    desk.order(Cancel(ONE.parcel, reason))
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    desk.restore({3: (beside, ONE)}, version=2)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    assert desk.compartment(3).parcels == (beside.parcel, ONE.parcel)


def test_i2_what_stood_here_and_was_called_off_is_not_adopted_again_from_an_old_list() -> None:
    desk = Desk(stands={3: ONE})
    desk.order(Cancel(ONE.parcel, "redirected"))
    roster(desk)
    desk.courier_comes(purpose=Purpose.COLLECTION)
    desk.tap("collect")
    desk.tap("all")
    desk.door_opens(3)
    desk.scan(ONE.tracking)
    desk.wait(3)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.GONE
    desk.tell(inputs.Forked("restored", "aa" * 8, 12, "bb" * 32))
    desk.restore({3: ONE}, version=2)
    assert desk.parcel(ONE).state is ParcelState.GONE
    assert desk.compartment(3).state is CompartmentState.REVIEW


@pytest.mark.parametrize("content", list(ContentSensor))
def test_a_standing_list_that_comes_while_the_door_is_open_for_its_customer_changes_nothing_of_it(
    content: ContentSensor,
) -> None:
    desk = Desk(stands={3: ONE}, content=content)
    desk.tell(inputs.Forked("restored", "aa" * 8, 12, "bb" * 32))
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.restore({3: ONE}, version=2)
    assert desk.parcel(ONE).state is ParcelState.LEAVING
    desk.wait(3)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    desk.wait(10)
    assert desk.parcel(ONE).state in (ParcelState.COLLECTED, ParcelState.UNCERTAIN)


def test_i2_a_list_that_comes_while_a_door_is_open_counts_for_it_when_that_has_come_to_its_end() -> None:
    """On the card that is lost Anna's was collected from behind 3, and Béla's put in."""
    anna, bela = sent("JD000701"), sent("JD000702")
    desk = Desk(stands={3: anna})
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    desk.scan(desk.code(anna))
    desk.door_opens(3)
    desk.restore({3: bela}, version=2)
    desk.door_closes(3)
    desk.wait(2)
    desk.tap("no")
    desk.wait(300)
    assert desk.compartment(3).parcels == (bela.parcel,)
    assert desk.scan(desk.code(anna)).name == "refused"
    desk.wait(60)
    assert desk.scan(desk.code(bela)).name == "opening"


def test_what_may_have_been_brought_on_the_card_that_is_lost_is_not_given_up_before_the_list_comes() -> None:
    desk = Desk()
    desk.courier_comes()
    door = desk.scan(ONE.tracking).door
    desk.door_opens(door)
    desk.tap("cancel")
    desk.wait(3)
    desk.door_closes(door)
    desk.tap("end")
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    desk.wait(130)
    assert desk.parcel(ONE).state is ParcelState.ANNOUNCED
    desk.restore({3: ONE}, version=2)
    assert desk.parcel(ONE).state is ParcelState.STANDING


# -- between a pulse and its door -------------------------------------------------------------------------------------


def test_i7_a_fork_before_the_pulse_leaves_the_screen_and_makes_no_alarm_of_our_own_pulse() -> None:
    desk = Desk(stands={3: ONE})
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    desk.tell(inputs.Forked("hub_ahead", "aa" * 8, 12, "bb" * 32))
    assert desk.memory.session is None
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.pulse()
    desk.door_opens(3)
    assert not desk.state.alarms
    assert desk.compartment(3).state is CompartmentState.REVIEW


@pytest.mark.parametrize("after_s", [0.1, 4.0])
@pytest.mark.parametrize("read_closed", [False, True])
def test_i7_a_fork_between_the_pulse_and_its_door_makes_no_alarm_of_our_own_pulse(
    after_s: float, read_closed: bool
) -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    if read_closed:
        desk.read_doors(3)
    desk.wait(after_s)
    desk.door_opens(3)
    assert not desk.of(events.DoorForced)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i7_long_after_a_fork_a_door_that_goes_open_is_forced() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.tell(inputs.Forked("beyond_head", "aa" * 8, 12, "bb" * 32))
    desk.read_doors(3)
    desk.wait(30)
    desk.door_opens(3)
    assert desk.of(events.DoorForced)


# -- a parcel in doubt ------------------------------------------------------------------------------------------------


def test_i3_the_hold_of_a_parcel_in_doubt_stands_still_when_its_compartment_is_back_in_service() -> None:
    desk = Desk(stands={3: ONE})
    desk.door_opens(3)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    left_ms = desk.parcel(ONE).hold_left_ms
    assert left_ms > 0
    desk.technical("out_of_service", 3)
    desk.technical("in_service", 3)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.parcel(ONE).hold_left_ms == left_ms


def test_i3_a_parcel_that_may_be_behind_two_doors_is_gone_only_when_it_is_behind_neither() -> None:
    desk = Desk(stands={3: ONE})
    at, state = desk.rows[-1][2], desk.state
    for door in (5, 3):
        state = fold(state, events.CompartmentToReview(door, "interrupted", 0, (ONE.parcel,)), state.head + 1, at)
    found = fold(state, events.CompartmentReviewed(3, (ONE.parcel,), Evidence.PERSON), state.head + 1, at)
    found = fold(found, events.CompartmentFreed(5, Evidence.PERSON), found.head + 1, at)
    assert (found.parcels[ONE.parcel].state, found.parcels[ONE.parcel].door) == (ParcelState.STANDING, 3)
    first = state.parcels[ONE.parcel].door
    other = 8 - first
    looked = fold(state, events.CompartmentFreed(first, Evidence.PERSON), state.head + 1, at)
    assert (looked.parcels[ONE.parcel].state, looked.parcels[ONE.parcel].door) == (ParcelState.UNCERTAIN, other)
    looked = fold(looked, events.CompartmentFreed(other, Evidence.PERSON), looked.head + 1, at)
    assert looked.parcels[ONE.parcel].state is ParcelState.GONE

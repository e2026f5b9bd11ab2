"""After a cut: start-up is recovery, and never pulses.  One test or more for each row of the table."""

from __future__ import annotations

import pytest
from msgspec import structs

from edge.core import events, inputs
from edge.core.fold import fold
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    CredentialState,
    DoorState,
    Evidence,
    Level,
    ParcelState,
    PulseOutcome,
)
from tests.core.desk import Desk, Sent, sent

ONE = sent("JD000301", pin="11112222")
TWO = sent("JD000302", reservation=ONE.reservation)
Blind = ContentSensor.NONE
Sees = ContentSensor.INFRARED
SENSORS = pytest.mark.parametrize("content", [Blind, Sees])


def cut(desk: Desk) -> None:
    """The power goes and comes back; nothing may be pulsed by that."""
    pulsed = len(desk.pulsed())
    desk.reboot()
    desk.wait(30)
    assert len(desk.pulsed()) == pulsed, "start-up pulsed"


def authorised(content: ContentSensor) -> Desk:
    """Committed, and cut before anything was driven."""
    desk = Desk(stands={3: ONE}, content=content)
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    return desk


def good(desk: Desk) -> None:
    """The code is good, and opens."""
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.pulses_answer = True
    assert desk.scan(desk.code(ONE)).name == "opening"


# -- scan and commit -----------------------------------------------------------------------------------------------


def test_cut_between_scan_and_commit_leaves_nothing() -> None:
    desk = Desk(stands={3: ONE})
    head, memory = desk.state.head, desk.memory
    books, rows = desk.books, list(desk.rows)
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    desk.books, desk.rows, desk.memory = books, rows, memory  # it was never committed
    cut(desk)
    assert head < desk.state.head  # only what the start writes
    assert not desk.state.openings
    assert desk.parcel(ONE).state is ParcelState.STANDING
    good(desk)


# -- commit and pulse, pulse and edge ------------------------------------------------------------------------------


def test_cut_between_commit_and_pulse_with_the_parcel_still_sensed_lapses() -> None:
    desk = authorised(Sees)
    cut(desk)
    assert desk.last(events.OpeningLapsed).reason == "interrupted"
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.parcel(ONE).state is ParcelState.STANDING
    good(desk)


def test_cut_between_commit_and_pulse_with_nothing_to_sense_goes_to_review() -> None:
    desk = authorised(Blind)
    cut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.parcel(ONE).hold_left_ms > 0
    good(desk)


def test_cut_between_pulse_and_edge_with_the_parcel_gone_goes_to_review() -> None:
    desk = authorised(Sees)
    desk.pulse_begins(desk.unlocks[0])
    desk.holds(3, Content.EMPTY)
    cut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert not desk.of(events.ParcelCollected)
    good(desk)


def test_cut_between_pulse_and_edge_beside_a_second_parcel_is_not_settled_by_the_sensor() -> None:
    desk = Desk(stands={3: (ONE, TWO)}, content=Sees)
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    cut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_cut_after_the_pulse_and_the_door_is_found_open_it_goes_on_without_a_session() -> None:
    desk = authorised(Blind)
    desk.pulse_begins(desk.unlocks[0])
    desk.level[3] = Level.OPEN
    cut(desk)
    assert desk.last(events.DoorAdopted).door == 3
    assert not desk.state.alarms
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    good(desk)


def test_cut_after_commit_with_a_silent_board_goes_to_review() -> None:
    desk = authorised(Sees)
    desk.level[3] = Level.UNKNOWN
    cut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.memory.sense(3).state is DoorState.UNKNOWN


def test_cut_before_the_second_pulse_is_the_same() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.pulses_answer = False
    desk.wait(6)
    assert desk.opening(3) is not None
    cut(desk)
    assert desk.last(events.OpeningLapsed).reason == "interrupted"
    good(desk)


def test_an_outcome_of_the_last_life_moves_nothing() -> None:
    desk = authorised(Sees)
    unlock = desk.unlocks[0]
    cut(desk)
    before = desk.state.head
    desk.tell(inputs.PulseBegan(unlock.door, unlock.opening, unlock.attempt, desk.mono_s))
    desk.tell(inputs.PulseEnded(unlock.door, unlock.opening, unlock.attempt, PulseOutcome.DONE))
    desk.tell(inputs.Timer(("edge", str(unlock.opening), "1")))
    assert desk.state.head == before


# -- edge and close ------------------------------------------------------------------------------------------------


def opened(content: ContentSensor) -> Desk:
    desk = Desk(stands={3: ONE}, content=content)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    return desk


@SENSORS
def test_cut_while_open_and_still_open_is_adopted_and_watched(content: ContentSensor) -> None:
    desk = opened(content)
    cut(desk)
    assert desk.memory.session is None
    assert desk.memory.sense(3).state is DoorState.OPEN
    opening = desk.opening(3)
    assert opening is not None
    assert opening.adopted
    desk.wait(180)
    assert desk.last(events.DoorLeftOpen).door == 3
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    if content is Sees:
        assert desk.parcel(ONE).state is ParcelState.COLLECTED
    else:
        assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
        assert desk.parcel(ONE).hold_left_ms > 0
        good(desk)


def test_cut_while_open_and_closed_since_the_sensor_says_taken() -> None:
    desk = opened(Sees)
    desk.holds(3, Content.EMPTY)
    desk.level[3] = Level.CLOSED
    cut(desk)
    assert desk.last(events.ParcelCollected).evidence is Evidence.SENSOR
    assert desk.compartment(3).state is CompartmentState.FREE


def test_cut_while_open_and_closed_since_the_sensor_says_still_there() -> None:
    desk = opened(Sees)
    desk.level[3] = Level.CLOSED
    cut(desk)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    good(desk)


def test_cut_while_open_and_closed_since_with_nothing_to_sense_goes_to_review() -> None:
    desk = opened(Blind)
    desk.level[3] = Level.CLOSED
    cut(desk)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.parcel(ONE).hold_left_ms > 0
    assert desk.compartment(3).state is CompartmentState.REVIEW
    good(desk)


def test_cut_at_the_question_goes_to_review() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(1)
    desk.door_closes(3)
    assert desk.screen().name == "did_you_get_it"
    cut(desk)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    good(desk)


def test_cut_after_it_was_declined_is_not_believed_blindly() -> None:
    desk = opened(Blind)
    desk.tap("decline")
    cut(desk)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN


def test_a_second_cut_while_adopted_changes_nothing_more() -> None:
    desk = opened(Blind)
    cut(desk)
    cut(desk)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    good(desk)


# -- collected and screen ------------------------------------------------------------------------------------------


@SENSORS
def test_cut_after_collected_is_collected_and_grace_is_over(content: ContentSensor) -> None:
    desk = opened(content)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    cut(desk)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "already_used"
    expected = CompartmentState.FREE if content is Sees else CompartmentState.REVIEW
    desk.wait(400)
    assert desk.compartment(3).state is expected


def test_i6_a_cut_while_its_door_is_open_again_in_grace_leaves_a_blind_compartment_in_review() -> None:
    """Whoever shuts a door that was found open may have put something in: no grace makes that free."""
    desk = opened(Blind)
    desk.wait(5)
    desk.door_closes(3)
    desk.tap("open_again")
    desk.door_opens(3)
    cut(desk)
    desk.door_closes(3)
    desk.wait(400)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert not [e for e in desk.of(events.CompartmentFreed) if e.door == 3]


# -- command and effect --------------------------------------------------------------------------------------------


@SENSORS
def test_cut_between_an_order_and_its_pulse_is_reported_lapsed_and_never_done_late(content: ContentSensor) -> None:
    desk = Desk(content=content)
    desk.pulses_answer = False
    assert desk.open_by_order(5) == "done"
    number = desk.state.order
    cut(desk)
    assert desk.state.order == number
    assert not desk.state.openings
    if content is Sees:
        assert desk.last(events.OpeningLapsed).reason == "interrupted"
        assert desk.compartment(5).state is CompartmentState.FREE
    else:
        assert desk.compartment(5).state is CompartmentState.REVIEW


# -- a PIN failure and its commit ----------------------------------------------------------------------------------


def test_a_wrong_pin_is_durable_before_its_answer_is_shown() -> None:
    desk = Desk(stands={3: ONE})
    desk.pin("00000000")
    assert next(recorded.event.kind for recorded in desk.decision.recorded) == "pin_failed"  # type: ignore[union-attr]
    cut(desk)
    assert desk.state.pin.failures == 1


# -- deposits and everything held ----------------------------------------------------------------------------------


def test_cut_during_a_deposit_with_a_sensor_the_content_decides() -> None:
    desk = Desk(content=Sees)
    desk.courier_comes()
    door = desk.scan(ONE.tracking).door
    desk.door_opens(door)
    desk.holds(door, Content.PRESENT)
    desk.level[door] = Level.CLOSED
    cut(desk)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    good(desk)


def test_cut_during_a_deposit_without_a_sensor_is_review_never_free_and_its_code_may_open() -> None:
    desk = Desk()
    desk.courier_comes()
    door = desk.scan(ONE.tracking).door
    desk.door_opens(door)
    desk.level[door] = Level.CLOSED
    cut(desk)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    good(desk)


def test_cut_while_held_before_any_pulse_is_free_only_by_the_sensor() -> None:
    for content, expected in ((Sees, CompartmentState.FREE), (Blind, CompartmentState.REVIEW)):
        desk = Desk(content=content)
        desk.courier_comes()
        desk.outcomes.append(PulseOutcome.LATE)
        door = desk.scan(ONE.tracking).door
        assert desk.compartment(door).state is CompartmentState.HELD
        cut(desk)
        assert desk.compartment(door).state is expected


def test_a_door_found_open_at_start_is_review_and_no_alarm() -> None:
    desk = Desk(stands={3: ONE})
    for door in (3, 4):
        desk.level[door] = Level.OPEN
    cut(desk)
    assert not desk.state.alarms
    assert {desk.compartment(door).state for door in (3, 4)} == {CompartmentState.REVIEW}
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN


# -- a new card, a copied card -------------------------------------------------------------------------------------


@SENSORS
def test_a_new_card_adopts_what_the_standing_list_says_and_the_rest_is_review(content: ContentSensor) -> None:
    desk = Desk(stands={3: ONE, 5: (sent("JD0001"), sent("JD0002"))}, content=content)
    desk.reboot(new_card=True)
    desk.provide()
    assert desk.screen().name == "restoring"
    desk.restore({3: ONE, 5: (sent("JD0001"), sent("JD0002"))}, version=2, after_order=40)
    assert desk.state.order == 40
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert len(desk.compartment(5).parcels) == 2
    rest = {record.state for door, record in desk.state.compartments.items() if door not in (3, 5)}
    assert rest == {CompartmentState.FREE if content is Sees else CompartmentState.REVIEW}
    good(desk)


def test_a_new_card_adopts_nothing_into_a_compartment_that_is_sensed_empty() -> None:
    desk = Desk(content=Sees, restored=False)
    listed = {3: ONE}
    desk.restore(listed, there=False)
    assert ONE.parcel not in desk.state.parcels
    assert desk.compartment(3).state is CompartmentState.FREE


def test_a_new_card_refuses_deposits_until_the_list_comes() -> None:
    desk = Desk(restored=False)
    desk.courier_comes()
    desk.scan(ONE.tracking)
    assert desk.screen().params["reason"] == "restoring"


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


def test_i6_what_stood_out_of_service_at_a_fork_is_looked_into_before_it_counts_again() -> None:
    desk = Desk(stands={3: ONE})
    desk.technical("out_of_service", 3)
    desk.tell(inputs.Forked("restored", "aa" * 8, 12, "bb" * 32))
    assert desk.compartment(3).state is CompartmentState.OUT_OF_SERVICE
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    desk.technical("in_service", 3)
    assert desk.compartment(3).state is CompartmentState.REVIEW


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


def test_a_door_that_left_the_wall_with_something_inside_stays_in_the_books() -> None:
    desk = Desk(stands={8: ONE})
    desk.site = structs.replace(desk.site, compartments=desk.site.compartments[:-1])
    desk.level.pop(8)
    desk.reboot()
    assert desk.compartment(8).state is CompartmentState.OUT_OF_SERVICE
    assert desk.compartment(8).reason == "not in the wall"
    desk.scan(desk.code(ONE))
    assert desk.screen().name == "jammed"


def test_a_courier_who_comes_back_to_an_adopted_door_goes_on_when_it_is_shut() -> None:
    desk = Desk()
    desk.courier_comes()
    door = desk.scan(ONE.tracking).door
    desk.door_opens(door)
    desk.reboot()
    assert desk.courier_comes().name == "put"
    desk.door_closes(door)
    assert desk.screen().name == "ready"
    assert desk.compartment(door).state is CompartmentState.REVIEW


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

"""A pickup that is cut off: start-up is recovery, and never pulses (I1).  A test or more for each row of the table.

I3: the code stays good.  I6: what cannot be sensed is looked into.
"""

from __future__ import annotations

from edge.core import events, inputs
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    DoorState,
    Evidence,
    Level,
    ParcelState,
    PulseOutcome,
)
from tests.core.cuts import SENSORS, cut, good
from tests.core.desk import Desk
from tests.core.pickups import ONE, TWO, Blind, Sees


def authorised(content: ContentSensor) -> Desk:
    """Committed, and cut before anything was driven."""
    desk = Desk(stands={3: ONE}, content=content)
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    return desk


# -- scan and commit --------------------------------------------------------------------------------------------------


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


# -- commit and pulse, pulse and edge ---------------------------------------------------------------------------------


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


# -- edge and close ---------------------------------------------------------------------------------------------------


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


# -- collected and screen ---------------------------------------------------------------------------------------------


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

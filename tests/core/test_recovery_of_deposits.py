"""What else may be cut off: an order, a wrong PIN, a deposit, what is held; and the wall that start-up finds (I6)."""

from __future__ import annotations

from msgspec import structs

from edge.core import events
from edge.core.fold import fold
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, Level, ParcelState, PulseOutcome
from tests.core.cuts import SENSORS, cut, good
from tests.core.desk import Desk
from tests.core.pickups import ONE, Blind, Sees

# -- command and effect -----------------------------------------------------------------------------------------------


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


# -- a PIN failure and its commit -------------------------------------------------------------------------------------


def test_a_wrong_pin_is_durable_before_its_answer_is_shown() -> None:
    desk = Desk(stands={3: ONE})
    desk.pin("00000000")
    assert next(recorded.event.kind for recorded in desk.decision.recorded) == "pin_failed"  # type: ignore[union-attr]
    cut(desk)
    assert desk.state.pin.failures == 1


# -- deposits and everything held -------------------------------------------------------------------------------------


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


# -- the wall that is found -------------------------------------------------------------------------------------------


def test_a_door_found_open_at_start_is_review_and_no_alarm() -> None:
    desk = Desk(stands={3: ONE})
    for door in (3, 4):
        desk.level[door] = Level.OPEN
    cut(desk)
    assert not desk.state.alarms
    assert {desk.compartment(door).state for door in (3, 4)} == {CompartmentState.REVIEW}
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN


def test_a_door_that_left_the_wall_with_something_inside_stays_in_the_books() -> None:
    desk = Desk(stands={8: ONE})
    desk.site = structs.replace(desk.site, compartments=desk.site.compartments[:-1])
    desk.level.pop(8)
    desk.reboot()
    assert desk.compartment(8).state is CompartmentState.OUT_OF_SERVICE
    assert desk.compartment(8).reason == "not in the wall"
    desk.scan(desk.code(ONE))
    assert desk.screen().name == "out_of_use"


def test_i3_a_hold_that_is_extended_before_anybody_has_looked_begins_when_the_parcel_is_found() -> None:
    desk = Desk()
    desk.announce(ONE, hold_s=7200)
    at, state = desk.rows[-1][2], desk.state
    for event in (
        events.CompartmentToReview(3, "interrupted", 1, (ONE.parcel,)),
        events.HoldExtended(ONE.parcel, 600),
        events.CompartmentReviewed(3, (ONE.parcel,), Evidence.PERSON),
    ):
        state = fold(state, event, state.head + 1, at)
    assert state.parcels[ONE.parcel].hold_ends_ms == state.running_ms(at.mono_ms) + 7_800_000

"""Courier deposit, the way of the door: jammed, occupied, too small, left open, opened again, undone."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.refusal import Refusal
from edge.core.site import Policy
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    DoorState,
    Evidence,
    ParcelState,
    PulseOutcome,
    Size,
)
from tests.core.desk import Desk, sent, wall
from tests.core.rounds import let_and_freed
from tests.core.test_deposit import JD, ready

SENSORS = [ContentSensor.NONE, ContentSensor.SCALE, ContentSensor.INFRARED]


def jam(desk: Desk) -> None:
    """No edge after the pulse, nor after the second one."""
    desk.wait(6)
    assert desk.screen().name == "push_then_pull"
    desk.wait(6)


def opened(**more: object) -> tuple[Desk, int]:
    """The door for JD0123 stands open."""
    desk = ready(**more)
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    return desk, door


# -- no open --------------------------------------------------------------------------------------------------------


def test_no_open_the_next_door_by_itself_the_first_is_suspect() -> None:
    desk = ready()
    first = desk.scan(JD.tracking).door
    jam(desk)
    second = desk.screen().door
    assert second != first
    assert desk.screen().name == "opening"
    assert desk.compartment(first).state is CompartmentState.OUT_OF_SERVICE
    desk.put(second)
    assert desk.parcel(JD).door == second
    assert desk.screen().params["in"] == 1


def test_no_open_at_two_doors_in_a_row() -> None:
    desk = ready()
    first = desk.scan(JD.tracking).door
    jam(desk)
    second = desk.screen().door
    jam(desk)
    assert desk.screen().door not in (first, second)


def test_no_open_and_no_other_door_is_said() -> None:
    desk = ready(compartments=wall(sizes=(Size.S,)))
    desk.scan(JD.tracking)
    jam(desk)
    assert (desk.screen().name, desk.screen().params["reason"]) == ("refused", Refusal.NO_FREE_COMPARTMENT)
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED


def test_too_late_the_same_door_is_tried_again() -> None:
    desk = ready()
    desk.outcomes.append(PulseOutcome.LATE)
    shown = desk.scan(JD.tracking)
    assert shown.name == "too_late"
    assert desk.tap("try_again").door == shown.door
    desk.put(shown.door)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_too_late_and_the_label_is_scanned_again_tries_the_same_door() -> None:
    desk = ready()
    desk.outcomes.append(PulseOutcome.LATE)
    door = desk.scan(JD.tracking).door
    assert (desk.scan(JD.tracking).name, desk.screen().door) == ("opening", door)


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("way", ["end", "another label", "another courier", "idle"])
def test_i6_too_late_and_given_up_the_compartment_does_not_stay_held(way: str, sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    desk.outcomes.append(PulseOutcome.LATE)
    door = desk.scan(JD.tracking).door
    if way == "end":
        desk.tap("end")
    elif way == "another label":
        desk.scan("JD9999")
    elif way == "another courier":
        desk.scan(desk.technician_code())
    else:
        desk.wait(60)
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    if way != "another label" or sensor is ContentSensor.NONE:  # else it may be let again at once
        assert desk.compartment(door).state is expected
    let_and_freed(desk)


def test_board_silent_is_said_and_tried_again() -> None:
    desk = ready()
    desk.outcomes.append(PulseOutcome.BROKEN)
    shown = desk.scan(JD.tracking)
    assert shown.name == "board_silent"
    assert desk.tap("try_again").name == "opening"


def test_a_pulse_without_any_status_is_followed_by_another_door_and_a_look() -> None:
    desk = ready()
    door = desk.scan(JD.tracking).door
    desk.door_silent(door)
    desk.wait(6)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.screen().name == "opening"
    assert desk.screen().door != door


def test_a_door_that_goes_open_before_its_pulse_is_an_alarm_and_another_is_taken() -> None:
    desk = ready()
    desk.pulses_answer = False
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    assert desk.last(events.DoorForced).door == door
    assert desk.screen().door != door
    assert desk.compartment(door).state is CompartmentState.REVIEW


# -- occupied, dirty, too small -------------------------------------------------------------------------------------


def test_occupied_quarantine_another_door_a_task_to_reconcile() -> None:
    desk, door = opened()
    other = desk.tap("occupied").door
    assert other != door
    desk.put(other)
    desk.wait(1)
    desk.door_closes(door)
    assert (desk.compartment(door).state, desk.compartment(door).reason) == (CompartmentState.REVIEW, "occupied")
    assert desk.last(events.IncidentReported).complaint == "occupied"
    assert desk.parcel(JD).door == other
    assert desk.screen().params["in"] == 1


def test_i6_occupied_stays_in_review_although_its_sensor_sees_nothing() -> None:
    desk, door = opened(content=ContentSensor.INFRARED)
    desk.tap("occupied")
    desk.door_closes(door)
    desk.read_contents(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    let_and_freed(desk)


def test_dirty_out_of_service_another_door() -> None:
    desk, door = opened()
    other = desk.tap("dirty").door
    desk.put(other)
    assert desk.compartment(door).state is CompartmentState.HELD
    desk.door_closes(door)
    assert (desk.compartment(door).state, desk.compartment(door).reason) == (CompartmentState.OUT_OF_SERVICE, "dirty")


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_does_not_fit_a_larger_door_the_first_is_freed_only_after_it_is_seen_closed(sensor: ContentSensor) -> None:
    desk, door = opened(content=sensor)
    other = desk.tap("does_not_fit").door
    assert desk.site.plan(door).size is Size.S
    assert desk.site.plan(other).size is Size.M
    desk.put(other)
    assert desk.compartment(door).state is CompartmentState.HELD
    desk.door_closes(door)
    freed = desk.last(events.CompartmentFreed)
    assert freed.door == door
    assert freed.evidence is (Evidence.PERSON if sensor is ContentSensor.NONE else Evidence.SENSOR)
    assert desk.parcel(JD).door == other
    let_and_freed(desk)


def test_i6_does_not_fit_and_something_is_sensed_in_the_first_it_is_looked_into() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.tap("does_not_fit")
    desk.holds(door, Content.PRESENT)
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW


def test_does_not_fit_none_larger_cancel_with_a_reason() -> None:
    desk = ready(compartments=wall(sizes=(Size.XL,)))
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    shown = desk.tap("does_not_fit")
    assert (shown.name, shown.params["reason"]) == ("refused", Refusal.NO_FREE_COMPARTMENT)
    assert shown.params["shut"] == door
    assert desk.last(events.DepositRefused).parcel == JD.parcel
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.screen().name == "ready"


def test_does_not_fit_the_larger_ones_are_taken_cancel_with_a_reason() -> None:
    desk = ready(compartments=wall(sizes=(Size.S, Size.M)))
    desk.scan("JD0001")
    desk.put(desk.screen().door)
    desk.scan("JD0002")
    desk.put(desk.screen().door)
    assert desk.scan("JD0003").params["reason"] == Refusal.NO_FREE_COMPARTMENT


def test_does_not_fit_is_not_over_quota_because_of_the_door_that_comes_back() -> None:
    desk, _ = opened(policy=Policy(carrier_quota_percent={"dpd": 12}))
    assert desk.tap("does_not_fit").name == "opening"


def test_refused_beside_an_open_door_the_way_back_is_that_door() -> None:
    desk, door = opened(policy=Policy(unannounced_by_carrier={"gls": "refuse"}))
    desk.announce(sent("JD0777", carrier="gls"))
    assert desk.scan("JD0777").name == "refused"
    assert (desk.tap("back").name, desk.screen().door) == ("put", door)


# -- closed ---------------------------------------------------------------------------------------------------------


def test_closed_but_the_scale_says_empty_no_parcel_detected() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    assert desk.screen().name == "no_parcel"
    assert desk.of(events.ParcelDeposited) == []
    desk.tap("open_again")
    desk.put(door)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_no_parcel_detected_cancel() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    desk.tap("cancel")
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.last(events.CompartmentFreed).evidence is Evidence.SENSOR
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED
    assert desk.scan(JD.tracking).name == "opening"


def test_no_parcel_detected_and_its_label_is_scanned_again_opens_again() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    assert (desk.scan(JD.tracking).name, desk.screen().door) == ("opening", door)
    desk.put(door)
    assert desk.parcel(JD).door == door


def test_a_cancelled_parcel_is_scanned_again_before_its_door_is_shut() -> None:
    desk, door = opened()
    desk.tap("cancel")
    other = desk.scan(JD.tracking).door
    assert other != door
    desk.put(other)
    desk.door_closes(door)
    assert desk.parcel(JD).door == other
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.screen().params["in"] == 1


def test_i6_reopened_and_left_open_is_looked_into() -> None:
    desk = ready(content=ContentSensor.SCALE)
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    desk.door_opens(door)
    desk.wait(300)
    desk.door_closes(door)
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN


def test_no_parcel_detected_and_nobody_answers() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    desk.wait(60)
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.last(events.CourierLeft).reason == "idle"
    assert desk.screen().name == "attract"


def test_no_parcel_detected_and_the_next_label_is_scanned() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    other = desk.scan("JD0002").door
    assert other != door
    desk.put(other)
    desk.wait(55)
    assert desk.compartment(door).state is CompartmentState.FREE


def test_a_sensor_that_does_not_settle_concludes_nothing_and_the_courier_counts() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.sensors_answer = False
    desk.wait(3)
    desk.door_closes(door)
    desk.wait(5)
    assert desk.last(events.ParcelDeposited).evidence is Evidence.PERSON
    assert desk.last(events.FaultRaised).what == "content_sensor"


def two_open() -> tuple[Desk, int, int]:
    desk = ready(content=ContentSensor.SCALE)
    first = desk.scan("JD0001").door
    desk.door_opens(first)
    second = desk.scan("JD0002").door
    desk.door_opens(second)
    desk.wait(3)
    return desk, first, second


def test_another_open_door_got_the_parcel_it_is_said_while_that_is_open() -> None:
    desk, first, second = two_open()
    desk.holds(second, Content.PRESENT)
    desk.door_closes(first)
    assert (desk.screen().name, desk.screen().door) == ("no_parcel", first)
    assert desk.screen().params["elsewhere"] == second
    assert second in desk.screen().others


def test_another_open_door_got_the_parcel_it_is_said_when_that_was_shut_before() -> None:
    desk, first, second = two_open()
    desk.holds(second, Content.PRESENT)
    desk.door_closes(second)
    desk.door_closes(first)
    assert (desk.screen().name, desk.screen().params["elsewhere"]) == ("no_parcel", second)


def test_no_parcel_detected_names_no_door_that_was_shut_long_before() -> None:
    desk = ready(content=ContentSensor.SCALE)
    desk.deposit(sent("JD0001"))
    door = desk.scan("JD0002").door
    desk.door_opens(door)
    desk.wait(3)
    desk.door_closes(door)
    assert "elsewhere" not in desk.screen().params


def test_misplaced_and_put_right() -> None:
    desk, first, second = two_open()
    desk.holds(second, Content.PRESENT)
    desk.door_closes(first)
    desk.tap("open_again")
    desk.door_opens(first)
    desk.holds(first, Content.PRESENT)
    desk.wait(3)
    desk.door_closes(first)
    assert (desk.screen().name, desk.screen().door) == ("put", second)
    desk.door_closes(second)
    assert {e.parcel: e.door for e in desk.of(events.ParcelDeposited)} == {
        sent("JD0001").parcel: first,
        sent("JD0002").parcel: second,
    }


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_not_closed_and_the_courier_leaves_not_deposited_alarm(sensor: ContentSensor) -> None:
    desk, door = opened(content=sensor)
    desk.holds(door, Content.PRESENT)
    desk.wait(31)
    assert desk.screen().name == "put"
    desk.wait(160)
    assert desk.of(events.ParcelDeposited) == []
    assert desk.last(events.AlarmRaised).what == "deposit_left_open"
    assert desk.last(events.CourierLeft).reason == "left_open"
    assert desk.screen().name == "attract"
    desk.wait(60)
    desk.door_closes(door)
    assert desk.of(events.ParcelDeposited) == []
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN


def test_left_open_and_then_sensed_empty_is_free() -> None:
    desk, door = opened(content=ContentSensor.SCALE)
    desk.wait(200)
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.FREE


def test_a_courier_who_goes_on_working_has_not_left() -> None:
    desk = ready()
    first = desk.scan("JD0001").door
    desk.door_opens(first)
    for number in range(2, 7):
        desk.wait(30)
        desk.put(desk.scan(f"JD000{number}").door)
        assert (desk.screen().name, desk.screen().door) == ("put", first)
    assert desk.of(events.AlarmRaised) == []
    desk.door_closes(first)
    assert desk.screen().params["in"] == 6


def test_who_has_an_open_door_cannot_end_without_shutting_it() -> None:
    desk, door = opened()
    assert "end" not in desk.screen().choices
    other = desk.scan("JD0002").door
    desk.put(other)
    assert (desk.screen().name, desk.screen().door) == ("put", door)


def test_ending_beside_an_open_door_leads_back_to_it() -> None:
    desk, door = opened()
    desk.outcomes.append(PulseOutcome.LATE)
    assert desk.scan("JD0002").name == "too_late"
    assert (desk.tap("end").name, desk.screen().door) == ("put", door)
    desk.wait(3)
    desk.door_closes(door)
    assert desk.screen().name == "ready"
    assert not [c for c in desk.state.compartments.values() if c.state is CompartmentState.HELD]


@pytest.mark.parametrize("sensor", SENSORS)
def test_cancel_before_it_is_closed(sensor: ContentSensor) -> None:
    desk, door = opened(content=sensor)
    assert desk.tap("cancel").choices == ()
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.last(events.DepositAbandoned).reason == "cancelled"
    assert desk.screen().name == "ready"


# -- once more ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sensor", SENSORS)
def test_undo_the_last(sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    door = desk.deposit(JD)
    assert desk.tap("last").params["label"] == JD.tracking
    desk.tap("undo")
    desk.door_opens(door)
    assert desk.screen().name == "take_out"
    desk.wait(3)
    desk.holds(door, Content.EMPTY)
    desk.door_closes(door)
    assert desk.last(events.DepositAbandoned).reason == "undone"
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED
    assert desk.screen().params["in"] == 0
    assert "last" not in desk.screen().choices
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(JD)).params["reason"] == Refusal.NOT_HERE_YET


def test_undo_and_the_parcel_is_left_inside_it_stays_deposited() -> None:
    desk = ready(content=ContentSensor.SCALE)
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("undo")
    desk.put(door)
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.screen().params["in"] == 1


def test_reopen_before_the_end_of_the_session_is_allowed_and_recorded() -> None:
    desk = ready()
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    desk.put(door)
    assert desk.last(events.PersonSaid).said == "reopen"
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.screen().params["in"] == 1


def test_reopened_and_taken_out_after_all() -> None:
    desk = ready()
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    desk.door_opens(door)
    assert desk.screen().choices == ("undo",)
    desk.tap("undo")
    assert desk.screen().name == "take_out"
    desk.door_closes(door)
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED


def test_reopened_and_the_scale_says_that_it_was_taken_out() -> None:
    desk = ready(content=ContentSensor.SCALE)
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    desk.take(door)
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED
    assert desk.compartment(door).state is CompartmentState.FREE


def test_reopening_after_the_session_is_not_offered() -> None:
    desk = ready()
    desk.deposit(JD)
    desk.tap("end")
    desk.wait(10)
    desk.courier_comes()
    assert "last" not in desk.screen().choices


def test_a_reopened_door_that_jams_leaves_the_parcel_in_its_books() -> None:
    desk = ready()
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("open_again")
    jam(desk)
    assert desk.compartment(door).parcels == (JD.parcel,)
    assert desk.screen().name == "ready"
    assert desk.memory.sense(door).state is DoorState.JAMMED


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_an_undo_that_is_cut_off_is_decided_by_the_sensor_or_looked_into(sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("undo")
    desk.door_opens(door)
    desk.holds(door, Content.EMPTY)
    desk.reboot()
    desk.door_closes(door)
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    assert desk.compartment(door).state is expected
    let_and_freed(desk)


def test_i6_every_letting_of_a_long_round_follows_evidence() -> None:
    desk = ready(content=ContentSensor.SCALE)
    for number in range(6):
        door = desk.scan(f"JD000{number}").door
        desk.put(door)
        if number % 2:
            desk.tap("last")
            desk.tap("undo")
            desk.take(door)
    assert len(let_and_freed(desk)) == 6 + 3 + 8

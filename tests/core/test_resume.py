"""A round that is cut in the middle: the switch and the sensor decide, the rest is asked at the next session (I6)."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.orders import Cancel
from edge.core.site import Policy
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, ParcelState, PulseOutcome, Purpose
from tests.core.deposits import JD, ready
from tests.core.desk import Desk, sent
from tests.core.rounds import let_and_freed

SENSORS = [ContentSensor.NONE, ContentSensor.SCALE]


def cut(*, inside: bool, shut: bool, **more: object) -> tuple[Desk, int]:
    """The power goes between open and close; the door is then shut or still open, with or without the parcel."""
    desk = ready(**more)
    desk.deposit(sent("JD0001"))
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.wait(3)
    desk.holds(door, Content.PRESENT if inside else Content.EMPTY)
    if shut:  # while the power is off
        desk.level[door] = desk.level[1 if door != 1 else 2]
    desk.reboot()
    if not shut:
        desk.door_closes(door)
    return desk, door


@pytest.mark.parametrize("shut", [True, False])
def test_on_boot_the_switch_and_the_weight_decide_deposited(shut: bool) -> None:
    desk, door = cut(inside=True, shut=shut, content=ContentSensor.SCALE)
    assert desk.last(events.ParcelDeposited).parcel == JD.parcel
    assert desk.last(events.ParcelDeposited).evidence is Evidence.SENSOR
    assert desk.compartment(door).state is CompartmentState.OCCUPIED


@pytest.mark.parametrize("shut", [True, False])
def test_i6_on_boot_the_switch_and_the_weight_decide_not_deposited(shut: bool) -> None:
    desk, door = cut(inside=False, shut=shut, content=ContentSensor.SCALE)
    assert desk.parcel(JD).state is ParcelState.ANNOUNCED
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.last(events.CompartmentFreed).evidence is Evidence.SENSOR
    desk.courier_comes()
    assert desk.scan(JD.tracking).name == "opening"
    let_and_freed(desk)


@pytest.mark.parametrize("shut", [True, False])
@pytest.mark.parametrize("inside", [True, False])
def test_i6_unresolved_review_never_free(inside: bool, shut: bool) -> None:
    desk, door = cut(inside=inside, shut=shut)
    assert (desk.compartment(door).state, desk.compartment(door).reason) == (CompartmentState.REVIEW, "interrupted")
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN
    assert len(desk.of(events.ParcelDeposited)) == 1


def asked(desk: Desk, door: int) -> None:
    """The courier comes back and is asked about the very parcel."""
    shown = desk.courier_comes(look=True)
    assert (shown.name, shown.door, shown.params["expected"]) == ("look", door, JD.tracking)
    desk.tap("open")
    desk.door_opens(door)
    assert desk.screen().params["expected"] == JD.tracking
    desk.wait(3)


def test_is_it_in_7_yes_then_resumed() -> None:
    desk, door = cut(inside=True, shut=True)
    asked(desk, door)
    desk.tap("parcel")
    desk.door_closes(door)
    assert desk.parcel(JD).state is ParcelState.STANDING
    told = desk.last(events.ParcelDeposited)
    assert (told.parcel, told.evidence, told.purpose) == (JD.parcel, Evidence.PERSON, Purpose.DEPOSIT)
    assert desk.screen().name == "ready"
    assert desk.screen().params["in"] == 1
    desk.deposit(sent("JD0124"))
    desk.tap("end")
    assert desk.last(events.CourierLeft).deposited == 2


def test_is_it_in_7_no_then_resumed() -> None:
    desk, door = cut(inside=False, shut=True)
    asked(desk, door)
    desk.tap("empty")
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.FREE
    desk.deposit(JD)
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.screen().params["in"] == 1
    let_and_freed(desk)


def test_is_it_in_7_no_then_resumed_where_only_announced_parcels_are_taken() -> None:
    desk = Desk(policy=Policy(unannounced="refuse"))
    desk.announce(JD)
    desk.courier_comes()
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.reboot()
    desk.door_closes(door)
    asked(desk, door)
    desk.tap("empty")
    desk.door_closes(door)
    assert desk.scan(JD.tracking).name == "opening"


def test_a_resumed_parcel_has_its_whole_hold() -> None:
    desk = Desk()
    desk.announce(JD, hold_s=5 * 86_400)
    desk.courier_comes()
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.reboot()
    desk.door_closes(door)
    asked(desk, door)
    desk.tap("parcel")
    desk.door_closes(door)
    left_ms = desk.parcel(JD).hold_ends_ms - desk.state.running_ms(round(desk.mono_s * 1000))
    assert left_ms == pytest.approx(5 * 86_400_000, abs=1000)
    desk.skip(61)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_a_resumed_parcel_that_nobody_announced_is_not_overdue_at_once() -> None:
    desk, door = cut(inside=True, shut=True)
    asked(desk, door)
    desk.tap("parcel")
    desk.door_closes(door)
    desk.wait(130)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_the_interrupted_compartment_is_asked_about_first() -> None:
    desk, door = cut(inside=True, shut=True)
    low = 1 if door != 1 else 2
    for other in (low, 7):
        if desk.compartment(other).state is CompartmentState.FREE:
            desk.door_opens(other)
            desk.door_closes(other)
    asked(desk, door)


def test_its_label_scanned_again_is_said_to_be_here() -> None:
    desk, door = cut(inside=True, shut=True)
    desk.courier_comes()
    shown = desk.scan(JD.tracking)
    assert (shown.params["reason"], shown.params["door"]) == ("already_here", door)


def test_its_customer_may_open_it_and_answers_by_doing() -> None:
    desk, door = cut(inside=True, shut=True)
    assert desk.scan(desk.code(JD)).door == door
    desk.take(door)
    assert desk.parcel(JD).state is ParcelState.COLLECTED
    desk.wait(400)
    assert desk.compartment(door).state is CompartmentState.REVIEW  # somebody looks before it is let
    let_and_freed(desk)


def test_i6_a_customer_who_looks_into_it_and_finds_nothing_does_not_make_it_free() -> None:
    desk, door = cut(inside=False, shut=True)
    desk.scan(desk.code(JD))
    desk.door_opens(door)
    desk.wait(1)
    desk.door_closes(door)
    assert desk.screen().name == "did_you_get_it"
    desk.tap("no")
    desk.wait(400)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_cut_between_commit_and_pulse(sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    desk.pulses_answer = False
    door = desk.scan(JD.tracking).door
    pulses = len(desk.pulsed())
    desk.reboot()
    assert len(desk.pulsed()) == pulses
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    assert desk.compartment(door).state is expected
    let_and_freed(desk)


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_cut_while_held_after_a_pulse_that_came_too_late(sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    desk.outcomes.append(PulseOutcome.LATE)
    door = desk.scan(JD.tracking).door
    desk.reboot()
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    assert desk.compartment(door).state is expected


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_cut_while_it_is_asked_whether_anything_is_inside(sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.wait(0.5)
    desk.door_closes(door)
    assert desk.screen().name in ("is_it_inside", "no_parcel")
    desk.reboot()
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    assert desk.compartment(door).state is expected
    let_and_freed(desk)


@pytest.mark.parametrize("said", ["occupied", "dirty", "does_not_fit", "cancel"])
@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_cut_after_something_was_said_and_before_the_door_was_shut(said: str, sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.tap(said)
    desk.reboot()
    desk.door_closes(door)
    state = desk.compartment(door).state
    if said == "dirty":
        assert state is CompartmentState.OUT_OF_SERVICE
    elif said == "occupied" or sensor is ContentSensor.NONE:
        assert state is CompartmentState.REVIEW
    else:
        assert state is CompartmentState.FREE
    let_and_freed(desk)


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_two_doors_open_and_the_power_goes(sensor: ContentSensor) -> None:
    desk = ready(content=sensor)
    doors = []
    for label in ("JD0001", "JD0002"):
        doors.append(desk.scan(label).door)
        desk.door_opens(doors[-1])
    desk.holds(doors[0], Content.PRESENT)
    desk.reboot()
    for door in doors:
        desk.door_closes(door)
    states = [desk.compartment(door).state for door in doors]
    if sensor is ContentSensor.NONE:
        assert states == [CompartmentState.REVIEW] * 2
    else:
        assert states == [CompartmentState.OCCUPIED, CompartmentState.FREE]
    let_and_freed(desk)


def test_i6_adding_to_a_parcel_is_cut_off_and_a_sensor_cannot_tell_one_from_two() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    for label in ("JD0001", "JD0002"):
        desk.announce(sent(label, reservation="aa" * 8))
    desk.courier_comes()
    door = desk.deposit(sent("JD0001"))
    desk.scan("JD0002")
    desk.tap("add")
    desk.door_opens(door)
    desk.reboot()
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.parcel(sent("JD0002")).state is ParcelState.UNCERTAIN


def test_a_parcel_called_off_before_its_compartment_was_looked_into_goes_back() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.number_comes()
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.reboot()
    desk.door_closes(door)
    desk.order(Cancel(JD.parcel))
    desk.number_comes()
    desk.tap("look")
    desk.tap("open")
    desk.door_opens(door)
    desk.wait(3)
    desk.tap("parcel")
    desk.door_closes(door)
    assert desk.parcel(JD).state is ParcelState.RETURNING

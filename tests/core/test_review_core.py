"""Holes that somebody looked for on purpose: each is a way in, or a way down, that is closed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from msgspec import structs

from edge.core import events, inputs
from edge.core.allocation import lettable
from edge.core.orders import Extend
from edge.core.ports import ContentReading
from edge.core.site import Policy
from edge.core.words import (
    ClockTrust,
    CompartmentState,
    Content,
    ContentSensor,
    Level,
    ParcelState,
    PulseOutcome,
    Purpose,
    Size,
)
from tests.core.desk import DAY_S, Desk, Sent, sent, wall
from tests.core.rounds import roster
from tests.credentials.known_keys import NOW_S

ONE = sent("JD000801")
TWO = sent("JD000802")
RETURN = sent("RR000803", reservation="ee" * 8)


# -- what would end the process -------------------------------------------------------------------------------------


def test_a_pin_typed_before_the_site_is_enrolled_opens_nothing_and_ends_nothing() -> None:
    desk = Desk(restored=False)
    desk.site = structs.replace(desk.site, pin_key=b"")
    assert desk.pin("12345678").params["reason"] == "unknown_pin"
    assert desk.state.pin.failures == 1


def test_a_second_factor_that_is_no_text_is_wrong_and_ends_nothing() -> None:
    desk = Desk()
    desk.scan(desk.courier_code())
    assert desk.pin("\ud800135").params["reason"] == "wrong_second_factor"


def test_a_long_standing_list_is_adopted_in_bites_and_whole() -> None:
    sizes = (Size.M,) * 30
    parcels = {door: tuple(sent(f"JD{door:03}{n:03}") for n in range(30)) for door in range(1, 31)}
    desk = Desk(compartments=wall(sizes=sizes), stands=parcels, looked=False)
    desk.wait(1)
    standing = [p for p in desk.state.parcels.values() if p.state is ParcelState.STANDING]
    assert len(standing) == 900
    assert all(len(desk.compartment(door).parcels) == 30 for door in parcels)


def test_the_largest_wall_sensed_empty_is_freed_on_a_new_card() -> None:
    desk = Desk(compartments=wall(ContentSensor.INFRARED, sizes=(Size.M,) * 1000))
    assert {record.state for record in desk.state.compartments.values()} == {CompartmentState.FREE}


def test_a_door_taken_out_of_the_wall_while_an_opening_was_under_way_does_not_stop_the_next_start() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    desk.technical("open", 3)
    assert desk.opening(3) is not None
    desk.site = structs.replace(desk.site, compartments=tuple(p for p in desk.site.compartments if p.door != 3))
    del desk.level[3]
    desk.reboot()
    assert not desk.state.openings
    assert desk.last(events.OpeningLapsed).reason == "not_in_the_wall"


# -- guessing ---------------------------------------------------------------------------------------------------------


def test_the_operators_limit_on_wrong_pins_holds_for_couriers_as_well() -> None:
    desk = Desk(policy=Policy(pin_tries=2))
    for _ in range(2):
        desk.scan(desk.courier_code())
        desk.pin("00000000")
    desk.scan(desk.courier_code())
    assert desk.pin("00000000").params["reason"] == "too_many_pins"


def test_a_wrong_pin_is_counted_from_the_reserve_because_a_good_one_opens_from_it() -> None:
    assert events.PinFailed.custody


def test_a_drop_off_code_opens_five_times_an_hour_at_most() -> None:
    desk = Desk()
    desk.announce(RETURN, parcel_kind="return")
    for _ in range(5):
        shown = desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF, size=Size.S))
        desk.door_opens(shown.door)
        desk.tap("cancel")
        desk.wait(3)
        desk.door_closes(shown.door)
        desk.wait(10)
    shown = desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF, size=Size.S))
    assert shown.params["reason"] == "too_many_openings"
    assert len(desk.pulsed()) == 5
    assert not any(record.state is CompartmentState.HELD for record in desk.state.compartments.values())


# -- evidence ---------------------------------------------------------------------------------------------------------


def test_i5_a_door_that_nobody_saw_while_the_board_was_silent_does_not_count_as_open_for_so_long() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(0.5)
    desk.door_silent(3)
    desk.wait(10)
    desk.door_closes(3)
    assert desk.screen().name == "did_you_get_it"


def test_i5_silence_after_the_door_stood_open_for_long_enough_takes_nothing_away() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(4)
    desk.door_silent(3)
    desk.wait(10)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_i5_a_silence_of_before_takes_nothing_away_from_a_later_opening() -> None:
    desk = Desk(stands={3: ONE})
    desk.door_silent(3)
    desk.wait(5)
    desk.door_closes(3)
    desk.scan(desk.code(ONE))
    desk.take(3, seconds=3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_a_second_pulse_needs_a_reading_that_was_asked_for_after_the_wait_for_the_edge() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.wait(0.2)
    desk.read_doors(3)  # closed, but the lock has not had its time
    desk.doors_answer = False
    desk.wait(8)
    assert len(desk.pulsed()) == 1
    assert desk.screen().name == "board_silent"


def test_i6_a_reading_from_before_the_door_was_shut_frees_nothing() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    desk.level[3] = Level.OPEN
    desk.reboot()
    while_open_s = desk.mono_s
    desk.wait(1)
    desk.holds(3, Content.PRESENT)
    desk.door_closes(3)
    desk.tell(inputs.Contents({3: ContentReading(Content.EMPTY, while_open_s)}))
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.content(3, Content.EMPTY)
    assert desk.compartment(3).state is CompartmentState.FREE


# -- nothing lost ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """What a courier does at a compartment with two parcels."""

    scans: tuple[Sent, ...]
    stand: tuple[Sent, ...]


@pytest.mark.parametrize("look", [Look((ONE, TWO), (ONE, TWO)), Look((TWO,), (TWO,)), Look((ONE, ONE), (ONE,))])
def test_every_label_scanned_in_a_review_counts(look: Look) -> None:
    desk = Desk(stands={3: (ONE, TWO)})
    desk.door_opens(3)  # forced
    desk.door_closes(3)
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    for parcel in look.scans:
        desk.scan(parcel.tracking)
    desk.wait(3)
    desk.door_closes(3)
    if desk.screen().name == "others_inside":
        desk.tap("no")
    assert {p for p in (ONE, TWO) if desk.parcel(p).state is ParcelState.STANDING} == set(look.stand)


# -- persons and growth ------------------------------------------------------------------------------------------------


def given_up(desk: Desk, label: str) -> None:
    """A courier scans it, and calls it off before anything lies behind the door."""
    desk.courier_comes()
    shown = desk.scan(label)
    desk.door_opens(shown.door)
    desk.tap("cancel")
    desk.wait(3)
    desk.door_closes(shown.door)


def test_i11_the_label_of_a_parcel_that_was_never_left_here_is_erased_and_forgotten() -> None:
    desk = Desk()
    given_up(desk, "JD000899")
    desk.tap("end")
    assert desk.books.shelf.particulars
    desk.wait(61)
    assert desk.parcel(sent("JD000899")).state is ParcelState.GONE
    desk.skip(DAY_S + 3600)
    assert not desk.books.shelf.particulars
    for _ in range(31):
        desk.skip(DAY_S)
        desk.wait(61)
    assert not desk.state.parcels


def test_a_parcel_brought_again_after_it_was_given_up_is_deposited_as_any_other() -> None:
    desk = Desk()
    given_up(desk, "JD000899")
    again = sent("JD000899")
    door = desk.deposit(again)
    assert desk.parcel(again).state is ParcelState.STANDING
    desk.tap("end")
    desk.wait(10)
    desk.scan(desk.code(again))
    desk.take(door)
    assert desk.parcel(again).state is ParcelState.COLLECTED


def test_an_announced_parcel_that_was_not_left_yet_stays_announced() -> None:
    desk = Desk()
    desk.announce(ONE)
    given_up(desk, ONE.tracking)
    desk.tap("end")
    desk.skip(3 * DAY_S)
    desk.wait(130)
    assert desk.parcel(ONE).state is ParcelState.ANNOUNCED
    assert desk.books.shelf.tracking(ONE.parcel) == ONE.tracking


# -- guards that nothing else leans on ---------------------------------------------------------------------------------


def test_i2_grace_ends_with_the_next_letting_even_when_that_came_to_nothing() -> None:
    desk = Desk(stands={3: ONE}, content=ContentSensor.INFRARED)
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.compartment(3).state is CompartmentState.FREE
    desk.courier_comes()
    for door in (1, 2, 4, 5, 6, 7, 8):
        desk.technical("out_of_service", door)
    assert desk.scan(TWO.tracking).door == 3
    desk.door_opens(3)
    desk.tap("cancel")
    desk.wait(3)
    desk.door_closes(3)
    desk.tap("end")
    assert desk.compartment(3).state is CompartmentState.FREE
    assert desk.scan(desk.code(ONE)).params["reason"] == "already_used"


def test_what_became_of_the_first_pulse_is_not_what_became_of_the_second() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.wait(9)
    second = desk.pulsed()[-1]
    assert second.attempt == 2
    desk.tell(inputs.PulseEnded(3, second.opening, 1, PulseOutcome.BROKEN))
    assert desk.opening(3) is not None
    assert not desk.of(events.OpeningLapsed)


def test_a_courier_takes_only_what_may_be_taken_from_a_shared_compartment() -> None:
    desk = Desk(stands={3: (ONE, TWO)})
    desk.order(Extend(TWO.parcel, 30 * DAY_S))
    desk.skip(8 * DAY_S)
    desk.wait(61)
    roster(desk)
    desk.courier_comes(purpose=Purpose.COLLECTION)
    desk.tap("collect")
    desk.tap("all")
    opening = desk.opening(3)
    assert opening is not None
    assert opening.parcels == (ONE.parcel,)


def test_i6_a_compartment_is_not_let_while_somebody_is_at_its_door() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    desk.sensors_answer = False
    desk.technical("open", 1)
    desk.door_opens(1)
    desk.door_closes(1)
    assert desk.opening(1) is not None
    assert 1 not in [plan.door for plan in lettable(desk.site, desk.state, desk.memory)]


@pytest.mark.parametrize(("ahead_s", "believed"), [(DAY_S // 2, True), (3 * DAY_S, False)])
def test_i9_a_disciplined_clock_is_believed_within_a_day_of_signed_time(ahead_s: int, believed: bool) -> None:
    desk = Desk()
    desk.clock(NOW_S + ahead_s, ClockTrust.NTP)
    assert desk.time().trusted is believed


def test_i2_what_was_collected_is_not_announced_anew() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.announce(ONE) == "refused: collected"
    assert desk.parcel(ONE).state is ParcelState.COLLECTED

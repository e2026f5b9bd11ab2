"""What must never happen, at the core: one test or more for each invariant but I4 and I8, which live elsewhere.

I9, I10 and I11 have files of their own.
"""

from __future__ import annotations

import pytest

from edge.core import events, inputs
from edge.core.effects import ReadDoors
from edge.core.fold import freeze
from edge.core.ports import ContentReading, DoorReading
from edge.core.words import (
    AuthorityKind,
    CompartmentState,
    Content,
    ContentSensor,
    CredentialState,
    DoorState,
    Evidence,
    Feedback,
    Level,
    ParcelState,
    PulseOutcome,
    Size,
)
from tests.core.desk import COURIER_PIN, DAY_S, Desk, sent
from tests.credentials.known_keys import NOW_S

ONE = sent("JD000301", pin="11112222")
TWO = sent("JD000302")
Blind = ContentSensor.NONE
Sees = ContentSensor.INFRARED


def collected(content: ContentSensor = Blind) -> Desk:
    desk = Desk(stands={3: ONE}, content=content)
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.wait(10)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    return desk


# -- I1 authority first --------------------------------------------------------------------------------------------


def test_i1_every_pulse_has_an_event_of_its_own_that_names_opening_authority_and_door() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE, generation=4))
    desk.wait(6)
    authorised, retried = desk.last(events.OpeningAuthorised), desk.last(events.OpeningRetried)
    assert authorised.authority.kind is AuthorityKind.CODE
    assert (authorised.authority.ref, authorised.authority.generation) == (ONE.reservation, 4)
    pulses = [(unlock.opening, unlock.door, unlock.attempt) for unlock in desk.pulsed()]
    assert pulses == [(authorised.opening, 3, 1), (retried.opening, 3, retried.attempt)]


def test_i1_opening_numbers_are_never_used_twice_not_even_across_reboots() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    for _ in range(3):
        desk.outcomes.append(PulseOutcome.LATE)
        desk.scan(desk.code(ONE))
        desk.reboot()
    numbers = [event.opening for event in desk.of(events.OpeningAuthorised)]
    assert numbers == [1, 2, 3]


def test_i1_a_badge_without_its_pin_opens_nothing_whatever_is_tried() -> None:
    desk = Desk()
    desk.scan(desk.courier_code())
    assert desk.screen().name == "badge_pin"
    desk.scan("LK1:NOT A CODE")
    assert desk.screen().choices == ("back", "pin")
    desk.tap("back")
    assert desk.screen().name == "attract"
    desk.scan(desk.courier_code())
    desk.scan(TWO.tracking)
    desk.tell(inputs.Chosen("collect", desk.memory.choices))
    desk.tell(inputs.Chosen("undo", desk.memory.choices))
    assert not desk.of(events.CourierEntered)
    assert not desk.pulsed()


def test_i1_closed_pin_entry_does_not_let_a_badge_pass() -> None:
    desk = Desk()
    for _ in range(5):
        desk.scan(desk.courier_code())
        desk.pin("00000000")
    desk.scan(desk.courier_code())
    desk.pin(COURIER_PIN)
    assert desk.screen().params["reason"] == "too_many_pins"
    desk.tap("back")
    desk.scan(TWO.tracking)
    assert not desk.of(events.CourierEntered)
    assert not desk.pulsed()


def test_i1_the_summary_of_a_courier_who_left_gives_nobody_his_rights() -> None:
    desk = Desk()
    desk.courier_comes()
    assert desk.tap("end").name == "summary"
    desk.scan(TWO.tracking)
    assert not desk.pulsed()
    assert len(desk.of(events.CourierLeft)) == 1


# -- I2 no double pickup -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [Blind, Sees])
def test_i2_a_consumed_credential_opens_nothing_after_grace(content: ContentSensor) -> None:
    desk = collected(content)
    desk.wait(180)
    pulsed = len(desk.pulsed())
    desk.scan(desk.code(ONE))
    desk.scan(desk.code(ONE, generation=7))
    desk.skip(DAY_S)
    desk.scan(desk.code(ONE))
    assert len(desk.pulsed()) == pulsed


def test_i2_grace_does_not_outlive_a_reboot() -> None:
    desk = collected()
    desk.reboot(off_s=1)
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "already_used"


def test_i2_grace_ends_when_the_compartment_is_let_again() -> None:
    desk = collected(Sees)
    desk.courier_comes()
    desk.announce(TWO, size=Size.M, reachable=True)
    assert desk.deposit(TWO) == 3
    desk.tap("end")
    desk.wait(8)
    assert desk.mono_s < 180
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "already_used"
    assert desk.parcel(TWO).state is ParcelState.STANDING


def test_i2_consumed_stays_consumed_until_signed_time_passes_its_end_by_far() -> None:
    desk = collected()
    used = f"{ONE.reservation}:{ONE.parcel}"
    assert desk.state.consumed[used] == NOW_S + (40 + 30) * DAY_S  # 30 days after the code's own end
    desk.skip(31 * DAY_S)
    desk.skip(60)
    assert ONE.parcel not in desk.state.parcels
    assert used in desk.state.consumed
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "already_used"


def test_i2_two_presentations_at_once_give_one_pulse() -> None:
    desk = Desk(stands={3: ONE})
    desk.pulses_answer = False
    for _ in range(5):
        desk.scan(desk.code(ONE))
    assert len(desk.pulsed()) == 1


# -- I3 no burnt credential ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [Blind, Sees])
@pytest.mark.parametrize(
    "outcome", [PulseOutcome.LATE, PulseOutcome.REFUSED, PulseOutcome.BROKEN, PulseOutcome.UNKNOWN, PulseOutcome.DONE]
)
def test_i3_a_fault_never_consumes_a_credential(outcome: PulseOutcome, content: ContentSensor) -> None:
    desk = Desk(stands={3: ONE}, content=content)
    desk.outcomes.extend([outcome, outcome])
    desk.scan(desk.code(ONE))
    assert desk.right(ONE).state in (CredentialState.RESERVED, CredentialState.GOOD)
    desk.wait(30)
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.parcel(ONE).state in (ParcelState.STANDING, ParcelState.UNCERTAIN)


def test_i3_a_stopped_hold_never_lapses_however_long_the_fault_lasts() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.wait(15)
    assert desk.screen().name == "jammed"
    for _ in range(3):
        desk.skip(20 * DAY_S)
        desk.skip(60)
    assert desk.parcel(ONE).state is ParcelState.STANDING


def test_i3_a_locker_without_power_does_not_let_holds_run() -> None:
    desk = Desk(stands={3: ONE})
    desk.skip(6 * DAY_S)
    desk.reboot(off_s=30 * DAY_S)
    desk.wait(120)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_i3_an_expired_code_opens_while_its_parcel_stands_within_its_hold() -> None:
    desk = Desk(stands={3: ONE})
    desk.signed_time()
    expired = desk.code(ONE, expires_s=int(desk.wall_s) - DAY_S)
    assert desk.time().trusted
    assert desk.scan(expired).name == "opening"


# -- I5 the door is what it is -------------------------------------------------------------------------------------


def test_i5_a_pulse_is_no_evidence() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    assert desk.memory.sense(3).state is DoorState.UNLOCKING
    assert not desk.of(events.DoorOpened)
    assert desk.screen().name == "opening"


@pytest.mark.parametrize("feedback", [Feedback.SWITCH, Feedback.LATCH])
def test_i5_opened_and_closed_name_their_evidence(feedback: Feedback) -> None:
    desk = Desk(stands={3: ONE}, feedback=feedback)
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.last(events.DoorOpened).evidence == feedback.value
    assert desk.last(events.DoorClosed).evidence == feedback.value


def test_i5_a_latch_counts_only_after_a_second() -> None:
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.level[3] = Level.OPEN
    desk.read_doors(3)
    desk.wait(0.9)
    assert not desk.of(events.DoorOpened)
    desk.wait(0.2)
    assert desk.of(events.DoorOpened)


@pytest.mark.parametrize("silent_s", [0.8, 3.0, 20.0])
@pytest.mark.parametrize("after_s", [0.1, 5.0])
def test_i5_a_latch_whose_second_a_silence_interrupts_is_judged_all_the_same(silent_s: float, after_s: float) -> None:
    """After the pulse, or so late that the status was asked for already; the silence is short or long."""
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.wait(after_s)
    desk.level[3] = Level.OPEN
    desk.read_doors(3)
    desk.wait(0.5)
    desk.door_silent(3)
    desk.wait(silent_s)
    assert not desk.of(events.DoorOpened)
    desk.level[3] = Level.OPEN
    desk.read_doors(3)
    desk.wait(10)
    opening = desk.opening(3)
    assert opening is None or opening.opened_ms >= 0, "nothing stays on its way for ever"
    if silent_s < 2:
        assert desk.last(events.DoorOpened).evidence is Evidence.LATCH
    else:
        assert desk.compartment(3).reason in ("no_status", "found_open", "forced") or desk.of(events.DoorOpened)


def test_i5_an_edge_from_before_the_pulse_is_not_its_evidence() -> None:
    desk = Desk(stands={3: ONE})
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    before_s = desk.mono_s
    desk.pulse_begins(desk.unlocks[0])
    desk.door_opens(3, at_s=before_s)
    assert not desk.of(events.DoorOpened)
    assert desk.last(events.DoorForced).during == 1
    assert desk.last(events.OpeningLapsed).reason == "forced"


def test_i5_a_reading_that_was_overtaken_says_nothing() -> None:
    desk = Desk(stands={3: ONE})
    desk.door_opens(3, at_s=desk.mono_s - 0.5)
    assert desk.memory.sense(3).state is not DoorState.OPEN
    desk = Desk(stands={3: ONE})
    desk.read_doors(3)
    head = desk.state.head
    desk.door_opens(3, at_s=desk.mono_s - 0.5)
    assert desk.state.head == head


def test_i5_unknown_is_unknown() -> None:
    desk = Desk()
    desk.door_silent(4)
    assert desk.memory.sense(4).state is DoorState.UNKNOWN
    desk.door_closes(4)
    assert desk.memory.sense(4).state is DoorState.CLOSED


def test_i5_a_latch_that_springs_back_for_a_moment_does_not_close_a_door() -> None:
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    for _ in range(3):
        desk.level[3] = Level.CLOSED
        desk.read_doors(3)
        desk.wait(0.6)
        desk.level[3] = Level.OPEN
        desk.read_doors(3)
        desk.wait(0.6)
    assert not desk.of(events.DoorClosed)
    opened_for_ms = desk.running_ms() - desk.state.openings[1].opened_ms
    desk.door_closes(3)
    assert desk.last(events.DoorClosed).evidence is Evidence.LATCH
    assert desk.last(events.DoorClosed).open_ms == pytest.approx(opened_for_ms, abs=50), "until it was shut, no longer"
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_i5_a_latch_whose_second_ends_a_hair_after_its_timer_is_shut_all_the_same() -> None:
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    desk.door_closes(3, at_s=desk.mono_s + 0.0304)
    assert desk.of(events.DoorClosed)


def test_i5_a_forced_door_is_shut_when_its_latch_holds() -> None:
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.door_opens(3)
    desk.level[3] = Level.CLOSED
    desk.read_doors(3)
    assert desk.scan(desk.code(ONE)).name == "stands_open"
    assert not desk.of(events.DoorShut)
    desk.wait(1.1)
    assert desk.of(events.DoorShut)
    assert desk.tap("try_again").name == "opening"


def test_i7_a_door_that_was_closed_before_a_silence_and_is_open_after_it_is_an_alarm() -> None:
    desk = Desk(stands={3: ONE})
    for door in (3, 4):
        desk.door_silent(door)
        desk.wait(600)
        desk.door_opens(door)
        assert f"door_forced:{door}" in desk.state.alarms
        assert desk.compartment(door).reason == "forced"
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.door_closes(3)
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_i7_a_board_that_says_its_first_word_is_no_alarm() -> None:
    desk = Desk()
    desk.level[4] = Level.UNKNOWN
    desk.reboot()
    desk.door_opens(4)
    assert not desk.state.alarms
    assert desk.compartment(4).reason == "found_open"


def test_i7_a_silence_after_a_pulse_is_no_alarm() -> None:
    """Our own pulse may have opened it: nobody can say that it was closed."""
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_silent(3)
    desk.wait(8)
    assert desk.opening(3) is None
    desk.door_opens(3)
    assert not desk.state.alarms
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i7_a_silence_while_a_door_stands_open_is_no_alarm() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.door_silent(3)
    desk.wait(60)
    desk.door_opens(3)
    assert not desk.state.alarms


def test_i5_a_second_pulse_needs_a_fresh_reading_of_closed() -> None:
    desk = Desk(stands={3: ONE})
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    desk.pulse_begins(desk.unlocks.popleft())
    desk.doors_answer = False
    desk.wait(4.5)
    assert ReadDoors((3,)) in desk.effects
    desk.wait(10)
    assert len(desk.pulsed()) == 1
    assert not desk.of(events.OpeningRetried)


# -- I6 no silent free ---------------------------------------------------------------------------------------------


def test_i6_without_a_sensor_a_pickup_frees_only_after_grace_without_complaint() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(170)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(20)
    assert desk.compartment(3).state is CompartmentState.FREE
    assert desk.last(events.CompartmentFreed).evidence is Evidence.INFERRED


def test_i6_with_a_sensor_a_pickup_frees_at_once() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_i6_an_interrupted_pickup_is_never_inferred_to_be_empty() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.reboot()
    desk.wait(20)
    desk.door_closes(3)
    desk.wait(1000)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i6_the_grace_of_a_reopening_begins_again() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.wait(170)
    desk.scan(desk.code(ONE))
    desk.take(3, seconds=30)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(170)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(20)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_i6_something_put_back_in_grace_is_seen_and_reviewed() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.tap("open_again")
    desk.put(3)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_i6_back_in_service_is_never_free_without_a_look() -> None:
    desk = Desk()
    desk.technical("out_of_service", 4)
    desk.technical("in_service", 4)
    assert desk.compartment(4).state is CompartmentState.REVIEW
    desk.door_silent(4)
    answer = desk.technical("empty", 4)
    assert answer is not None
    assert not answer.ok
    desk.door_closes(4)
    desk.technical("empty", 4)
    assert desk.compartment(4).state is CompartmentState.FREE
    assert desk.last(events.CompartmentFreed).evidence is Evidence.PERSON


def test_i6_a_new_site_has_no_free_compartment_until_somebody_or_something_looked() -> None:
    assert {c.state for c in Desk(looked=False).state.compartments.values()} == {CompartmentState.REVIEW}
    assert {c.state for c in Desk(looked=False, content=Sees).state.compartments.values()} == {CompartmentState.FREE}
    assert {c.state for c in Desk(content=Sees, restored=False).state.compartments.values()} == {
        CompartmentState.REVIEW
    }


# -- I7 the door named ---------------------------------------------------------------------------------------------


def test_i7_another_door_than_the_pulsed_one_is_an_alarm_and_opens_nothing_in_the_books() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(4)
    assert "door_forced:4" in desk.state.alarms
    opening = desk.opening(3)
    assert opening is not None
    assert opening.opened_ms < 0


def test_i7_a_door_that_opens_after_its_opening_lapsed_is_an_alarm() -> None:
    desk = Desk(stands={3: ONE})
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    assert "door_forced:3" in desk.state.alarms


def test_i7_a_jammed_door_that_springs_open_later_is_an_alarm() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.wait(15)
    desk.door_opens(3)
    assert "door_forced:3" in desk.state.alarms
    assert desk.right(ONE).state is CredentialState.GOOD


def test_i7_an_alarm_stands_until_a_person_clears_it() -> None:
    desk = Desk()
    desk.door_opens(4)
    desk.door_closes(4)
    desk.reboot()
    assert "door_forced:4" in desk.state.alarms
    answer = desk.technical("clear_alarm", alarm="door_forced:4")
    assert answer is not None
    assert answer.ok
    assert not desk.state.alarms


# -- one fold, one decision after another ----------------------------------------------------------------------------


def test_deciding_in_turn_adds_up_to_what_the_rows_add_up_to() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.courier_comes()
    desk.deposit(TWO)
    desk.tap("end")
    desk.wait(400)
    assert desk.refolded() == desk.state
    assert freeze(desk.refolded()) == freeze(desk.state)


def test_a_snapshot_gives_the_same_bytes_whatever_order_things_happened_in() -> None:
    first, second = Desk(), Desk()
    for desk, order in ((first, (2, 7)), (second, (7, 2))):
        for door in order:
            desk.health("camera", f"number {door}", ok=False)
    assert list(first.state.faults) != list(second.state.faults)
    same = {"head": 0, "mono_ms": 0}
    assert freeze(first.state.with_(**same)) == freeze(second.state.with_(**same))


def test_readings_and_contents_of_doors_that_are_not_in_the_wall_are_ignored() -> None:
    desk = Desk()
    desk.tell(inputs.Levels({99: DoorReading(Level.OPEN, Evidence.SWITCH, desk.mono_s)}))
    desk.tell(inputs.Contents({99: ContentReading(Content.PRESENT, desk.mono_s)}))
    assert 99 not in desk.memory.doors

"""Customer pickup, every branch: presented, refused, opened, taken, shut, or not."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.effects import Light
from edge.core.orders import Cancel, Extend, OutOfService, Revoke
from edge.core.site import Policy
from edge.core.words import (
    ClockTrust,
    CompartmentState,
    Content,
    ContentSensor,
    CredentialState,
    DoorState,
    Evidence,
    Feedback,
    ParcelState,
    PulseOutcome,
    Purpose,
    Size,
)
from tests.core.desk import DAY_S, OTHER_SITE, Desk, Sent, sent
from tests.credentials.known_keys import NOW_S, OTHER_PICKUP, UNLISTED

ONE = sent("JD000301", pin="11112222")
TWO = sent("JD000302", reservation=ONE.reservation)
OTHER = sent("JD000399")

Blind = ContentSensor.NONE
Sees = ContentSensor.INFRARED


def standing(content: ContentSensor = Blind, feedback: Feedback = Feedback.SWITCH, **more: object) -> Desk:
    """ONE stands behind door 3."""
    return Desk(stands={3: ONE}, content=content, feedback=feedback, **more)  # type: ignore[arg-type]


def refusal(desk: Desk) -> str:
    shown = desk.screen()
    assert shown.name == "refused", shown
    return str(shown.params["reason"])


# -- waking and presenting -----------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("text", ["http://example.com/x", "LK1:", "LK1:ABC", "LK1:%%%%", "\x00", "X" * 300])
def test_an_unreadable_or_malformed_code_is_refused_and_the_pin_is_offered(text: str) -> None:
    desk = standing()
    desk.scan(text)
    assert refusal(desk) == "malformed"
    assert "pin" in desk.screen().choices
    assert desk.tap("pin").entry == "pin"


def test_a_code_of_another_site_names_it_and_its_address() -> None:
    desk = standing()
    shown = desk.scan(desk.code(ONE, site=OTHER_SITE))
    assert refusal(desk) == "other_site"
    assert (shown.params["site"], shown.params["name"], shown.params["address"]) == (
        OTHER_SITE,
        "Railway Station",
        "Platform 1",
    )


def test_a_code_that_is_not_yet_valid_says_from_when_and_consumes_nothing() -> None:
    desk = standing()
    shown = desk.scan(desk.code(ONE, not_before_s=NOW_S + 3 * DAY_S))
    assert refusal(desk) == "not_yet_valid"
    assert shown.params["from_s"] == NOW_S + 3 * DAY_S
    assert desk.right(ONE).state is CredentialState.GOOD
    assert not desk.pulsed()


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


def _collected(content: ContentSensor = Blind) -> Desk:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.wait(10)
    assert desk.screen().name == "attract"
    return desk


@pytest.mark.parametrize("content", [Blind, Sees])
def test_already_used_within_grace_reopens_its_own_compartment_twice_at_most(content: ContentSensor) -> None:
    desk = _collected(content)
    for _ in range(2):
        assert desk.scan(desk.code(ONE)).name == "opening"
        assert desk.last(events.OpeningAuthorised).grace
        desk.take(3, seconds=3)
        desk.wait(10)
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "already_used"
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_already_used_after_grace_says_when() -> None:
    desk = _collected()
    desk.wait(180)
    shown = desk.scan(desk.code(ONE))
    assert refusal(desk) == "already_used"
    assert abs(shown.params["when_s"] - NOW_S) < 60


def test_a_used_code_whose_next_parcel_is_on_its_way_is_told_that_it_is_not_here_yet() -> None:
    desk = _collected()
    desk.wait(200)
    desk.announce(sent("JD0099", reservation=ONE.reservation))
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "not_here_yet"


def test_open_again_on_the_last_screen_is_a_reopening_in_grace() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.tap("open_again").name == "opening"
    desk.door_opens(3)
    assert desk.screen().choices == ("problem",)


def test_a_revoked_code_is_refused() -> None:
    desk = standing()
    assert desk.order(Revoke(ONE.reservation, 0)) == "done"
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "revoked"
    desk.wait(60)
    desk.pin("11112222")
    assert refusal(desk) == "unknown_pin"


def test_a_reissued_code_opens_after_the_old_one_was_revoked() -> None:
    desk = standing()
    desk.order(Revoke(ONE.reservation, 0))
    assert desk.scan(desk.code(ONE, generation=1)).name == "opening"


def test_a_higher_generation_supersedes_the_lower_with_no_network() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(desk.code(ONE, generation=2))
    desk.tap("end")
    desk.scan(desk.code(ONE, generation=1))
    assert refusal(desk) == "superseded"
    desk.tap("back")
    assert desk.scan(desk.code(ONE, generation=2)).name == "opening"


def test_an_unknown_key_and_a_bad_signature_are_one_plain_refusal_each() -> None:
    desk = standing()
    desk.scan(desk.code(ONE, issuer=UNLISTED))
    assert refusal(desk) == "unknown_key"
    desk.tap("back")
    code = desk.code(ONE)
    desk.scan(code[:-4] + ("0000" if code[-4:] != "0000" else "1111"))
    assert refusal(desk) in ("bad_signature", "malformed")
    assert not desk.pulsed()


def test_a_key_of_another_carrier_opens_nothing_and_supersedes_nothing() -> None:
    desk = standing()
    desk.scan(desk.code(ONE, issuer=OTHER_PICKUP, generation=9))
    assert refusal(desk) == "key_carrier"
    desk.tap("back")
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_a_key_of_another_carrier_reopens_nothing_in_grace() -> None:
    desk = _collected()
    desk.scan(desk.code(ONE, issuer=OTHER_PICKUP))
    assert refusal(desk) == "key_carrier"


def test_not_delivered_yet() -> None:
    desk = Desk()
    assert desk.announce(ONE) == "done"
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "not_here_yet"
    desk.tap("back")
    desk.pin(ONE.pin)
    assert refusal(desk) == "not_here_yet"


def test_a_cancelled_parcel_and_one_taken_back_say_so() -> None:
    desk = Desk()
    desk.announce(ONE)
    desk.order(Cancel(ONE.parcel))
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "cancelled"
    desk = standing()
    desk.order(Cancel(ONE.parcel))
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "taken_back"


def test_being_restored_is_said_until_the_standing_list_comes() -> None:
    desk = Desk(restored=False)
    assert desk.screen().name == "restoring"
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "restoring"
    desk.restore({3: ONE})
    desk.tap("back")
    assert desk.screen().name == "attract"
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_offline_the_age_of_the_revocation_list_is_recorded_with_the_event() -> None:
    desk = standing()
    desk.signed_time()
    desk.skip(3 * 3600)
    desk.scan(desk.code(ONE))
    assert desk.last(events.OpeningAuthorised).list_age_s == pytest.approx(3 * 3600, abs=2)


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


# -- second factor -------------------------------------------------------------------------------------------------


def test_a_code_that_wants_a_second_factor_asks_for_the_pin() -> None:
    desk = standing()
    assert desk.scan(desk.code(ONE, second_factor=True)).name == "second_factor"
    assert not desk.pulsed()
    desk.scan(desk.code(ONE, second_factor=True))  # the telephone is still before the camera
    assert desk.pin("11112222").name == "opening"


def test_a_wrong_second_factor_counts_as_a_wrong_pin() -> None:
    desk = standing()
    desk.scan(desk.code(ONE, second_factor=True))
    desk.pin("99999999")
    assert refusal(desk) == "wrong_second_factor"
    assert desk.state.pin.failures == 1


def test_where_the_pin_is_the_second_factor_it_opens_nothing_alone() -> None:
    desk = Desk()
    desk.announce(ONE, second_factor=True)
    desk.courier_comes()
    desk.deposit(ONE)
    desk.tap("end")
    desk.wait(10)
    desk.pin(ONE.pin)
    assert refusal(desk) == "needs_second_factor"
    desk.tap("back")
    desk.scan(desk.code(ONE))
    assert desk.pin(ONE.pin).name == "opening"


# -- which door, and the pulse ------------------------------------------------------------------------------------


def test_the_door_is_named_and_lit_and_another_open_door_is_named_too() -> None:
    desk = standing()
    desk.door_opens(5)
    shown = desk.scan(desk.code(ONE))
    assert (shown.door, shown.doors[3], shown.others) == (3, "this", (5,))
    assert Light(3, True) in desk.effects
    assert desk.screen().doors[5] == "open"


def test_no_edge_brings_a_second_pulse_with_the_hint_push_then_pull() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(6)
    assert desk.screen().name == "push_then_pull"
    assert [unlock.attempt for unlock in desk.pulsed()] == [1, 2]
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_no_edge_after_the_second_pulse_is_a_jam_that_burns_nothing() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(15)
    shown = desk.screen()
    assert (shown.name, shown.params["ticket"], shown.choices) == ("jammed", "1", ("end",))
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.parcel(ONE).state is ParcelState.STANDING
    assert desk.parcel(ONE).hold_left_ms > 0
    assert desk.compartment(3).state is CompartmentState.OUT_OF_SERVICE
    assert desk.memory.sense(3).state is DoorState.JAMMED
    assert "door_jammed:3" in desk.state.faults
    assert len(desk.pulsed()) == 2


def test_presented_again_at_a_jammed_door_shows_the_ticket_again() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(15)
    desk.tap("end")
    shown = desk.scan(desk.code(ONE))
    assert (shown.name, shown.params["ticket"], shown.choices) == ("jammed", "1", ("end",))


def test_the_hold_runs_on_when_a_jammed_door_is_back_in_service() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(15)
    left = desk.parcel(ONE).hold_left_ms
    desk.skip(30 * DAY_S)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    answer = desk.technical("in_service", 3)
    assert answer is not None
    assert answer.ok
    assert desk.parcel(ONE).hold_left_ms == -1
    assert desk.parcel(ONE).hold_ends_ms == pytest.approx(
        desk.state.running_ms(round(desk.mono_s * 1000)) + left, abs=9
    )
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.scan(desk.code(ONE)).name == "opening"


@pytest.mark.parametrize("content", [Blind, Sees])
def test_open_then_shut_at_once_is_never_counted_as_collected(content: ContentSensor) -> None:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(1)
    desk.door_closes(3)
    assert desk.screen().name == ("did_you_get_it" if content is Blind else "opening")  # the sensor sees it: again
    assert desk.parcel(ONE).state is ParcelState.LEAVING
    assert not desk.of(events.ParcelCollected)


def test_shut_at_once_and_got_it_is_collected_on_the_word_of_the_person() -> None:
    desk = _shut_at_once()
    desk.tap("yes")
    assert desk.screen().name == "thanks"
    assert desk.last(events.ParcelCollected).evidence is Evidence.PERSON
    assert desk.compartment(3).state is CompartmentState.REVIEW
    desk.wait(400)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_shut_at_once_and_not_got_it_leaves_the_code_good_and_offers_to_reopen() -> None:
    desk = _shut_at_once()
    assert desk.tap("no").name == "reopen"
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.tap("open_again").name == "opening"
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_shut_at_once_and_opened_again_at_a_tap() -> None:
    desk = _shut_at_once()
    assert desk.tap("open_again").name == "opening"
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_shut_at_once_and_unanswered_is_uncertain_and_the_code_stays_good() -> None:
    desk = _shut_at_once()
    desk.wait(60)
    assert desk.screen().name == "attract"
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.parcel(ONE).hold_left_ms > 0
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_uncertain_the_next_courier_is_asked_to_look() -> None:
    desk = _shut_at_once()
    desk.wait(60)
    desk.scan(desk.courier_code())
    shown = desk.pin("13572468")
    assert (shown.name, shown.door) == ("look", 3)


def test_swung_open_again_before_the_answer_cannot_be_answered_through_the_open_door() -> None:
    desk = _shut_at_once()
    desk.door_opens(3)
    assert desk.screen().name == "take"
    assert not desk.of(events.DoorForced)
    desk.wait(3)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def _shut_at_once() -> Desk:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(1)
    desk.door_closes(3)
    assert desk.screen().name == "did_you_get_it"
    return desk


def test_own_code_before_the_camera_does_not_disturb_the_question() -> None:
    desk = _shut_at_once()
    number = desk.screen().number
    desk.scan(desk.code(ONE))
    desk.scan(desk.code(OTHER))
    desk.scan("a wine label")
    assert (desk.screen().name, desk.screen().number) == ("did_you_get_it", number)


def test_too_late_the_pulse_is_dropped_and_the_code_asked_for_again() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.LATE)
    assert desk.scan(desk.code(ONE)).name == "too_late"
    assert desk.last(events.OpeningLapsed).reason == "late"
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.tap("try_again").name == "opening"
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_too_late_at_the_second_pulse_lapses_as_well() -> None:
    desk = standing()
    desk.outcomes.extend([PulseOutcome.DONE, PulseOutcome.LATE])
    desk.scan(desk.code(ONE))
    desk.wait(6)
    assert desk.last(events.OpeningLapsed).reason == "late_after_pulse"
    assert desk.screen().name == "too_late"


def test_a_coil_that_is_spared_lapses_and_offers_to_try_again() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.REFUSED)
    assert desk.scan(desk.code(ONE)).name == "too_late"
    assert desk.last(events.OpeningLapsed).reason == "coil_limit"


def test_a_board_that_cannot_be_reached_is_a_fault_and_the_code_is_good() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.BROKEN)
    assert desk.scan(desk.code(ONE)).name == "board_silent"
    assert "board:door 3" in desk.state.faults
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.tap("try_again").name == "opening"
    desk.take(3)
    assert "board:door 3" not in desk.state.faults


def test_a_door_that_cannot_be_read_is_not_pulsed() -> None:
    desk = standing()
    desk.door_silent(3)
    assert desk.scan(desk.code(ONE)).name == "board_silent"
    assert not desk.pulsed()


def test_a_sagging_supply_is_not_pulsed_and_retry_is_offered() -> None:
    desk = standing()
    desk.health("supply", "locks", ok=False)
    assert desk.scan(desk.code(ONE)).name == "board_silent"
    desk.health("supply", "locks", ok=True)
    assert desk.tap("try_again").name == "opening"


def test_no_valid_reading_after_the_pulse_is_broken_and_never_pulsed_again_by_itself() -> None:
    desk = standing()
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    desk.level[3] = desk.level[3].UNKNOWN
    desk.pulse()
    desk.wait(30)
    assert len(desk.pulsed()) == 1
    assert "door_feedback:door 3" in desk.state.faults
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.screen().name == "board_silent"


def test_a_bus_that_never_answers_is_broken_after_its_time() -> None:
    desk = standing()
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    desk.wait(20)
    assert desk.screen().name == "board_silent"
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert not desk.state.openings


def test_a_door_that_goes_open_without_a_live_opening_is_an_alarm_and_quarantined() -> None:
    desk = standing()
    desk.door_opens(3)
    assert "door_forced:3" in desk.state.alarms
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.memory.sense(3).state is DoorState.FORCED
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.door_closes(3)
    assert desk.last(events.DoorShut).door == 3


def test_an_empty_sensor_does_not_end_the_quarantine_of_a_forced_door() -> None:
    desk = Desk(content=Sees)
    desk.door_opens(5)
    desk.door_closes(5)
    desk.content(5, Content.EMPTY)
    assert desk.compartment(5).state is CompartmentState.REVIEW


def test_a_door_that_closes_is_never_an_alarm() -> None:
    desk = Desk()
    desk.level[4] = desk.level[4].OPEN
    desk.reboot()
    desk.door_closes(4)
    assert not desk.state.alarms
    assert desk.memory.sense(4).state is DoorState.CLOSED


def test_a_door_already_open_is_not_pulsed_and_said() -> None:
    desk = standing()
    desk.level[3] = desk.level[3].OPEN
    desk.reboot()
    assert desk.scan(desk.code(ONE)).name == "stands_open"
    desk.door_closes(3)
    assert desk.tap("try_again").name == "opening"


# -- taking it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["empty", "wrong"])
@pytest.mark.parametrize("content", [Blind, Sees])
def test_empty_or_wrong_gets_an_incident_number_and_is_reviewed(what: str, content: ContentSensor) -> None:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    shown = desk.tap(what)
    assert (shown.name, shown.params["incident"], shown.params["shut"]) == ("help", 1, True)
    desk.wait(5)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    assert desk.screen().name == "help"
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.right(ONE).state is CredentialState.GOOD
    assert not desk.of(events.ParcelCollected)


def test_a_complaint_on_the_last_screen_takes_the_pickup_back() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.tap("problem")
    desk.tap("empty")
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.compartment(3).parcels == (ONE.parcel,)
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.wait(400)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_damaged_is_written_down_and_still_collected() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    desk.tap("damaged")
    desk.wait(5)
    desk.door_closes(3)
    assert desk.last(events.IncidentReported).complaint == "damaged"
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    assert desk.screen().name == "help"


def test_cannot_reach_is_not_collected() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    assert desk.tap("cannot_reach").name == "help"
    desk.wait(5)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN


def test_no_problem_after_all_goes_back_and_the_last_screen_still_goes_by_itself() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    assert desk.tap("back").name == "take"
    desk.wait(3)
    desk.door_closes(3)
    desk.tap("problem")
    assert desk.tap("back").params["receipt"] == 1
    desk.wait(10)
    assert desk.screen().name == "attract"


@pytest.mark.parametrize("content", [Blind, Sees])
def test_a_declined_parcel_becomes_a_return(content: ContentSensor) -> None:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("decline")
    assert desk.screen().choices == ()
    desk.wait(5)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.RETURNING
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.screen().name == "thanks"
    desk.wait(10)
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "taken_back"


def test_called_off_while_its_door_is_open_is_still_collected() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.order(Cancel(ONE.parcel))
    desk.wait(5)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_out_of_service_by_order_waits_until_the_door_is_done() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    assert desk.order(OutOfService(3, "cleaning")) == "refused: under_way"
    desk.wait(5)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    assert desk.order(OutOfService(3, "cleaning")) == "done"


@pytest.mark.parametrize("content", [Blind, Sees])
def test_several_parcels_one_code_opens_them_one_after_another(content: ContentSensor) -> None:
    desk = Desk(stands={3: ONE, 6: TWO}, content=content)
    assert desk.scan(desk.code(ONE)).params["of"] == 2
    desk.take(3)
    assert (desk.screen().name, desk.screen().door) == ("opening", 6)
    assert desk.right(ONE).state is CredentialState.RESERVED
    desk.take(6)
    assert desk.screen().name == "thanks"
    assert {desk.parcel(p).state for p in (ONE, TWO)} == {ParcelState.COLLECTED}
    assert desk.right(ONE).state is CredentialState.CONSUMED


def test_several_parcels_behind_one_door_are_one_opening() -> None:
    desk = Desk(stands={3: (ONE, TWO)})
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert {desk.parcel(p).state for p in (ONE, TWO)} == {ParcelState.COLLECTED}
    assert len(desk.pulsed()) == 1
    desk.tap("problem")
    desk.tap("wrong")
    assert {desk.parcel(p).state for p in (ONE, TWO)} == {ParcelState.UNCERTAIN}


def test_several_parcels_and_the_first_door_jams_the_second_still_opens() -> None:
    desk = Desk(stands={3: ONE, 6: TWO})
    desk.scan(desk.code(ONE))
    desk.wait(15)
    assert desk.screen().choices == ("next",)
    assert desk.tap("next").door == 6
    desk.take(6)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    assert desk.right(ONE).state is CredentialState.GOOD


def test_several_parcels_something_left_in_the_first_door_does_not_follow_to_the_second() -> None:
    desk = Desk(stands={3: ONE, 6: TWO}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(3)
    desk.door_closes(3)
    desk.door_opens(3)
    assert desk.screen().name == "left_inside"
    desk.wait(3)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    desk.door_opens(6)
    assert desk.screen().name == "take"


# -- closing -------------------------------------------------------------------------------------------------------


def test_not_closed_reminds_then_tells_the_operator_and_the_door_stays_watched() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(31)
    assert desk.screen().name == "take"
    desk.wait(150)
    assert desk.screen().name == "attract"
    assert desk.last(events.DoorLeftOpen).door == 3
    assert desk.memory.sense(3).state is DoorState.OPEN_TOO_LONG
    assert desk.screen().others == (3,)
    assert "door_left_open:3" in desk.state.faults
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    assert "door_left_open:3" not in desk.state.faults


def test_a_session_whose_door_stands_open_never_times_out_not_even_at_a_question() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    desk.wait(170)
    assert desk.screen().name == "problem"


def test_closed_with_the_weight_still_there_reopens_at_once() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    desk.door_closes(3)
    assert len(desk.pulsed()) == 2
    desk.door_opens(3)
    assert desk.screen().name == "left_inside"
    assert desk.parcel(ONE).state is ParcelState.LEAVING
    desk.wait(3)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_a_sensor_that_does_not_settle_concludes_nothing() -> None:
    desk = standing(Sees)
    desk.sensors_answer = False
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    desk.door_closes(3)
    desk.wait(5)
    assert desk.screen().name == "did_you_get_it"
    assert "content_sensor:door 3" in desk.state.faults


def test_the_sensor_decides_even_when_the_door_was_shut_at_once() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.take(3, seconds=1)
    assert desk.last(events.ParcelCollected).evidence is Evidence.SENSOR


def test_a_latch_that_springs_back_is_no_open_door() -> None:
    desk = standing(feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.blink(3)
    desk.wait(15)
    assert not desk.of(events.DoorOpened)
    assert desk.screen().name == "jammed"


# -- done ----------------------------------------------------------------------------------------------------------


def test_done_the_screen_forgets_everything() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.wait(9)
    assert desk.memory.session is None
    assert desk.screen().door == 0


def test_no_more_than_five_openings_an_hour_by_one_credential() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    for _ in range(5):
        desk.door_opens(3)
        desk.wait(3)
        desk.door_closes(3)
    assert refusal(desk) == "too_many_openings"
    assert len(desk.pulsed()) == 5
    desk.skip(3600)
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_with_as_many_doors_open_as_may_be_the_next_waits_a_moment() -> None:
    parcels = {door: sent(f"JD00040{door}") for door in (1, 2, 3, 4, 5)}
    desk = Desk(stands=parcels)
    for door in (1, 2, 3, 4):
        desk.scan(desk.code(parcels[door]))
        desk.door_opens(door)
        desk.wait(181)
    assert desk.scan(desk.code(parcels[5])).name == "one_moment"
    desk.door_closes(1)
    assert desk.tap("try_again").name == "opening"


def test_a_large_parcel_is_found_by_what_the_books_say_whatever_the_size() -> None:
    desk = Desk()
    desk.announce(ONE, size=Size.XL)
    desk.courier_comes()
    assert desk.deposit(ONE) in (7, 8)


def test_the_clock_without_trust_opens_too() -> None:
    desk = standing(trust=ClockTrust.UNSYNCED, wall_s=0)
    assert desk.scan(desk.code(ONE)).name == "opening"


# -- found by the walk -------------------------------------------------------------------------------------------------


def test_a_customer_who_comes_back_to_an_adopted_door_is_asked_whether_they_have_it() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.reboot()
    assert desk.scan(desk.code(ONE)).name == "take"
    desk.wait(5)
    desk.door_closes(3)
    assert desk.screen().name == "did_you_get_it"
    desk.tap("yes")
    assert desk.last(events.ParcelCollected).evidence is Evidence.PERSON


def test_a_complaint_from_before_the_code_was_shown_again_still_counts() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    desk.tap("empty")
    desk.tap("end")
    assert desk.scan(desk.code(ONE)).name == "take"
    desk.wait(5)
    desk.door_closes(3)
    assert (desk.screen().name, desk.screen().params["incident"]) == ("help", 1)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN


def test_called_off_in_the_hands_of_a_courier_who_walks_away_is_uncertain() -> None:
    desk = Desk()
    desk.announce(ONE)
    desk.courier_comes()
    door = desk.scan(ONE.tracking).door
    desk.door_opens(door)
    desk.order(Cancel(ONE.parcel))
    desk.wait(400)
    desk.door_closes(door)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.compartment(door).state is CompartmentState.REVIEW


def test_reassigned_while_its_door_is_open_is_not_opened_again_for_the_old_right() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.announce(sent(ONE.tracking, reservation="dd" * 8))
    desk.wait(5)
    desk.door_closes(3)
    assert refusal(desk) == "not_here_yet"
    assert len(desk.pulsed()) == 1


def test_revoked_while_its_door_is_open_is_not_opened_again() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.order(Revoke(ONE.reservation, 0))
    desk.wait(5)
    desk.door_closes(3)
    assert refusal(desk) == "revoked"
    assert len(desk.pulsed()) == 1


def test_i2_overtaken_by_a_newer_code_while_its_door_is_open_opens_nothing_more() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.announce(ONE, generation=1)
    desk.wait(5)
    desk.door_closes(3)
    assert refusal(desk) == "superseded"
    assert len(desk.pulsed()) == 1
    desk.tap("back")
    assert desk.scan(desk.code(ONE, generation=1)).name == "opening"


def test_i2_overtaken_by_a_newer_code_it_does_not_open_again_in_grace() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.screen().name == "thanks"
    desk.announce(TWO, generation=1)
    desk.tap("open_again")
    assert refusal(desk) == "superseded"
    assert len(desk.pulsed()) == 1


def test_a_return_code_before_the_camera_is_not_disturbed_by_itself() -> None:
    back = sent("RR000401", reservation="ee" * 8)
    desk = Desk()
    desk.announce(back, parcel_kind="return")
    desk.scan(desk.code(back, purpose=Purpose.DROP_OFF))
    number = desk.screen().number
    desk.scan(desk.code(back, purpose=Purpose.DROP_OFF))
    assert (desk.screen().name, desk.screen().number) == ("choose_size", number)

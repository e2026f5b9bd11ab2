"""A compartment in review: whoever comes next looks into it and says what is there."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.orders import Cancel
from edge.core.screens import Screen
from edge.core.site import Policy
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    Evidence,
    ParcelState,
    PulseOutcome,
    Purpose,
)
from tests.core.desk import DAY_S, TECHNICIAN_PIN, Desk, sent
from tests.core.rounds import let_and_freed, roster

JD = sent("JD0123")
SENSORS = [ContentSensor.NONE, ContentSensor.SCALE]


def doubtful(door: int = 3, **more: object) -> Desk:
    """Somebody forced a door and shut it again: nobody knows what is inside."""
    desk = Desk(**more)  # type: ignore[arg-type]
    desk.door_opens(door)
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    return desk


def looking(**more: object) -> Desk:
    """The courier has been asked and has opened it."""
    desk = doubtful(**more)  # type: ignore[arg-type]
    shown = desk.courier_comes(look=True)
    assert (shown.name, shown.door) == ("look", 3)
    desk.tap("open")
    desk.door_opens(3)
    assert desk.screen().name == "look_inside"
    desk.wait(3)
    return desk


def shut(desk: Desk) -> Screen:
    desk.door_closes(3)
    return desk.screen()


def test_once_a_session_the_courier_is_asked_to_look() -> None:
    desk = doubtful()
    assert desk.courier_comes(look=True).name == "look"
    assert desk.tap("not_now").name == "ready"
    assert "look" in desk.screen().choices
    desk.deposit(sent("JD0001"))
    assert desk.screen().name == "ready"


def test_a_label_is_taken_instead_of_a_look() -> None:
    desk = doubtful()
    desk.courier_comes(look=True)
    assert desk.scan("JD0001").name == "opening"


@pytest.mark.parametrize("sensor", SENSORS)
def test_empty(sensor: ContentSensor) -> None:
    desk = looking(content=sensor)
    desk.tap("empty")
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert shut(desk).name == "ready"
    assert desk.compartment(3).state is CompartmentState.FREE
    expected = Evidence.PERSON if sensor is ContentSensor.NONE else Evidence.SENSOR
    assert desk.last(events.CompartmentFreed).evidence is expected
    assert desk.last(events.OpeningAuthorised).purpose is Purpose.INSPECTION
    let_and_freed(desk)


def test_said_before_or_after_the_door_is_shut() -> None:
    desk = looking()
    assert shut(desk).name == "what_is_inside"
    assert desk.tap("empty").name == "ready"
    assert desk.compartment(3).state is CompartmentState.FREE


def test_a_slip_of_the_finger_is_put_right_while_the_door_is_open() -> None:
    desk = looking()
    desk.tap("something_else")
    desk.tap("empty")
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_a_parcel_that_the_books_know() -> None:
    desk = doubtful(stands={3: JD})
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.tap("parcel")
    shut(desk)
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.of(events.ParcelDeposited) == []  # it had been told of long ago
    assert desk.parcel(JD).hold_left_ms == -1


def test_the_parcel_that_the_books_know_is_gone() -> None:
    desk = doubtful(stands={3: JD})
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.tap("empty")
    shut(desk)
    assert desk.parcel(JD).state is ParcelState.GONE
    assert desk.compartment(3).state is CompartmentState.FREE


def test_a_parcel_that_nobody_knew_of_is_scanned() -> None:
    desk = looking()
    shown = desk.tap("parcel")
    assert (shown.name, shown.params["scan_it"]) == ("look_inside", True)
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.last(events.ParcelFound).parcel == JD.parcel
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.parcel(JD).hold_ends_ms > desk.state.running_ms(round(desk.mono_s * 1000))
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(JD)).name == "opening"


def test_a_parcel_that_nobody_knew_of_is_held_where_its_carrier_wants_that() -> None:
    desk = looking(policy=Policy(unannounced="hold"))
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.parcel(JD).withheld


def test_a_parcel_typed_after_the_door_was_shut() -> None:
    desk = looking()
    shut(desk)
    assert desk.tap("parcel").params["scan_it"]
    assert desk.enter(JD.tracking).name == "ready"
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_a_parcel_that_the_books_have_behind_another_door() -> None:
    desk = looking(stands={5: JD})
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.parcel(JD).door == 3
    assert desk.last(events.ParcelGone).reason == "moved"
    assert desk.compartment(5).state is CompartmentState.REVIEW


def test_another_carriers_parcel_is_found() -> None:
    theirs = sent("JD0123", carrier="gls")
    desk = looking(stands={5: theirs})
    desk.scan(theirs.tracking)
    shut(desk)
    assert desk.parcel(theirs).door == 3


def test_a_parcel_that_was_overdue_and_taken_away_is_found_after_all() -> None:
    desk = Desk(stands={5: JD})
    desk.skip(8 * DAY_S)
    desk.skip(61)
    roster(desk)
    desk.courier_comes(purpose=Purpose.COLLECTION)
    desk.tap("collect")
    desk.tap("all")
    desk.take(5)
    desk.tap("missing")
    desk.announce(JD)
    desk.tap("end")
    desk.wait(10)
    desk.door_opens(3)
    desk.door_closes(3)
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.wait(3)
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.parcel(JD).state is ParcelState.STANDING
    desk.wait(130)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_something_else_out_of_service() -> None:
    desk = looking()
    desk.tap("something_else")
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.OUT_OF_SERVICE
    assert desk.compartment(3).reason == "something_inside"


@pytest.mark.parametrize(("said", "content"), [("empty", Content.PRESENT), ("parcel", Content.EMPTY)])
def test_i6_a_contradiction_with_the_sensor_stays_in_review(said: str, content: Content) -> None:
    desk = looking(content=ContentSensor.SCALE)
    if said == "parcel":
        desk.scan(JD.tracking)
    else:
        desk.tap(said)
    desk.holds(3, content)
    shut(desk)
    assert (desk.compartment(3).state, desk.compartment(3).reason) == (CompartmentState.REVIEW, "contradiction")
    desk.read_contents(3)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_unanswered_with_a_sensor_that_says_empty_is_free() -> None:
    desk = looking(content=ContentSensor.SCALE)
    assert shut(desk).name == "ready"
    assert desk.last(events.CompartmentFreed).evidence is Evidence.SENSOR


def test_unanswered_with_a_sensor_that_says_present_is_asked() -> None:
    desk = looking(content=ContentSensor.SCALE)
    desk.holds(3, Content.PRESENT)
    assert shut(desk).name == "what_is_inside"
    desk.scan(JD.tracking)
    assert desk.compartment(3).state is CompartmentState.OCCUPIED


def test_i6_unanswered_stays_in_review() -> None:
    desk = looking()
    shut(desk)
    desk.wait(60)
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.last(events.OpeningEnded).outcome == "unanswered"
    assert desk.screen().name == "attract"
    assert desk.courier_comes(look=True).name == "look"


def test_not_sure_what_was_inside_opens_again() -> None:
    desk = looking()
    shut(desk)
    desk.tap("open_again")
    desk.door_opens(3)
    desk.wait(2)
    desk.tap("empty")
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.FREE


def test_i6_said_empty_and_then_left_open_by_whoever_said_it() -> None:
    desk = looking()
    desk.tap("empty")
    desk.wait(200)
    assert desk.last(events.AlarmRaised).what == "review_left_open"
    assert desk.screen().name == "attract"
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i6_said_empty_and_then_cut_off() -> None:
    desk = looking()
    desk.tap("empty")
    desk.reboot()
    shut(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_jammed_is_said() -> None:
    desk = doubtful()
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.wait(12)
    assert desk.screen().name == "jammed"
    assert desk.tap("next").name == "ready"


def test_too_late_and_tried_again() -> None:
    desk = doubtful(stands={3: JD})
    desk.outcomes.append(PulseOutcome.LATE)
    desk.courier_comes(look=True)
    expected = desk.screen().params["expected"]
    assert desk.tap("open").name == "too_late"
    desk.tap("try_again")
    desk.door_opens(3)
    assert desk.screen().params["expected"] == expected


def test_a_badge_that_may_not_look_is_not_asked() -> None:
    desk = doubtful()
    assert desk.courier_comes(look=True, permissions=frozenset({"deposit"})).name == "ready"
    assert "look" not in desk.screen().choices


def test_a_technician_is_asked_as_well_and_may_find_a_known_parcel() -> None:
    desk = doubtful(stands={5: JD})
    desk.scan(desk.technician_code())
    assert desk.pin(TECHNICIAN_PIN).name == "look"
    desk.tap("open")
    desk.door_opens(3)
    assert desk.scan("JD9999").params["hint"] == "label_unreadable"
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.parcel(JD).door == 3


# -- a customer answers by doing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sensor", SENSORS)
def test_a_customer_with_a_live_code_opens_a_compartment_in_review_and_answers_by_doing(sensor: ContentSensor) -> None:
    desk = doubtful(stands={3: JD}, content=sensor)
    assert desk.scan(desk.code(JD)).door == 3
    desk.take(3)
    assert desk.parcel(JD).state is ParcelState.COLLECTED
    let_and_freed(desk)


def test_i6_what_a_customer_did_in_a_compartment_in_review_is_no_evidence_that_it_is_empty() -> None:
    desk = doubtful(stands={3: JD})
    desk.scan(desk.code(JD))
    desk.take(3)
    desk.wait(400)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_a_called_off_parcel_in_a_compartment_in_review_does_not_open_for_its_customer() -> None:
    desk = doubtful(stands={3: JD})
    desk.order(Cancel(JD.parcel))
    assert desk.scan(desk.code(JD)).name == "refused"


def test_a_called_off_parcel_that_then_becomes_uncertain_does_not_open_for_its_customer() -> None:
    desk = Desk(stands={3: JD})
    desk.order(Cancel(JD.parcel))
    desk.door_opens(3)
    desk.door_closes(3)
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN
    assert desk.scan(desk.code(JD)).name == "refused"


def test_a_customer_who_finds_it_empty_says_so() -> None:
    desk = doubtful(stands={3: JD})
    desk.scan(desk.code(JD))
    desk.door_opens(3)
    desk.wait(3)
    desk.tap("problem")
    desk.tap("empty")
    desk.door_closes(3)
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN
    assert desk.compartment(3).state is CompartmentState.REVIEW


# -- several are expected, and not all are scanned -------------------------------------------------------------------

TWO = (sent("JD000321"), sent("JD000322"))


def one_scanned(content: ContentSensor = ContentSensor.NONE) -> Desk:
    """Two stood behind a door that was forced; the courier has scanned the first of them, and shut the door."""
    desk = Desk(stands={3: TWO}, content=content)
    desk.door_opens(3)
    desk.door_closes(3)
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.wait(3)
    desk.scan(TWO[0].tracking)
    desk.door_closes(3)
    return desk


@pytest.mark.parametrize("content", SENSORS)
def test_i6_what_is_expected_and_was_not_scanned_is_asked_about_and_never_gone_by_itself(
    content: ContentSensor,
) -> None:
    desk = one_scanned(content)
    assert desk.screen().name == "others_inside"
    assert desk.screen().params["numbers"] == [TWO[1].parcel[:8]], "the list names no labels"
    assert {desk.parcel(p).state for p in TWO} == {ParcelState.UNCERTAIN}


@pytest.mark.parametrize(
    ("say", "second"), [("yes", ParcelState.STANDING), ("no", ParcelState.GONE), ("scan", ParcelState.STANDING)]
)
def test_what_the_courier_says_about_the_others_counts(say: str, second: ParcelState) -> None:
    desk = one_scanned()
    if say == "scan":
        desk.scan(TWO[1].tracking)
    else:
        desk.tap(say)
    assert desk.screen().name == "ready"
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert (desk.parcel(TWO[0]).state, desk.parcel(TWO[1]).state) == (ParcelState.STANDING, second)


def test_i6_nobody_says_a_word_about_the_others_and_it_stays_in_review() -> None:
    desk = one_scanned()
    desk.wait(200)
    assert desk.screen().name == "attract"
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert {desk.parcel(p).state for p in TWO} == {ParcelState.UNCERTAIN}
    assert desk.scan(desk.code(TWO[1])).name == "opening", "and its code is good"


def test_the_door_may_be_opened_again_to_look_for_the_others() -> None:
    desk = one_scanned()
    assert desk.tap("open_again").name == "opening"
    desk.door_opens(3)
    desk.wait(3)
    for parcel in TWO:
        desk.scan(parcel.tracking)
    desk.door_closes(3)
    assert {desk.parcel(p).state for p in TWO} == {ParcelState.STANDING}

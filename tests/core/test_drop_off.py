"""Drop-off: code or label, size, open, place, close, receipt; and every way that this goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from edge.core import events, inputs
from edge.core.orders import Cancel, Revoke
from edge.core.refusal import Refusal
from edge.core.site import Policy
from edge.core.words import (
    AuthorityKind,
    CompartmentState,
    Content,
    ContentSensor,
    Evidence,
    ParcelState,
    PulseOutcome,
    Purpose,
    Size,
)
from tests.core.desk import Desk, sent, wall
from tests.core.rounds import let_and_freed
from tests.credentials.known_keys import NOW_S, SITE

RETURN = sent("RT0001", reservation="dd" * 8)
SENSORS = [ContentSensor.NONE, ContentSensor.SCALE]


def announced(**more: object) -> Desk:
    desk = Desk(**more)  # type: ignore[arg-type]
    desk.announce(RETURN, parcel_kind="return", size=Size.M)
    return desk


def code(desk: Desk, **more: Any) -> str:
    return desk.code(RETURN, purpose=Purpose.DROP_OFF, **more)


def placing(**more: object) -> tuple[Desk, int]:
    """The customer has chosen M; the door stands open."""
    desk = announced(**more)
    desk.scan(code(desk))
    door = desk.tap("M").door
    desk.door_opens(door)
    assert desk.screen().name == "place"
    return desk, door


# -- presenting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sensor", SENSORS)
def test_code_size_open_place_close_receipt(sensor: ContentSensor) -> None:
    desk, door = placing(content=sensor)
    assert desk.opening(door) is not None
    assert desk.site.plan(door).size is Size.M
    assert desk.last(events.OpeningAuthorised).authority.kind is AuthorityKind.CODE
    desk.holds(door, Content.PRESENT)
    desk.wait(4)
    assert desk.of(events.ParcelDeposited) == []
    desk.door_closes(door)
    deposited = desk.last(events.ParcelDeposited)
    assert (deposited.purpose, deposited.parcel_kind) == (Purpose.DROP_OFF, "return")
    assert deposited.evidence is (Evidence.PERSON if sensor is ContentSensor.NONE else Evidence.SENSOR)
    assert deposited.badge == ""
    assert desk.parcel(RETURN).state is ParcelState.RETURNING
    assert desk.screen().name == "receipt"
    assert desk.screen().params["receipt"] == f"{SITE}-{deposited.opening}"


WITH_PIN = sent("RT0002", reservation="de" * 8, pin="11223344")


@pytest.mark.parametrize("how", ["the code says so", "the announcement says so", "shown as a label"])
def test_a_drop_off_that_wants_a_second_factor_asks_for_the_pin(how: str) -> None:
    desk = Desk()
    desk.announce(WITH_PIN, parcel_kind="return", size=Size.M, second_factor=how != "the code says so")
    flagged = desk.code(WITH_PIN, purpose=Purpose.DROP_OFF, second_factor=how == "the code says so")

    def present() -> str:
        if how != "shown as a label":
            return desk.scan(flagged).name
        desk.tap("send")
        return desk.scan(WITH_PIN.tracking).name

    assert present() == "second_factor"
    assert desk.pin("99999999").params["reason"] == "wrong_second_factor"
    assert desk.state.pin.failures == 1, "counted, as at a pickup"
    desk.tap("back")
    assert present() == "second_factor"
    assert desk.pin(WITH_PIN.pin).name == "choose_size"
    door = desk.tap("M").door
    desk.put(door)
    assert desk.parcel(WITH_PIN).state is ParcelState.RETURNING


def test_a_drop_off_that_is_called_off_while_its_pin_is_typed_opens_nothing() -> None:
    for order, reason in ((Cancel(WITH_PIN.parcel), "cancelled"), (Revoke(WITH_PIN.reservation, 0), "revoked")):
        desk = Desk()
        desk.announce(WITH_PIN, parcel_kind="return", second_factor=True)
        desk.scan(desk.code(WITH_PIN, purpose=Purpose.DROP_OFF))
        assert desk.order(order) == "done"
        assert desk.pin(WITH_PIN.pin).params["reason"] == reason
        assert not desk.pulsed()


def test_the_receipt_stays_until_it_could_be_photographed_then_everything_is_forgotten() -> None:
    desk, door = placing()
    desk.put(door)
    desk.wait(25)
    assert desk.screen().name == "receipt"
    desk.wait(6)
    assert desk.screen().name == "attract"
    assert desk.memory.session is None


def test_label_shown_at_send_a_parcel() -> None:
    desk = announced()
    desk.tap("send")
    assert desk.scan("rt0001").name == "choose_size"
    desk.put(desk.tap("S").door)
    assert desk.parcel(RETURN).state is ParcelState.RETURNING


def test_label_typed_at_send_a_parcel() -> None:
    desk = announced()
    desk.tap("send")
    assert desk.enter("RT 0001").name == "choose_size"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("RT9999", Refusal.NOT_ANNOUNCED),
        ("JD0123", Refusal.NOT_ANNOUNCED),
        ("Ünlesbar", Refusal.LABEL_UNREADABLE),
        ("x" * 80, Refusal.LABEL_UNREADABLE),
    ],
)
def test_a_label_that_nobody_announced_for_drop_off(text: str, reason: Refusal) -> None:
    desk = announced()
    desk.announce(sent("JD0123"))
    desk.tap("send")
    assert desk.scan(text).params["reason"] == reason


def test_the_size_in_the_code_is_not_asked_for_again() -> None:
    desk = announced()
    shown = desk.scan(code(desk, size=Size.L))
    assert shown.name == "opening"
    assert desk.site.plan(shown.door).size is Size.L


def test_a_code_that_wants_a_reachable_door_gets_one() -> None:
    desk = announced()
    assert desk.site.plan(desk.scan(code(desk, size=Size.M, reachable=True)).door).reachable


def test_a_pickup_parcel_of_the_same_right_is_not_what_is_dropped_off() -> None:
    desk = Desk()
    desk.announce(sent("JD0123", reservation=RETURN.reservation))
    desk.announce(RETURN, parcel_kind="return")
    desk.scan(code(desk))
    desk.put(desk.tap("S").door)
    assert desk.parcel(RETURN).state is ParcelState.RETURNING


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("revoked", Refusal.REVOKED),
        ("cancelled", Refusal.CANCELLED),
        ("superseded", Refusal.SUPERSEDED),
        ("not yet", Refusal.NOT_YET_VALID),
        ("expired", Refusal.EXPIRED),
        ("unknown", Refusal.NOT_ANNOUNCED),
        ("no space", Refusal.OUT_OF_ORDER),
        ("restoring", Refusal.RESTORING),
        ("other carrier", Refusal.KEY_CARRIER),
    ],
)
def test_a_drop_off_code_is_refused_with_its_reason(what: str, reason: Refusal) -> None:
    desk = Desk(restored=what != "restoring")
    carrier = "posten" if what == "other carrier" else "dpd"
    mine = sent("RT0001", carrier=carrier, reservation=RETURN.reservation)
    if what != "unknown":
        desk.announce(mine, parcel_kind="return", generation=1 if what == "superseded" else 0)
    more = {"not yet": {"not_before_s": NOW_S + 3600}, "expired": {"expires_s": NOW_S + 30}}.get(what, {})
    if what == "revoked":
        desk.order(Revoke(mine.reservation, 0))
    elif what == "cancelled":
        desk.order(Cancel(mine.parcel))
    elif what == "no space":
        desk.tell(inputs.Space("reserve"))
    elif what == "expired":
        desk.skip(60)
    assert desk.scan(code(desk, **more)).params["reason"] == reason


def test_a_revoked_right_is_refused_by_its_label_as_well() -> None:
    desk = announced()
    desk.order(Revoke(RETURN.reservation, 0))
    desk.tap("send")
    assert desk.scan(RETURN.tracking).params["reason"] == Refusal.REVOKED


# -- size -----------------------------------------------------------------------------------------------------------


def test_only_sizes_for_which_there_is_a_door_are_offered() -> None:
    desk = announced(compartments=wall(sizes=(Size.S, Size.M)))
    shown = desk.scan(code(desk))
    assert shown.choices == ("S", "M", "end")
    assert shown.params["suggested"] == "M"


def test_change_of_size_before_close() -> None:
    desk, door = placing()
    assert desk.tap("other_size").name == "choose_size"
    other = desk.tap("L").door
    assert desk.site.plan(other).size is Size.L
    desk.door_opens(other)
    desk.wait(2)
    desk.door_closes(door)
    assert (desk.screen().name, desk.screen().door) == ("place", other)
    assert desk.last(events.CompartmentFreed).door == door
    desk.wait(2)
    desk.door_closes(other)
    assert desk.parcel(RETURN).door == other
    assert desk.screen().name == "receipt"
    let_and_freed(desk)


def test_change_of_size_and_the_first_is_shut_before_choosing() -> None:
    desk, door = placing()
    desk.tap("other_size")
    desk.door_closes(door)
    assert desk.screen().name == "choose_size"
    assert desk.compartment(door).state is CompartmentState.FREE


def test_change_of_size_and_no_other_door_is_free() -> None:
    desk, door = placing(compartments=wall(sizes=(Size.M,)))
    shown = desk.tap("other_size")
    assert (shown.params["reason"], shown.params["shut"]) == (Refusal.NO_FREE_COMPARTMENT, door)


def test_no_free_door_says_when_one_is_expected_and_the_next_locker() -> None:
    desk = announced(compartments=wall(sizes=(Size.M,)), stands={1: sent("JD0001")})
    shown = desk.scan(code(desk))
    assert shown.params["reason"] == Refusal.NO_FREE_COMPARTMENT
    assert 6 * 86_400 < shown.params["expected_s"] <= 7 * 86_400
    assert shown.params["name"] == "Railway Station"
    assert desk.last(events.DepositRefused).parcel == RETURN.parcel


def test_no_door_because_of_the_carriers_share() -> None:
    desk = announced(policy=Policy(carrier_quota_percent={"dpd": 0}))
    assert desk.scan(code(desk)).params["reason"] == Refusal.CARRIER_QUOTA


ENDED = [("revoked", Refusal.REVOKED), ("superseded", Refusal.SUPERSEDED), ("cancelled", Refusal.CANCELLED)]


def end_right(desk: Desk, how: str) -> None:
    """While the customer is at the screen, the right that she came with ends."""
    if how == "revoked":
        desk.order(Revoke(RETURN.reservation, 0))
    elif how == "cancelled":
        desk.order(Cancel(RETURN.parcel))
    else:
        desk.announce(RETURN, parcel_kind="return", size=Size.M, generation=1)


@pytest.mark.parametrize(("how", "reason"), ENDED)
def test_i2_a_right_that_ends_between_code_and_size_opens_nothing(how: str, reason: Refusal) -> None:
    desk = announced()
    desk.scan(code(desk))
    end_right(desk, how)
    desk.tap("M")
    assert desk.last(events.CredentialRefused).reason == reason
    assert not desk.of(events.OpeningAuthorised)
    assert all(record.state is not CompartmentState.HELD for record in desk.state.compartments.values())


@pytest.mark.parametrize(("how", "reason"), ENDED)
def test_i2_a_right_that_ends_after_an_empty_close_does_not_open_again(how: str, reason: Refusal) -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    end_right(desk, how)
    assert desk.tap("open_again").params["reason"] == reason
    assert len(desk.of(events.OpeningAuthorised)) == 1
    assert desk.compartment(door).state is CompartmentState.FREE


def test_a_label_goes_on_when_a_newer_code_of_its_right_is_announced_meanwhile() -> None:
    desk = announced()
    desk.tap("send")
    desk.scan(RETURN.tracking)
    end_right(desk, "superseded")
    assert desk.tap("M").name == "opening"


# -- cancel and close -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sensor", SENSORS)
def test_cancel_before_close(sensor: ContentSensor) -> None:
    desk, door = placing(content=sensor)
    assert desk.tap("cancel").choices == ()
    desk.wait(2)
    desk.door_closes(door)
    assert desk.screen().name == "cancelled"
    assert desk.compartment(door).state is CompartmentState.FREE
    assert desk.parcel(RETURN).state is ParcelState.ANNOUNCED
    desk.wait(9)
    assert desk.scan(code(desk)).name == "choose_size"


def test_i6_cancelled_with_something_left_inside_is_looked_into() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.tap("cancel")
    desk.holds(door, Content.PRESENT)
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW


def test_after_close_reopening_is_refused_and_recorded() -> None:
    desk, door = placing()
    desk.put(door)
    desk.wait(40)
    assert desk.scan(code(desk)).params["reason"] == Refusal.ALREADY_USED
    refused = desk.last(events.CredentialRefused)
    assert (refused.reason, refused.reservation) == (Refusal.ALREADY_USED, RETURN.reservation)
    desk.tap("back")
    desk.tap("send")
    assert desk.scan(RETURN.tracking).params["reason"] == Refusal.ALREADY_USED


def test_a_drop_off_cannot_be_taken_out_with_a_pickup_code_of_its_right() -> None:
    desk, door = placing()
    desk.put(door)
    desk.wait(40)
    assert desk.scan(desk.code(RETURN)).name == "refused"


def test_closed_but_the_scale_says_empty() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    assert desk.screen().name == "no_parcel"
    desk.tap("open_again")
    desk.put(door)
    assert desk.screen().name == "receipt"


def test_no_parcel_detected_cancel() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    assert desk.tap("cancel").name == "cancelled"
    assert desk.compartment(door).state is CompartmentState.FREE


def test_no_parcel_detected_and_nobody_answers() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.wait(3)
    desk.door_closes(door)
    desk.wait(60)
    assert desk.screen().name == "attract"
    assert desk.compartment(door).state is CompartmentState.FREE


@pytest.mark.parametrize(("answer", "state"), [("yes", CompartmentState.OCCUPIED), ("no", CompartmentState.FREE)])
def test_shut_at_once_is_asked_about(answer: str, state: CompartmentState) -> None:
    desk, door = placing()
    desk.wait(0.5)
    desk.door_closes(door)
    assert desk.screen().name == "is_it_inside"
    desk.tap(answer)
    assert desk.compartment(door).state is state


def test_i6_shut_at_once_without_an_answer_is_looked_into() -> None:
    desk, door = placing()
    desk.wait(0.5)
    desk.door_closes(door)
    desk.wait(60)
    assert desk.compartment(door).state is CompartmentState.REVIEW


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_not_closed_and_the_customer_leaves_alarm_and_a_look(sensor: ContentSensor) -> None:
    desk, door = placing(content=sensor)
    desk.holds(door, Content.PRESENT)
    desk.wait(200)
    assert desk.last(events.AlarmRaised).what == "drop_off_left_open"
    assert desk.screen().name == "attract"
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.of(events.ParcelDeposited) == []


# -- the door -------------------------------------------------------------------------------------------------------


def test_jammed_another_door_by_itself() -> None:
    desk = announced()
    desk.scan(code(desk))
    first = desk.tap("M").door
    desk.wait(12)
    assert (desk.screen().name, desk.screen().door != first) == ("opening", True)
    desk.put(desk.screen().door)
    assert desk.screen().name == "receipt"
    assert desk.compartment(first).state is CompartmentState.OUT_OF_SERVICE


def test_too_late_the_same_door_is_tried_again() -> None:
    desk = announced()
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(code(desk))
    shown = desk.tap("M")
    assert shown.name == "too_late"
    assert desk.tap("try_again").door == shown.door


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("way", ["end", "idle", "another code"])
def test_i6_too_late_and_given_up_the_compartment_does_not_stay_held(way: str, sensor: ContentSensor) -> None:
    desk = announced(content=sensor)
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(code(desk))
    door = desk.tap("M").door
    if way == "end":
        desk.tap("end")
    elif way == "idle":
        desk.wait(60)
    else:
        desk.scan(desk.code(sent("JD0001")))
        desk.wait(60)
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    assert desk.compartment(door).state is expected
    let_and_freed(desk)


def test_no_status_after_the_pulse_another_door() -> None:
    desk = announced()
    desk.scan(code(desk))
    door = desk.tap("M").door
    desk.door_silent(door)
    desk.wait(6)
    assert desk.screen().name == "opening"
    assert desk.screen().door != door


def test_a_drop_off_that_is_cut_off_and_found_is_a_return_and_not_for_pickup() -> None:
    desk, door = placing()
    desk.reboot()
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    desk.number_comes()
    desk.tap("look")
    desk.tap("open")
    desk.door_opens(door)
    desk.wait(3)
    desk.tap("parcel")
    desk.door_closes(door)
    assert desk.parcel(RETURN).state is ParcelState.RETURNING
    assert desk.screen().params["to_collect"] == 1


def test_a_drop_off_that_is_cut_off_cannot_be_taken_out_with_a_pickup_code_of_its_right() -> None:
    desk, door = placing()
    desk.reboot()
    desk.door_closes(door)
    assert desk.parcel(RETURN).state is ParcelState.UNCERTAIN
    assert desk.scan(desk.code(RETURN)).name == "refused"


# -- a cut while the door stands open, and the customer is still there ------------------------------------------------


@pytest.mark.parametrize("shows", ["code", "label"])
def test_i2_who_comes_back_to_an_open_door_after_a_cut_gets_that_door_and_no_other(shows: str) -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.reboot()
    if shows == "code":
        desk.scan(code(desk))
    else:
        desk.tap("send")
        desk.scan(RETURN.tracking)
    assert (desk.screen().name, desk.screen().door) == ("place", door)
    assert len(desk.of(events.CompartmentLet)) == 1
    desk.holds(door, Content.PRESENT)
    desk.door_closes(door)
    assert desk.screen().name == "receipt"
    assert [event.door for event in desk.of(events.ParcelDeposited)] == [door]


def test_i6_after_a_cut_who_closes_a_door_without_a_sensor_is_asked_what_is_behind_it() -> None:
    desk, door = placing()
    desk.reboot()
    desk.scan(code(desk))
    desk.wait(5)
    desk.door_closes(door)
    assert desk.screen().name == "is_it_inside"
    desk.tap("yes")
    assert desk.last(events.ParcelDeposited).evidence is Evidence.PERSON
    assert desk.screen().name == "receipt"


def test_after_a_cut_an_open_door_that_was_left_alone_goes_to_review_and_the_screen_home() -> None:
    desk, door = placing()
    desk.reboot()
    desk.wait(200)
    desk.scan(code(desk))
    assert desk.screen().name == "place"
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.screen().name == "attract"


def test_while_a_closed_door_is_not_yet_judged_the_same_return_gets_no_second_one() -> None:
    desk, door = placing(content=ContentSensor.SCALE)
    desk.reboot()
    desk.sensors_answer = False
    desk.door_closes(door)
    desk.scan(code(desk))
    assert desk.screen().name == "one_moment"
    desk.tap("try_again")
    assert len(desk.of(events.CompartmentLet)) == 1


def test_a_return_code_before_the_camera_is_not_disturbed_by_itself() -> None:
    back = sent("RR000401", reservation="ee" * 8)
    desk = Desk()
    desk.announce(back, parcel_kind="return")
    desk.scan(desk.code(back, purpose=Purpose.DROP_OFF))
    number = desk.screen().number
    desk.scan(desk.code(back, purpose=Purpose.DROP_OFF))
    assert (desk.screen().name, desk.screen().number) == ("choose_size", number)

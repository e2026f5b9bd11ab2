"""Who the courier is, what is said before anything is unloaded, and how the session ends."""

from __future__ import annotations

import pytest

from edge.core import events, inputs
from edge.core.orders import Revoke
from edge.core.refusal import Refusal
from edge.core.site import Policy
from edge.core.words import ClockTrust, CompartmentState, ContentSensor, ParcelState, Purpose, Role, Size
from tests.core.deposits import JD, ready
from tests.core.desk import COURIER_BADGE, COURIER_NUMBER, COURIER_PIN, DAY_S, TECHNICIAN_PIN, Desk, sent, wall
from tests.core.rounds import OTHER_BADGE, other_courier_code, other_courier_comes, roster
from tests.credentials.known_keys import NOW_S


def clock_later(desk: Desk, days: float) -> None:
    """Days pass at the desk; the cloud says so."""
    desk.clock(NOW_S + round(days * DAY_S))
    desk.tell(inputs.SignedTime(NOW_S + round(days * DAY_S), "watermark"))


# -- the badge ------------------------------------------------------------------------------------------------------


def test_a_badge_asks_for_its_pin() -> None:
    desk = Desk()
    shown = desk.scan(desk.courier_code())
    assert (shown.name, shown.entry) == ("badge_pin", "pin")
    assert desk.pin(COURIER_PIN).name == "ready"
    assert desk.last(events.CourierEntered).badge == COURIER_BADGE


def test_the_badge_still_before_the_camera_does_not_disturb_the_pin() -> None:
    desk = Desk()
    number = desk.scan(desk.courier_code()).number
    assert desk.scan(desk.courier_code()).number == number


def test_the_second_factor_is_wrong() -> None:
    desk = Desk()
    desk.scan(desk.courier_code())
    shown = desk.pin("00000000")
    assert (shown.name, shown.params["reason"]) == ("refused", Refusal.WRONG_SECOND_FACTOR)
    assert desk.state.pin.failures == 1
    assert desk.tap("back").name == "attract"


def test_a_good_second_factor_ends_the_row_of_failures() -> None:
    desk = Desk()
    desk.scan(desk.courier_code())
    desk.pin("00000000")
    desk.tap("back")
    desk.courier_comes()
    assert desk.state.pin.failures == 0


def test_without_its_pin_a_badge_is_nobody_when_the_limiter_waits() -> None:
    desk = Desk()
    for _ in range(5):
        desk.scan(desk.courier_code())
        desk.pin("00000000")
    desk.scan(desk.courier_code())
    assert desk.pin(COURIER_PIN).params["reason"] == Refusal.TOO_MANY_PINS
    assert desk.tap("back").name == "attract"
    desk.scan(JD.tracking)
    assert desk.of(events.CompartmentLet) == []


@pytest.mark.parametrize("what", ["another code", "no code", "a label"])
def test_without_its_pin_a_badge_is_nobody_whatever_is_shown_next(what: str) -> None:
    desk = Desk()
    desk.scan(desk.courier_code())
    desk.scan({"another code": desk.code(JD), "no code": "LK1:NONSENSE", "a label": JD.tracking}[what])
    if desk.screen().name == "refused":
        desk.tap("back")
    desk.scan(JD.tracking)
    assert desk.of(events.CompartmentLet) == []
    assert desk.memory.session is None or desk.memory.session.role is Role.CUSTOMER


def test_a_label_does_not_disturb_the_pin_of_a_badge() -> None:
    desk = Desk()
    desk.scan(desk.courier_code())
    desk.scan(JD.tracking)
    assert desk.pin(COURIER_PIN).name == "ready"


def test_courier_number_and_pin() -> None:
    desk = Desk()
    desk.tap("courier")
    assert desk.enter(COURIER_NUMBER).name == "badge_pin"
    assert desk.pin(COURIER_PIN).name == "ready"


def test_a_courier_number_that_nobody_has() -> None:
    desk = Desk()
    desk.tap("courier")
    assert desk.enter("99999999").params["reason"] == Refusal.UNKNOWN_BADGE


def test_without_a_roster_no_badge_acts() -> None:
    desk = Desk(roster=False)
    assert desk.scan(desk.courier_code()).params["reason"] == Refusal.NO_ROSTER


def test_a_badge_that_is_not_in_the_roster() -> None:
    desk = Desk()
    assert desk.scan(other_courier_code(desk)).params["reason"] == Refusal.UNKNOWN_BADGE


def test_the_badge_has_ended_in_the_roster() -> None:
    desk = Desk()
    roster(desk, until=NOW_S - 1)
    assert desk.scan(desk.courier_code()).params["reason"] == Refusal.BADGE_ENDED


def test_the_badge_itself_has_expired() -> None:
    desk = Desk()
    code = desk.courier_code(expires_s=NOW_S + 60)
    desk.skip(120)
    assert desk.scan(code).params["reason"] == Refusal.EXPIRED


def test_the_badge_was_revoked() -> None:
    desk = Desk()
    desk.order(Revoke(COURIER_BADGE, 0))
    assert desk.scan(desk.courier_code()).params["reason"] == Refusal.REVOKED


@pytest.mark.parametrize(("days", "reason"), [(6.9, ""), (7.1, Refusal.ROSTER_TOO_OLD)])
def test_a_roster_of_seven_days_stops_deposits(days: float, reason: str) -> None:
    desk = Desk()
    clock_later(desk, days)
    shown = desk.scan(desk.courier_code())
    assert shown.params.get("reason", "") == reason


@pytest.mark.parametrize(("days", "reason"), [(7.1, ""), (13.9, ""), (14.1, Refusal.ROSTER_TOO_OLD)])
def test_a_roster_of_fourteen_days_stops_service(days: float, reason: str) -> None:
    desk = Desk()
    clock_later(desk, days)
    shown = desk.scan(desk.technician_code())
    assert shown.params.get("reason", "") == reason


def test_a_roster_that_is_old_only_by_a_clock_that_is_not_trusted_goes_on() -> None:
    desk = Desk()
    desk.clock(NOW_S + 400 * DAY_S, ClockTrust.RTC)
    assert desk.scan(desk.courier_code(expires_s=NOW_S + 2 * DAY_S)).name == "badge_pin"


def test_a_technician_cannot_deposit() -> None:
    desk = Desk()
    desk.scan(desk.technician_code())
    assert desk.pin(TECHNICIAN_PIN).name == "ready"
    assert desk.scan(JD.tracking).params["reason"] == Refusal.NOT_PERMITTED
    assert desk.tap("back").name == "ready"


# -- before unloading -----------------------------------------------------------------------------------------------


def test_before_unloading_free_doors_by_size_expected_and_what_to_empty() -> None:
    desk = Desk(stands={5: sent("JD0005")})
    desk.announce(JD)
    desk.announce(sent("JD0124"))
    desk.announce(sent("RT0001"), parcel_kind="return")
    desk.announce(sent("GL0001", carrier="gls"))
    desk.skip(8 * DAY_S)
    desk.skip(60)
    roster(desk)
    params = desk.courier_comes(purpose=Purpose.COLLECTION).params
    assert params["free"] == {"S": 2, "M": 2, "L": 1, "XL": 2}
    assert params["expected"] == 2
    assert params["to_collect"] == 1
    assert not params["full"]


def test_full_is_said_before_unloading() -> None:
    desk = Desk(compartments=wall(sizes=(Size.S,)), stands={1: sent("JD0005")})
    shown = desk.courier_comes()
    assert (shown.name, shown.params["full"]) == ("ready", True)


def test_a_used_up_share_of_the_carrier_is_said_before_unloading() -> None:
    desk = Desk(policy=Policy(carrier_quota_percent={"dpd": 12}), stands={1: sent("JD0005")})
    assert desk.courier_comes().params["quota"]


# -- the end --------------------------------------------------------------------------------------------------------


def test_offline_the_deposits_will_be_sent_when_the_network_is_back() -> None:
    desk = ready()
    for label in ("JD0001", "JD0002", "JD0003"):
        desk.deposit(sent(label))
    shown = desk.tap("end")
    assert (shown.name, shown.params["in"], shown.params["waiting"]) == ("summary", 3, 3)
    assert shown.offline


def test_totals_and_differences_at_the_end() -> None:
    desk = Desk()
    desk.link(True)
    for label in ("JD0001", "JD0002", "JD0003"):
        desk.announce(sent(label))
    desk.courier_comes()
    desk.deposit(sent("JD0001"))
    shown = desk.tap("end")
    assert (shown.params["in"], shown.params["expected"], shown.params["waiting"]) == (1, 2, False)
    left = desk.last(events.CourierLeft)
    assert (left.deposited, left.collected, left.reason) == (1, 0, "ended")
    desk.wait(9)
    assert desk.screen().name == "attract"


def test_who_reads_the_totals_is_nobody_any_more() -> None:
    desk = ready()
    desk.tap("end")
    desk.scan(JD.tracking)
    assert desk.of(events.CompartmentLet) == []


def test_auto_logout() -> None:
    desk = ready()
    desk.wait(31)
    assert desk.screen().idle
    assert "more_time" in desk.screen().choices
    desk.wait(20)
    assert desk.screen().name == "attract"
    assert desk.last(events.CourierLeft).reason == "idle"
    desk.scan(JD.tracking)
    assert desk.of(events.CompartmentLet) == []


def test_two_couriers_in_a_row() -> None:
    desk = Desk()
    roster(desk)
    desk.courier_comes()
    desk.deposit(sent("JD0001"))
    assert other_courier_comes(desk).params["in"] == 0
    assert [(e.badge, e.deposited) for e in desk.of(events.CourierLeft)] == [(COURIER_BADGE, 1)]
    desk.deposit(sent("JD0002"))
    desk.tap("end")
    assert [(e.badge, e.deposited) for e in desk.of(events.CourierLeft)][1:] == [(OTHER_BADGE, 1)]


def test_the_second_courier_does_not_interrupt_the_first_ones_door() -> None:
    desk = Desk()
    roster(desk)
    desk.courier_comes()
    door = desk.scan("JD0001").door
    desk.door_opens(door)
    assert desk.scan(other_courier_code(desk)).name == "put"
    desk.wait(3)
    desk.door_closes(door)
    assert desk.parcel(sent("JD0001")).state is ParcelState.STANDING
    assert other_courier_comes(desk).name == "ready"


def test_a_door_that_the_first_courier_left_open_is_not_the_second_ones() -> None:
    desk = Desk(content=ContentSensor.SCALE)
    roster(desk)
    desk.courier_comes()
    door = desk.scan("JD0001").door
    desk.door_opens(door)
    desk.wait(200)
    other_courier_comes(desk)
    desk.door_closes(door)
    assert desk.screen().name == "ready"
    assert desk.screen().params["in"] == 0
    assert desk.compartment(door).state is CompartmentState.FREE


def test_a_customer_comes_while_a_courier_has_forgotten_to_end() -> None:
    desk = Desk(stands={5: sent("JD0005")})
    desk.courier_comes()
    assert desk.scan(desk.code(sent("JD0005"))).name == "opening"
    assert desk.last(events.CourierLeft).reason == "next_person"

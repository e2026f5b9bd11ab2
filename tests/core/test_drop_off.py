"""Drop-off: code or label, second factor, what is refused, and the receipt.

I2: a return that was dropped off is dropped off once, and comes out on no pickup code.
"""

from __future__ import annotations

import pytest

from edge.core import events, inputs
from edge.core.orders import Cancel, Revoke
from edge.core.refusal import Refusal
from edge.core.words import AuthorityKind, Content, ContentSensor, Evidence, ParcelState, Purpose, Size
from tests.core.desk import Desk, sent
from tests.core.drop_offs import RETURN, SENSORS, announced, code, placing
from tests.credentials.known_keys import NOW_S, SITE

# -- presenting -------------------------------------------------------------------------------------------------------


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


def test_the_receipt_stays_until_it_could_be_photographed_then_everything_is_forgotten() -> None:
    desk, door = placing()
    desk.put(door)
    desk.wait(25)
    assert desk.screen().name == "receipt"
    desk.wait(6)
    assert desk.screen().name == "attract"
    assert desk.memory.session is None


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


def test_a_return_code_before_the_camera_is_not_disturbed_by_itself() -> None:
    back = sent("RR000401", reservation="ee" * 8)
    desk = Desk()
    desk.announce(back, parcel_kind="return")
    desk.scan(desk.code(back, purpose=Purpose.DROP_OFF))
    number = desk.screen().number
    desk.scan(desk.code(back, purpose=Purpose.DROP_OFF))
    assert (desk.screen().name, desk.screen().number) == ("choose_size", number)


# -- by its label -----------------------------------------------------------------------------------------------------


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


# -- second factor ----------------------------------------------------------------------------------------------------


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


# -- refused ----------------------------------------------------------------------------------------------------------


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

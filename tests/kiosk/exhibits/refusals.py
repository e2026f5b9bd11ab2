"""Every reason to refuse a code, a PIN, a badge or a label, with what the screen then says of it."""

from __future__ import annotations

from typing import Any, Final

from msgspec import structs

from edge.core import cose, inputs
from edge.core.claims import Claims, claims_payload
from edge.core.orders import Cancel, Revoke
from edge.core.roster import Roster
from edge.core.site import Policy
from edge.core.words import PulseOutcome, Purpose
from sync.hub.issue import Issuer, sign_roster
from tests.core.desk import DAY_S, OTHER_SITE, Desk, make_roster, sent
from tests.core.screen_routes import tapped, waited
from tests.credentials.known_keys import COMMAND, NEXT_PICKUP, NOW_S, OLD_PICKUP, OTHER_PICKUP, PICKUP, UNLISTED
from tests.credentials.test_mutated_codes import to_text
from tests.kiosk.exhibits.couriers import badge_shown
from tests.kiosk.exhibits.hall import (
    HER_DOOR,
    HERS,
    NEW,
    NEWER,
    RETURN,
    Scene,
    Sees,
    courier,
    hall,
    offline,
    returning,
    standing,
)
from tests.kiosk.exhibits.nobody import full

WRONG: Final = "98765432"


# -- codes ----------------------------------------------------------------------------------------------------------


def _shown(desk: Desk | None = None, **more: Any) -> Desk:
    desk = desk or standing()
    desk.scan(desk.code(HERS, **more))
    return desk


def _scanned(desk: Desk, text: str) -> Desk:
    desk.scan(text)
    return desk


def _signed(issuer: Issuer, claims: bytes, *, by: Issuer | None = None) -> str:
    return to_text(cose.sign(claims, issuer.key.kid, (by or issuer).private))


def _claims(desk: Desk, purpose: Purpose = Purpose.PICKUP) -> bytes:
    right = bytes.fromhex(HERS.reservation)
    return claims_payload(Claims(right, desk.site.number, NOW_S + 40 * DAY_S, purpose=purpose))


def _of_another_release(desk: Desk, claim: int, value: int) -> str:
    """A code that says what this release does not know."""
    fields = {4: NOW_S + 40 * DAY_S, 7: bytes.fromhex(HERS.reservation), -1: desk.site.number, claim: value}
    return _signed(PICKUP, cose.encode(fields))


def _ordered(desk: Desk, *orders: Any) -> Desk:
    for each in orders:
        desk.order(each)
    return desk


def _newer_code_known() -> Desk:
    desk = standing()
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(desk.code(HERS, generation=2))
    desk.tap("end")
    return _shown(desk, generation=1)


def _announced(**more: Any) -> Desk:
    desk = hall()
    desk.announce(HERS, **more)
    return desk


def _used() -> Desk:
    desk = standing(Sees)
    desk.scan(desk.code(HERS))
    desk.take(HER_DOOR)
    return _shown(waited(desk, 200))


def _overdue() -> Desk:
    desk = standing(policy=Policy(overdue_pickup="refuse"))
    desk.skip(8 * DAY_S)
    desk.wait(90)
    return _shown(desk)


def _opened_too_often() -> Desk:
    desk = standing(Sees)
    desk.scan(desk.code(HERS))
    for _ in range(5):
        desk.door_opens(HER_DOOR)
        desk.wait(3)
        desk.door_closes(HER_DOOR)
    return desk


def _code_refusals() -> dict[str, Scene]:
    return {
        "malformed": lambda: _scanned(standing(), "https://parcels.example/42"),
        "malformed.pin": lambda: _typed(standing(), "123"),
        "other_site": lambda: _shown(site=OTHER_SITE),
        "other_site.unknown": lambda: _shown(site=4_294_967),
        "other_site.offline": lambda: _shown(offline(standing()), site=OTHER_SITE),
        "unknown_claim": lambda: _scanned(desk := standing(), _of_another_release(desk, -9, 1)),
        "unknown_purpose": lambda: _scanned(desk := standing(), _of_another_release(desk, -2, 20)),
        "unknown_key": lambda: _shown(issuer=UNLISTED),
        "unknown_key.offline": lambda: _shown(offline(standing()), issuer=UNLISTED),
        "key_not_valid_yet": lambda: _shown(issuer=NEXT_PICKUP),
        "key_expired": lambda: _scanned(desk := standing(), _signed(OLD_PICKUP, _claims(desk))),
        "key_purpose": lambda: _scanned(desk := standing(), _signed(PICKUP, _claims(desk, Purpose.SERVICE))),
        "key_carrier": lambda: _shown(issuer=OTHER_PICKUP),
        "bad_signature": lambda: _scanned(desk := standing(), _signed(PICKUP, _claims(desk), by=UNLISTED)),
        "revoked": lambda: _shown(_ordered(standing(), Revoke(HERS.reservation, 0))),
        "superseded": _newer_code_known,
        "not_yet_valid": lambda: _shown(not_before_s=NOW_S + 3 * DAY_S),
        "expired": lambda: _shown(hall(), expires_s=NOW_S - DAY_S),
        "not_here_yet": lambda: _shown(_announced()),
        "already_used": _used,
        "overdue": _overdue,
        "cancelled": lambda: _shown(_ordered(_announced(), Cancel(HERS.parcel))),
        "taken_back": lambda: _shown(_ordered(standing(), Cancel(HERS.parcel))),
        "too_many_openings": _opened_too_often,
        "restoring": lambda: _shown(hall(restored=False)),
    }


# -- PINs -----------------------------------------------------------------------------------------------------------


def _typed(desk: Desk, digits: str) -> Desk:
    desk.tap("pin")
    desk.pin(digits)
    return desk


def _typed_again(desk: Desk, digits: str, times: int) -> Desk:
    for _ in range(times):
        if desk.screen().name == "refused":
            desk.tap("back")
        _typed(desk, digits)
    return desk


def _pin_is_second_factor() -> Desk:
    desk = _announced(second_factor=True)
    courier(desk)
    desk.deposit(HERS)
    desk.tap("end")
    desk.wait(10)
    return _typed(desk, HERS.pin)


def _wrong_second_factor() -> Desk:
    desk = _shown(second_factor=True)
    desk.pin(WRONG)
    return desk


def _wrong_badge_pin(times: int = 1) -> Desk:
    desk = badge_shown()
    for _ in range(times):
        desk.pin(WRONG)
        if times > 1 and desk.screen().params.get("reason") != "too_many_pins":
            desk.tap("back")
            desk.scan(desk.courier_code())
    return desk


def _pin_refusals() -> dict[str, Scene]:
    return {
        "needs_second_factor": _pin_is_second_factor,
        "wrong_second_factor": _wrong_second_factor,
        "wrong_second_factor.badge": _wrong_badge_pin,
        "unknown_pin": lambda: _typed(standing(), WRONG),
        "unknown_pin.offline": lambda: _typed(offline(standing()), WRONG),
        "unknown_pin.wait": lambda: _typed_again(standing(), WRONG, 5),
        "too_many_pins": lambda: _typed_again(standing(), WRONG, 6),
        "too_many_pins.badge": lambda: _wrong_badge_pin(6),
    }


# -- badges ---------------------------------------------------------------------------------------------------------


def _roster(desk: Desk, **badge: Any) -> Desk:
    """A new roster, in which the courier's badge is changed as said."""
    first, *others = make_roster(site=desk.site.number).badges
    roster = Roster(
        site=desk.site.number, issued_at=NOW_S, version=2, badges=(structs.replace(first, **badge), *others)
    )
    desk.tell(inputs.Document("roster", sign_roster(roster, COMMAND)))
    return desk


def _old_roster() -> Desk:
    desk = hall()
    desk.clock(NOW_S + 8 * DAY_S)
    desk.signed_time()
    desk.scan(desk.courier_code())
    return desk


def _badge(desk: Desk) -> Desk:
    desk.scan(desk.courier_code())
    return desk


def _number_of_nobody() -> Desk:
    desk = tapped(hall(), "courier")
    desk.enter("90001234")
    return desk


def _badge_refusals() -> dict[str, Scene]:
    return {
        "unknown_badge": _number_of_nobody,
        "badge_ended": lambda: _badge(_roster(hall(), until=NOW_S - DAY_S)),
        "no_roster": lambda: _badge(hall(roster=False)),
        "roster_too_old": _old_roster,
        "not_permitted": lambda: _label(_roster(hall(), permissions=("collect_overdue",))),
        "expired.badge": lambda: _scanned(desk := hall(), desk.courier_code(expires_s=NOW_S - 60)),
    }


# -- labels ---------------------------------------------------------------------------------------------------------


def _label(desk: Desk, tracking: str = NEW.tracking) -> Desk:
    """A courier with a badge scans this label."""
    desk.courier_comes()
    desk.scan(tracking)
    return desk


def _told(desk: Desk, *orders: Any, carrier: str = "dpd") -> Desk:
    desk.announce(sent(NEW.tracking, carrier=carrier))
    return _label(_ordered(desk, *orders))


def _does_not_fit_anywhere() -> Desk:
    """It does not fit, and nothing larger is free: the open door is to be shut with nothing inside."""
    every = {plan.door: sent(f"JD0146000068234{plan.door:05}") for plan in hall().site.compartments}
    small = {door: parcel for door, parcel in every.items() if door not in (1, 2)}
    desk = courier(hall(stands=small))
    desk.scan(NEW.tracking)
    desk.door_opens(desk.screen().door)
    return tapped(desk, "does_not_fit")


def _no_door_to_send() -> Desk:
    desk = full()
    desk.announce(RETURN, parcel_kind="return")
    desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF))
    return desk


def _no_space(desk: Desk) -> Desk:
    desk.tell(inputs.Space("reserve"))
    return desk


def _sent_at(desk: Desk, tracking: str) -> Desk:
    desk.tap("send")
    desk.enter(tracking)
    return desk


def _handed_in() -> Desk:
    """The door is shut: what was handed in is not given out again."""
    desk = returning(Sees, "S")
    desk.put(desk.screen().door)
    desk.tap("end")
    desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF))
    return desk


def _label_refusals() -> dict[str, Scene]:
    return {
        "wrong_carrier": lambda: _told(hall(), carrier="gls"),
        "label_unreadable": lambda: _label(hall(), "?"),
        "label_unreadable.send": lambda: _sent_at(hall(), "?"),
        "not_announced": lambda: _label(hall(policy=Policy(unannounced="refuse"))),
        "not_announced.send": lambda: _sent_at(hall(), NEWER.tracking),
        "already_here": lambda: _label(standing(), HERS.tracking),
        "already_used.handed_in": _handed_in,
        "redirected": lambda: _told(hall(), Cancel(NEW.parcel, "redirected")),
        "cancelled.label": lambda: _told(hall(), Cancel(NEW.parcel)),
        "no_free_compartment": _does_not_fit_anywhere,
        "no_free_compartment.drop-off": _no_door_to_send,
        "no_free_compartment.full": lambda: _label(full()),
        "carrier_quota": lambda: _label(hall(policy=Policy(carrier_quota_percent={"dpd": 0}))),
        "restoring.label": lambda: _label(hall(restored=False)),
        "out_of_order": lambda: _label(_no_space(hall())),
    }


REFUSALS: Final[dict[str, Scene]] = {
    f"refused.{name}": scene
    for some in (_code_refusals(), _pin_refusals(), _badge_refusals(), _label_refusals())
    for name, scene in some.items()
}

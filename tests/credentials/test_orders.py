"""Commands: signed by the right key, numbered, expiring, and an order to open answers a nonce (I10)."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from edge.core.documents import MAX_NUMBER_LEAP, DocumentRefused, DocumentType, Here, RefusedBecause, sign_document
from edge.core.judgement import JudgementTime
from edge.core.orders import (
    MAX_ORDER_BYTES,
    NONCE_LIFE_S,
    Announce,
    Cancel,
    Extend,
    InService,
    Open,
    OrderRefused,
    OutOfService,
    Particulars,
    Revoke,
    SignedOrder,
    SignedTimeReset,
    TakeKeys,
    TakeRoster,
    TakeStanding,
    TellTime,
    TimeReset,
    What,
    accept_time_reset,
    answers_nonce,
    verify_order,
)
from edge.core.roster import MAX_ROSTER_BYTES
from sync.hub.issue import Issuer, mint_code, sign_keys, sign_order, sign_time_reset
from tests.credentials.known_keys import (
    BUNDLE,
    COMMAND,
    GROUP,
    HERE,
    NOW,
    NOW_S,
    OPENING,
    PICKUP,
    ROOT,
    SITE,
    UNLISTED,
    UNSYNCED,
    private,
)
from tests.credentials.test_code import PLAIN, code_bytes

OPEN = Open(door=7, nonce=bytes(range(16)), reason="customer on the telephone")
ORDERS: tuple[What, ...] = (
    Announce(
        parcel="11" * 8,
        reservation="22" * 8,
        carrier="dpd",
        particulars=Particulars(tracking="JD0146", recipient="M. K.", pin=bytes(16)),
    ),
    Cancel(parcel="11" * 8),
    Revoke(reservation="22" * 8, generation=3),
    Extend(parcel="11" * 8, by_s=86_400),
    TakeRoster(document=b"roster"),
    TakeStanding(document=b"standing"),
    TakeKeys(document=b"keys"),
    OPEN,
    OutOfService(door=7, reason="broken hinge"),
    InService(door=7),
    TellTime(),
    TimeReset(document=b"reset"),
)


def signer(what: What) -> Issuer:
    return OPENING if isinstance(what, Open) else COMMAND


def refused(data: bytes, last_number: int = 4, at: JudgementTime = NOW, here: Here = HERE) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        verify_order(last_number, data, BUNDLE, here, at)
    return caught.value


def order_of(what: dict[str, Any], by: Issuer = COMMAND) -> bytes:
    order = SignedOrder(site=SITE, issued_at=NOW_S, expires_at=NOW_S + 60, number=5, what=what)
    return sign_document(order, DocumentType.ORDER, by.key.kid, by.private)


@pytest.mark.parametrize("what", ORDERS, ids=lambda what: type(what).__name__)
def test_every_kind_is_read_back_as_it_was_signed(what: What) -> None:
    order = verify_order(4, sign_order(SITE, 5, what, NOW_S, signer(what)), BUNDLE, HERE, NOW)
    assert (order.number, order.issued_at_s, order.what) == (5, NOW_S, what)


def test_every_kind_is_in_the_table_above() -> None:
    assert {type(what) for what in ORDERS} == set(get_args(What))


@pytest.mark.parametrize("what", ORDERS, ids=lambda what: type(what).__name__)
def test_i10_opening_is_a_right_of_its_own(what: What) -> None:
    wrong = COMMAND if isinstance(what, Open) else OPENING
    kind = msgspec.to_builtins(what, builtin_types=(bytes,))
    assert refused(order_of(kind, wrong)).reason is RefusedBecause.KEY_PURPOSE


@pytest.mark.parametrize("kind", ["brake", "coil", "door_map", "root", "enrol", "free", "Open", ""])
def test_i10_no_order_can_touch_brake_coils_doors_root_enrolment_or_free_a_compartment(kind: str) -> None:
    answer = refused(order_of({"kind": kind, "door": 7}))
    assert answer.reason is RefusedBecause.UNKNOWN_KIND
    assert isinstance(answer, OrderRefused)
    assert answer.number == 5


def test_i10_an_order_to_open_answers_the_nonce_of_the_last_minute() -> None:
    assert answers_nonce(OPEN, bytes(range(16)), made_s=100.0, now_s=100.0 + NONCE_LIFE_S)
    assert not answers_nonce(OPEN, bytes(range(16)), made_s=100.0, now_s=100.1 + NONCE_LIFE_S)
    assert not answers_nonce(OPEN, bytes(16), made_s=100.0, now_s=101.0)
    assert not answers_nonce(OPEN, b"", made_s=0.0, now_s=1.0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (sign_order(SITE, 4, TellTime(), NOW_S, COMMAND), RefusedBecause.NOT_NEWER),
        (sign_order(SITE, 2**53 - 1, TellTime(), NOW_S, COMMAND), RefusedBecause.TOO_FAR),
        (sign_order(SITE, 5 + MAX_NUMBER_LEAP, TellTime(), NOW_S, COMMAND), RefusedBecause.TOO_FAR),
        (sign_order(SITE + 1, 5, TellTime(), NOW_S, COMMAND), RefusedBecause.OTHER_SITE),
        (sign_order(GROUP, 5, TellTime(), NOW_S, COMMAND), RefusedBecause.OTHER_SITE),
        (sign_order(0, 5, TellTime(), NOW_S, COMMAND), RefusedBecause.OTHER_SITE),
        (order_of({"kind": "time"}, UNLISTED), RefusedBecause.UNKNOWN_KEY),
        (order_of({"kind": "time"}, PICKUP), RefusedBecause.KEY_PURPOSE),
        (b"", RefusedBecause.MALFORMED),
        (bytes(MAX_ORDER_BYTES + 1), RefusedBecause.MALFORMED),
        (code_bytes(mint_code(PLAIN, PICKUP)), RefusedBecause.MALFORMED),
    ],
)
def test_refused_without_using_up_a_number(data: bytes, reason: RefusedBecause) -> None:
    answer = refused(data)
    assert answer.reason is reason
    assert not isinstance(answer, OrderRefused)


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "in_service"},
        {"kind": "in_service", "door": 0},
        {"kind": "in_service", "door": "7"},
        {"kind": "in_service", "door": 7, "force": True},
        {"kind": "open", "door": 7, "nonce": bytes(15), "reason": "x"},
        {"kind": "open", "door": 7, "nonce": bytes(16), "reason": ""},
        {"kind": "extend", "parcel": "11" * 8, "by_s": 10**9},
        {"kind": "revoke", "reservation": "../../etc/passwd", "generation": 0},
        {"kind": "cancel", "parcel": "11" * 8, "reason": "because"},
        {"kind": "announce", "parcel": "11" * 8, "reservation": "22" * 8, "carrier": "DPD"},
        {"kind": "announce", "parcel": "11" * 8, "reservation": "22" * 8, "carrier": "dpd", "size": "XXL"},
        {
            "kind": "announce",
            "parcel": "11" * 8,
            "reservation": "22" * 8,
            "carrier": "dpd",
            "particulars": {"pin": "AAAAAAAAAAAAAAAAAAAAAA=="},  # bytes are bytes here, not base64
        },
    ],
)
def test_a_signed_order_out_of_its_bounds_is_refused_and_uses_up_its_number(what: dict[str, Any]) -> None:
    answer = refused(order_of(what, OPENING if what["kind"] == "open" else COMMAND))
    assert answer.reason is RefusedBecause.MALFORMED
    assert isinstance(answer, OrderRefused)
    assert (answer.number, answer.kind) == (5, what["kind"])


def test_the_numbers_of_orders_rise_but_do_not_leap() -> None:
    """One near 2^53 would block every number before it for ever; a site that has handled none goes on anywhere."""
    for last, number in ((4, 4 + MAX_NUMBER_LEAP), (0, 2**53 - 1)):
        assert (
            verify_order(last, sign_order(SITE, number, TellTime(), NOW_S, COMMAND), BUNDLE, HERE, NOW).number == number
        )


def test_an_expired_order_is_never_executed_late() -> None:
    data = sign_order(SITE, 5, TellTime(), NOW_S, COMMAND)
    late = JudgementTime(trusted=True, wall_s=NOW_S + 8 * 86_400, floor_s=NOW_S)
    answer = refused(data, at=late)
    assert answer.reason is RefusedBecause.EXPIRED
    assert isinstance(answer, OrderRefused)
    assert answer.number == 5


def test_i9_a_wrong_clock_expires_no_order_but_the_floor_does() -> None:
    data = sign_order(SITE, 5, TellTime(), NOW_S, COMMAND)
    in_2061 = JudgementTime(trusted=False, wall_s=2_871_763_200, floor_s=NOW_S)
    assert verify_order(4, data, BUNDLE, HERE, in_2061).number == 5
    assert refused(data, at=structs.replace(in_2061, floor_s=NOW_S + 8 * 86_400)).reason is RefusedBecause.EXPIRED


def test_i9_a_site_without_time_takes_orders_and_so_learns_the_time() -> None:
    data = sign_order(SITE, 5, TellTime(), NOW_S, COMMAND)
    assert verify_order(4, data, BUNDLE, HERE, UNSYNCED).issued_at_s == NOW_S


def test_the_largest_document_fits_into_an_order() -> None:
    data = sign_order(SITE, 5, TakeRoster(document=bytes(MAX_ROSTER_BYTES)), NOW_S, COMMAND)
    assert verify_order(4, data, BUNDLE, HERE, NOW).number == 5


# -- turning back the clock ----------------------------------------------------------------------------------------

RESET = SignedTimeReset(site=SITE, issued_at=NOW_S, version=2, to=NOW_S)
ROOT_PUBLIC = ROOT.public_key().public_bytes_raw()


def test_only_the_root_turns_back_the_clock_and_only_once() -> None:
    data = sign_time_reset(RESET, ROOT)
    assert accept_time_reset(1, data, ROOT_PUBLIC, HERE) == RESET
    for last, spoilt, reason in (
        (2, data, RefusedBecause.NOT_NEWER),
        (1, sign_time_reset(structs.replace(RESET, site=0), ROOT), RefusedBecause.OTHER_SITE),
        (1, sign_time_reset(RESET, private("thief")), RefusedBecause.BAD_SIGNATURE),
        (1, sign_document(RESET, DocumentType.TIME_RESET, b"\3\1", COMMAND.private), RefusedBecause.UNKNOWN_KEY),
        (1, sign_keys(BUNDLE, ROOT), RefusedBecause.MALFORMED),
    ):
        with pytest.raises(DocumentRefused) as caught:
            accept_time_reset(last, spoilt, ROOT_PUBLIC, HERE)
        assert caught.value.reason is reason


# -- any bytes -----------------------------------------------------------------------------------------------------


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_reason(data: bytes) -> None:
    assert refused(data).reason is RefusedBecause.MALFORMED


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_any_flipped_bit_is_refused(place: int, bit: int) -> None:
    data = bytearray(sign_order(SITE, 5, ORDERS[0], NOW_S, COMMAND))
    data[place % len(data)] ^= 1 << bit
    assert not isinstance(refused(bytes(data)), OrderRefused)

"""Vectors of commands."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.documents import DocumentType, ParcelKind, sign_document
from edge.core.orders import (
    Announce,
    Cancel,
    Extend,
    InService,
    Open,
    OutOfService,
    Particulars,
    Revoke,
    SignedOrder,
    SignedTimeReset,
    TakeKeys,
    TellTime,
    TimeReset,
    What,
    accept_time_reset,
    verify_order,
)
from edge.core.pin import pin_verifier
from edge.core.words import Size
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
    PIN_KEY,
    ROOT,
    SITE,
    UNLISTED,
)
from tests.vectors.form import DAY_S, EXP_S, ID, PARCEL, PLAIN, code_bytes, flipped, place, plain, refused


def command() -> dict[str, Any]:
    particulars = Particulars(tracking="01906812345678", recipient="M. K.", pin=pin_verifier(PIN_KEY, "12345678"))
    keys_bytes = sign_keys(msgspec.structs.replace(BUNDLE, version=8), ROOT)
    reset = SignedTimeReset(site=SITE, issued_at=NOW_S, version=1, to=NOW_S)
    reset_bytes = sign_time_reset(reset, ROOT)
    root_public = ROOT.public_key().public_bytes_raw()
    orders: dict[str, What] = {
        "announce": Announce(parcel=PARCEL, reservation=ID.hex(), carrier="dpd", size=Size.M, particulars=particulars),
        "announce a return": Announce(
            parcel=PARCEL, reservation=ID.hex(), carrier="dpd", parcel_kind=ParcelKind.RETURN, heavy=True
        ),
        "cancel": Cancel(parcel=PARCEL, reason="redirected"),
        "revoke": Revoke(reservation=ID.hex(), generation=0),
        "extend": Extend(parcel=PARCEL, by_s=3 * DAY_S),
        "keys": TakeKeys(document=keys_bytes),
        "out of service": OutOfService(door=7, reason="broken hinge"),
        "in service": InService(door=7),
        "time": TellTime(),
        "time reset": TimeReset(document=reset_bytes),
    }
    good = {name: sign_order(SITE, 41, what, NOW_S, COMMAND) for name, what in orders.items()}
    good["open"] = sign_order(SITE, 41, _open(), NOW_S, OPENING)

    def read(data: bytes) -> Any:
        return verify_order(40, data, BUNDLE, HERE, NOW)

    return {
        "about": "Commands. The site has handled number 40. A refusal with `number` uses that number up.",
        "given": {**place(), "bundle": sign_keys(BUNDLE, ROOT).hex(), "last_number": 40},
        "good": [{"name": name, "in": data.hex(), "out": plain(read(data))} for name, data in good.items()],
        "refused": refused(read, _bad_orders()),
        "time_reset": {
            "root_public": root_public.hex(),
            "in": reset_bytes.hex(),
            "out": plain(accept_time_reset(0, reset_bytes, root_public, HERE)),
        },
    }


def _bad_orders() -> dict[str, bytes]:
    plain = sign_order(SITE, 41, TellTime(), NOW_S, COMMAND)
    return {
        "for another site": sign_order(77, 41, TellTime(), NOW_S, COMMAND),
        "for a group": sign_order(GROUP, 41, TellTime(), NOW_S, COMMAND),
        "a number that was handled": sign_order(SITE, 40, TellTime(), NOW_S, COMMAND),
        "a number that leaps": sign_order(SITE, 2**53 - 1, TellTime(), NOW_S, COMMAND),
        "expired": sign_order(SITE, 41, TellTime(), NOW_S - 8 * DAY_S, COMMAND),
        "a kind that nobody knows": _order({"kind": "dance"}, COMMAND),
        "a field that nobody knows": _order({"kind": "in_service", "door": 7, "force": True}, COMMAND),
        "door 0": _order({"kind": "in_service", "door": 0}, COMMAND),
        "to open, signed by a key for other commands": _order(_plain_kind(_open()), COMMAND),
        "not to open, signed by a key for opening": _order({"kind": "time"}, OPENING),
        "signed by a key for pickups": _order({"kind": "time"}, PICKUP),
        "a key that is in no bundle": _order({"kind": "time"}, UNLISTED),
        "signed by another key under this key's id": sign_document(
            SignedOrder(site=SITE, issued_at=NOW_S, expires_at=EXP_S, number=41, what={"kind": "time"}),
            DocumentType.ORDER,
            COMMAND.key.kid,
            OPENING.private,
        ),
        "one bit of the signature flipped": flipped(plain, -1),
        "a byte after the end": plain + b"\x00",
        "a code": code_bytes(mint_code(PLAIN, PICKUP)),
    }


def _open() -> Open:
    return Open(door=7, nonce=bytes(range(16)), reason="customer on the telephone")


def _order(what: dict[str, Any], by: Issuer) -> bytes:
    order = SignedOrder(site=SITE, issued_at=NOW_S, expires_at=EXP_S, number=41, what=what)
    return sign_document(order, DocumentType.ORDER, by.key.kid, by.private)


def _plain_kind(what: Any) -> dict[str, Any]:
    fields = msgspec.to_builtins(what, builtin_types=(bytes,))
    assert isinstance(fields, dict)
    return fields

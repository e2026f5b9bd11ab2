"""Vectors of commands."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.documents import DocumentType, sign_document
from edge.core.orders import SignedOrder, TellTime, accept_time_reset, verify_order
from sync.hub.issue import Issuer, mint_code, sign_keys, sign_order
from tests.credentials.known_keys import BUNDLE, COMMAND, GROUP, HERE, NOW, NOW_S, OPENING, PICKUP, ROOT, SITE, UNLISTED
from tests.vectors.form import DAY_S, EXP_S, PLAIN, code_bytes, flipped, place, plain, refused
from tests.vectors.orders import OPEN, ORDERS, RESET


def command() -> dict[str, Any]:
    root_public = ROOT.public_key().public_bytes_raw()
    good = {name: sign_order(SITE, 41, what, NOW_S, COMMAND) for name, what in ORDERS.items()}
    good["open"] = sign_order(SITE, 41, OPEN, NOW_S, OPENING)

    def read(data: bytes) -> Any:
        return verify_order(40, data, BUNDLE, HERE, NOW)

    return {
        "about": "Commands. The site has handled number 40. A refusal with `number` uses that number up.",
        "given": {**place(), "bundle": sign_keys(BUNDLE, ROOT).hex(), "last_number": 40},
        "good": [{"name": name, "in": data.hex(), "out": plain(read(data))} for name, data in good.items()],
        "refused": refused(read, _bad_orders()),
        "time_reset": {
            "root_public": root_public.hex(),
            "in": RESET.hex(),
            "out": plain(accept_time_reset(0, RESET, root_public, HERE)),
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
        "to open, signed by a key for other commands": _order(_plain_kind(OPEN), COMMAND),
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


def _order(what: dict[str, Any], by: Issuer) -> bytes:
    order = SignedOrder(site=SITE, issued_at=NOW_S, expires_at=EXP_S, number=41, what=what)
    return sign_document(order, DocumentType.ORDER, by.key.kid, by.private)


def _plain_kind(what: Any) -> dict[str, Any]:
    fields = msgspec.to_builtins(what, builtin_types=(bytes,))
    assert isinstance(fields, dict)
    return fields

"""Vectors of codes and PINs."""

from __future__ import annotations

from typing import Any

from edge.core import cose
from edge.core.claims import Claims, Permission, claims_payload
from edge.core.credential import BADGE_LIFE_S, CredentialRefused, judge_time, parcel_id, rank, verify
from edge.core.documents import DocumentType
from edge.core.judgement import JudgementTime
from edge.core.pin import failed, pin_verifier, succeeded, wait_ms
from edge.core.state import PinLimit
from edge.core.words import Purpose, Size
from sync.hub.issue import Issuer, mint_code, sign_keys
from tests.credentials.known_keys import (
    BUNDLE,
    COURIER,
    GROUP,
    HERE,
    NEXT_PICKUP,
    NOW,
    NOW_S,
    OLD_PICKUP,
    OTHER_PICKUP,
    PICKUP,
    PIN_KEY,
    ROOT,
    SERVICE,
    SITE,
    UNLISTED,
    UNSYNCED,
)
from tests.vectors.form import (
    DAY_S,
    EXP_S,
    ID,
    PLAIN,
    changed,
    code_bytes,
    code_text,
    flipped,
    place,
    plain,
    signed_claims,
)


def credential() -> dict[str, Any]:
    good = {
        "plain pickup: 100 bytes, 154 characters": (PLAIN, PICKUP),
        "generation 1": (changed(generation=1), PICKUP),
        "for a group of sites": (changed(site=GROUP), PICKUP),
        "a parcel that nobody announced": (changed(id=parcel_id("dpd", "01906812345678")), PICKUP),
        "not before tomorrow": (changed(not_before_s=NOW_S + DAY_S), PICKUP),
        "second factor wanted": (changed(second_factor=True), PICKUP),
        "drop-off of a size M, reachable door": (
            changed(purpose=Purpose.DROP_OFF, carrier="dpd", size=Size.M, reachable=True),
            PICKUP,
        ),
        "courier's badge": (changed(purpose=Purpose.DEPOSIT, carrier="dpd", expires_s=NOW_S + 2 * DAY_S), COURIER),
        "badge for collection": (changed(purpose=Purpose.COLLECTION, carrier="dpd"), COURIER),
        "technician's badge with permissions": (
            changed(purpose=Purpose.SERVICE, permissions=frozenset({Permission.SERVICE, Permission.COLLECT_OVERDUE})),
            SERVICE,
        ),
    }
    return {
        "about": "Codes. `verify` is judged at `given.at`; what depends on the site's state is under `judged`.",
        "given": {**place(), "bundle": sign_keys(BUNDLE, ROOT).hex()},
        "good": [_good_code(name, claims, by) for name, (claims, by) in good.items()],
        "refused": [_refused_code(name, text) for name, text in _bad_codes().items()],
        "parcel_ids": [
            {"carrier": carrier, "tracking": tracking, "id": parcel_id(carrier, tracking).hex()}
            for carrier, tracking in (("dpd", "01906812345678"), ("gls", "zf8s 2k 11"), ("posten", "JD014600003"))
        ],
        "judged": {"generation": _judged_generations(), "time": _judged_times()},
    }


def _bad_codes() -> dict[str, str]:
    text = mint_code(PLAIN, PICKUP)
    foreign = cose.encode({4: EXP_S, 7: ID, -1: SITE, -9: 1})
    wide = bytes.fromhex("a3041b") + EXP_S.to_bytes(8, "big") + claims_payload(PLAIN)[7:]
    return {
        "no prefix": text[4:],
        "lower case": text.lower(),
        "a line end": text + "\n",
        "one character less": text[:-1],
        "far too long": text + "0" * 1000,
        "not base45": "LK1:" + ":" * 150,
        "COSE tag in front": code_text(b"\xd2" + code_bytes(text)),
        "a byte after the end": code_text(code_bytes(text) + b"\x00"),
        "a longer encoding than needed": signed_claims(wide),
        "no id": signed_claims(cose.encode({4: EXP_S, -1: SITE})),
        "exp is a text": signed_claims(cose.encode({4: "soon", 7: ID, -1: SITE})),
        "a default that should be left out": signed_claims(cose.encode({4: EXP_S, 7: ID, -1: SITE, -3: 0})),
        "an order's header": code_text(
            cose.sign(claims_payload(PLAIN), b"\x01\x01", PICKUP.private, DocumentType.ORDER)
        ),
        "another site": mint_code(changed(site=77), PICKUP),
        "another group": mint_code(changed(site=GROUP + 1), PICKUP),
        "a claim that nobody knows": signed_claims(foreign),
        "a purpose that nobody knows": signed_claims(cose.encode({4: EXP_S, 7: ID, -1: SITE, -2: 9})),
        "a key that is in no bundle": mint_code(PLAIN, UNLISTED),
        "a key that is not valid yet": mint_code(PLAIN, NEXT_PICKUP),
        "a key whose time is over": signed_claims(claims_payload(PLAIN), OLD_PICKUP),
        "a badge signed by a key for pickups": signed_claims(
            claims_payload(changed(purpose=Purpose.SERVICE)),
        ),
        "a carrier that the key may not speak for": signed_claims(
            claims_payload(changed(purpose=Purpose.DEPOSIT, carrier="gls")), COURIER
        ),
        "signed by another key under this key's id": code_text(
            cose.sign(claims_payload(PLAIN), PICKUP.key.kid, OTHER_PICKUP.private)
        ),
        "one bit of the signature flipped": code_text(flipped(code_bytes(text), -1)),
    }


def _judged_generations() -> list[dict[str, Any]]:
    table = ((0, -1, -1), (0, 0, -1), (1, 0, -1), (0, 1, -1), (0, 0, 0), (1, 0, 0), (1, 2, 1))
    return [
        {"generation": own, "newest": newest, "revoked_up_to": revoked, "refused": rank(code, newest, revoked)}
        for own, newest, revoked in table
        for code in (changed(generation=own),)
    ]


def _judged_times() -> list[dict[str, Any]]:
    later = JudgementTime(trusted=True, wall_s=EXP_S + 1, floor_s=NOW_S)
    in_2061 = JudgementTime(trusted=False, wall_s=2_871_763_200, floor_s=NOW_S)
    badge = changed(purpose=Purpose.DEPOSIT, carrier="dpd", expires_s=NOW_S + BADGE_LIFE_S)
    early_badge = changed(purpose=Purpose.DEPOSIT, carrier="dpd", expires_s=NOW_S + BADGE_LIFE_S + 1)
    table = (
        ("in time", PLAIN, NOW),
        ("over, by a trusted clock", PLAIN, later),
        ("over, by a clock in 2061 that nobody trusts", PLAIN, in_2061),
        ("before its time, by a trusted clock", changed(not_before_s=NOW_S + 1), NOW),
        ("up to a day before its time, by a clock that nobody trusts", changed(not_before_s=NOW_S + 3600), UNSYNCED),
        ("long before its time, whatever the clock", changed(not_before_s=NOW_S + 5 * DAY_S), UNSYNCED),
        ("a courier's badge in its last 72 hours", badge, NOW),
        ("a courier's badge before its last 72 hours", early_badge, NOW),
    )
    return [
        {
            "name": name,
            "not_before_s": claims.not_before_s,
            "expires_s": claims.expires_s,
            "purpose": claims.purpose,
            "at": plain(at),
            "verdict": judge_time(claims, at),
        }
        for name, claims, at in table
    ]


def pin() -> dict[str, Any]:
    steps = [(second * 1000, "failed") for second in range(5)]
    steps += [(64_000, "failed"), (184_000, "failed"), (424_000, "succeeded"), (425_000, "failed")]
    limit, rows = PinLimit(), []
    for at_ms, what in steps:
        limit = failed(limit, at_ms) if what == "failed" else succeeded(limit)
        rows.append({"running_ms": at_ms, "what": what, "wait_ms": wait_ms(limit, at_ms)})
    return {
        "about": "Verifiers of PINs, and how long entry is closed after each attempt (running time).",
        "given": {"site_pin_key": PIN_KEY.hex()},
        "verifiers": [
            {"pin": number, "verifier": pin_verifier(PIN_KEY, number).hex()}
            for number in ("00000000", "12345678", "98765432")
        ],
        "limiter": rows,
    }


def _good_code(name: str, claims: Claims, by: Issuer) -> dict[str, Any]:
    text = mint_code(claims, by)
    believed = verify(text, BUNDLE, HERE, NOW)
    return {
        "name": name,
        "in": text,
        "bytes": code_bytes(text).hex(),
        "kid": believed.kid.hex(),
        "carriers": list(believed.carriers),
        "out": {
            **plain(believed.claims),
            "permissions": [right for right in Permission if right in believed.claims.permissions],
        },
    }


def _refused_code(name: str, text: str) -> dict[str, Any]:
    try:
        verify(text, BUNDLE, HERE, NOW)
    except CredentialRefused as refused:
        return {"name": name, "in": text, "reason": refused.reason, **({"site": refused.site} if refused.site else {})}
    raise AssertionError(f"{name}: accepted")

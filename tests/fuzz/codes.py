"""What a person carries: codes and badges, from the text in the picture to a credential; and strict CBOR by itself."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import base45
from msgspec import structs

from edge.core import cose
from edge.core.claims import Claims, Permission, claims_payload
from edge.core.credential import (
    BADGE_LIFE_S,
    MAX_CODE_CHARS,
    Credential,
    carrier_allowed,
    expiry_refuses,
    judge_time,
    parse,
    rank,
    verify,
)
from edge.core.judgement import JudgementTime, TimeVerdict
from edge.core.words import Purpose, Size
from sync.hub.issue import mint_code
from tests.credentials.known_keys import (
    BUNDLE,
    COURIER,
    GROUP,
    HERE,
    ISSUERS,
    NOW,
    NOW_S,
    PICKUP,
    SERVICE,
    SITE,
    UNLISTED,
    UNSYNCED,
)
from tests.fuzz import signing
from tests.fuzz.feed import Feed
from tests.fuzz.target import Finding, Target

DAY_S: Final = 86_400
THIEF: Final = structs.replace(PICKUP, private=UNLISTED.private)  # under the name of a good key
SIGNERS: Final = (*ISSUERS, UNLISTED, THIEF)
CLAIMS: Final = (
    Claims(id=bytes(range(8)), site=SITE, expires_s=NOW_S + 40 * DAY_S),
    Claims(id=bytes(range(8)), site=GROUP, expires_s=NOW_S + 40 * DAY_S, generation=7, second_factor=True),
    Claims(id=b"\xff" * 8, site=SITE, expires_s=NOW_S - DAY_S, not_before_s=NOW_S - 9 * DAY_S, carrier="dpd"),
    Claims(id=bytes(8), site=SITE, expires_s=NOW_S + DAY_S, purpose=Purpose.DROP_OFF, size=Size.XL, reachable=True),
)
BADGES: Final = (
    (Claims(id=bytes(8), site=SITE, expires_s=NOW_S + DAY_S, purpose=Purpose.DEPOSIT, carrier="dpd"), COURIER),
    (
        Claims(
            id=bytes(8),
            site=SITE,
            expires_s=NOW_S + BADGE_LIFE_S,
            purpose=Purpose.COLLECTION,
            carrier="dpd",
            permissions=frozenset({Permission.COLLECT_OVERDUE}),
        ),
        COURIER,
    ),
    (Claims(id=bytes(8), site=SITE, expires_s=NOW_S + DAY_S, purpose=Purpose.SERVICE), SERVICE),
)
TIMES: Final = (NOW, UNSYNCED, JudgementTime(True, NOW_S + 400 * DAY_S, NOW_S), JudgementTime(True, 0, 0))


class Believed(NamedTuple):
    text: str
    credential: Credential
    at: JudgementTime


def _texts() -> tuple[str, ...]:
    codes = [mint_code(claims, PICKUP) for claims in CLAIMS]
    return (*codes, *(mint_code(claims, issuer) for claims, issuer in BADGES))


TEXTS: Final = _texts()
GENUINE: Final = tuple(text.encode() for text in TEXTS)


def _signed_payload(message: bytes) -> bytes:
    return cose.read_sign1(base45.b45decode(message.decode()[4:]), 1000).payload


def _sign(payload: bytes, signer: int) -> bytes:
    issuer = SIGNERS[signer % len(SIGNERS)]
    return b"LK1:" + bytes(base45.b45encode(cose.sign(payload, issuer.key.kid, issuer.private)))


def _read(data: bytes) -> Believed:
    at = TIMES[data[0] % len(TIMES)] if data else NOW
    made = signing.make(data[1:], GENUINE, _signed_payload, _sign)
    text = made.message.decode("utf-8", "replace")
    parse(text)  # a tool that explains codes believes nothing
    credential = verify(text, BUNDLE, HERE, at)
    signing.only_if_signed(made, GENUINE, "code")
    return Believed(text, credential, at)


def _holds(believed: Believed) -> None:
    """One meaning has one code; the key may speak for it; only a trusted clock says expired (I9)."""
    text, credential, at = believed
    claims = credential.claims
    issuer = next(one for one in SIGNERS if one.key.kid == credential.kid)
    again = cose.sign(claims_payload(claims), credential.kid, issuer.private)
    if len(text) > MAX_CODE_CHARS or f"LK1:{base45.b45encode(again).decode()}" != text:
        raise Finding(f"code: {text} means {claims}, which is written otherwise")
    if issuer not in ISSUERS or claims.purpose not in issuer.key.purposes:
        raise Finding(f"code: believed of key {credential.kid.hex()}, which may not say {claims.purpose}")
    if claims.carrier and claims.carrier not in issuer.key.carriers:
        raise Finding(f"code: key {credential.kid.hex()} does not speak for {claims.carrier}")
    verdict = judge_time(claims, at)
    if verdict is TimeVerdict.EXPIRED and not at.trusted:
        raise Finding(f"code: expired by a clock that is not trusted: {claims}")
    if expiry_refuses(verdict, parcel_stands=True, hold_over=False):
        raise Finding(f"code: refused as expired although its parcel stands: {claims}")
    rank(claims, 3, 1)
    if carrier_allowed(credential, "posten") and "posten" not in issuer.key.carriers:
        raise Finding(f"code: key {credential.kid.hex()} does not speak for posten")


def _codes() -> list[bytes]:
    some = signing.seeds(GENUINE, _signed_payload, len(SIGNERS))
    plain = cose.decode(_signed_payload(GENUINE[0]), 100)
    defaults: tuple[tuple[int, Any], ...] = ((5, 0), (-2, 0), (-3, 0), (-4, ""), (-5, 0), (-6, 0), (-7, 0))
    written = [cose.encode(plain | {claim: value}) for claim, value in defaults]
    some += [bytes([signing.CONTENT, 0]) + payload for payload in written]  # a second way to say the same
    return [b"\0" + seed for seed in some]


CODE: Final = Target("code", _read, _holds, _codes, max_bytes=600)


def _decode(data: bytes) -> tuple[Any, bytes]:
    return cose.decode(data, 2048), data


def _is_canonical(read: tuple[Any, bytes]) -> None:
    value, data = read
    if cose.encode(value) != data:
        raise Finding(f"cbor: {data.hex()} is not the one form of {value!r}")
    _only_plain(value, data, cose.MAX_DEPTH)


def _only_plain(value: object, data: bytes, depth: int) -> None:
    if isinstance(value, list | dict):
        if depth == 0:
            raise Finding(f"cbor: {data.hex()} is nested deeper than {cose.MAX_DEPTH}")
        for entry in value if isinstance(value, list) else (*value, *value.values()):
            _only_plain(entry, data, depth - 1)
    elif not (value is None or isinstance(value, int | str | bytes)):
        raise Finding(f"cbor: {data.hex()} has a {type(value).__name__}")


def _some_cbor() -> list[bytes]:
    feeds = (Feed(bytes((kind, step, 3, 1, 4, 1, 5, 9, 2, 6))) for kind in range(9) for step in range(4))
    return [cose.encode(feed.value()) for feed in feeds] + [_signed_payload(message) for message in GENUINE]


CBOR: Final = Target("cbor", _decode, _is_canonical, _some_cbor, max_bytes=2100)

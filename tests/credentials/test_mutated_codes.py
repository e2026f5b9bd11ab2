"""Ten thousand codes that are not quite right: none accepted, none crashes, each refused with its reason.

"Accepted" means here: believed by `verify`, in time, and allowed to touch the parcel that stands for it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import base45
import cbor2
import pytest
from msgspec import structs

from edge.core import cose
from edge.core.claims import Claims, claims_payload
from edge.core.credential import (
    CredentialRefused,
    TimeVerdict,
    carrier_allowed,
    expiry_refuses,
    judge_time,
    verify,
)
from edge.core.judgement import JudgementTime
from edge.core.refusal import Refusal
from edge.core.words import Purpose
from sync.hub.issue import Issuer, mint_code
from tests.credentials.known_keys import (
    BUNDLE,
    COURIER,
    HERE,
    NOW,
    NOW_S,
    OTHER_PICKUP,
    PICKUP,
    SITE,
    UNLISTED,
)

SEED = 20_260_921
DAY_S = 86_400
PARCEL_CARRIER = "dpd"
PLAIN = Claims(id=bytes.fromhex("c0ffee0123456789"), site=SITE, expires_s=NOW_S + 40 * DAY_S)
MALFORMED = frozenset({Refusal.MALFORMED})

Mutated = tuple[str, frozenset[Refusal]]  # a text, and the reasons that are right for it


def present(text: str, at: JudgementTime = NOW) -> Refusal | None:
    """What a site says to a code whose parcel is over its hold; None: it opens."""
    try:
        believed = verify(text, BUNDLE, HERE, at)
    except CredentialRefused as refused:
        return refused.reason
    verdict = judge_time(believed.claims, at)
    if verdict is TimeVerdict.NOT_YET:
        return Refusal.NOT_YET_VALID
    if expiry_refuses(verdict, parcel_stands=True, hold_over=True):
        return Refusal.EXPIRED
    return None if carrier_allowed(believed, PARCEL_CARRIER) else Refusal.KEY_CARRIER


def to_bytes(text: str) -> bytes:
    return bytes(base45.b45decode(text[4:]))


def to_text(data: bytes) -> str:
    return f"LK1:{base45.b45encode(data).decode()}"


def signed(payload: bytes, by: Issuer = PICKUP) -> str:
    return to_text(cose.sign(payload, by.key.kid, by.private))


def some_claims(dice: random.Random) -> Claims:
    return structs.replace(PLAIN, id=dice.randbytes(8), expires_s=NOW_S + dice.randrange(DAY_S, 300 * DAY_S))


def one(*reasons: Refusal) -> frozenset[Refusal]:
    return frozenset(reasons)


# Where a flipped bit lies in the plain code says why it is refused.
_REGIONS = (
    (range(7, 9), one(Refusal.UNKNOWN_KEY, Refusal.KEY_NOT_VALID_YET, Refusal.KEY_PURPOSE, Refusal.BAD_SIGNATURE)),
    (range(14, 18), one(Refusal.BAD_SIGNATURE, Refusal.MALFORMED)),  # exp; malformed where it becomes needlessly long
    (range(20, 28), one(Refusal.BAD_SIGNATURE)),  # id
    (range(30, 34), one(Refusal.OTHER_SITE)),
    (range(36, 100), one(Refusal.BAD_SIGNATURE)),
)
_STRUCTURE = one(Refusal.MALFORMED, Refusal.UNKNOWN_CLAIM)


def reasons_at(place: int) -> frozenset[Refusal]:
    return next((reasons for region, reasons in _REGIONS if place in region), _STRUCTURE)


def bit_flips(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(4):
        data = to_bytes(mint_code(some_claims(dice), PICKUP))
        for bit in range(len(data) * 8):
            spoilt = bytearray(data)
            spoilt[bit // 8] ^= 1 << bit % 8
            yield to_text(bytes(spoilt)), reasons_at(bit // 8)


def changed_characters(dice: random.Random) -> Iterator[Mutated]:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:abc\n\x00é"
    any_reason = one(Refusal.OTHER_SITE).union(*(reasons for _, reasons in _REGIONS), _STRUCTURE)
    for _ in range(1500):
        text = mint_code(PLAIN, PICKUP)
        place = dice.randrange(len(text))
        other = dice.choice([letter for letter in alphabet if letter != text[place]])
        yield text[:place] + other + text[place + 1 :], any_reason


def truncations(dice: random.Random) -> Iterator[Mutated]:
    text = mint_code(some_claims(dice), PICKUP)
    data = to_bytes(text)
    yield from ((text[:end], MALFORMED) for end in range(len(text)))
    yield from ((text[start:], MALFORMED) for start in range(1, len(text)))
    yield from ((to_text(data[:end]), MALFORMED) for end in range(1, len(data)))
    yield from ((to_text(data + dice.randbytes(dice.randrange(1, 40))), MALFORMED) for _ in range(200))
    yield from ((text + dice.choice("0A: \n\r") * dice.randrange(1, 9), MALFORMED) for _ in range(200))


def wrong_keys(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(200):
        payload = claims_payload(some_claims(dice))
        yield signed(payload, UNLISTED), one(Refusal.UNKNOWN_KEY)
        yield to_text(cose.sign(payload, PICKUP.key.kid, UNLISTED.private)), one(Refusal.BAD_SIGNATURE)
        yield to_text(cose.sign(payload, b"\x00\x00", PICKUP.private)), one(Refusal.UNKNOWN_KEY)
        yield signed(claims_payload(structs.replace(PLAIN, purpose=Purpose.SERVICE))), one(Refusal.KEY_PURPOSE)


def wrong_sites(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(500):
        site = dice.choice([dice.randrange(1, 2**32), SITE + 1, SITE - 1, SITE + 2**31])
        if not HERE.includes(site):
            yield mint_code(structs.replace(some_claims(dice), site=site), PICKUP), one(Refusal.OTHER_SITE)


def wrong_carriers(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(150):
        claims = some_claims(dice)
        yield mint_code(claims, OTHER_PICKUP), one(Refusal.KEY_CARRIER)  # good, but of a key for other parcels
        yield mint_code(structs.replace(claims, carrier="gls"), PICKUP), one(Refusal.KEY_CARRIER)
        badge = structs.replace(claims, purpose=Purpose.DEPOSIT, carrier=dice.choice(["gls", "posten", "dpd2"]))
        yield signed(claims_payload(badge), COURIER), one(Refusal.KEY_CARRIER)


def out_of_time(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(250):
        over = structs.replace(PLAIN, id=dice.randbytes(8), expires_s=dice.randrange(1, NOW_S))
        yield mint_code(over, PICKUP), one(Refusal.EXPIRED)
        early = structs.replace(some_claims(dice), not_before_s=NOW_S + dice.randrange(1, DAY_S))
        yield mint_code(early, PICKUP), one(Refusal.NOT_YET_VALID)


def huge(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(100):
        yield "LK1:" + "0" * dice.randrange(237, 200_000), MALFORMED
        yield mint_code(PLAIN, PICKUP) * dice.randrange(2, 500), MALFORMED
        yield to_text(b"\x5b" + dice.randbytes(8) + dice.randbytes(40)), MALFORMED  # a string of up to 2**64 bytes
        yield to_text(b"\x9b" + dice.randbytes(8) + dice.randbytes(40)), MALFORMED  # a list of up to 2**64 items
        yield to_text(b"\x81" * dice.randrange(7, 150)), MALFORMED  # nested


def binary(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(500):
        yield dice.randbytes(dice.randrange(200)).decode("latin-1"), MALFORMED
        yield "LK1:" + "".join(chr(dice.randrange(1, 0xD7FF)) for _ in range(dice.randrange(1, 200))), MALFORMED
        yield to_text(dice.randbytes(dice.randrange(1, 157))), MALFORMED


def some_value(dice: random.Random, depth: int = 3) -> object:
    scalars = (
        0,
        -1,
        2**63,
        -(2**63),
        b"",
        b"12345678",
        "",
        "dpd",
        True,
        False,
        None,
        1.5,
        float("nan"),
        cbor2.undefined,
    )
    if depth == 0 or dice.random() < 0.5:
        return dice.choice([*scalars, cbor2.CBORTag(dice.randrange(100), "x"), cbor2.CBORSimpleValue(99)])
    if dice.random() < 0.5:
        return [some_value(dice, depth - 1) for _ in range(dice.randrange(4))]
    return {dice.choice([1, 4, 7, -1, "a", b"k"]): some_value(dice, depth - 1) for _ in range(dice.randrange(4))}


def other_cbor(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(700):
        yield to_text(cbor2.dumps(some_value(dice))[:150]), MALFORMED
        payload = cbor2.dumps(some_value(dice))[:60]
        yield signed(payload), MALFORMED
        claims = {4: PLAIN.expires_s, 7: PLAIN.id, -1: SITE}
        claim = dice.choice([4, 7, -2, -3, -4, -5, -6, -7, -8, 1, 6, 100])
        claims[claim] = dice.choice([0, -5, 2**32, b"", b"1234567", "", "DPD", "a" * 40, None, True, [], {}])
        yield signed(cose.encode(claims)), one(Refusal.MALFORMED, Refusal.UNKNOWN_CLAIM)


def not_canonical(dice: random.Random) -> Iterator[Mutated]:
    for _ in range(100):
        claims = some_claims(dice)
        exp, name, site = claims.expires_s.to_bytes(4, "big"), claims.id, SITE.to_bytes(4, "big")
        parts = [b"\x04\x1a" + exp, b"\x07\x48" + name, b"\x20\x1a" + site]
        spoilt = [
            b"\xa3" + parts[1] + parts[0] + parts[2],
            b"\xa3" + parts[2] + parts[0] + parts[1],
            b"\xa4" + parts[0] + parts[0] + parts[1] + parts[2],
            b"\xbf" + b"".join(parts) + b"\xff",
            b"\xb8\x03" + b"".join(parts),
            b"\xa3\x18\x04" + parts[0][1:] + parts[1] + parts[2],
            b"\xa3\x04\x1b\0\0\0\0" + exp + parts[1] + parts[2],
            b"\xa3" + parts[0] + b"\x07\x58\x08" + name + parts[2],
            b"\xa3" + parts[0] + b"\x07\x5f\x44" + name[:4] + b"\x44" + name[4:] + b"\xff" + parts[2],
            b"\xa3\x04\xc1\x1a" + exp + parts[1] + parts[2],
            b"\xa3\x04\xfb\x41\xda\xbb\0\0\0\0\0" + parts[1] + parts[2],
            b"\xa3" + b"".join(parts) + b"\x00",
            b"\xa4" + b"".join(parts) + b"\x22\x00",
        ]
        yield from ((signed(payload), MALFORMED) for payload in spoilt)
        good = to_bytes(mint_code(claims, PICKUP))
        for outer in (
            b"\xd2" + good,
            b"\x9f" + good[1:] + b"\xff",
            b"\x98\x04" + good[1:],
            good[:9] + b"\xa1\x01\x26" + good[10:],
        ):
            yield to_text(outer), MALFORMED


MUTATIONS = (
    bit_flips,
    changed_characters,
    truncations,
    wrong_keys,
    wrong_sites,
    wrong_carriers,
    out_of_time,
    huge,
    binary,
    other_cbor,
    not_canonical,
)


@pytest.fixture(scope="module")
def mutated() -> dict[str, list[Mutated]]:
    dice = random.Random(SEED)
    return {mutation.__name__: list(mutation(dice)) for mutation in MUTATIONS}


def test_there_are_ten_thousand(mutated: dict[str, list[Mutated]]) -> None:
    assert sum(len(codes) for codes in mutated.values()) >= 10_000


@pytest.mark.parametrize("mutation", [mutation.__name__ for mutation in MUTATIONS])
def test_each_mutated_code_is_refused_with_its_reason(mutation: str, mutated: dict[str, list[Mutated]]) -> None:
    for text, reasons in mutated[mutation]:
        assert present(text) in reasons, repr(text[:200])


def test_the_code_that_was_mutated_would_have_opened() -> None:
    assert present(mint_code(PLAIN, PICKUP)) is None


def test_no_mutated_code_is_accepted_on_a_clock_that_nobody_trusts(mutated: dict[str, list[Mutated]]) -> None:
    unsynced = JudgementTime(trusted=False, wall_s=0, floor_s=NOW_S)
    for name in set(mutated) - {"out_of_time"}:  # those are only tolerated there (I9)
        for text, _ in mutated[name][::7]:
            assert present(text, unsynced) is not None, repr(text[:200])

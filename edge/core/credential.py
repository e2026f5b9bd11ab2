"""The signed code: what a customer's QR or a badge says, and whether this site believes it.

`LK1:` and base45 (RFC 9285) over an untagged COSE_Sign1 (RFC 9052) with minimal CWT claims (RFC 8392).  The plain
pickup code is 100 bytes, 154 characters and a QR of 41 x 41 at level M, which a phone in a moving hand still shows
well enough; every further claim costs, so claims appear only when they differ from their default.

`verify` checks what can be checked without knowing the state of the site, cheapest first: form, site, claims, key,
signature.  The flows then judge revocation and generation (`rank`), time (`judge_time`), and what stands here.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

import base45
from msgspec import Struct

from edge.core import cose
from edge.core.claims import CARRIER, COURIER_BADGES, Claims, CredentialRefused, Permission, read_claims
from edge.core.documents import Here
from edge.core.errors import BadInput
from edge.core.judgement import JudgementTime, TimeVerdict, judge_window
from edge.core.keys import Key, KeyBundle
from edge.core.refusal import Refusal

__all__ = [
    "Claims",
    "Credential",
    "CredentialRefused",
    "JudgementTime",
    "Permission",
    "Refusal",
    "TimeVerdict",
    "carrier_allowed",
    "expiry_refuses",
    "judge_time",
    "parcel_id",
    "parse",
    "rank",
    "verify",
]

PREFIX: Final = "LK1:"
MAX_CODE_CHARS: Final = 240  # every claim at its longest
MAX_CODE_BYTES: Final = 160
BADGE_LIFE_S: Final = 72 * 3600  # a courier's badge counts only in the last three days before its `exp`

_CODE: Final = re.compile(r"LK1:[0-9A-Z $%*+\-./:]{1,236}")
_TRACKING: Final = re.compile(r"[!-~]{1,64}")


class Credential(Struct, frozen=True):
    """A code whose signature held, with what its key may speak for."""

    claims: Claims
    kid: bytes
    carriers: tuple[str, ...]  # the key's; a parcel's carrier must be among them


def parcel_id(carrier: str, tracking: str) -> bytes:
    """The 8-byte id of a parcel that nobody announced, the same at the issuer and at the door.

    First 8 bytes of SHA-256("LK1" | carrier | 0x00 | tracking number).  The tracking number counts without spaces and
    in upper case, so that a typed number equals the scanned one.  Raises BadInput for other characters or lengths.
    """
    number = tracking.replace(" ", "")
    if not CARRIER.fullmatch(carrier):
        raise BadInput(f"carrier {carrier[:32]!r}: 1 to 16 of a-z, 0-9 and -, not beginning with -")
    if not _TRACKING.fullmatch(number):
        raise BadInput(f"tracking number of {len(number)} characters: 1 to 64 printable ASCII characters")
    return hashlib.sha256(b"LK1" + carrier.encode() + b"\x00" + number.upper().encode()).digest()[:8]


def verify(text: str, keys: KeyBundle, here: Here, at: JudgementTime) -> Credential:
    """Return the credential when form, site, claims, key and signature hold, in this order; else CredentialRefused."""
    signed = _read(text)
    claims = read_claims(signed.payload, here)
    key = _key_for(claims, keys.find(signed.kid), at)
    try:
        cose.check(signed, key.public)
    except cose.BadSignature:
        raise CredentialRefused(Refusal.BAD_SIGNATURE) from None
    return Credential(claims, signed.kid, key.carriers)


def parse(text: str) -> Claims:
    """Return what a code says without believing it: for tools that explain codes, never for doors."""
    return read_claims(_read(text).payload, None)


def judge_time(claims: Claims, at: JudgementTime) -> TimeVerdict:
    """Whether the code is in time.  Only a trusted clock says EXPIRED (I9).

    A courier's badge also is NOT_YET valid, by a trusted clock, until 72 hours before its `exp`.
    """
    verdict = judge_window(claims.not_before_s, claims.expires_s, at)
    if at.trusted and claims.purpose in COURIER_BADGES and claims.expires_s - at.best_s > BADGE_LIFE_S:
        return TimeVerdict.NOT_YET
    return verdict


def expiry_refuses(verdict: TimeVerdict, *, parcel_stands: bool, hold_over: bool) -> bool:
    """Whether a pickup is refused as expired: never while its parcel stands here within its hold."""
    return verdict is TimeVerdict.EXPIRED and (not parcel_stands or hold_over)


def rank(claims: Claims, newest_generation: int, revoked_up_to: int) -> Refusal | None:
    """Judge (id, generation) by what is known of the id; -1 where nothing is.

    A generation above `newest_generation` is good, and supersedes the lower ones from now on.
    """
    if claims.generation <= revoked_up_to:
        return Refusal.REVOKED
    if claims.generation < newest_generation:
        return Refusal.SUPERSEDED
    return None


def carrier_allowed(credential: Credential, carrier: str) -> bool:
    """Whether a parcel of `carrier` may be touched: the key speaks for it, and the code names no other."""
    return carrier in credential.carriers and credential.claims.carrier in ("", carrier)


def _read(text: str) -> cose.Sign1:
    if len(text) > MAX_CODE_CHARS or not _CODE.fullmatch(text):
        raise CredentialRefused(Refusal.MALFORMED, "not LK1: and base45 of allowed length")
    try:
        return cose.read_sign1(base45.b45decode(text[len(PREFIX) :]), MAX_CODE_BYTES)
    except ValueError as error:  # of base45; NotStrict is one too
        raise CredentialRefused(Refusal.MALFORMED, str(error)) from None


def _key_for(claims: Claims, key: Key | None, at: JudgementTime) -> Key:
    """The key's dates refuse only by a trusted clock (I9)."""
    if key is None:
        raise CredentialRefused(Refusal.UNKNOWN_KEY)
    if at.trusted and at.best_s < key.not_before:
        raise CredentialRefused(Refusal.KEY_NOT_VALID_YET, f"from {key.not_before}")
    if at.trusted and at.best_s > key.not_after:
        raise CredentialRefused(Refusal.KEY_EXPIRED, f"until {key.not_after}")
    if claims.purpose not in key.purposes:
        raise CredentialRefused(Refusal.KEY_PURPOSE, f"{claims.purpose}, key has {list(key.purposes)}")
    if claims.carrier and claims.carrier not in key.carriers:
        raise CredentialRefused(Refusal.KEY_CARRIER, f"{claims.carrier}, key has {list(key.carriers)[:8]}")
    return key

"""The roster: which badges and courier numbers exist, what they may do, and how their second factor is checked.

A badge is a static code that can be photographed, so it never acts alone: the PIN that belongs to it is checked
against a scrypt verifier in the roster.  A roster that is old stops acts of couriers and technicians, never pickups.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, Final

from msgspec import Meta, Struct

from edge.core.claims import Claims, Permission
from edge.core.documents import (
    Carrier,
    Document,
    DocumentRefused,
    DocumentType,
    Here,
    HexId,
    Moment,
    RefusedBecause,
    read_document,
    require_newer,
)
from edge.core.errors import BadInput
from edge.core.judgement import JudgementTime, surely_past
from edge.core.keys import KeyBundle, KeyPurpose, require_key
from edge.core.refusal import Refusal
from edge.core.words import Purpose, Role

__all__ = [
    "DEPOSIT_AGE_S",
    "MAX_ROSTER_BYTES",
    "SERVICE_AGE_S",
    "Badge",
    "Roster",
    "Verifier",
    "accept_roster",
    "derive",
    "judge_age",
    "judge_badge",
    "permissions",
    "roster_age_s",
    "second_factor_holds",
]

MAX_ROSTER_BYTES: Final = 256 * 1024
MAX_BADGES: Final = 1_000
DEPOSIT_AGE_S: Final = 7 * 86_400  # older: no deposits, no collections
SERVICE_AGE_S: Final = 14 * 86_400  # older: no service acts
MAX_PIN_CHARS: Final = 32

# scrypt (RFC 7914).  2**13 blocks of 1 KiB take about 60 ms and 8 MiB on a Raspberry Pi 4; the upper bound keeps a
# signed but foolish roster from taking more than 32 MiB and a quarter of a second.
SCRYPT_N: Final = 2**13
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1
_ALLOWED_N: Final = (2**12, 2**13, 2**14, 2**15)
_MEMORY_BYTES: Final = 48 * 1024 * 1024


class Verifier(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What proves a PIN without being it."""

    salt: Annotated[bytes, Meta(min_length=16, max_length=16)]
    hash: Annotated[bytes, Meta(min_length=32, max_length=32)]
    n: Annotated[int, Meta(ge=_ALLOWED_N[0], le=_ALLOWED_N[-1])] = SCRYPT_N  # a power of two
    r: Annotated[int, Meta(ge=8, le=8)] = SCRYPT_R
    p: Annotated[int, Meta(ge=1, le=2)] = SCRYPT_P


class Badge(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One badge.  A permission that this release does not know is kept, and gives nothing."""

    badge: HexId  # the id (claim 7) of the code on it
    role: Role
    verifier: Verifier
    until: Moment
    permissions: Annotated[tuple[Annotated[str, Meta(max_length=24)], ...], Meta(max_length=16)] = ()
    carriers: Annotated[tuple[Carrier, ...], Meta(max_length=64)] = ()
    number: Annotated[str, Meta(pattern="^([0-9]{4,12})?$")] = ""  # a courier number, typed where there is no badge


class Roster(Document, frozen=True):
    """Everybody who may act here besides customers."""

    version: Annotated[int, Meta(ge=1, lt=2**32)]
    badges: Annotated[tuple[Badge, ...], Meta(max_length=MAX_BADGES)]

    def find(self, badge: str) -> Badge | None:
        """The entry of a badge's id (16 hex digits), or None."""
        return next((entry for entry in self.badges if entry.badge == badge), None)

    def find_number(self, number: str) -> Badge | None:
        """The entry of a courier number, or None."""
        return next((entry for entry in self.badges if entry.number and entry.number == number), None)


def accept_roster(current_version: int, data: bytes, keys: KeyBundle, here: Here, at: JudgementTime) -> Roster:
    """Return the roster when it is signed, for this site, sound, and newer; else raise DocumentRefused."""

    def key_of_rosters(kid: bytes, _: Roster) -> bytes:
        return require_key(keys, kid, KeyPurpose.ROSTER, at).public

    roster = read_document(data, DocumentType.ROSTER, Roster, here, key_of_rosters, max_bytes=MAX_ROSTER_BYTES)
    _require_sound(roster)
    require_newer("roster", roster.version, current_version)
    return roster


def roster_age_s(issued_at_s: int, at: JudgementTime) -> int:
    """How old a roster is: by the wall clock where that is trusted, else at least so old, by the floor."""
    return max(0, (at.best_s if at.trusted else at.floor_s) - issued_at_s)


def judge_age(issued_at_s: int | None, purpose: Purpose, at: JudgementTime) -> Refusal | None:
    """Whether the roster is too old for an act (None: there is no roster).  Customers' acts do not ask for one."""
    if purpose in (Purpose.PICKUP, Purpose.DROP_OFF):
        return None
    if issued_at_s is None:
        return Refusal.NO_ROSTER
    limit_s = SERVICE_AGE_S if purpose in (Purpose.SERVICE, Purpose.INSPECTION) else DEPOSIT_AGE_S
    return Refusal.ROSTER_TOO_OLD if roster_age_s(issued_at_s, at) > limit_s else None


def judge_badge(entry: Badge | None, at: JudgementTime) -> Refusal | None:
    """Whether a badge is in the roster and its time there is not over."""
    if entry is None:
        return Refusal.UNKNOWN_BADGE
    return Refusal.BADGE_ENDED if surely_past(entry.until, at) else None


def permissions(entry: Badge, claims: Claims | None) -> frozenset[Permission]:
    """What is allowed by the roster and, where a badge was shown, by the badge as well."""
    listed = frozenset(right for right in Permission if right in entry.permissions)
    return listed if claims is None else listed & claims.permissions


def second_factor_holds(verifier: Verifier, pin: str) -> bool:
    """Check a typed PIN, of plain characters as keypads have them.  Takes tens of milliseconds on purpose."""
    if not 0 < len(pin) <= MAX_PIN_CHARS or not pin.isascii():
        return False
    return hmac.compare_digest(derive(pin, verifier.salt, verifier.n, verifier.r, verifier.p), verifier.hash)


def derive(pin: str, salt: bytes, n: int = SCRYPT_N, r: int = SCRYPT_R, p: int = SCRYPT_P) -> bytes:
    """scrypt over the PIN in UTF-8; 32 bytes."""
    if n not in _ALLOWED_N:
        raise BadInput(f"scrypt n {n}: must be one of {_ALLOWED_N}")
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_BYTES, dklen=32)


def _require_sound(roster: Roster) -> None:
    for what, named in (
        ("badge", [entry.badge for entry in roster.badges]),
        ("courier number", [entry.number for entry in roster.badges if entry.number]),
    ):
        if len(set(named)) != len(named):
            raise DocumentRefused(RefusedBecause.MALFORMED, f"roster: a {what} twice")
    for entry in roster.badges:
        if entry.verifier.n not in _ALLOWED_N:
            raise DocumentRefused(RefusedBecause.MALFORMED, f"badge {entry.badge}: scrypt n {entry.verifier.n}")
        if entry.role is Role.CUSTOMER:
            raise DocumentRefused(RefusedBecause.MALFORMED, f"badge {entry.badge}: role customer")

"""The claims of a signed code: what it says, typed and bounded, with one encoding for each meaning.

    4 expires   7 id   -1 site                                     always
    5 not before   -2 purpose   -3 generation   -4 carrier   -5 permissions   -6 place   -7 flags
                                                                   only when they differ from their default

4, 5 and 7 are `exp`, `nbf` and `cti` of CWT (RFC 8392).  The small negative keys lie outside its registry on purpose:
they save four bytes, and size decides whether a phone in a moving hand can be read.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from edge.core import cose
from edge.core.documents import Here
from edge.core.errors import NotAllowed
from edge.core.refusal import Refusal
from edge.core.words import Purpose, Size

__all__ = ["CARRIER", "COURIER_BADGES", "Claims", "CredentialRefused", "Permission", "claims_payload", "read_claims"]

MAX_CLAIMS_BYTES: Final = 80  # every claim at its longest: 67
MAX_GENERATION: Final = 65_535
CARRIER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,15}")

_EXP, _NBF, _ID = 4, 5, 7
_SITE, _PURPOSE, _GENERATION, _CARRIER_CLAIM, _PERMISSIONS, _PLACE, _FLAGS = -1, -2, -3, -4, -5, -6, -7
_KNOWN_CLAIMS: Final = frozenset(
    {_EXP, _NBF, _ID, _SITE, _PURPOSE, _GENERATION, _CARRIER_CLAIM, _PERMISSIONS, _PLACE, _FLAGS}
)
_SECOND_FACTOR: Final = 1  # the only flag
_REACHABLE: Final = 8  # in the place claim, beside a size from 1 to 4
_PURPOSES: Final = (Purpose.PICKUP, Purpose.DEPOSIT, Purpose.DROP_OFF, Purpose.COLLECTION, Purpose.SERVICE)
_SIZES: Final = (None, Size.S, Size.M, Size.L, Size.XL)
COURIER_BADGES: Final = frozenset({Purpose.DEPOSIT, Purpose.COLLECTION})
_BADGES: Final = COURIER_BADGES | {Purpose.SERVICE}


class Permission(StrEnum):
    """What a badge may do.  The order is that of the bits of claim -5."""

    DEPOSIT = "deposit"
    COLLECT_OVERDUE = "collect_overdue"
    COLLECT_RETURNS = "collect_returns"
    INSPECT = "inspect"  # look into a compartment in review and say what is in it
    SERVICE = "service"  # nothing by itself: a technician works at the shell, where every act names its reason


_DEFAULT_PERMISSIONS: Final = {
    Purpose.PICKUP: frozenset[Permission](),
    Purpose.DROP_OFF: frozenset[Permission](),
    Purpose.DEPOSIT: frozenset({Permission.DEPOSIT, Permission.INSPECT}),
    Purpose.COLLECTION: frozenset({Permission.COLLECT_OVERDUE, Permission.COLLECT_RETURNS, Permission.INSPECT}),
    Purpose.SERVICE: frozenset({Permission.SERVICE, Permission.INSPECT}),
}


class CredentialRefused(NotAllowed):
    """A code that this site does not believe.  `site` is the number it is for, when that is the reason."""

    def __init__(self, reason: Refusal, message: str = "", site: int | None = None) -> None:
        super().__init__(f"{reason}: {message}" if message else str(reason))
        self.reason = reason
        self.site = site


class Claims(Struct, frozen=True):
    """What a code says.  Not to be believed, nor shown, before the signature holds."""

    id: bytes  # 8 bytes: the reservation, or the badge
    site: int  # a site, or from 2**31 on a group of sites
    expires_s: int  # seconds since 1970, UTC
    not_before_s: int = 0
    purpose: Purpose = Purpose.PICKUP
    generation: int = 0
    carrier: str = ""
    permissions: frozenset[Permission] = frozenset()
    size: Size | None = None  # for a drop-off
    reachable: bool = False  # wants a door within reach of a wheelchair
    second_factor: bool = False

    @property
    def reservation(self) -> str:
        """The id as the rest of the system writes it: 16 hex digits."""
        return self.id.hex()

    @property
    def is_badge(self) -> bool:
        """Multi-use; always needs the second factor of the roster."""
        return self.purpose in _BADGES


def claims_payload(claims: Claims) -> bytes:
    """The canonical CBOR of `claims`, without those at their default.  The inverse of what `parse` reads."""
    place = _SIZES.index(claims.size) + _REACHABLE * claims.reachable
    own = claims.permissions or _DEFAULT_PERMISSIONS[claims.purpose]
    bits = 0 if own == _DEFAULT_PERMISSIONS[claims.purpose] else _bits(own)
    optional = {
        _NBF: claims.not_before_s,
        _PURPOSE: _PURPOSES.index(claims.purpose),
        _GENERATION: claims.generation,
        _CARRIER_CLAIM: claims.carrier,
        _PERMISSIONS: bits,
        _PLACE: place,
        _FLAGS: _SECOND_FACTOR * claims.second_factor,
    }
    required = {_EXP: claims.expires_s, _ID: claims.id, _SITE: claims.site}
    return cose.encode(required | {key: value for key, value in optional.items() if value})


def read_claims(payload: bytes, here: Here | None) -> Claims:
    """Return the claims in `payload`, typed and bounded; raise CredentialRefused.

    With `here`, a code for another site is refused before any other claim is looked at: its number alone may be shown.
    """
    fields = _fields(payload)
    site = _whole(fields, _SITE, 1, 2**32 - 1)
    if here is not None and not here.includes(site):
        raise CredentialRefused(Refusal.OTHER_SITE, f"for site {site}, this is {here.site}", site)
    if not fields.keys() <= _KNOWN_CLAIMS:
        raise CredentialRefused(Refusal.UNKNOWN_CLAIM, f"claims {sorted(map(str, fields.keys() - _KNOWN_CLAIMS))[:4]}")
    purpose = _purpose(fields)
    place = _optional(fields, _PLACE, _REACHABLE + len(_SIZES) - 1)
    if place % _REACHABLE >= len(_SIZES):
        raise CredentialRefused(Refusal.MALFORMED, f"claim {_PLACE}: no size {place % _REACHABLE}")
    return Claims(
        id=_eight_bytes(fields),
        site=site,
        expires_s=_whole(fields, _EXP, 1, 2**32 - 1),
        not_before_s=_optional(fields, _NBF, 2**32 - 1),
        purpose=purpose,
        generation=_optional(fields, _GENERATION, MAX_GENERATION),
        carrier=_carrier(fields, purpose),
        permissions=_permissions(fields, purpose),
        size=_SIZES[place % _REACHABLE],
        reachable=place >= _REACHABLE,
        second_factor=_second_factor(fields),
    )


def _whole(fields: dict[Any, Any], claim: int, least: int, most: int) -> int:
    value = fields.get(claim)
    if type(value) is not int or not least <= value <= most:  # `type`, because True is an int
        raise CredentialRefused(Refusal.MALFORMED, f"claim {claim}: not a whole number from {least} to {most}")
    return value


def _optional(fields: dict[Any, Any], claim: int, most: int) -> int:
    """A claim at its default must be left out, so that one meaning has one encoding."""
    return _whole(fields, claim, 1, most) if claim in fields else 0


def _purpose(fields: dict[Any, Any]) -> Purpose:
    number = _optional(fields, _PURPOSE, 255)
    if number >= len(_PURPOSES):
        raise CredentialRefused(Refusal.UNKNOWN_PURPOSE, f"purpose {number}, known are 0 to {len(_PURPOSES) - 1}")
    return _PURPOSES[number]


def _eight_bytes(fields: dict[Any, Any]) -> bytes:
    value = fields.get(_ID)
    if not isinstance(value, bytes) or len(value) != 8:
        raise CredentialRefused(Refusal.MALFORMED, f"claim {_ID}: not 8 bytes")
    return value


def _carrier(fields: dict[Any, Any], purpose: Purpose) -> str:
    if _CARRIER_CLAIM not in fields:
        if purpose in COURIER_BADGES:
            raise CredentialRefused(Refusal.MALFORMED, "a courier's badge without a carrier")
        return ""
    value = fields[_CARRIER_CLAIM]
    if not isinstance(value, str) or not CARRIER.fullmatch(value):
        raise CredentialRefused(Refusal.MALFORMED, f"claim {_CARRIER_CLAIM}: not a carrier")
    return value


def _permissions(fields: dict[Any, Any], purpose: Purpose) -> frozenset[Permission]:
    bits = _optional(fields, _PERMISSIONS, 65_535)
    if not bits:
        return _DEFAULT_PERMISSIONS[purpose]
    if bits >> len(Permission):
        raise CredentialRefused(Refusal.UNKNOWN_CLAIM, f"permissions {bits:#x}, known are {len(Permission)} bits")
    if purpose not in _BADGES:
        raise CredentialRefused(Refusal.MALFORMED, "permissions on what is not a badge")
    granted = frozenset(right for place, right in enumerate(Permission) if bits >> place & 1)
    if granted == _DEFAULT_PERMISSIONS[purpose]:
        raise CredentialRefused(Refusal.MALFORMED, "permissions at their default must be left out")
    return granted


def _bits(granted: frozenset[Permission]) -> int:
    return sum(1 << place for place, right in enumerate(Permission) if right in granted)


def _second_factor(fields: dict[Any, Any]) -> bool:
    flags = _optional(fields, _FLAGS, 255)
    if flags & ~_SECOND_FACTOR:
        raise CredentialRefused(Refusal.UNKNOWN_CLAIM, f"flags {flags:#x}")
    return bool(flags)


def _fields(payload: bytes) -> dict[Any, Any]:
    try:
        fields = cose.decode(payload, MAX_CLAIMS_BYTES)
    except cose.NotStrict as error:
        raise CredentialRefused(Refusal.MALFORMED, str(error)) from None
    if not isinstance(fields, dict):
        raise CredentialRefused(Refusal.MALFORMED, "claims: not a map")
    return fields

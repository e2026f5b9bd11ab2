"""Signed documents between machines: one way to read them all, told apart by the type in the signed header.

A document is a COSE_Sign1 whose payload is a canonical CBOR map.  Every document names the site it is for and the
moment it was issued; that moment is *signed time*, and may raise the clock's floor once the signature holds.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta, Struct

from edge.core import cose
from edge.core.errors import NotAllowed

__all__ = [
    "EVERY_SITE",
    "Carrier",
    "Document",
    "DocumentRefused",
    "DocumentType",
    "Here",
    "HexId",
    "Moment",
    "ParcelKind",
    "PinVerifier",
    "RefusedBecause",
    "SiteNumber",
    "read_document",
    "require_near",
    "require_newer",
    "sign_document",
]

EVERY_SITE: Final = 0
MAX_NUMBER_LEAP: Final = 100_000  # of orders; a hub numbers one after another, and no site misses so many
FIRST_GROUP: Final = 2**31

SiteNumber = Annotated[int, Meta(ge=0, lt=2**32)]
Moment = Annotated[int, Meta(ge=0, lt=2**32)]  # seconds since 1970, UTC
HexId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]  # eight bytes in lower-case hexadecimal
Carrier = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,15}$")]  # one spelling, so that hashed ids agree

PinVerifier = Annotated[bytes, Meta(min_length=16, max_length=16)]  # of edge.core.pin


class ParcelKind(StrEnum):
    """What a parcel is here for."""

    PICKUP = "pickup"  # a courier puts it in, its recipient takes it out
    RETURN = "return"  # a customer puts it in, back to where it came from
    SEND = "send"  # a customer puts it in, to somebody else


class DocumentType(StrEnum):
    """The "typ" of the signed header, a media type without its "application/" (RFC 9596)."""

    KEYS = "vnd.locker-edge.keys+cbor"
    ROSTER = "vnd.locker-edge.roster+cbor"
    STANDING = "vnd.locker-edge.standing+cbor"
    ORDER = "vnd.locker-edge.order+cbor"
    TIME_RESET = "vnd.locker-edge.time-reset+cbor"


class RefusedBecause(StrEnum):
    """Why a document or an order was not taken."""

    MALFORMED = "malformed"  # encoding, shape, a field out of its bounds, an unknown field
    OTHER_SITE = "other_site"
    UNKNOWN_KIND = "unknown_kind"  # an order that this release does not know
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_VALID_YET = "key_not_valid_yet"
    KEY_EXPIRED = "key_expired"
    KEY_PURPOSE = "key_purpose"
    BAD_SIGNATURE = "bad_signature"
    NOT_NEWER = "not_newer"  # its version or number was reached before: a replay, or a step back
    TOO_FAR = "too_far"  # its number leaps: taken, it would block every number between
    EXPIRED = "expired"
    WRONG_NONCE = "wrong_nonce"  # an order to open that answers no live nonce of the site


class DocumentRefused(NotAllowed):
    """A document that is not taken, with its reason."""

    def __init__(self, reason: RefusedBecause, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason


class Here(Struct, frozen=True):
    """Which numbers mean this site."""

    site: int
    groups: frozenset[int] = frozenset()  # numbers from 2**31 on: groups that this site belongs to

    def includes(self, number: int) -> bool:
        return number == self.site or number in self.groups


class Document(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What every document begins with."""

    site: SiteNumber  # whom it is for: a site; for some documents also a group, or EVERY_SITE
    issued_at: Moment


D = TypeVar("D", bound=Document)
FindKey = Callable[[bytes, D], bytes]  # (kid, unverified document) → public key; raises DocumentRefused


def read_document(
    data: bytes, document_type: DocumentType, shape: type[D], here: Here, find_key: FindKey[D], *, max_bytes: int
) -> D:
    """Return the document when its form, site, key and signature hold, in this order; else raise DocumentRefused."""
    try:
        signed = cose.read_sign1(data, max_bytes, document_type)
        fields = cose.decode(signed.payload, max_bytes)
    except cose.NotStrict as error:
        raise DocumentRefused(RefusedBecause.MALFORMED, str(error)) from None
    document = _shaped(fields, shape)
    if not here.includes(document.site):
        raise DocumentRefused(RefusedBecause.OTHER_SITE, f"for site {document.site}, this is {here.site}")
    public_key = find_key(signed.kid, document)
    try:
        cose.check(signed, public_key)
    except cose.BadSignature as error:
        raise DocumentRefused(RefusedBecause.BAD_SIGNATURE, str(error)) from None
    return document


def require_newer(what: str, offered: int, current: int) -> None:
    """Raise DocumentRefused unless `offered` is above `current`."""
    if offered <= current:
        raise DocumentRefused(RefusedBecause.NOT_NEWER, f"{what} {offered}, this site has {current}")


def require_near(what: str, offered: int, current: int) -> None:
    """Raise DocumentRefused when the number of an order leaps; where none was handled yet, it may."""
    if current and offered > current + MAX_NUMBER_LEAP:
        limit = f"limit {MAX_NUMBER_LEAP} more"
        raise DocumentRefused(RefusedBecause.TOO_FAR, f"{what} {offered}, this site has {current}, {limit}")


def sign_document(document: Document, document_type: DocumentType, kid: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the signed form of `document`."""
    fields = msgspec.to_builtins(document, builtin_types=(bytes,))
    return cose.sign(cose.encode(fields), kid, key, document_type)


def _shaped(fields: Any, shape: type[D]) -> D:
    try:
        return msgspec.convert(fields, shape, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise DocumentRefused(RefusedBecause.MALFORMED, str(error)) from None

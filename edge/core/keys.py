"""The key bundle: whom this site believes, for what, for whose parcels and when.  Signed by an offline root.

A bundle replaces the one before as a whole; its version only rises.  A key that is to come is in the bundle some
30 days before it is used; an issuer signs for a site only with a key that the site has reported.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from edge.core.documents import (
    EVERY_SITE,
    Carrier,
    Document,
    DocumentRefused,
    DocumentType,
    Here,
    Moment,
    RefusedBecause,
    read_document,
    require_newer,
)
from edge.core.judgement import JudgementTime

__all__ = ["MAX_BUNDLE_BYTES", "ROOT_KID", "Key", "KeyBundle", "KeyPurpose", "accept_keys", "require_key"]

MAX_BUNDLE_BYTES: Final = 32 * 1024
MAX_KEYS: Final = 64
ROOT_KID: Final = b"\x00\x00"  # names the root key in a header; no key of a bundle may have it


class KeyPurpose(StrEnum):
    """What a key may sign.  The first five are the purposes of codes and badges."""

    PICKUP = "pickup"
    DEPOSIT = "deposit"
    DROP_OFF = "drop_off"
    COLLECTION = "collection"
    SERVICE = "service"
    COMMAND = "command"  # orders, except to open
    OPEN = "open"  # orders to open a door: a right of its own, because of what it can do
    ROSTER = "roster"
    STANDING = "standing"
    WATERMARK = "watermark"  # what the hub has committed


# Whoever can mint pickups must not be able to mint technicians, nor the other way round.
_APART: Final = (frozenset({KeyPurpose.PICKUP, KeyPurpose.DROP_OFF}), frozenset({KeyPurpose.SERVICE}))


class Key(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One public key.  A purpose that this release does not know is kept, and never asked for."""

    kid: Annotated[bytes, Meta(min_length=2, max_length=2)]
    public: Annotated[bytes, Meta(min_length=32, max_length=32)]  # Ed25519
    purposes: Annotated[tuple[Annotated[str, Meta(max_length=16)], ...], Meta(min_length=1, max_length=16)]
    not_before: Moment
    not_after: Moment  # must lie beyond the last `exp` that the key signs
    carriers: Annotated[tuple[Carrier, ...], Meta(max_length=64)] = ()  # for codes and badges


class KeyBundle(Document, frozen=True):
    """Every key that this site believes.  `site` may be EVERY_SITE."""

    version: Annotated[int, Meta(ge=1, lt=2**32)]
    keys: Annotated[tuple[Key, ...], Meta(max_length=MAX_KEYS)]

    def find(self, kid: bytes) -> Key | None:
        """The key of that id, or None."""
        return next((key for key in self.keys if key.kid == kid), None)

    def kids(self) -> tuple[str, ...]:
        """What the site reports that it has: key ids in hexadecimal."""
        return tuple(key.kid.hex() for key in self.keys)

    def coming(self, at: JudgementTime) -> tuple[Key, ...]:
        """Keys that are not yet valid: handed out ahead of a change of keys."""
        return tuple(key for key in self.keys if key.not_before > at.best_s)


def accept_keys(current_version: int, data: bytes, root_public: bytes, here: Here) -> KeyBundle:
    """Return the bundle when the root signed it, it is for this site, sound, and newer; else raise DocumentRefused."""

    def root_only(kid: bytes, _: KeyBundle) -> bytes:
        if kid != ROOT_KID:
            raise DocumentRefused(RefusedBecause.UNKNOWN_KEY, f"key {kid.hex()} is not the root")
        return root_public

    meant = Here(here.site, here.groups | {EVERY_SITE})
    bundle = read_document(data, DocumentType.KEYS, KeyBundle, meant, root_only, max_bytes=MAX_BUNDLE_BYTES)
    _require_sound(bundle)
    require_newer("key bundle", bundle.version, current_version)
    return bundle


def require_key(bundle: KeyBundle, kid: bytes, purpose: KeyPurpose, at: JudgementTime) -> Key:
    """Return the key that may sign a document for `purpose` now; else raise DocumentRefused.

    Its dates refuse only by a trusted clock: a site that woke up in 1970 still has to hear from its cloud.
    """
    key = bundle.find(kid)
    if key is None:
        raise DocumentRefused(RefusedBecause.UNKNOWN_KEY, f"key {kid.hex()} is not in bundle {bundle.version}")
    if at.trusted and at.best_s < key.not_before:
        raise DocumentRefused(RefusedBecause.KEY_NOT_VALID_YET, f"key {kid.hex()} is valid from {key.not_before}")
    if at.trusted and at.best_s > key.not_after:
        raise DocumentRefused(RefusedBecause.KEY_EXPIRED, f"key {kid.hex()} was valid until {key.not_after}")
    if purpose not in key.purposes:
        raise DocumentRefused(RefusedBecause.KEY_PURPOSE, f"key {kid.hex()} may not sign for {purpose}")
    return key


def _require_sound(bundle: KeyBundle) -> None:
    kids = [key.kid for key in bundle.keys]
    if len(set(kids)) != len(kids) or ROOT_KID in kids:
        raise DocumentRefused(RefusedBecause.MALFORMED, "key bundle: a key id twice, or the root's among them")
    for key in bundle.keys:
        first, second = (group & set(key.purposes) for group in _APART)
        if first and second:
            raise DocumentRefused(
                RefusedBecause.MALFORMED, f"key {key.kid.hex()}: {sorted(first | second)} may not share one key"
            )

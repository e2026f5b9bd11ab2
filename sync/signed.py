"""Signed messages between a site and its hub: one way to write and to read them, told apart by the type they sign.

Each is a COSE_Sign1 (`edge.core.cose`) over a canonical CBOR map.  A reply carries SHA-256 of the request that it
answers, so that an old reply cannot be played back; its moment is signed time and may raise the clock's floor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from edge.core import cose
from edge.core.errors import BadInput

__all__ = [
    "DIGEST_BYTES",
    "FindKey",
    "MessageType",
    "digest",
    "key_id",
    "only",
    "plain",
    "public_of",
    "read_signed",
    "shaped",
    "sign",
]

DIGEST_BYTES: Final = 32

Shape = TypeVar("Shape", bound=Struct)
FindKey = Callable[[bytes], bytes]  # key id → 32 public bytes; raises NotAllowed for a key that may not sign this


class MessageType(StrEnum):
    """The "typ" of the signed header (RFC 9596): a media type without its "application/"."""

    BATCH = "vnd.locker-edge.batch+cbor"
    WATERMARK = "vnd.locker-edge.watermark+cbor"
    POLL = "vnd.locker-edge.poll+cbor"
    ORDERS = "vnd.locker-edge.orders+cbor"
    ENROL = "vnd.locker-edge.enrol+cbor"
    ENROLMENT = "vnd.locker-edge.enrolment+cbor"


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def public_of(key: Ed25519PrivateKey) -> bytes:
    """The 32 public bytes of `key`."""
    return key.public_key().public_bytes_raw()


def key_id(public: bytes) -> bytes:
    """The two bytes that name a device's key: the first of its SHA-256.  A hint, never a proof."""
    return digest(public)[: cose.KID_BYTES]


def only(public: bytes) -> FindKey:
    """Believe one key, whatever it is called."""
    return lambda _kid: public


def sign(message: Struct, message_type: MessageType, key: Ed25519PrivateKey, kid: bytes = b"") -> bytes:
    """Return the signed form of `message`.  `kid` is the key's name in the bundle; a device's key has none there."""
    return cose.sign(cose.encode(plain(message)), kid or key_id(public_of(key)), key, message_type)


def read_signed(data: bytes, message_type: MessageType, shape: type[Shape], find_key: FindKey, max_bytes: int) -> Shape:
    """Return the message when form, key, signature and shape hold.

    Raises BadInput for the form and the shape, NotAllowed for the key and the signature (`cose.BadSignature`), which
    is checked before anything of the content is built.
    """
    signed = cose.read_sign1(data, max_bytes, message_type)
    cose.check(signed, find_key(signed.kid))
    return shaped(cose.decode(signed.payload, max_bytes), shape, message_type)


def shaped(fields: Any, shape: type[Shape], what: str) -> Shape:
    """Turn decoded CBOR into `shape`; fields that this release does not know are passed over."""
    try:
        return msgspec.convert(fields, shape, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise BadInput(f"{what}: {error}") from None


def plain(message: Struct) -> Any:
    """Maps, lists, integers, texts and bytes only: what the canonical encoding takes."""
    return msgspec.to_builtins(message, builtin_types=(bytes,))

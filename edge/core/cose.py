"""Signed bytes: strict canonical CBOR, and COSE_Sign1 with Ed25519 in the one form that we accept.

Everything a site believes from outside (codes, badges, commands, key bundles, rosters, standing lists, watermarks) is
an untagged COSE_Sign1 (RFC 9052) whose protected header is, byte for byte, one of

    {1: -8, 4: kid}               a code that a person carries
    {1: -8, 4: kid, 16: type}     a document between machines; 16 is the "typ" header of RFC 9596

with an empty unprotected header and no external data.  The header is signed, so a code can never pass as a command,
nor a roster as a standing list.

Only one encoding of a value is accepted.  The encodings of RFC 7049 and RFC 8949 order map keys differently in
general, but not for the keys that we use (integers from -24 to 23, or texts shorter than 24 bytes).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NamedTuple

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.core.errors import BadInput, NotAllowed

__all__ = ["BadSignature", "NotStrict", "Sign1", "check", "decode", "encode", "read_sign1", "sign"]

KID_BYTES: Final = 2
SIGNATURE_BYTES: Final = 64
MAX_DEPTH: Final = 6  # the deepest document: map > list of badges > map > map of the verifier

_HEADER_START: Final = b"\x01\x27\x04\x42"  # 1: -8 (EdDSA), 4: two bytes follow
_NEEDS_BYTES: Final = {24: 1, 25: 2, 26: 4, 27: 8}
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_KEY_TYPES: Final = (_UNSIGNED, _NEGATIVE, _TEXT)
_FALSE, _NULL = 20, 22


class NotStrict(BadInput):
    """Not the one encoding that we accept; the message says what is wrong and where."""


class BadSignature(NotAllowed):
    """The signature does not hold over these bytes with this key."""


class Sign1(NamedTuple):
    """A COSE_Sign1 of the right shape.  Nothing in it is to be believed before `check`."""

    protected: bytes
    kid: bytes
    payload: bytes
    signature: bytes


def decode(data: bytes, max_bytes: int) -> Any:
    """Return the value of canonical CBOR: integers, bytes, texts, lists, maps, booleans, null; nothing else.

    Raises NotStrict for more than `max_bytes`, nesting beyond MAX_DEPTH, tags, floats, indefinite lengths, repeated
    or unordered keys, a longer encoding than needed, and for anything after the value.
    """
    if len(data) > max_bytes:
        raise NotStrict(f"CBOR: {len(data)} bytes, limit {max_bytes}")
    end = _end_of_item(data, 0, MAX_DEPTH)
    if end != len(data):
        raise NotStrict(f"CBOR: {len(data) - end} bytes after the value")
    try:
        value = cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError) as error:
        raise NotStrict(f"CBOR: {error}") from None
    if encode(value) != data:
        raise NotStrict("CBOR: not canonical")
    return value


def encode(value: Any) -> bytes:
    """Return the canonical encoding."""
    return cbor2.dumps(value, canonical=True)


def read_sign1(data: bytes, max_bytes: int, document_type: str = "") -> Sign1:
    """Take a COSE_Sign1 apart without believing it; raise NotStrict unless it has exactly our form and type."""
    parts = decode(data, max_bytes)
    if not (isinstance(parts, list) and len(parts) == 4):
        raise NotStrict("COSE_Sign1: not a list of 4")
    protected, unprotected, payload, signature = parts
    if not (isinstance(protected, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
        raise NotStrict("COSE_Sign1: header, payload and signature must be bytes")
    if unprotected != {} or len(signature) != SIGNATURE_BYTES:
        raise NotStrict(f"COSE_Sign1: unprotected header not empty, or a signature of {len(signature)} bytes, not 64")
    kid = protected[5 : 5 + KID_BYTES]
    if len(kid) != KID_BYTES or protected != _header(kid, document_type):
        raise NotStrict(
            f"COSE_Sign1: protected header {protected[:64].hex()} is not that of {document_type or 'a code'}"
        )
    return Sign1(protected, kid, payload, signature)


def check(signed: Sign1, public_key: bytes) -> None:
    """Raise BadSignature unless `public_key` (32 bytes, Ed25519) signed these bytes."""
    try:
        _public(public_key).verify(signed.signature, _signed_bytes(signed.protected, signed.payload))
    except InvalidSignature:
        raise BadSignature(f"signature of key {signed.kid.hex()} does not hold") from None


def sign(payload: bytes, kid: bytes, key: Ed25519PrivateKey, document_type: str = "") -> bytes:
    """Return the COSE_Sign1 over `payload`.  Used by the hub for what it says, by a site for its envelopes only."""
    if len(kid) != KID_BYTES:
        raise BadInput(f"kid: {len(kid)} bytes, must be {KID_BYTES}")
    protected = _header(kid, document_type)
    return encode([protected, {}, payload, key.sign(_signed_bytes(protected, payload))])


def unsigned(payload: bytes, document_type: str = "") -> bytes:
    """The form of a COSE_Sign1 with a signature that no key holds to.  To show what was said once it was believed."""
    return encode([_header(bytes(KID_BYTES), document_type), {}, payload, bytes(SIGNATURE_BYTES)])


def _header(kid: bytes, document_type: str) -> bytes:
    if not document_type:
        return b"\xa2" + _HEADER_START + kid
    return b"\xa3" + _HEADER_START + kid + b"\x10" + encode(document_type)


def _signed_bytes(protected: bytes, payload: bytes) -> bytes:
    """RFC 9052, section 4.4, without external data."""
    return cbor2.dumps(["Signature1", protected, b"", payload])


@lru_cache(maxsize=128)  # more than two bundles' worth of keys; building one costs as much as half a verification
def _public(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def _end_of_item(data: bytes, at: int, depth: int) -> int:
    """Walk one item before anything is built from it; return the place after it."""
    major, value, at = _head(data, at)
    if major in (_BYTES, _TEXT):
        if value > len(data) - at:
            raise NotStrict(f"CBOR: a string of {value} bytes where {len(data) - at} are left")
        return at + value
    if major == _ARRAY:
        return _end_of_items(data, at, value, depth, is_map=False)
    if major == _MAP:
        return _end_of_items(data, at, value, depth, is_map=True)
    if major == _TAG:
        raise NotStrict(f"CBOR: tag {value}")
    if major == _SIMPLE and not _FALSE <= value <= _NULL:
        raise NotStrict(f"CBOR: float or simple value {value}")
    return at


def _end_of_items(data: bytes, at: int, count: int, depth: int, *, is_map: bool) -> int:
    if depth == 0:
        raise NotStrict(f"CBOR: nested deeper than {MAX_DEPTH}")
    if count > len(data) - at:
        raise NotStrict(f"CBOR: {count} items where {len(data) - at} bytes are left")
    for _ in range(count):
        if is_map:
            if at < len(data) and data[at] >> 5 not in _KEY_TYPES:
                raise NotStrict(f"CBOR: a key of major type {data[at] >> 5}")
            at = _end_of_item(data, at, 0)
        at = _end_of_item(data, at, depth - 1)
    return at


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, place after the head (RFC 8949, section 3)."""
    if at >= len(data):
        raise NotStrict("CBOR: ends too early")
    major, value = data[at] >> 5, data[at] & 31
    at += 1
    if value < 24:
        return major, value, at
    size = _NEEDS_BYTES.get(value)
    if size is None or major == _SIMPLE:
        raise NotStrict(f"CBOR: head 0x{data[at - 1]:02x} (indefinite length, float or reserved)")
    if size > len(data) - at:
        raise NotStrict("CBOR: ends too early")
    return major, int.from_bytes(data[at : at + size], "big"), at + size

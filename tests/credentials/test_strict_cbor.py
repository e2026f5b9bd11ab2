"""Only one encoding of a value is accepted, whatever the bytes."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core import cose
from edge.core.documents import DocumentType
from edge.core.errors import BadInput
from tests.credentials.known_keys import OTHER_PICKUP, PICKUP

KEYS = st.one_of(st.integers(-24, 23), st.text(max_size=5))
VALUES = st.recursive(
    st.one_of(st.integers(-(2**64), 2**64 - 1), st.binary(max_size=40), st.text(max_size=40), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


def depth(value: Any) -> int:
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0)
    return 0


@given(VALUES)
def test_what_is_encoded_is_decoded_to_the_same(value: Any) -> None:
    data = cose.encode(value)
    if depth(value) <= cose.MAX_DEPTH:
        assert cose.decode(data, 4096) == value
    else:
        with pytest.raises(cose.NotStrict):
            cose.decode(data, 4096)


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused_and_what_is_decoded_has_no_other_encoding(data: bytes) -> None:
    try:
        value = cose.decode(data, 200)
    except cose.NotStrict:
        return
    assert cose.encode(value) == data


@given(VALUES, st.integers(0, 2**32), st.integers(0, 255))
def test_a_changed_byte_never_decodes_to_the_same_value(value: Any, place: int, other: int) -> None:
    data = bytearray(cose.encode(value))
    place %= len(data)
    if data[place] == other or depth(value) > cose.MAX_DEPTH:
        return
    data[place] = other
    try:
        decoded = cose.decode(bytes(data), 8192)
    except cose.NotStrict:
        return
    assert cose.encode(decoded) != cose.encode(value)


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("nothing", ""),
        ("a byte too much", "0000"),
        ("a number longer than needed", "1805"),
        ("an indefinite list", "9f01ff"),
        ("an indefinite string", "5f4101ff"),
        ("a half float", "f93c00"),
        ("a double", "fb3ff0000000000000"),
        ("undefined", "f7"),
        ("a simple value", "e0"),
        ("a date", "c11a514b67b0"),
        ("a big number", "c249010000000000000000"),
        ("a shared reference", "d81c8101"),
        ("a key twice", "a201010102"),
        ("keys out of order", "a202000100"),
        ("a list as key", "a1810100"),
        ("bytes as key", "a1410100"),
        ("true as key", "a1f500"),
        ("a text that is not UTF-8", "62c328"),
        ("a string longer than the rest", "5a7fffffff00"),
        ("more items than bytes", "9a7fffffff00"),
        ("a map of more pairs than bytes", "ba7fffffff0000"),
        ("a reserved head", "1c"),
        ("a break alone", "ff"),
        ("nested too deep", "81" * 7 + "00"),
    ],
)
def test_refused(what: str, data: str) -> None:
    with pytest.raises(cose.NotStrict):
        cose.decode(bytes.fromhex(data), 100)


def test_more_bytes_than_allowed_are_refused_before_they_are_read() -> None:
    with pytest.raises(cose.NotStrict, match="101 bytes, limit 100"):
        cose.decode(cbor2.dumps(bytes(99)), 100)


@given(st.binary(max_size=60), st.sampled_from(["", *DocumentType]))
def test_what_is_signed_for_one_type_is_read_as_that_type_only(payload: bytes, kind: str) -> None:
    data = cose.sign(payload, PICKUP.key.kid, PICKUP.private, kind)
    for other in ("", *DocumentType):
        if other == kind:
            signed = cose.read_sign1(data, 400, other)
            cose.check(signed, PICKUP.key.public)
            assert (signed.payload, signed.kid) == (payload, PICKUP.key.kid)
            with pytest.raises(cose.BadSignature):
                cose.check(signed, OTHER_PICKUP.key.public)
        else:
            with pytest.raises(cose.NotStrict):
                cose.read_sign1(data, 400, other)


def test_a_header_that_is_exchanged_breaks_the_signature() -> None:
    order = cose.read_sign1(cose.sign(b"x", b"\1\1", PICKUP.private, DocumentType.ORDER), 200, DocumentType.ORDER)
    code = cose.read_sign1(cose.sign(b"x", b"\1\1", PICKUP.private), 200)
    with pytest.raises(cose.BadSignature):
        cose.check(code._replace(signature=order.signature), PICKUP.key.public)


def test_a_key_id_has_two_bytes() -> None:
    with pytest.raises(BadInput):
        cose.sign(b"", b"\1", PICKUP.private)

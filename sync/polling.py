"""Asking the hub for orders: a small signed question that the hub answers when it has something to say.

The orders themselves are signed documents of their own (`edge.core.orders`), which the core verifies; here they are
bytes with a number.  The answer is signed by the hub, so that its moment is signed time.
"""

from __future__ import annotations

from typing import Annotated, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta, Struct

from edge.core.errors import NotAllowed
from sync.signed import DIGEST_BYTES, FindKey, MessageType, only, read_signed, sign

__all__ = [
    "MAX_ANSWER_BYTES",
    "MAX_POLL_BYTES",
    "MAX_WAIT_S",
    "Answer",
    "Numbered",
    "Poll",
    "read_answer",
    "read_poll",
    "sign_answer",
    "sign_poll",
]

MAX_POLL_BYTES: Final = 2048
MAX_ANSWER_BYTES: Final = 1024 * 1024
MAX_ORDERS: Final = 16  # of one answer
MAX_WAIT_S: Final = 25  # shorter than what proxies and mobile networks give an idle connection

SiteNumber = Annotated[int, Meta(ge=1, lt=2**32)]


class Poll(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The question.  `after`: the last order that was handled; the hub sends what comes behind it."""

    site: SiteNumber
    after: Annotated[int, Meta(ge=0, lt=2**53)]
    nonce: Annotated[bytes, Meta(max_length=16)] = b""  # made within the last minute: an order to open must repeat it
    keys_version: Annotated[int, Meta(ge=0, lt=2**32)] = 0
    keys: Annotated[list[Annotated[bytes, Meta(min_length=2, max_length=2)]], Meta(max_length=64)] = []  # of its bundle
    wait_s: Annotated[int, Meta(ge=0, le=MAX_WAIT_S)] = MAX_WAIT_S


class Numbered(Struct, frozen=True, array_like=True):
    """One order as it was signed, with its number for sorting; the number that counts is the signed one."""

    number: Annotated[int, Meta(ge=1, lt=2**53)]
    signed: bytes


class Answer(Struct, frozen=True, kw_only=True):
    """The hub's answer: what it orders, oldest first, or nothing."""

    site: SiteNumber
    to: Annotated[bytes, Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]  # SHA-256 of the question
    issued_at: Annotated[int, Meta(ge=0, lt=2**32)]
    orders: Annotated[list[Numbered], Meta(max_length=MAX_ORDERS)] = []


def sign_poll(poll: Poll, key: Ed25519PrivateKey) -> bytes:
    return sign(poll, MessageType.POLL, key)


def read_poll(data: bytes, device_public: bytes) -> Poll:
    return read_signed(data, MessageType.POLL, Poll, only(device_public), MAX_POLL_BYTES)


def sign_answer(answer: Answer, key: Ed25519PrivateKey, kid: bytes) -> bytes:
    return sign(answer, MessageType.ORDERS, key, kid)


def read_answer(data: bytes, find_key: FindKey, site: int, to: bytes) -> Answer:
    """Return the answer when the hub signed it for this question; raise BadInput or NotAllowed."""
    answer = read_signed(data, MessageType.ORDERS, Answer, find_key, MAX_ANSWER_BYTES)
    if answer.site != site or answer.to != to:
        raise NotAllowed(f"orders: for site {answer.site}, answering {answer.to.hex()[:16]}…; asked as site {site}")
    return answer

"""Signed messages out of bytes: as they are, spoilt on the way, or signed by somebody over a content of our making."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from edge.core import cose
from tests.fuzz.feed import Feed
from tests.fuzz.target import Finding

__all__ = ["Made", "make", "only_if_signed", "seeds"]

Sign = Callable[[bytes, int], bytes]  # (payload, number of the signer) → message

RAW, SPOILT, CONTENT, CHANGED = range(4)


class Made(NamedTuple):
    """A message; `signer` is the number of whoever signed this very content, -1 where nobody need have."""

    message: bytes
    signer: int


def make(data: bytes, genuine: Sequence[bytes], payload_of: Callable[[bytes], bytes], sign: Sign) -> Made:
    feed = Feed(data)
    how = feed.byte() % 4
    if how == RAW:
        return Made(feed.rest(), -1)
    if how == SPOILT:
        return Made(feed.flipped(feed.pick(genuine)), -1)
    signer = feed.byte()
    if how == CONTENT:
        return Made(sign(feed.rest(), signer), signer)
    fields: Any = cose.decode(payload_of(feed.pick(genuine)), 2**20)
    try:
        payload = cose.encode(feed.changed(fields))
    except (ValueError, OverflowError):  # not everything that can be thought of can be written down
        return Made(b"", -1)
    return Made(sign(payload, signer), signer)


def seeds(genuine: Sequence[bytes], payload_of: Callable[[bytes], bytes], signers: int) -> list[bytes]:
    """What makes each genuine message, in each of the ways."""
    some = [bytes([RAW]) + message for message in genuine]
    for number, message in enumerate(genuine[:8]):
        some.append(bytes([SPOILT, number]))
        some += [bytes([CONTENT, signer]) + payload_of(message) for signer in range(signers)]
        some += [bytes([CHANGED, signer, number]) for signer in range(signers)]
        some.append(bytes([CHANGED, 0, number, 1, 4, 2, 3, 7]))
    return some


def only_if_signed(made: Made, genuine: Sequence[bytes], what: str) -> None:
    """A message that was believed although nobody signed it is a finding."""
    if made.signer < 0 and made.message not in genuine:
        raise Finding(f"{what}: believed, though nobody signed it: {made.message.hex()}")

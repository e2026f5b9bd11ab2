"""What a codec is: the frames of one make and what they mean, and nothing else.  No port, no time, no state.

A codec believes a frame only when everything in it fits: header, length, address, lock, function and checksum.  It
finds that frame wherever it lies among garbage, halves and frames of others; all else means nothing, and above all
never "closed".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from edge.core.words import PulseOutcome
from hal.bus import Exchange

__all__ = ["Codec", "NeedsNoGreeting", "Status", "bits", "frames", "xor"]


@dataclass(frozen=True)
class Status:
    """What a board said, by channel, counted from 1.

    shorted: whether the feedback contact of that lock is closed, or, where a make only says open or shut, whether it
    says shut.  present: whether the infrared sensor of that compartment sees something, where the board has those.
    """

    shorted: Mapping[int, bool]
    present: Mapping[int, bool] = field(default_factory=dict)


class Codec(Protocol):
    """The frames of one board at one address."""

    @property
    def channels(self) -> int:
        """How many locks the board has."""
        ...

    def status(self, channels: Sequence[int]) -> Sequence[Exchange[Status]]:
        """The requests that together tell of these channels; they may tell of others as well."""
        ...

    def unlock(self, channel: int, ms: int) -> Exchange[PulseOutcome]:
        """The request that pulses one lock.  One without `find`: the board answers nothing to it."""
        ...

    def greet(self, ask: Callable[[Exchange[bool]], bool | None]) -> str:
        """What has to be said to a board that is met, or met again, through `ask`; None is an answer that did not come.

        The reason why no lock of it may be pulsed; empty when they may.
        """
        ...


class NeedsNoGreeting:
    """Part of a codec: nothing has to be said to the board before it is used."""

    def greet(self, ask: Callable[[Exchange[bool]], bool | None]) -> str:
        return ""


def frames(heard: bytes, length: int, start: bytes) -> Iterator[bytes]:
    """Every stretch of `length` bytes that begins with `start`, from the left; they may overlap."""
    at = heard.find(start)
    while 0 <= at <= len(heard) - length:
        yield heard[at : at + length]
        at = heard.find(start, at + 1)


def bits(octets: bytes) -> dict[int, bool]:
    """The bits by channel: the first byte has channels 1 to 8, its lowest bit is channel 1."""
    return {8 * place + bit + 1: bool(octet >> bit & 1) for place, octet in enumerate(octets) for bit in range(8)}


def xor(octets: bytes) -> int:
    """The block check of several makes: all bytes, exclusive or."""
    check = 0
    for octet in octets:
        check ^= octet
    return check

"""What a make of board is to its line: requests out of bytes, and what a board does and answers to each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, Protocol

__all__ = ["TURNAROUND_S", "Contact", "Make", "Not", "Reply", "Request", "Terminals", "bits", "hexed"]

TURNAROUND_S: Final = 0.002  # from a request's last byte to the first of an answer that needs no pulse: our assumption


class Contact(StrEnum):
    """How the feedback contacts are wired.  It is the lock's nature, not the board's."""

    CLOSED_WHEN_SHUT = "closed_when_shut"
    CLOSED_WHEN_OPEN = "closed_when_open"


class Not(Enum):
    """What the bytes are not."""

    YET = "yet"  # they may become a request
    EVER = "ever"  # no request begins with the first of them


class Terminals(Protocol):
    """What hangs on one board.  Channels count from 1, as printed beside the terminals."""

    address: int
    channels: int
    memory: dict[int, int]  # registers that keep what is written into them

    def pulse(self, channel: int, ms: int, after_s: float = 0.0) -> None:
        """Current for `ms`, timed by the board."""

    def switch(self, channel: int, on: bool) -> None:
        """Leave the output as it is told."""

    def flash(self, channel: int, ms: int, *, on: bool = True) -> None:
        """The output `on` (or off) for `ms`, then the other way round."""

    def energised(self, channel: int) -> bool:
        """Whether the output is on as far as the board knows."""

    def closed(self, channel: int) -> bool:
        """Whether the feedback contact is closed; one that is not wired is open."""

    def present(self, channel: int) -> bool:
        """Whether the infrared input sees something; one that is not wired sees nothing."""


@dataclass(frozen=True)
class Reply:
    """What a board sends.

    after_s: from the request's last byte to the reply's first.  made: its bytes and what they mean, asked for at that
    moment, so that they tell what is true then.
    """

    after_s: float
    made: Callable[[], tuple[bytes, str]]


@dataclass(frozen=True)
class Request:
    """One whole and valid request.

    size: its bytes.  address: the board it is for; None for every board.  obey: do it on one board's terminals.
    """

    size: int
    address: int | None
    words: str
    obey: Callable[[Terminals], Reply | None]


class Make(Protocol):
    """One make of boards.

    addresses: what its switches can be set to.  sizes: the numbers of channels that it is sold with.  pulse_ms: how
    long its firmware drives a coil; 0 where the request says so.  quiet_chars: silence after another board's frame,
    in characters, without which it hears nothing.
    """

    @property
    def name(self) -> str: ...

    @property
    def baud(self) -> int: ...

    @property
    def addresses(self) -> range: ...

    @property
    def sizes(self) -> tuple[int, ...]: ...

    @property
    def pulse_ms(self) -> int: ...

    @property
    def quiet_chars(self) -> float: ...

    def find(self, line: bytes) -> Request | Not:
        """The request that begins with the first byte of `line`, which is never empty."""
        ...


def one_by_one(channels: Sequence[int], pulse_ms: int) -> Callable[[Terminals], None]:
    """What boards do that answer nothing to an opening: a pulse for each channel, the next when one is over."""

    def obey(board: Terminals) -> None:
        for turn, channel in enumerate(channels):
            board.pulse(channel, pulse_ms, turn * pulse_ms / 1000)

    return obey


def bits(count: int, is_set: Callable[[int], bool]) -> bytes:
    """A bit for each channel from 1 to `count`: lowest channel first, in its byte's lowest bit."""
    groups = bytearray((count + 7) // 8)
    for channel in range(1, count + 1):
        groups[(channel - 1) // 8] |= is_set(channel) << (channel - 1) % 8
    return bytes(groups)


def hexed(data: bytes) -> str:
    """As protocol papers print bytes."""
    return data.hex(" ").upper()

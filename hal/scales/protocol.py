"""What a serial scale's protocol is, as data: how the line is set, what is asked, how an answer looks and what it says.

An answer is told by regular expressions over bytes; a fixed width in one is a field at its offset.  The names of their
groups say what was found:

    weight, sign, unit        the number as shown
    stable, moving, zero,     the scale says so where the group took part, empty or not
    over, under, error,
    unknown, net
    any other name            a status byte, which `bits` reads
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["FRAME_LIMIT_BYTES", "WORDS", "Bit", "Exponent", "Framing", "LineSettings", "Protocol", "Says", "Tier"]

FRAME_LIMIT_BYTES: Final = 64  # the longest answer of the table has 24; what is longer is somebody else's


class Tier(StrEnum):
    """How sure the facts of a protocol are.  None was tried on a scale."""

    VENDOR_TEXT = "vendor text"  # a manual, and code that agrees with it
    CODE_CONFIRMED = "code-confirmed"  # manuals or code of several sources agree; parts of it from one alone
    EXPERIMENTAL = "experimental"  # written down carefully, and still a guess in places


class Says(StrEnum):
    """What an answer can say besides its number.  Of the first seven the first that is said counts."""

    UNKNOWN = "unknown"  # held, powering up, not a weight: nothing is known
    ERROR = "error"
    OVER = "over"
    UNDER = "under"
    MOVING = "moving"
    ZERO = "zero"  # settled, and nothing on it
    STABLE = "stable"
    NET = "net"
    NEGATIVE = "negative"


WORDS: Final = frozenset(Says) - {Says.NEGATIVE}  # those that may name a group


@dataclass(frozen=True)
class LineSettings:
    """Of the serial port; what the make leaves the factory with."""

    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop: int = 1


@dataclass(frozen=True)
class Framing:
    """Where a frame ends: `length` bytes from `begins`, or from `begins` to `ends`; without `begins` after a line."""

    begins: bytes = b""
    ends: bytes = b"\r\n"
    length: int = 0


@dataclass(frozen=True)
class Bit:
    """Where the bit of that status byte is `when`, the scale says this."""

    group: str
    mask: int
    says: Says
    why: str = ""
    when: bool = True


@dataclass(frozen=True)
class Exponent:
    """The number counts in powers of ten: 10 to the power of `highest` less the masked bits of that byte."""

    group: str
    mask: int
    highest: int


@dataclass(frozen=True)
class Protocol:
    """One protocol.

    sources: whence the facts are, in words.
    ask: empty where the scale talks without being asked.  mask: of each byte; 0x7F where bit 7 may carry parity.
    unit_told: a frame names its unit; otherwise the configuration must.
    unit_bit: the byte, its mask, the unit when set and when not.
    checksum: the last byte is the 7-bit two's complement of the sum of all before it.
    refused: an answer to `zero` or `tare` that is a no.
    """

    name: str
    tier: Tier
    sources: str
    patterns: tuple[bytes, ...]
    line: LineSettings = LineSettings()
    ask: bytes = b""
    framing: Framing = Framing()
    bits: tuple[Bit, ...] = ()
    mask: int = 0xFF
    unit_told: bool = True
    unit_bit: tuple[str, int, str, str] | None = None
    exponent: Exponent | None = None
    checksum: bool = False
    zero: bytes = b""
    tare: bytes = b""
    refused: bytes = b""

    def compiled(self) -> tuple[re.Pattern[bytes], ...]:
        """The patterns, ready for `fullmatch`.  re.error when one is none."""
        return tuple(re.compile(one, re.DOTALL) for one in self.patterns)

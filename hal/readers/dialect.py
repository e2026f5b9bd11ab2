"""What a scanner says and wants to hear, apart from how the bytes travel.

A dialect is pure: bytes and instants in, codes and bytes to send out.  No bytes whatever make it raise; what it cannot
make sense of it counts by name.  Instants are monotonic seconds of whoever calls.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

__all__ = ["MAX_LINE_BYTES", "PAUSE_S", "UNKNOWN", "Code", "Dialect", "Heard", "Oddity"]

UNKNOWN: Final = "unknown"  # of a scanner that does not say which kind of code it read
MAX_LINE_BYTES: Final = 512  # twice the longest code that anybody may present: what is longer is no code of ours
PAUSE_S: Final = 0.3  # within one scan bytes follow each other; the slowest keyboards type a key in 40 ms


class Oddity(StrEnum):
    """What came and was no code, or none that is passed on.  Each is counted."""

    GARBAGE = "garbage"  # bytes between frames, or a frame of no known kind
    HALF = "half"  # begun and not ended: the rest was lost
    BAD_SUM = "bad_sum"  # its checksum does not hold
    RESENT = "resent"  # the scanner said it again because it missed our word
    LOST = "lost"  # the kernel dropped keys
    TOO_LONG = "too_long"
    CHARACTERS = "characters"  # something that neither codes nor labels have
    REPEATED = "repeated"  # still in view
    TOO_MANY = "too_many"  # more than people can present


@dataclass(frozen=True, slots=True)
class Code:
    """The bytes of one code as the scanner gave them, and its symbology where the scanner says it."""

    data: bytes
    symbology: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Heard:
    """What follows from what was heard: codes to pass on, bytes to send."""

    codes: tuple[Code, ...] = ()
    send: bytes = b""


class Dialect(Protocol):
    """One connection follows the other: `opened`, then `feed` and `due` as they come; `closing` before the last ends.

    counts: every oddity so far.
    """

    counts: Counter[str]

    @property
    def fault(self) -> str | None:
        """Why the scanner does not work although its line is open; None while it does, or while nobody can know."""

    @property
    def settled(self) -> bool:
        """Whether `fault` says something yet: not before a scanner that can answer did, or did not."""

    def opened(self, now_s: float) -> bytes:
        """The line is open, for the first time or again: what to send first.  Everything half is forgotten."""

    def feed(self, data: bytes, now_s: float) -> Heard:
        """These bytes have come."""

    def due(self, now_s: float) -> Heard:
        """Time has passed: what is to be done without a word from the scanner.  Called a few times a second."""

    def closing(self) -> bytes:
        """What to send before the line is closed in order."""

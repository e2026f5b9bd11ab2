"""A scale that no row of the table knows, by a pattern in the configuration.

The pattern is a regular expression for one whole line, without its end.  It is refused when it could take long on any
line: no group but an optional one may be repeated, nothing may look back or ahead, and what the repetitions and
choices can multiply to is bounded.
"""

from __future__ import annotations

import re
import warnings
from typing import Final

from hal.scales.protocol import FRAME_LIMIT_BYTES, WORDS, Framing, LineSettings, Protocol, Says, Tier

__all__ = ["MAX_WAYS", "generic", "pattern_faults"]

MAX_WAYS: Final = 1_000_000  # in which a pattern may be tried on one line: under a second on the smallest board
_PIECE: Final = re.compile(
    r"(?P<escape>\\(?:x[0-9a-fA-F]{2}|[^x0-9]))"
    r"|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<opens>\((?:\?P<[a-z]+>|\?:)?)(?!\?)"
    r"|(?P<repeat>\*\??|\+\??|\{[0-9]{1,3}(?:,[0-9]{0,3})?\}\??)"
    r"|(?P<maybe>\?\??)"
    r"|(?P<or>\|)|(?P<closes>\))|(?P<byte>[^\\\[\](){}*+?|^$])"
)
_KNOWN: Final = {str(word) for word in WORDS} | {"weight", "sign", "unit"}
_SETTLED: Final = {str(Says.STABLE), str(Says.MOVING)}


def pattern_faults(pattern: str) -> list[str]:
    """What is wrong with a pattern, one line each; empty when it is good and quick."""
    if not _bytes(pattern):
        return ["must have characters of one byte each"]
    ways, before, at = 1, "", 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if piece is None:
            return [f"character {at + 1}: {pattern[at : at + 3]!r} is not allowed in a pattern of a scale"]
        kind = str(piece.lastgroup)
        if kind == "repeat" and before in ("closes", "repeat", "maybe"):
            return [f"character {at + 1}: a group, or what is repeated already, must not be repeated"]
        ways *= _ways(kind, piece[0])
        before, at = kind, piece.end()
    if ways > MAX_WAYS:
        return [f"can be tried in {ways} ways on one line, limit {MAX_WAYS}: repeat less, or say how often: {{8}}"]
    return _names(pattern)


def generic(
    pattern: str, line: LineSettings, *, ask: str = "", ends: str = "\r\n", zero: str = "", tare: str = ""
) -> Protocol:
    """The protocol of a pattern without faults; commands as text of one-byte characters."""
    end = ends.encode("latin-1")
    return Protocol(
        name="generic",
        tier=Tier.EXPERIMENTAL,
        sources="the configuration",
        patterns=(b"(?:" + pattern.encode("latin-1") + b")" + re.escape(end),),
        line=line,
        ask=ask.encode("latin-1"),
        framing=Framing(ends=end),
        zero=zero.encode("latin-1"),
        tare=tare.encode("latin-1"),
    )


def _ways(kind: str, piece: str) -> int:
    """By how much this piece multiplies the ways to try."""
    if kind in ("maybe", "or"):
        return 2
    if kind != "repeat":
        return 1
    bounds = piece.strip("{}?").split(",")
    if bounds[0].isdigit() and len(bounds) == 1:
        return 1
    least = int(bounds[0]) if bounds[0].isdigit() else 0
    most = int(bounds[1]) if len(bounds) == 2 and bounds[1] else FRAME_LIMIT_BYTES
    return max(1, min(most, FRAME_LIMIT_BYTES) - least + 1)


def _names(pattern: str) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what a later Python may read otherwise
            named = set(re.compile(pattern.encode("latin-1"), re.DOTALL).groupindex)
    except (re.error, OverflowError, FutureWarning) as error:
        return [f"is no regular expression: {error}"]
    if unknown := sorted(named - _KNOWN):
        return [f"names {', '.join(unknown)}; known are: {', '.join(sorted(_KNOWN))}"]
    if "weight" not in named:
        return ["must name the weight: (?P<weight>…)"]
    if not named & _SETTLED:
        return ["must name what tells that the weight has settled, (?P<stable>…), or that it has not, (?P<moving>…)"]
    return []


def _bytes(text: str) -> bool:
    return all(ord(letter) < 256 for letter in text)

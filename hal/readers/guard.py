"""What is believed of a scanner: anybody may hold anything before it.

A code that is too long, has characters that no code and no label has, or comes faster than people present codes is
refused by name and never passed on.  A code that stays in view is passed on once: scanners in continuous mode say it
again and again.  The rule for that is the camera's.

How many scans wait to be decided is the inbox's limit, and how often a refusal is journaled is the core's.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from typing import Final

from edge.core.credential import MAX_CODE_CHARS
from hal.readers.dialect import Code, Oddity

__all__ = ["Guard"]

MAX_SCAN_CHARS: Final = MAX_CODE_CHARS  # labels are shorter
MAX_SCANS: Final = 20  # of one reader within RATE_S; a quick courier scans one a second
RATE_S: Final = 10.0
SAME_CODE_S: Final = 2.0  # out of view for longer, and it is presented anew
RETELL_S: Final = 60.0  # in view all the time, it is told again only after this: one showing is one request
REMEMBERED: Final = 64  # more than MAX_SCANS can bring within SAME_CODE_S, so no repeat slips through
_GS: Final = 0x1D  # separates the fields of GS1 labels; the core says that it cannot use such a label


class Guard:
    """Of one reader.  `counts`: the refusals so far, by name."""

    def __init__(self, counts: Counter[str] | None = None) -> None:
        self.counts: Counter[str] = Counter() if counts is None else counts
        self._told: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # told at, last seen at
        self._lately: deque[float] = deque()

    def admit(self, code: Code, now_s: float) -> str | None:
        """The text to pass on; None when it is refused, which is counted."""
        why = self._refusal(code.data, now_s)
        if why is None:
            self._remember(code.data, now_s, now_s)
            self._lately.append(now_s)
            return code.data.decode("ascii")
        self.counts[why] += 1
        return None

    def _refusal(self, data: bytes, now_s: float) -> Oddity | None:
        if len(data) > MAX_SCAN_CHARS:
            return Oddity.TOO_LONG
        if not data or any(not (0x20 <= byte <= 0x7E or byte == _GS) for byte in data):
            return Oddity.CHARACTERS
        told_s, seen_s = self._told.get(data, (float("-inf"), float("-inf")))
        if now_s - seen_s <= SAME_CODE_S and now_s - told_s < RETELL_S:
            self._remember(data, told_s, now_s)
            return Oddity.REPEATED
        while self._lately and now_s - self._lately[0] >= RATE_S:
            self._lately.popleft()
        return Oddity.TOO_MANY if len(self._lately) >= MAX_SCANS else None

    def _remember(self, data: bytes, told_s: float, seen_s: float) -> None:
        self._told[data] = (told_s, seen_s)
        self._told.move_to_end(data)
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)

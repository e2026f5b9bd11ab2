"""Text that ends: what nearly every scanner gives when it is set to RS-232 or USB serial.

A scan ends with CR, LF or both; or with a silence, where a scanner is set to add nothing.  A scan that is cut off by a
silence is dropped, never joined to the next: half a label would be another label.
Source: general practice; each maker's manual has a setting for the suffix.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from hal.readers.dialect import MAX_LINE_BYTES, PAUSE_S, Code, Heard, Oddity
from hal.readers.trigger import Trigger

__all__ = ["Lines", "Text"]

_ENDS: Final = b"\r\n"
_NUL: Final = 0  # a line that is plugged in or woken up reads as NUL


class Text:
    """One text that grows, and what is odd about it: shared by all who cut text out of a stream."""

    def __init__(self, counts: Counter[str], *, by_pause: bool = False) -> None:
        self._counts, self._by_pause = counts, by_pause
        self._text = bytearray()
        self._spoilt = False  # whatever comes until its end is no code
        self._last_s = 0.0

    @property
    def begun(self) -> bool:
        return bool(self._text) or self._spoilt

    def take(self, byte: int, now_s: float) -> bytes | None:
        """One byte more; the text, when it has ended with it."""
        if byte in _ENDS:
            return self._end()
        if byte == _NUL:
            self._counts[Oddity.GARBAGE] += 1
        elif len(self._text) >= MAX_LINE_BYTES:
            self.spoil(Oddity.TOO_LONG, now_s)
        elif not self._spoilt:
            self._text.append(byte)
        self._last_s = now_s
        return None

    def spoil(self, why: Oddity, now_s: float) -> None:
        """Nothing of this text counts, nor what follows until its end."""
        self._counts[why] += 1
        self._text.clear()
        self._spoilt, self._last_s = True, now_s

    def lapsed(self, now_s: float) -> bytes | None:
        """After a silence: the text, where silence ends one; else it is half of one, and dropped."""
        if not self.begun or now_s - self._last_s < PAUSE_S:
            return None
        if self._by_pause:
            return self._end()
        self._counts[Oddity.HALF] += 1
        self.forget()
        return None

    def forget(self) -> None:
        self._text.clear()
        self._spoilt = False

    def _end(self) -> bytes | None:
        text, spoilt = bytes(self._text), self._spoilt
        self.forget()
        return None if spoilt else text or None


class Lines:
    """A dialect without questions.  `by_pause`: a silence ends a scan too."""

    def __init__(self, *, by_pause: bool = False, trigger: Trigger | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._text = Text(self.counts, by_pause=by_pause)
        self._trigger = trigger or Trigger()

    @property
    def fault(self) -> None:
        """Such a scanner answers nothing: nobody can know."""
        return None

    @property
    def settled(self) -> bool:
        return True

    def opened(self, now_s: float) -> bytes:
        self._text.forget()
        return self._trigger.pull(now_s)

    def feed(self, data: bytes, now_s: float) -> Heard:
        texts = [self._text.lapsed(now_s), *(self._text.take(byte, now_s) for byte in data)]
        codes = tuple(Code(text) for text in texts if text is not None)
        return Heard(codes, self._trigger.pull(now_s) if codes else b"")

    def due(self, now_s: float) -> Heard:
        text = self._text.lapsed(now_s)
        if text is None:
            return Heard(send=self._trigger.due(now_s))
        return Heard((Code(text),), self._trigger.pull(now_s))

    def closing(self) -> bytes:
        return self._trigger.off

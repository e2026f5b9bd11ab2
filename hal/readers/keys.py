"""Keys of a keyboard into text: scanners that pretend to be one ("keyboard wedge"), as the Linux kernel gives them.

Source: the kernel's input event interface (linux/input.h and input-event-codes.h), on a 64-bit system; a US keyboard,
which every such scanner can be set to, and most are.

A scan ends with Enter, or with a silence where a scanner is set to add nothing.  Whatever modifiers were down, none
are after it: a lost key-up garbles one scan, not all that follow.  A key that stands for no character, or that comes
with Ctrl, Alt or Meta, becomes a character that no code has, so that the whole scan is refused: a crafted code can make
a scanner press any key.
"""

from __future__ import annotations

import struct
from collections import Counter
from typing import Final

from hal.readers.dialect import Code, Heard, Oddity
from hal.readers.lines import Text

__all__ = ["EVENT", "Keys"]

EVENT: Final = struct.Struct("@qqHHi")  # seconds, microseconds, type, code, value
_SYN, _KEY = 0, 1
_REPORT, _DROPPED = 0, 3
_UP, _DOWN = 0, 1  # 2: it repeats while it is held
_ENTERS: Final = frozenset({28, 96})
_SHIFTS: Final = frozenset({42, 54})
_OTHERS: Final = frozenset({29, 97, 56, 100, 125, 126})  # Ctrl, Alt, Meta, left and right
_CTRLS: Final = frozenset({29, 97})
_BRACKET: Final = 27
_GS: Final = 0x1D  # Ctrl and ]: the separator of GS1 labels
_NO_CHARACTER: Final = 0x1A

_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),  # from here on the number pad
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (98, "/", "/"),
)
_PLAIN: Final = {first + at: ord(key) for first, plain, _ in _ROWS for at, key in enumerate(plain)}
_SHIFTED: Final = {first + at: ord(key) for first, _, shifted in _ROWS for at, key in enumerate(shifted)}


class Keys:
    """A dialect over `struct input_event`s.  `by_pause`: a silence ends a scan too."""

    def __init__(self, *, by_pause: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self._text = Text(self.counts, by_pause=by_pause)
        self._rest = b""
        self._down: set[int] = set()  # modifiers
        self._dropping = False  # the kernel has dropped keys: nothing counts until it says that it is over

    @property
    def fault(self) -> None:
        """A keyboard answers nothing: nobody can know."""
        return None

    @property
    def settled(self) -> bool:
        return True

    def opened(self, now_s: float) -> bytes:
        self._text.forget()
        self._down.clear()
        self._rest, self._dropping = b"", False
        return b""

    def feed(self, data: bytes, now_s: float) -> Heard:
        texts = [self._lapsed(now_s)]
        self._rest += data
        whole = len(self._rest) - len(self._rest) % EVENT.size
        for _, _, kind, code, value in EVENT.iter_unpack(self._rest[:whole]):
            if kind == _SYN:
                self._synchronise(code, now_s)
            elif kind == _KEY and not self._dropping:
                texts.append(self._key(code, value, now_s))
        self._rest = self._rest[whole:]
        return Heard(tuple(Code(text) for text in texts if text is not None))

    def due(self, now_s: float) -> Heard:
        text = self._lapsed(now_s)
        return Heard() if text is None else Heard((Code(text),))

    def closing(self) -> bytes:
        return b""

    def _synchronise(self, code: int, now_s: float) -> None:
        if code == _DROPPED:
            self._dropping = True
            self._down.clear()
            self._text.spoil(Oddity.LOST, now_s)  # its end, if that came, would be another code
        elif code == _REPORT:
            self._dropping = False

    def _key(self, code: int, value: int, now_s: float) -> bytes | None:
        if code in _SHIFTS or code in _OTHERS:
            (self._down.discard if value == _UP else self._down.add)(code)
            return None
        if value != _DOWN:
            return None
        if code in _ENTERS:
            self._down.clear()
            return self._text.take(ord("\r"), now_s)
        return self._text.take(self._character(code), now_s)

    def _character(self, code: int) -> int:
        if self._down & _OTHERS:
            return _GS if code == _BRACKET and self._down <= _CTRLS else _NO_CHARACTER
        return (_SHIFTED if self._down else _PLAIN).get(code, _NO_CHARACTER)

    def _lapsed(self, now_s: float) -> bytes | None:
        begun = self._text.begun
        text = self._text.lapsed(now_s)
        if begun and not self._text.begun:
            self._down.clear()
        return text

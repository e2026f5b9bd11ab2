"""Choices read from bytes, so that whoever changes a byte changes a choice.  When they are used up, each is 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

__all__ = ["Feed"]

T = TypeVar("T")

MAX_CHANGES: Final = 8
_NUMBERS: Final = (
    0,
    1,
    -1,
    23,
    24,
    255,
    256,
    65_535,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**53,
    2**62,
    2**63,
    2**64 - 1,
)
_TEXTS: Final = ("", "\0", "'", "open", "announce", "dpd", "ffffffffffffffff", "\ud7ff", "é" * 30, "x" * 300)


class Feed:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def empty(self) -> bool:
        return self._at >= len(self._data)

    def byte(self) -> int:
        value = 0 if self.empty else self._data[self._at]
        self._at += 1
        return value

    def take(self, count: int) -> bytes:
        some = self._data[self._at : self._at + count]
        self._at += count
        return some

    def rest(self) -> bytes:
        return self.take(len(self._data))

    def number(self, size: int = 2) -> int:
        return int.from_bytes(self.take(size), "big")

    def pick(self, some: Sequence[T]) -> T:
        return some[self.byte() % len(some)]

    def text(self) -> str:
        return self.take(self.byte()).decode("utf-8", "replace")

    def value(self, depth: int = 3) -> Any:
        """Anything that CBOR and JSON have."""
        kind = self.byte() % (9 if depth else 7)
        if kind == 0:
            return self.pick(_NUMBERS)
        if kind == 1:
            return self.number(self.byte() % 8) * (-1 if self.byte() & 1 else 1)
        if kind == 2:
            return self.take(self.byte())
        if kind == 3:
            return self.text()
        if kind == 4:
            return self.pick(_TEXTS)
        if kind in (5, 6):
            return self.pick((True, False, None))
        size = self.byte() % 5
        if kind == 7:
            return [self.value(depth - 1) for _ in range(size)]
        return {self.pick((self.text(), self.number(1), -1 - self.byte())): self.value(depth - 1) for _ in range(size)}

    def changed(self, value: Any) -> Any:
        """`value` with a few changes, deep inside too."""
        for _ in range(MAX_CHANGES):
            if self.empty:
                break
            value = self._once(value)
        return value

    def _once(self, value: Any) -> Any:
        if isinstance(value, dict) and value:
            return self._in_map(dict(value))
        if isinstance(value, list | tuple) and value:
            return self._in_list(list(value))
        if isinstance(value, bool) or value is None:
            return self.value(1)
        if isinstance(value, int):
            return self.pick((value + 1, value - 1, -value, *_NUMBERS))
        if isinstance(value, bytes):
            return self.flipped(value)
        if isinstance(value, str):
            return self.pick((value[:-1], value + value[-1:], value.upper(), self.text(), *_TEXTS))
        return self.value(1)

    def _in_map(self, value: dict[Any, Any]) -> dict[Any, Any]:
        key, what = self.pick(list(value)), self.byte() % 8
        if what == 0:
            value[key] = self.value()
        elif what == 1:
            del value[key]
        elif what == 2:
            value[self.pick((self.text(), self.number(1)))] = self.value(1)
        else:
            value[key] = self._once(value[key])
        return value

    def _in_list(self, value: list[Any]) -> list[Any]:
        place, what = self.number(1) % len(value), self.byte() % 8
        if what == 0:
            value[place] = self.value()
        elif what == 1:
            del value[place]
        elif what == 2:
            value.insert(place, value[self.byte() % len(value)])
        elif what == 3:
            value *= 1 + self.byte() % 8
        else:
            value[place] = self._once(value[place])
        return value

    def flipped(self, data: bytes) -> bytes:
        """`data` with a few bytes changed, cut out or put in."""
        some = bytearray(data)
        for _ in range(MAX_CHANGES):
            if self.empty:
                break
            what, at = self.byte() % 4, self.number() % (len(some) + 1)
            if what == 0:
                some[at:at] = self.take(self.byte() % 16)
            elif what == 1:
                del some[at : at + 1 + self.byte() % 16]
            elif at < len(some):
                some[at] = self.byte() if what == 2 else some[at] ^ (1 << self.byte() % 8)
        return bytes(some)

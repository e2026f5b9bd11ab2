"""Visits, orders and troubles that are left out of a life: "v3,o1-7,t12-" (t12 and all that would come later)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

KINDS: Final = "vot"
FOR_EVER: Final = 1 << 31
_ITEM: Final = re.compile(r"([vot])([0-9]+)(-?)([0-9]*)")


class LeftOut(Struct, frozen=True):
    """`spans`: (kind, first, last), in order and apart from each other."""

    spans: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def of(cls, names: Iterable[str], after: dict[str, int] | None = None) -> LeftOut:
        """Those by name, and of each kind in `after` all above that number."""
        numbers = {(name[0], int(name[1:])) for name in names}
        spans = [(kind, number, number) for kind, number in sorted(numbers)]
        spans += [(kind, number + 1, FOR_EVER) for kind, number in (after or {}).items()]
        return cls(_joined(spans))

    @classmethod
    def read(cls, text: str) -> LeftOut:
        """ValueError when `text` is none."""
        spans = []
        for item in filter(None, text.split(",")):
            match = _ITEM.fullmatch(item)
            if match is None:
                raise ValueError(f"{item!r} is no visit, order or trouble: as in v3,o1-7,t12-")
            kind, first, dash, last = match.groups()
            spans.append((kind, int(first), int(last) if last else FOR_EVER if dash else int(first)))
        return cls(_joined(spans))

    @classmethod
    def join(cls, *several: LeftOut) -> LeftOut:
        return cls(_joined([span for each in several for span in each.spans]))

    def __str__(self) -> str:
        return ",".join(
            f"{kind}{first}" if last == first else f"{kind}{first}-{'' if last == FOR_EVER else last}"
            for kind, first, last in self.spans
        )

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __contains__(self, name: str) -> bool:
        kind, number = name[0], int(name[1:])
        return any(k == kind and first <= number <= last for k, first, last in self.spans)

    def over(self, kind: str, number: int) -> bool:
        """Whether nothing of that kind comes with that number or later."""
        return any(k == kind and first <= number and last == FOR_EVER for k, first, last in self.spans)


def _joined(spans: list[tuple[str, int, int]]) -> tuple[tuple[str, int, int], ...]:
    joined: list[tuple[str, int, int]] = []
    for kind, first, last in sorted(spans):
        if joined and joined[-1][0] == kind and first <= joined[-1][2] + 1:
            joined[-1] = (kind, joined[-1][1], max(last, joined[-1][2]))
        else:
            joined.append((kind, first, last))
    return tuple(joined)

"""Tables for a terminal: columns as wide as they must be, the last one folded into what is left."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

__all__ = ["table"]

_GAP = 2
_NARROWEST_LAST = 16


def table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int, indent: int = 0) -> list[str]:
    """The lines of the table, none wider than `width` unless a column before the last is wider by itself."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head) - 1)]
    left = indent + sum(widths) + _GAP * len(widths)
    room = max(_NARROWEST_LAST, width - left)
    lines = []
    for row in (head, *rows):
        told = textwrap.wrap(row[-1], room) or [""]
        first = "".join(cell.ljust(wide + _GAP) for cell, wide in zip(row, widths, strict=False))
        lines.append((" " * indent + first + told[0]).rstrip())
        lines += [" " * left + more for more in told[1:]]
    return lines

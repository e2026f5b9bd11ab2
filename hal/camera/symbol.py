"""The fixed parts of a QR symbol (ISO/IEC 18004, model 2): which modules every code of a version shares.

Modules are counted from the symbol's top left; +1 is light, -1 is dark, 0 is a module that carries data or format.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["VERSIONS", "alignment_centres", "side", "template"]

VERSIONS: Final = range(1, 41)


def side(version: int) -> int:
    """Return the modules on a side."""
    return 17 + 4 * version


def alignment_centres(version: int) -> list[int]:
    """Return the rows (and columns) on which alignment patterns have their middles (ISO/IEC 18004, annex E)."""
    if version == 1:
        return []
    count = version // 7 + 2
    last = side(version) - 7
    # Even steps from the far end; version 32 is the one exception to the rounding.
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6, *(last - step * index for index in reversed(range(count - 1)))]


@lru_cache(maxsize=40)
def template(version: int) -> NDArray[np.int8]:
    """Return the symbol with its fixed modules set; read only, shared."""
    size = side(version)
    modules = np.zeros((size, size), dtype=np.int8)
    along = np.where(np.arange(size) % 2 == 0, -1, 1).astype(np.int8)
    modules[6, :] = along
    modules[:, 6] = along
    centres = alignment_centres(version)
    for row in centres:
        for column in centres:
            if (row, column) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                modules[row - 2 : row + 3, column - 2 : column + 3] = _square(5)
    finder = _square(7)
    modules[:8, :8] = modules[:8, -8:] = modules[-8:, :8] = 1  # separators
    modules[:7, :7] = modules[:7, -7:] = modules[-7:, :7] = finder
    modules[size - 8, 8] = -1
    modules.setflags(write=False)
    return modules


def _square(size: int) -> NDArray[np.int8]:
    """Return nested squares, dark outside: a finder pattern (7) or an alignment pattern (5)."""
    distance = np.maximum(*np.abs(np.indices((size, size)) - size // 2))
    ring = size // 2 - 1  # the light ring
    return np.where(distance == ring, np.int8(1), np.int8(-1))

"""Where a QR symbol keeps its codewords, and how they are mended from modules that are more or less sure.

`mended(values, version)` takes what each module looked like (-1 dark … +1 light, near 0 unsure), finds level and mask,
gathers the codewords, corrects each block with its least sure codewords as erasures, and gives the whole symbol anew,
as it was printed.  A block must keep SPARE check codewords that were not used up, or nothing is given.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hal.camera import reed_solomon, symbol

__all__ = ["LEVELS", "mended"]

LEVELS: Final = "lmqh"
SPARE: Final = 3  # a block of random codewords passes once in 256³ tries
FORMAT_TRIES: Final = 2
ERASED_PARTS: Final = (0.0, 0.3, 0.6, 0.9)  # of the check codewords that may be erased, least sure first
_LEVEL_BITS: Final = {"l": 1, "m": 0, "q": 3, "h": 2}
# ISO/IEC 18004, table 9, for versions 1 to 40: check codewords a block, and blocks.
_CHECKS: Final = {
    "l": "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28" + " 30" * 14,
    "m": "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26" + " 28" * 19,
    "q": "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28" + " 30" * 14,
    "h": "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24" + " 30" * 18,
}
_BLOCKS: Final = {
    "l": "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
    "m": "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
    "q": "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
    "h": "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70"
    " 74 77 81",
}

_Values = NDArray[np.float32]
_Modules = NDArray[np.bool_]
_Places = tuple[NDArray[np.intp], NDArray[np.intp]]


def mended(values: _Values, version: int) -> list[_Modules]:
    """Return the symbols (True dark) that the modules mend to; mostly none or one."""
    found = []
    for level, mask in _formats(values):
        row, column = _data_places(version)
        flipped = _mask(mask, row, column)
        light = np.where(flipped, -values[row, column], values[row, column])
        whole = _mend_blocks(light, version, level)
        if whole is not None:
            found.append(_drawn(whole, version, level, mask))
    return found


def _mend_blocks(light: _Values, version: int, level: str) -> NDArray[np.uint8] | None:
    """Return the codewords in the order in which they are placed, mended, or None."""
    count = len(light) // 8
    bits = light[: count * 8].reshape(count, 8)
    words = np.packbits(bits < 0, axis=1)[:, 0]
    doubt = np.abs(bits).min(axis=1)
    whole = words.copy()
    checks = int(_CHECKS[level].split()[version - 1])
    for places in _block_places(version, level):
        block = [int(word) for word in words[places]]
        unsure = [int(at) for at in np.argsort(doubt[places])]
        for part in ERASED_PARTS:
            fixed = reed_solomon.mend(block, checks, unsure[: int((checks - SPARE) * part)])
            if fixed is not None and fixed.spare >= SPARE:
                whole[places] = fixed.block
                break
        else:
            return None
    return whole


@lru_cache(maxsize=8)
def _block_places(version: int, level: str) -> list[NDArray[np.intp]]:
    """For each block: where its codewords stand in the placed order, which takes one of each block in turn."""
    total = len(_data_places(version)[0]) // 8
    blocks, checks = int(_BLOCKS[level].split()[version - 1]), int(_CHECKS[level].split()[version - 1])
    short, longer = total // blocks, total % blocks
    lengths = [short - checks + (1 if block >= blocks - longer else 0) for block in range(blocks)]
    places: list[list[int]] = [[] for _ in range(blocks)]
    order = [block for step in range(max(lengths)) for block in range(blocks) if step < lengths[block]]
    order += [block for _ in range(checks) for block in range(blocks)]
    for place, block in enumerate(order):
        places[block].append(place)
    return [np.array(place, dtype=np.intp) for place in places]


def _format_places(size: int) -> list[_Places]:
    """The two copies of the 15 format bits, lowest bit first."""
    near = [(i, 8) for i in range(6)] + [(7, 8), (8, 8), (8, 7)] + [(8, 14 - i) for i in range(9, 15)]
    far = [(8, size - 1 - i) for i in range(8)] + [(size - 15 + i, 8) for i in range(8, 15)]
    return [(np.array([r for r, _ in copy]), np.array([c for _, c in copy])) for copy in (near, far)]


def _version_places(size: int) -> list[_Places]:
    """The two copies of the 18 version bits, lowest bit first."""
    across = np.array([size - 11 + i % 3 for i in range(18)])
    down = np.array([i // 3 for i in range(18)])
    return [(down, across), (across, down)]


@lru_cache(maxsize=8)
def _data_places(version: int) -> _Places:
    """Rows and columns of the data modules, in the order of their bits: upward and downward in pairs of columns."""
    size = symbol.side(version)
    taken = symbol.template(version) != 0
    taken[8, size - 8 :] = True
    for places in _format_places(size) + (_version_places(size) if version >= 7 else []):
        taken[places] = True
    rows, columns, upward = [], [], True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for row in range(size - 1, -1, -1) if upward else range(size):
            for column in (right, right - 1):
                if not taken[row, column]:
                    rows.append(row)
                    columns.append(column)
        upward = not upward
    return np.array(rows), np.array(columns)


def _mask(mask: int, row: NDArray[np.intp], column: NDArray[np.intp]) -> _Modules:
    """Tell which modules the mask turned over (ISO/IEC 18004, table 10)."""
    both, product = row + column, row * column
    terms = (
        both % 2,
        row % 2,
        column % 3,
        both % 3,
        (row // 2 + column // 3) % 2,
        product % 2 + product % 3,
        (product % 2 + product % 3) % 2,
        (both % 2 + product % 3) % 2,
    )
    return np.asarray(terms[mask] == 0, dtype=bool)


@lru_cache(maxsize=32)
def _format_bits(level: str, mask: int) -> NDArray[np.int8]:
    """The 15 bits, lowest first, +1 where set."""
    data = _LEVEL_BITS[level] << 3 | mask
    rest = data
    for _ in range(10):
        rest = rest << 1 ^ (rest >> 9) * 0x537
    bits = (data << 10 | rest) ^ 0x5412
    return np.array([1 if bits >> i & 1 else -1 for i in range(15)], dtype=np.int8)


def _formats(values: _Values) -> list[tuple[str, int]]:
    """Return the likeliest levels and masks; both copies count, each bit by how sure it is."""
    dark = -sum((values[places] for places in _format_places(values.shape[0])), np.zeros(15, dtype=np.float32))
    ranked = sorted(
        ((float(np.dot(dark, _format_bits(level, mask))), level, mask) for level in LEVELS for mask in range(8)),
        reverse=True,
    )
    return [(level, mask) for _, level, mask in ranked[:FORMAT_TRIES]]


def _drawn(words: NDArray[np.uint8], version: int, level: str, mask: int) -> _Modules:
    """Return the symbol of those codewords, every module of it."""
    size = symbol.side(version)
    dark = symbol.template(version) < 0
    for places in _format_places(size):
        dark[places] = _format_bits(level, mask) > 0
    dark[size - 8, 8] = True
    if version >= 7:
        rest = version
        for _ in range(12):
            rest = rest << 1 ^ (rest >> 11) * 0x1F25
        bits = version << 12 | rest
        for places in _version_places(size):
            dark[places] = [bool(bits >> i & 1) for i in range(18)]
    row, column = _data_places(version)
    laid = np.zeros(len(row), dtype=bool)
    laid[: len(words) * 8] = np.unpackbits(words).astype(bool)
    dark[row, column] = laid ^ _mask(mask, row, column)
    return dark

"""Reed-Solomon correction over GF(256) with errors and erasures, as QR codes use it (ISO/IEC 18004, annex B).

An erasure is a codeword that is known to be unsure.  It costs one check codeword where an error at an unknown place
costs two: a code half under a reflection may hold more erasures than any reader without them can mend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["Mended", "mend"]

_POLYNOMIAL: Final = 0x11D
_EXP: Final = [0] * 512
_LOG: Final = [0] * 256
_value = 1
for _power in range(255):
    _EXP[_power] = _EXP[_power + 255] = _value
    _LOG[_value] = _power
    _value = _value << 1 ^ (_POLYNOMIAL if _value & 0x80 else 0)


@dataclass(frozen=True, slots=True)
class Mended:
    """A whole block, and the check codewords that were left over: how far it was from being mended wrongly."""

    block: list[int]
    spare: int


def mend(block: list[int], checks: int, erased: list[int]) -> Mended | None:
    """Return the block with its errors and erasures corrected, or None where they are too many.

    `checks` is how many codewords at the end are checks; `erased` are places in the block, at most `checks` of them.
    """
    if len(erased) > checks:
        return None
    syndromes = _syndromes(block, checks)
    if not any(syndromes):
        return Mended(list(block), checks - len(erased))
    last = len(block) - 1
    erasures = [1]
    for place in erased:
        erasures = _times(erasures, [1, _EXP[last - place]])
    shifted = _times(syndromes, erasures)[:checks][len(erased) :]
    errors = _locator(shifted)
    if errors is None:
        return None
    locator = _times(errors, erasures)
    places = [place for place in range(len(block)) if _at(locator, _EXP[255 - (last - place) % 255]) == 0]
    if len(places) != len(locator) - 1:
        return None
    spare = checks - len(erased) - 2 * (len(errors) - 1)
    mended = _filled(block, places, locator, _times(syndromes, locator)[:checks])
    return Mended(mended, spare) if not any(_syndromes(mended, checks)) else None


def _mul(a: int, b: int) -> int:
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def _times(one: list[int], other: list[int]) -> list[int]:
    """Multiply polynomials, lowest power first."""
    product = [0] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        if a:
            for j, b in enumerate(other):
                product[i + j] ^= _mul(a, b)
    return product


def _at(polynomial: list[int], x: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = _mul(value, x) ^ coefficient
    return value


def _syndromes(block: list[int], checks: int) -> list[int]:
    syndromes = []
    for power in range(checks):
        value, root = 0, _EXP[power]
        for codeword in block:
            value = _mul(value, root) ^ codeword
        syndromes.append(value)
    return syndromes


def _locator(syndromes: list[int]) -> list[int] | None:
    """Berlekamp and Massey: the shortest polynomial whose roots tell the places of the errors; None for too many."""
    current, before = [1], [1]
    length, gap, scale = 0, 1, 1
    for step, syndrome in enumerate(syndromes):
        delta = syndrome
        for i in range(1, length + 1):
            if i < len(current):
                delta ^= _mul(current[i], syndromes[step - i])
        if delta == 0:
            gap += 1
            continue
        factor = _EXP[_LOG[delta] + 255 - _LOG[scale]]
        grown = current + [0] * (len(before) + gap - len(current))
        for i, coefficient in enumerate(before):
            grown[i + gap] ^= _mul(factor, coefficient)
        if 2 * length <= step:
            length, before, scale, gap = step + 1 - length, current, delta, 1
        else:
            gap += 1
        current = grown
    while len(current) > 1 and current[-1] == 0:
        current.pop()
    return current if len(current) - 1 == length and 2 * length <= len(syndromes) else None


def _filled(block: list[int], places: list[int], locator: list[int], evaluator: list[int]) -> list[int]:
    """Forney: what each wrong codeword is off by."""
    mended, last = list(block), len(block) - 1
    slope = [coefficient if power % 2 else 0 for power, coefficient in enumerate(locator)][1:]
    for place in places:
        power = (last - place) % 255
        inverse = _EXP[255 - power]
        under = _at(slope, inverse)
        if under:
            over = _mul(_EXP[power], _at(evaluator, inverse))
            mended[place] ^= _EXP[_LOG[over] + 255 - _LOG[under]] if over else 0
    return mended

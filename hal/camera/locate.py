"""Finds QR codes whose finder patterns are damaged, blurred or under a reflection, so that zxing-cpp does not see them.

A finder pattern is looked for as what it is from any side: rings, dark, light and dark round a middle, compared with
the picture at many scales.  A part of a ring is enough for a place on the list.  Three that stand as the corners of one
symbol make a suspect, with a version by their distance; what is none will not read.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hal.camera import retouch
from hal.camera.reader import Grey, Quad, Suspect

__all__ = ["suspects"]

LOOK_PX: Final = 800  # longer side of the largest scale; a finder of a code that can be read is large enough in it
LARGEST_SCALE: Final = 1.5
TURNS_DEG: Final = (0, 30, 60)
SMALLEST_PX: Final = 60
SCALE_STEP: Final = 0.8
MODULE_PX: Final = 3.0  # of the rings that are compared
GOOD_RING: Final = 0.5  # correlation; a whole finder gives 0.75 and more, data modules hardly 0.6
RING_LIMIT: Final = 14  # the best are kept: 364 triples
TRIPLE_LIMIT: Final = 4
VERSION_SLACK: Final = (0, 1, -1)
_SIDES: Final = (0.45, 2.2)  # one side against the other, in perspective
_ANGLE_DEG: Final = (55.0, 125.0)


@dataclass(frozen=True, slots=True)
class _Ring:
    x: float
    y: float
    module: float  # pixels
    score: float


def suspects(grey: Grey) -> list[list[Suspect]]:
    """Return likely codes, the likeliest first, each as one suspect for every version that its size allows."""
    rings = _rings(grey)
    found: list[tuple[float, list[Suspect]]] = []
    for three in itertools.combinations(rings, 3):
        corner = _corner(*three)
        if corner is not None:
            found.append((sum(ring.score for ring in three), _as_suspects(*corner)))
    found.sort(key=lambda entry: -entry[0])
    return [group for _, group in found[:TRIPLE_LIMIT]]


@lru_cache(maxsize=1)
def _templates() -> list[NDArray[np.float32]]:
    """The pattern with its light border at each turn; a quarter turn is the same again."""
    half = math.ceil(MODULE_PX * 4.5)
    y, x = np.mgrid[-half : half + 1, -half : half + 1] / MODULE_PX
    drawn = []
    for angle in (math.radians(turn) for turn in TURNS_DEG):
        across, down = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
        radius = np.maximum(np.abs(across), np.abs(down))
        ring = np.where((radius < 1.5) | ((radius >= 2.5) & (radius < 3.5)), -1.0, 1.0)
        drawn.append(np.asarray(cv2.GaussianBlur(ring.astype(np.float32), (0, 0), MODULE_PX * 0.3), dtype=np.float32))
    return drawn


def _rings(grey: Grey) -> list[_Ring]:
    """Return the best places for finder patterns over all scales, none twice."""
    half = _templates()[0].shape[0] // 2
    factor = min(LOOK_PX / max(grey.shape), LARGEST_SCALE)
    found: list[_Ring] = []
    while max(grey.shape) * factor >= SMALLEST_PX:
        level = retouch.standardize(retouch.resize(grey, factor), MODULE_PX * 12 / (max(grey.shape) * factor), 0.7)
        if min(level.shape) <= 2 * half + 1:
            break
        light = level.astype(np.float32)
        match = np.max([cv2.matchTemplate(light, form, cv2.TM_CCOEFF_NORMED) for form in _templates()], axis=0)
        peaks = (match >= cv2.dilate(match, np.ones((9, 9), dtype=np.uint8))) & (match > GOOD_RING)
        for y, x in np.argwhere(peaks):
            place = ((x + half + 0.5) / factor, (y + half + 0.5) / factor)
            found.append(_Ring(*place, MODULE_PX / factor, float(match[y, x])))
        factor *= SCALE_STEP
    found.sort(key=lambda ring: -ring.score)
    kept: list[_Ring] = []
    for ring in found:
        apart = all(math.hypot(ring.x - o.x, ring.y - o.y) > 4 * min(ring.module, o.module) for o in kept)
        if apart and len(kept) < RING_LIMIT:
            kept.append(ring)
    return kept


def _corner(a: _Ring, b: _Ring, c: _Ring) -> tuple[_Ring, _Ring, _Ring] | None:
    """Return the three as top left, top right and bottom left, or None where they are no symbol's corners."""
    modules = sorted(ring.module for ring in (a, b, c))
    if modules[2] > 1.7 * modules[0]:
        return None
    best = None
    for corner, one, other in ((a, b, c), (b, c, a), (c, a, b)):
        sides = [math.hypot(end.x - corner.x, end.y - corner.y) for end in (one, other)]
        if not _SIDES[0] < sides[0] / max(sides[1], 1e-6) < _SIDES[1]:
            continue
        turn = (one.x - corner.x) * (other.y - corner.y) - (one.y - corner.y) * (other.x - corner.x)
        along = (one.x - corner.x) * (other.x - corner.x) + (one.y - corner.y) * (other.y - corner.y)
        angle = math.degrees(math.atan2(abs(turn), along))
        if _ANGLE_DEG[0] < angle < _ANGLE_DEG[1] and (best is None or abs(angle - 90) < best[0]):
            best = (abs(angle - 90), (corner, one, other) if turn > 0 else (corner, other, one))
    return None if best is None else best[1]


def _as_suspects(corner: _Ring, right: _Ring, down: _Ring) -> list[Suspect]:
    module = (corner.module + right.module + down.module) / 3
    across = math.hypot(right.x - corner.x, right.y - corner.y)
    downward = math.hypot(down.x - corner.x, down.y - corner.y)
    version = round(((max(across, downward) / module + 7) - 17) / 4)
    return [
        Suspect(_quad(corner, right, down, 17 + 4 * tried), tried)
        for tried in (version + slack for slack in VERSION_SLACK)
        if 1 <= tried <= 40
    ]


def _quad(corner: _Ring, right: _Ring, down: _Ring, size: int) -> Quad:
    """The symbol's corners, from the middles of its finders, 3.5 modules inside; flat and without perspective."""
    u = ((right.x - corner.x) / (size - 7), (right.y - corner.y) / (size - 7))
    v = ((down.x - corner.x) / (size - 7), (down.y - corner.y) / (size - 7))

    def at(i: float, j: float) -> tuple[float, float]:
        return corner.x + u[0] * (i - 3.5) + v[0] * (j - 3.5), corner.y + u[1] * (i - 3.5) + v[1] * (j - 3.5)

    return at(0, 0), at(size, 0), at(size, size), at(0, size)

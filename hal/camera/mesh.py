"""Reads a QR code that was seen but not read, by laying its own grid over it: for curved, bent and steep codes.

zxing-cpp finds such a code, takes it for flat, and samples beside the modules.  Here the grid may bend.  It starts as
the perspective of the four corners; then corners, edges and spacing are moved, in ever smaller steps, towards where
the fixed parts of the symbol match and the other modules are clearly dark or clearly light.  The modules on the final
grid are drawn as a clean symbol, which zxing-cpp reads with all its checks; where that fails, blur is undone on the
grid (`equalizer`), the modules that stayed unsure are mended as erasures (`codewords`), and the symbol is drawn anew.
Nothing is believed that Reed-Solomon does not confirm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hal.camera import codewords, equalizer, symbol
from hal.camera.reader import Binarizer, Grey, Quad, Reading, Suspect, scan
from hal.camera.wire import Formats

__all__ = ["read"]

MODULE_PX: Final = 5.0  # the code is brought to this scale: fine enough to sample, small enough to be quick
MARGIN_MODULES: Final = 4
STEPS: Final = (0.8, 0.4, 0.2, 0.1)  # of a module
SWEEPS: Final = 4  # a step
LEAST_GAIN: Final = 0.001  # of the fit; a sweep that brings less ends its step
FIXED_WEIGHT: Final = 2.0  # what is known counts double
LINE_WEIGHT: Final = 2.0  # and what is known far from the finders again
_FOURTH_CORNER, _BOW_U, _BOW_V = 0, 1, 2  # in the order of _bends
BOWS: Final = (-3.0, -1.5, 0.0, 1.5, 3.0)  # modules by which the middle of a row or column may stand off
CORNER_SHIFTS: Final = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
START_BOWS: Final = 3
START_LIMIT: Final = 2  # of one suspect
SETTLE_LIMIT: Final = 4  # of one code
LEAST_FIT: Final = 0.45  # of a rough grid; anything with contrast gives 0.4
GOOD_MATCH: Final = 0.35  # mean agreement with the fixed parts; noise gives about 0, a readable code 0.6 and more
VERSION_TRIES: Final = 2
DRAWN_PX: Final = 4
_Floats = NDArray[np.float32]


@dataclass(slots=True)
class _Grid:
    """A symbol's version, its template, and where its modules' middles lie in `light` (pixels)."""

    version: int
    x: _Floats
    y: _Floats


def read(grey: Grey, suspects: Sequence[Suspect], expired: Callable[[], bool] = lambda: False) -> Reading | None:
    """Return the reading of the first that can be read, or None; None as well soon after `expired` says so.

    The suspects are guesses at one code (its place, its version); of all their grids the best SETTLE_LIMIT are tried.
    """
    starts: list[tuple[float, int, _Fitter, _Grid, Suspect]] = []
    for suspect in suspects:
        for version in [suspect.version] if suspect.version else _likely_versions(grey, suspect.quad):
            light, quad = _upright(grey, suspect.quad, version)
            if light is None or expired():
                continue
            fitter = _Fitter(light, version)
            for fit, grid in fitter.starts(_flat(quad, version)):
                if fit > LEAST_FIT:
                    starts.append((-fit, len(starts), fitter, grid, suspect))
    starts.sort(key=lambda start: start[:2])
    for _, _, fitter, grid, suspect in starts[:SETTLE_LIMIT]:
        if expired():
            return None
        found = fitter.read(fitter.settle(grid))
        if found is not None:
            return Reading(found.raw, found.symbology, suspect.quad, found.plain)
    return None


def _upright(grey: Grey, quad: Quad, version: int) -> tuple[_Floats | None, _Floats]:
    """Cut the code out with a margin, scale it to MODULE_PX a module, and even out its light to -1 … 1."""
    corners = np.array(quad, dtype=np.float32)
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    module = float(sides.mean()) / symbol.side(version)
    if module < 0.8:
        return None, corners
    margin = MARGIN_MODULES * module
    low = np.maximum(np.floor(corners.min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0) + margin), [grey.shape[1], grey.shape[0]]).astype(int)
    if np.any(high - low < 16):
        return None, corners
    factor = min(MODULE_PX / module, 3.0)
    part = cv2.resize(
        grey[low[1] : high[1], low[0] : high[0]],
        None,
        fx=factor,
        fy=factor,
        interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC,
    )
    return _even(np.asarray(part, dtype=np.float32), module * factor), (corners - low.astype(np.float32)) * np.float32(
        factor
    )


def _even(part: _Floats, module_px: float) -> _Floats:
    """Subtract the local mean and divide by the local spread, over nine modules, then clip: shadows fall away."""
    window = (max(3, round(module_px * 9)) | 1,) * 2
    soft = cv2.GaussianBlur(part, (0, 0), max(0.3, module_px * 0.22))
    mean = cv2.boxFilter(soft, -1, window)
    spread = np.sqrt(np.maximum(cv2.boxFilter(soft * soft, -1, window) - mean * mean, 9.0))
    return np.asarray(np.clip((soft - mean) / spread, -1.2, 1.2), dtype=np.float32)


def _flat(quad: _Floats, version: int) -> _Grid:
    """The grid of a flat code: the perspective of its corners."""
    size = symbol.side(version)
    square = np.array([[0, 0], [size, 0], [size, size], [0, size]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(square, quad.astype(np.float32))
    middles = np.stack(np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5), axis=-1).astype(np.float32)
    laid = cv2.perspectiveTransform(middles, matrix)
    return _Grid(version, np.ascontiguousarray(laid[:, :, 0]), np.ascontiguousarray(laid[:, :, 1]))


@lru_cache(maxsize=8)
def _bends(size: int) -> _Floats:
    """The ways a grid may move, each 1 at its strongest: corners, edges, spacing, and all rows or columns alike."""
    along = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    u, v = along[None, :], along[:, None]
    bow_u, bow_v = 4 * u * (1 - u), 4 * v * (1 - v)
    skew_u, skew_v = u * (1 - u) * (1 - 2 * u) * 10, v * (1 - v) * (1 - 2 * v) * 10
    one = np.ones_like(u * v)
    bends = [u * v, bow_u * one, bow_v * one, (1 - u) * (1 - v), u * (1 - v), (1 - u) * v]
    bends += [bow_u * (1 - v), bow_u * v, bow_v * (1 - u), bow_v * u, skew_u * one, skew_v * one, bow_u * bow_v]
    return np.stack(bends)


@lru_cache(maxsize=40)
def _weights(version: int) -> _Floats:
    """What each fixed module counts, with its sign; timing and alignment say more about the middle than finders do."""
    fixed = symbol.template(version).astype(np.float32)
    size = symbol.side(version)
    weights = fixed * FIXED_WEIGHT
    weights[8 : size - 8, 6] *= LINE_WEIGHT
    weights[6, 8 : size - 8] *= LINE_WEIGHT
    weights[9 : size - 8, 9 : size - 8] *= LINE_WEIGHT
    weights[size - 9 :, 9 : size - 8] *= LINE_WEIGHT
    return weights


class _Fitter:
    """Moves a grid over one code.  Shifts are in modules along the symbol's own axes."""

    def __init__(self, light: _Floats, version: int) -> None:
        self._light = light
        self._version = version
        self._weights = _weights(version)
        self._free = (symbol.template(version) == 0).astype(np.float32)
        self._full = float(np.abs(self._weights).sum() + self._free.sum())
        self._bends = _bends(symbol.side(version))

    def fit(self, grid: _Grid) -> float:
        """How well the grid lies: agreement with the fixed modules, decidedness of the others; 1 is perfect."""
        values = _sample(self._light, grid)
        return (float(np.vdot(values, self._weights)) + float(np.vdot(np.abs(values), self._free))) / self._full

    def moved(self, grid: _Grid, bend: int, right: float, down: float) -> _Grid:
        """Return the grid bent by that many modules to the symbol's right and down."""
        last = grid.x.shape[0] - 1
        dx = right * (grid.x[0, last] - grid.x[0, 0]) / last + down * (grid.x[last, 0] - grid.x[0, 0]) / last
        dy = right * (grid.y[0, last] - grid.y[0, 0]) / last + down * (grid.y[last, 0] - grid.y[0, 0]) / last
        shape = self._bends[bend]
        return _Grid(grid.version, grid.x + shape * np.float32(dx), grid.y + shape * np.float32(dy))

    def starts(self, grid: _Grid) -> list[tuple[float, _Grid]]:
        """Return the best of many rough grids, and their fits: bowed each way, the fourth corner here or there."""
        bowed = [self.moved(self.moved(grid, _BOW_U, 0.0, down), _BOW_V, right, 0.0) for down in BOWS for right in BOWS]
        bowed.sort(key=self.fit, reverse=True)
        ranked: list[tuple[float, int, _Grid]] = []
        for start in bowed[:START_BOWS]:
            for right in CORNER_SHIFTS:
                for down in CORNER_SHIFTS:
                    tried = self.moved(start, _FOURTH_CORNER, right, down)
                    ranked.append((self.fit(tried), len(ranked), tried))
        ranked.sort(reverse=True, key=lambda entry: entry[:2])
        return [(fit, tried) for fit, _, tried in ranked[:START_LIMIT]]

    def settle(self, grid: _Grid) -> _Grid:
        """Move the grid to where it fits best: one bend at a time, both ways, in ever smaller steps."""
        best = self.fit(grid)
        for step in STEPS:
            for _ in range(SWEEPS):
                before = best
                for bend in range(len(self._bends)):
                    for right, down in ((step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)):
                        tried = self.moved(grid, bend, right, down)
                        fit = self.fit(tried)
                        if fit > best:
                            best, grid = fit, tried
                if best - before < LEAST_GAIN:
                    break
        return grid

    def read(self, grid: _Grid) -> Reading | None:
        """Read the modules on that grid, None where it is not even like a code.

        First they are drawn at a few thresholds for zxing-cpp to mend; then the unsure are mended here as erasures.
        """
        fixed = symbol.template(self._version)
        values = _sample(self._light, grid)
        known = fixed != 0
        if float((values * fixed)[known].mean()) < GOOD_MATCH:
            return None
        lean = np.asarray(cv2.blur(values, (7, 7), borderType=cv2.BORDER_REFLECT) * np.float32(0.6), dtype=np.float32)
        sharp = equalizer.sharpen([values, *self._beside(grid)], fixed)
        for looked in (values, values - lean, sharp, values + np.float32(0.2), values - np.float32(0.2)):
            reading = _scan_drawn(np.where(known, fixed < 0, looked < 0))
            if reading is not None:
                return reading
        for sure in (sharp, values - lean, equalizer.doubt_blank(sharp, fixed)):
            for dark in codewords.mended(np.asarray(sure, dtype=np.float32), self._version):
                reading = _scan_drawn(dark)
                if reading is not None:
                    return reading
        return None

    def _beside(self, grid: _Grid) -> list[_Floats]:
        """Sample half a module to the right, left, down and up of the middles."""
        right = (np.gradient(grid.x, axis=1) / 2, np.gradient(grid.y, axis=1) / 2)
        down = (np.gradient(grid.x, axis=0) / 2, np.gradient(grid.y, axis=0) / 2)
        return [
            _sample(self._light, _Grid(grid.version, grid.x + sign * dx, grid.y + sign * dy))
            for dx, dy in (right, down)
            for sign in (np.float32(1), np.float32(-1))
        ]


def _sample(light: _Floats, grid: _Grid) -> _Floats:
    return np.asarray(cv2.remap(light, grid.x, grid.y, cv2.INTER_LINEAR), dtype=np.float32)


def _scan_drawn(dark: NDArray[np.bool_]) -> Reading | None:
    drawn = np.kron(
        np.pad(np.where(dark, np.uint8(0), np.uint8(255)), 4, constant_values=255),
        np.ones((DRAWN_PX, DRAWN_PX), dtype=np.uint8),
    )
    for reading in scan(drawn, Formats.QR, binarizer=Binarizer.FixedThreshold).readings:
        return reading
    return None


def _likely_versions(grey: Grey, quad: Quad) -> list[int]:
    """Return the versions whose fixed parts match best, for a suspect of unknown version."""
    scores = []
    for version in symbol.VERSIONS[:25]:
        light, corners = _upright(grey, quad, version)
        if light is None:
            break
        fixed = symbol.template(version)
        values = _sample(light, _flat(corners, version))
        scores.append((float((values * fixed)[fixed != 0].mean()), version))
    scores.sort(reverse=True)
    return [version for score, version in scores[:VERSION_TRIES] if score > GOOD_MATCH / 3]

"""Makes smeared modules sharp again, once their grid is known, and tells which modules cannot be trusted.

A blur mixes every module with its neighbours, in every place in the same way.  The symbol's fixed modules are known, so
the way back, a weighted sum over neighbours, is found by least squares on them, and then again with the modules that
have become clear.  No kind of blur is assumed: a moving hand and a lens out of focus are undone alike.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["doubt_blank", "sharpen"]

REACH: Final = 2  # modules to each side that are mixed in; a smear of five modules is beyond repair
ROUNDS: Final = 4
CLEAR: Final = 0.2  # of a sharp module's value; a module above it teaches in the next round
RIDGE: Final = 0.005  # of the number of teachers; keeps noise from being amplified
BLANK: Final = 4  # modules; a QR mask leaves hardly a square of that size in one colour, a stain or a reflection does

_Values = NDArray[np.float32]


def sharpen(samples: list[_Values], fixed: NDArray[np.int8]) -> _Values:
    """Return each module's value with the blur undone, -1 dark to 1 light.

    `samples` are pictures of one value a module, all of the same shape: the modules' middles first, then other places
    in the modules; `fixed` is the symbol's template (0 where unknown).
    """
    features = _neighbours(samples)
    target = fixed.astype(np.float32).ravel()
    known = target != 0
    values = samples[0].ravel()
    for step in range(ROUNDS):
        teachers = known if step == 0 else known | (np.abs(values) > CLEAR)
        goal = np.where(known, target, np.sign(values))[teachers]
        chosen = features[teachers]
        square = chosen.T @ chosen + np.eye(chosen.shape[1], dtype=np.float32) * np.float32(RIDGE * len(goal))
        values = features @ np.linalg.solve(square, chosen.T @ goal)
    return np.clip(values, -1.2, 1.2).astype(np.float32).reshape(fixed.shape)


def _neighbours(samples: list[_Values]) -> NDArray[np.float32]:
    """One row a module: every sample of all modules within REACH, and a constant."""
    size = samples[0].shape[0]
    span = range(2 * REACH + 1)
    framed = [np.pad(sample, REACH, constant_values=1.0) for sample in samples]  # the quiet zone is light
    columns = [
        sample[row : row + size, column : column + size].ravel() for sample in framed for row in span for column in span
    ]
    return np.stack([*columns, np.ones_like(columns[0])], axis=1).astype(np.float32)


def doubt_blank(values: _Values, fixed: NDArray[np.int8]) -> _Values:
    """Return the values with 0, unsure, wherever a large square is of one colour."""
    doubted = values.copy()
    square = np.ones((BLANK, BLANK), dtype=np.uint8)
    for one_colour in (values > 0, values < 0):
        blank = cv2.morphologyEx(one_colour.astype(np.uint8), cv2.MORPH_OPEN, square)
        doubted[(blank > 0) & (fixed == 0)] *= np.float32(0.1)
    return doubted

"""Ways to change a picture so that a code which was lost in it can be read.

Each takes a grey picture and gives a grey picture; none keeps state.  Sizes that depend on the picture are parts of its
longer side, so that the same way works on a thumbnail and on a photograph.
"""

from __future__ import annotations

import cv2
import numpy as np

from hal.camera.reader import Grey

__all__ = [
    "binarize",
    "channels",
    "equalize",
    "flatten",
    "grey_of",
    "resize",
    "rotate",
    "sharpen",
    "standardize",
]


def _bytes(picture: object) -> Grey:
    return np.asarray(picture, dtype=np.uint8)


def grey_of(picture: Grey) -> Grey:
    """Return the picture in grey; it may be grey already, BGR, or BGR with alpha (shown on white)."""
    if picture.ndim == 2:
        return picture
    return _bytes(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))


def channels(picture: Grey) -> list[Grey]:
    """Return blue, green, red, and the spread between them: a code may live in one of these and vanish in grey."""
    if picture.ndim == 2:
        return []
    blue, green, red = (_bytes(part) for part in cv2.split(picture))
    spread = cv2.max(cv2.max(blue, green), red) - cv2.min(cv2.min(blue, green), red)
    return [red, green, blue, _bytes(spread)]


def resize(grey: Grey, factor: float) -> Grey:
    """Return the picture `factor` times as wide and high."""
    method = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    return _bytes(cv2.resize(grey, size, interpolation=method))


def equalize(grey: Grey, clip: float = 2.0) -> Grey:
    """Lift contrast where there is little (CLAHE on a grid of 8 by 8)."""
    return _bytes(cv2.createCLAHE(clip, (8, 8)).apply(grey))


def _window(grey: Grey, part: float) -> int:
    return int(max(11, round(max(grey.shape) * part))) | 1


def binarize(grey: Grey, part: float = 0.08, blur_px: float = 0.0) -> Grey:
    """Return black and white against a soft local mean; shadows and slow glare fall away."""
    soft = cv2.GaussianBlur(grey, (0, 0), blur_px) if blur_px > 0 else grey
    return _bytes(
        cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, _window(grey, part), 3)
    )


def flatten(grey: Grey, part: float = 0.06) -> Grey:
    """Divide by the blurred background, so that paper is the same white in sun and shade."""
    size = _window(grey, part)
    paper = np.maximum(cv2.blur(grey, (size, size)), np.uint8(1))
    return _bytes(cv2.divide(grey, paper, scale=150))


def standardize(grey: Grey, part: float = 0.06, blur_px: float = 0.0) -> Grey:
    """Give every neighbourhood the same mean and spread: faint codes come up, noise with them."""
    soft = cv2.GaussianBlur(grey, (0, 0), blur_px) if blur_px > 0 else grey
    size = _window(grey, part)
    light = soft.astype(np.float32)
    mean = cv2.boxFilter(light, -1, (size, size))
    square = cv2.boxFilter(light * light, -1, (size, size))
    spread = np.sqrt(np.maximum(square - mean * mean, 16))
    return np.clip((light - mean) / spread * 55 + 127, 0, 255).astype(np.uint8)


def sharpen(grey: Grey, sigma_px: float, amount: float) -> Grey:
    """Undo some blur: add `amount` times the difference to a picture blurred with that sigma."""
    return _bytes(cv2.addWeighted(grey, 1 + amount, cv2.GaussianBlur(grey, (0, 0), sigma_px), -amount, 0))


def rotate(grey: Grey, angle_deg: float) -> Grey:
    """Turn about the middle on a larger canvas."""
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (round(width * cos + height * sin), round(height * cos + width * sin))
    matrix[:, 2] += [(size[0] - width) / 2, (size[1] - height) / 2]
    return _bytes(cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR, borderValue=127))

"""What a lens, a hand, a lamp and a cheap sensor do to a picture.  Grey pictures, float32, 0 to 255, in place of light.

Every random number comes from the generator that is handed in: the same generator state gives the same picture.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Picture", "backdrop", "compress", "defocus", "glare", "motion_blur", "noise", "shadow"]

Picture = NDArray[np.float32]
BACKDROPS: Final = ("plain", "gradient", "busy", "text", "bars")


def _f32(picture: object) -> Picture:
    return np.asarray(picture, dtype=np.float32)


def defocus(picture: Picture, radius_px: float) -> Picture:
    """Blur with a disc of that radius (a lens out of focus), antialiased at its rim; below 0.3 px nothing happens."""
    if radius_px < 0.3:
        return picture
    half = math.ceil(radius_px)
    grid = np.arange(-half, half + 1)
    distance = np.hypot(*np.meshgrid(grid, grid))
    kernel = np.clip(radius_px + 0.5 - distance, 0.0, 1.0)
    return _f32(cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))


def motion_blur(picture: Picture, length_px: float, angle_deg: float) -> Picture:
    """Smear along a line of that length (a moving hand); below 1 px nothing happens."""
    if length_px < 1.0:
        return picture
    size = 2 * math.ceil(length_px / 2) + 3
    kernel = np.zeros((size, size), dtype=np.float32)
    centre, fine = size / 2, 16
    dx, dy = (length_px / 2 * f(math.radians(angle_deg)) for f in (math.cos, math.sin))
    ends = [(round((centre + s * dx - 0.5) * fine), round((centre + s * dy - 0.5) * fine)) for s in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, shift=4)
    return _f32(cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))


def glare(picture: Picture, centre: tuple[float, float], radius_px: float, strength: float) -> Picture:
    """Add the reflection of a lamp: a soft spot that clips to white in its middle when `strength` nears 1."""
    height, width = picture.shape[:2]
    y, x = np.ogrid[:height, :width]
    spot = np.exp(-(((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * radius_px**2)).astype(np.float32))
    return np.minimum(picture + spot * np.float32(420 * strength), np.float32(255))


def shadow(picture: Picture, rng: np.random.Generator, depth: float) -> Picture:
    """Darken one side of a random soft edge to (1 - depth) of its light."""
    height, width = picture.shape[:2]
    angle = rng.uniform(0, 2 * math.pi)
    y, x = np.ogrid[:height, :width]
    along = (x - width * rng.uniform(0.35, 0.65)) * math.cos(angle) + (y - height * rng.uniform(0.35, 0.65)) * math.sin(
        angle
    )
    softness = rng.uniform(0.005, 0.05) * max(width, height)
    lit = 1 / (1 + np.exp(-np.clip(along / softness, -30, 30)))
    return _f32(picture * (1 - depth * (1 - lit)))


def noise(picture: Picture, rng: np.random.Generator, sigma: float) -> NDArray[np.uint8]:
    """Add the sensor's noise (grey levels) and round to bytes."""
    if sigma > 0:
        picture = picture + rng.standard_normal(picture.shape, dtype=np.float32) * np.float32(sigma)
    return np.clip(picture, 0, 255).astype(np.uint8)


def compress(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Send the picture through JPEG at that quality (1-100), in its own colours."""
    _done, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(
        cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE if picture.ndim == 2 else cv2.IMREAD_COLOR), dtype=np.uint8
    )


def backdrop(kind: str, height: int, width: int, rng: np.random.Generator) -> Picture:
    """What stands behind: one of BACKDROPS.  None of them holds a code; two look a little like one."""
    level = float(rng.uniform(60, 170))
    picture = np.full((height, width), level, dtype=np.float32)
    if kind == "gradient":
        picture += np.linspace(-50, 50, width, dtype=np.float32)[None, :]
    elif kind == "busy":
        _patches(picture, rng)
    elif kind == "text":
        _words(picture, rng)
    elif kind == "bars":
        _fence(picture, rng)
    return np.clip(picture, 0, 255)


def _patches(picture: Picture, rng: np.random.Generator) -> None:
    height, width = picture.shape
    for _ in range(120):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        w, h = int(rng.integers(8, width // 5)), int(rng.integers(8, height // 5))
        cv2.rectangle(picture, (x, y), (x + w, y + h), float(rng.uniform(0, 255)), -1 if rng.random() < 0.7 else 3)


def _words(picture: Picture, rng: np.random.Generator) -> None:
    height, width = picture.shape
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789     ,.-"
    scale = height / 900
    ink = np.zeros((height, width), dtype=np.uint8)  # letters are drawn in bytes only
    for y in range(20, height, max(12, int(30 * scale))):
        line = "".join(letters[i] for i in rng.integers(len(letters), size=120))
        cv2.putText(ink, line, (10, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7 * scale + 0.2, 255, 2, cv2.LINE_AA)
    picture *= 1 - ink.astype(np.float32) / 290


def _fence(picture: Picture, rng: np.random.Generator) -> None:
    width = picture.shape[1]
    x = 0
    while x < width:
        bar = int(rng.integers(2, 14))
        picture[:, x : x + bar] = 30 if rng.random() < 0.5 else 220
        x += bar

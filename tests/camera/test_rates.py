"""What is read under which condition, and that nothing is read where nothing is.

Small samples with fixed seeds: a floor under the pipeline, not the measurement (that is `tests.camera.rates`).
"""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from hal.camera import effort
from hal.camera.eye import Eye
from hal.camera.wire import Formats
from hal.sim import optics
from hal.sim.phone import EMPTY, render
from tests.camera.rates import measure, measure_street

FLOORS = {  # of 8 codes
    "nominal": 8,
    "perspective": 8,
    "curved": 7,
    "dark": 8,
    "low_resolution": 8,
    "jpeg": 8,
    "noisy": 8,
    "shadow": 8,
    "monitor": 5,
    "no_quiet_zone": 5,
    "coloured": 8,
    "inverted": 8,
    "high_version": 8,
}


@pytest.mark.parametrize("condition", sorted(FLOORS))
def test_all_efforts_read_at_least_what_less_effort_reads(condition: str) -> None:
    tally = measure(condition, range(8), lambda: 0.0)  # a slow machine reads the same
    assert tally.false_reads == 0
    assert tally.plain <= tally.stack <= tally.all_efforts
    assert tally.all_efforts >= FLOORS[condition]


@pytest.mark.parametrize("scene", ["phone at 20 cm", "turned by 30-45°", "dark mode", "dim screen", "Code 128 label"])
def test_a_code_before_the_worlds_camera_is_read(scene: str) -> None:
    _first, within, false_reads = measure_street(scene, range(3))
    assert (within, false_reads) == (3, 0)


def clutter(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Print, fences, patches and coarse noise: much that is like a code and none that is."""
    rng = np.random.default_rng(seed)
    if seed % 4 == 3:
        coarse = rng.integers(0, 2, (68, 90)).astype(np.uint8) * 255
        scene = np.asarray(cv2.resize(coarse, (360, 270), interpolation=cv2.INTER_NEAREST), dtype=np.float32)
    else:
        scene = optics.backdrop(["text", "bars", "busy"][seed % 4], 270, 360, rng)
    return optics.noise(optics.defocus(scene, float(rng.uniform(0, 2))), rng, float(rng.uniform(0, 15)))


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_read_in_clutter(seed: int) -> None:
    assert effort.read_all(clutter(seed), Formats.ALL, lambda: 0.0) == []


def test_nothing_is_read_in_an_empty_street() -> None:
    eye, rng = Eye(Formats.ALL), random.Random(3)
    assert [eye.feed(render(EMPTY, rng), tick / 15).codes for tick in range(6)] == [()] * 6

"""Frames of 1280×720 as the world's camera takes them: a telephone with a code, or the empty street."""

from __future__ import annotations

import random

from hal.camera.reader import Grey
from hal.sim.phone import Light, Phone, Scene, render

CLEAN, NOISY = 0.0, 6.0  # the sensor's noise: standard deviation in grey levels


def phone(text: str, noise: float = CLEAN) -> Grey:
    """A telephone 25 cm before the lens."""
    return render(Scene(Phone(text), light=Light(noise=noise)), random.Random(1))


def street(noise: float = CLEAN) -> Grey:
    return render(Scene(light=Light(noise=noise)), random.Random(1))

"""Scenes before the world's camera, by condition: a phone that shows a credential, held as people hold it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from hal.sim.phone import Label, Light, Phone, Pose, Scene

BASE45: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def credential_text(rng: random.Random) -> str:
    """154 characters of base45, as long as a credential: 41 modules a side at level M."""
    return "LK1:" + "".join(rng.choice(BASE45) for _ in range(150))


def _held(distance_m: float) -> Callable[[random.Random], Scene]:
    return lambda rng: Scene(
        Phone(credential_text(rng)), _pose(rng, distance_m), Light(noise=3.0), _street(rng), rng.randrange(1000)
    )


def _lit(make: Callable[[random.Random], Light], *, error: str = "m") -> Callable[[random.Random], Scene]:
    def scene(rng: random.Random) -> Scene:
        return Scene(
            Phone(credential_text(rng), error=error), _pose(rng, 0.2), make(rng), _street(rng), rng.randrange(1000)
        )

    return scene


def _turned(low_deg: float, high_deg: float) -> Callable[[random.Random], Scene]:
    def scene(rng: random.Random) -> Scene:
        sign = rng.choice([-1, 1])
        pose = Pose(0.2, sign * rng.uniform(low_deg, high_deg), rng.uniform(-10, 10), rng.uniform(-180, 180))
        return Scene(Phone(credential_text(rng)), pose, Light(noise=3.0), _street(rng), rng.randrange(1000))

    return scene


def _dark_mode(rng: random.Random) -> Scene:
    light = Light(noise=3.0, defocus_px=rng.uniform(0, 1.5))
    return Scene(Phone(credential_text(rng), dark_mode=True), _pose(rng, 0.2), light, _street(rng), rng.randrange(1000))


def _label(symbology: str, text: str, width_m: float) -> Callable[[random.Random], Scene]:
    def scene(rng: random.Random) -> Scene:
        light = Light(noise=3.0, defocus_px=rng.uniform(0, 1))
        return Scene(Label(text, symbology, width_m), _pose(rng, 0.2), light, _street(rng), rng.randrange(1000))

    return scene


def _pose(rng: random.Random, distance_m: float) -> Pose:
    yaw, pitch, roll = (rng.uniform(-15, 15) for _ in range(3))
    return Pose(distance_m, yaw, pitch, roll, rng.uniform(-0.02, 0.02), rng.uniform(-0.01, 0.01))


def _street(rng: random.Random) -> str:
    return rng.choice(["plain", "gradient", "busy", "text"])


SCENES: Final[dict[str, Callable[[random.Random], Scene]]] = {
    "phone at 12 cm": _held(0.12),
    "phone at 20 cm": _held(0.20),
    "phone at 40 cm": _held(0.40),
    "phone at 60 cm": _held(0.60),
    "phone at 80 cm": _held(0.80),
    "turned by 30-45°": _turned(30, 45),
    "turned by 50-65°": _turned(50, 65),
    "out of focus, 2-4 px": _lit(lambda rng: Light(defocus_px=rng.uniform(2, 4))),
    "out of focus, 4-6 px": _lit(lambda rng: Light(defocus_px=rng.uniform(4, 6))),
    "hand moving, 5-9 px": _lit(lambda rng: Light(motion_px=rng.uniform(5, 9), motion_deg=rng.uniform(0, 180))),
    "hand moving, 9-14 px": _lit(lambda rng: Light(motion_px=rng.uniform(9, 14), motion_deg=rng.uniform(0, 180))),
    "glare, level M": _lit(lambda rng: Light(glare=rng.uniform(0.3, 1))),
    "glare, level Q": _lit(lambda rng: Light(glare=rng.uniform(0.3, 1)), error="q"),
    "dark mode": _dark_mode,
    "dim screen": _lit(lambda rng: Light(screen=rng.uniform(0.08, 0.25), ambient=0.15, noise=4)),
    "night noise, σ 20-40": _lit(lambda rng: Light(noise=rng.uniform(20, 40), ambient=0.2, screen=0.6)),
    "Code 128 label": _label("Code128", "JD014600001234567890", 0.10),
    "DataMatrix label": _label("DataMatrix", "010400638133393121ABC12345", 0.03),
    "Aztec label": _label("Aztec", "3SABCD1234567 PARCEL", 0.03),
    "PDF417 label": _label("PDF417", "3SABCD1234567 PARCEL LABEL", 0.09),
    "EAN-13 label": _label("EAN13", "4006381333931", 0.05),
}

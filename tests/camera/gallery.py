"""The decoder's test pictures: QR codes under the conditions that photographs of them show, each drawn from a seed.

`photograph(condition, seed)` returns a picture (grey or BGR) and the texts that stand in it.  The strength of each
condition is drawn between easy and hopeless, so that the reading rate says where the border lies.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hal.sim import labels, optics

PX_PER_MODULE: Final = 10  # of the flat face, before it is photographed
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Shot:
    """One photograph's recipe.  Angles in degrees, lengths in pixels of the photograph."""

    version: int = 4
    error: str = "m"
    module_px: float = 5.0
    quiet_modules: int = 4
    style: str = "square"
    roll: float = 0.0
    tilt: float = 0.0
    tilt_axis: float = 0.0
    curve: float = 0.0  # angle of the cylinder that the code covers, radians
    damage: float = 0.0  # part of the code's area that is covered
    glare: float = 0.0
    shadow: float = 0.0
    defocus: float = 0.0
    motion: float = 0.0
    dark: float = 20.0
    light: float = 230.0
    invert: bool = False
    colours: tuple[tuple[int, int, int], tuple[int, int, int]] | None = None  # (dark, light) in BGR
    monitor: float = 0.0  # depth of the screen's dot grid
    backdrop: str = "gradient"
    noise: float = 3.0
    jpeg: int = 85


def _text(rng: np.random.Generator, length: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/"
    return "https://" + "".join(letters[i] for i in rng.integers(len(letters), size=max(2, length - 8)))


# Bytes that a version holds at level H, roughly; enough to fill a symbol at any level without overflowing it.
CAPACITY_H: Final = {1: 7, 2: 14, 3: 24, 4: 34, 5: 44, 7: 64, 10: 119, 14: 194, 18: 310, 20: 382, 25: 535}


def _style(modules: NDArray[np.bool_], style: str) -> Bytes:
    p = PX_PER_MODULE
    solid = cv2.resize(np.where(modules, np.uint8(0), np.uint8(255)), None, fx=p, fy=p, interpolation=cv2.INTER_NEAREST)
    if style == "square":
        return np.asarray(solid, dtype=np.uint8)
    if style == "rounded":
        return np.asarray(np.where(cv2.GaussianBlur(solid, (0, 0), p * 0.4) > 127, 255, 0), dtype=np.uint8)
    face = np.full_like(solid, 255)
    finder = np.zeros_like(modules)
    finder[:7, :7] = finder[:7, -7:] = finder[-7:, :7] = True
    for y, x in zip(*np.nonzero(modules & ~finder), strict=True):
        cv2.circle(face, (x * p + p // 2, y * p + p // 2), round(p * 0.42), 0, -1)
    big = cv2.resize(finder.astype(np.uint8), None, fx=p, fy=p, interpolation=cv2.INTER_NEAREST) > 0
    face[big] = solid[big]
    return np.asarray(face, dtype=np.uint8)


def _damage(face: Bytes, part: float, rng: np.random.Generator) -> None:
    """Cover that part of the face with scratches and stains."""
    side = face.shape[0]
    wanted, covered = part * side * side, 0.0
    while covered < wanted:
        value = int(rng.choice([0, 255, 128, 60]))
        if rng.random() < 0.4:
            ends = [tuple(int(v) for v in rng.integers(side, size=2)) for _ in range(2)]
            width = int(rng.integers(PX_PER_MODULE // 2, PX_PER_MODULE * 2))
            cv2.line(face, ends[0], ends[1], value, width)
            covered += width * math.dist(*ends)
        else:
            radius = int(rng.integers(PX_PER_MODULE, PX_PER_MODULE * 5))
            spot = [int(v) for v in rng.integers(side, size=2)]
            cv2.ellipse(face, spot, (radius, max(2, radius // 2)), float(rng.uniform(0, 180)), 0, 360, value, -1)
            covered += math.pi * radius * radius / 2


def _curve(face: Bytes, angle: float) -> Bytes:
    """Lay the face round an upright cylinder, so that its width covers that angle, seen from the front."""
    height, width = face.shape
    half = angle / 2
    seen = max(2, round(width * math.sin(half) / half))
    across = np.linspace(-1, 1, seen, dtype=np.float32) * math.sin(half)
    source_x = ((np.arcsin(across) / half + 1) / 2 * (width - 1)).astype(np.float32)
    bow = (1 - np.cos(np.arcsin(across))).astype(np.float32) * np.float32(
        width / angle * 0.25
    )  # seen a little from above
    lift = math.ceil(float(bow.max()))
    source_y = np.arange(height + lift, dtype=np.float32)[:, None] - bow[None, :]
    map_x = np.ascontiguousarray(np.broadcast_to(source_x, source_y.shape))
    return np.asarray(cv2.remap(face, map_x, source_y, cv2.INTER_LINEAR, borderValue=255.0), dtype=np.uint8)


def _corners(shot: Shot, width: float, height: float) -> NDArray[np.float64]:
    """The face's corners about its middle after tilt and roll, at a distance of three times its size."""
    axis = math.radians(shot.tilt_axis)
    tilt, roll = math.radians(shot.tilt), math.radians(shot.roll)
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    spin = np.array([[math.cos(axis), -math.sin(axis)], [math.sin(axis), math.cos(axis)]])
    turned = flat @ spin
    away = 2.0 * max(width, height)
    depth = away + turned[:, 0] * math.sin(tilt)
    turned = np.column_stack([turned[:, 0] * math.cos(tilt), turned[:, 1]]) * (away / depth)[:, None]
    back = np.array([[math.cos(roll - axis), -math.sin(roll - axis)], [math.sin(roll - axis), math.cos(roll - axis)]])
    return np.asarray(turned @ back.T, dtype=np.float64)


def _lay(scene: optics.Picture, face: Bytes, shot: Shot, middle: tuple[float, float], module: float) -> None:
    """Draw the face into the scene, `module` pixels a module, with soft edges."""
    height, width = face.shape
    scale = module / PX_PER_MODULE
    corners = _corners(shot, width * scale, height * scale) + middle
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    fine = 3 if module < 4 else 2
    size = (scene.shape[1] * fine, scene.shape[0] * fine)
    matrix = cv2.getPerspectiveTransform(source, (corners * fine).astype(np.float32))
    paper = shot.dark + face.astype(np.float32) / 255 * (shot.light - shot.dark)
    down = (scene.shape[1], scene.shape[0])
    drawn = cv2.resize(cv2.warpPerspective(paper, matrix, size), down, interpolation=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones_like(paper), matrix, size)
    cover = cv2.resize(mask, down, interpolation=cv2.INTER_AREA)
    scene *= 1 - cover
    scene += drawn


def _face(shot: Shot, rng: np.random.Generator) -> tuple[Bytes, str]:
    text = _text(rng, CAPACITY_H[shot.version])
    modules = labels.code_modules(text, error=shot.error, version=shot.version)
    face = np.pad(_style(modules, shot.style), shot.quiet_modules * PX_PER_MODULE, constant_values=255)
    inner = shot.quiet_modules * PX_PER_MODULE
    if shot.damage > 0:
        _damage(face[inner : face.shape[0] - inner, inner : face.shape[1] - inner], shot.damage, rng)
    if shot.invert:
        face = np.uint8(255) - face
    return (_curve(face, shot.curve) if shot.curve > 0.05 else face), text


def _monitor(scene: optics.Picture, depth: float, rng: np.random.Generator) -> optics.Picture:
    """The dot grid of a screen against the sensor's own: bands that come and go."""
    height, width = scene.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for _ in range(2):
        pitch, angle = rng.uniform(2.1, 7.0), rng.uniform(0, math.pi)
        wave = np.sin((x * math.cos(angle) + y * math.sin(angle)) * (2 * math.pi / pitch))
        slow = np.sin((x * math.sin(angle) + y * math.cos(angle)) * (2 * math.pi / (pitch * 9)))
        scene = np.asarray(scene * (1 - depth * (0.5 + 0.3 * wave + 0.2 * slow)), dtype=np.float32)
    return scene


def expose(shot: Shot, rng: np.random.Generator, *, codes: int = 1) -> tuple[Bytes, list[str]]:
    """Take the photograph that the recipe describes; the picture is about twice as wide as the code."""
    faces = [_face(shot, rng) for _ in range(codes)]
    grid = math.ceil(math.sqrt(codes))
    scale = shot.module_px / PX_PER_MODULE
    cell = max(math.hypot(*face.shape) for face, _ in faces) * scale * 1.08
    width, height = max(240, round(cell * grid * 1.35)), max(240, round(cell * grid * 1.1))
    scene = optics.backdrop(shot.backdrop, height, width, rng)
    for index, (face, _) in enumerate(faces):
        middle = (
            width / 2 + cell * (index % grid - (grid - 1) / 2),
            height / 2 + cell * (index // grid - (grid - 1) / 2),
        )
        _lay(scene, face, replace(shot, roll=shot.roll + (index * 17 if codes > 1 else 0)), middle, shot.module_px)
    if shot.shadow:
        scene = optics.shadow(scene, rng, shot.shadow)
    if shot.monitor:
        scene = _monitor(scene, shot.monitor, rng)
    if shot.glare:
        spot = (width * rng.uniform(0.35, 0.65), height * rng.uniform(0.35, 0.65))
        scene = optics.glare(scene, spot, cell * rng.uniform(0.06, 0.2), shot.glare)
    scene = optics.motion_blur(optics.defocus(scene, shot.defocus), shot.motion, float(rng.uniform(0, 180)))
    return _develop(scene, shot, rng), [text for _, text in faces]


def _develop(scene: optics.Picture, shot: Shot, rng: np.random.Generator) -> Bytes:
    """Colour, sensor and file."""
    if shot.colours is not None:
        low, high = (np.array(colour, dtype=np.float32) for colour in shot.colours)
        scene = np.asarray(low + (high - low) * np.clip(scene, 0, 255)[:, :, None] / 255, dtype=np.float32)
    return optics.compress(optics.noise(scene, rng, shot.noise), shot.jpeg)


def _colours(rng: np.random.Generator) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    pairs = [
        ((40, 40, 200), (60, 190, 90)),  # red on green: nearly one grey
        ((200, 60, 40), (60, 90, 230)),  # blue on red
        ((150, 120, 20), (140, 190, 250)),
        ((60, 60, 220), (190, 230, 250)),
        ((170, 60, 120), (120, 220, 120)),
        ((30, 140, 240), (240, 240, 240)),  # orange on white
    ]
    return pairs[int(rng.integers(len(pairs)))]


Recipe = Callable[[np.random.Generator], Shot]


def _base(rng: np.random.Generator) -> Shot:
    return Shot(
        version=int(rng.choice([2, 3, 4, 5, 7])),
        error=str(rng.choice(["l", "m", "m", "q"])),
        module_px=float(rng.uniform(3.5, 7)),
        roll=float(rng.normal(0, 8)),
        tilt=float(rng.uniform(0, 15)),
        tilt_axis=float(rng.uniform(0, 360)),
        backdrop=str(rng.choice(["gradient", "busy", "text", "plain"])),
    )


def _recipe(**ranges: tuple[float, float]) -> Recipe:
    def make(rng: np.random.Generator) -> Shot:
        shot = _base(rng)
        for name, (low, high) in ranges.items():
            shot = replace(shot, **{name: float(rng.uniform(low, high))})  # type: ignore[arg-type]
        return shot

    return make


def _with(recipe: Recipe, **fixed: object) -> Recipe:
    return lambda rng: replace(recipe(rng), **fixed)  # type: ignore[arg-type]


def _high_version(rng: np.random.Generator) -> Shot:
    shot = replace(_base(rng), version=int(rng.choice([10, 14, 18, 20, 25])), module_px=float(rng.uniform(1.8, 4)))
    return replace(shot, defocus=float(rng.uniform(0, shot.module_px * 0.35)), curve=float(rng.uniform(0, 0.6)))


def _low_contrast(rng: np.random.Generator) -> Shot:
    dark = float(rng.uniform(60, 140))
    return replace(_base(rng), dark=dark, light=dark + float(rng.uniform(12, 50)), noise=float(rng.uniform(2, 7)))


def _wild(rng: np.random.Generator) -> Shot:
    """A little of everything at once: what a real photograph is."""
    return replace(
        _base(rng),
        module_px=float(rng.uniform(2.2, 12)),
        roll=float(rng.uniform(0, 360)),
        tilt=float(rng.uniform(0, 45)),
        curve=float(rng.choice([0, rng.uniform(0, 1.2)])),
        damage=float(rng.choice([0, rng.uniform(0, 0.08)])),
        shadow=float(rng.uniform(0, 0.7)),
        glare=float(rng.choice([0, rng.uniform(0, 0.5)])),
        defocus=float(rng.uniform(0, 2.2)),
        motion=float(rng.uniform(0, 4)),
        noise=float(rng.uniform(1, 9)),
        jpeg=int(rng.uniform(30, 90)),
        quiet_modules=int(rng.choice([0, 1, 2, 4])),
    )


def _coloured(rng: np.random.Generator) -> Shot:
    return replace(_base(rng), colours=_colours(rng))


def _high_scale(rng: np.random.Generator) -> Shot:
    """A close photograph of many megapixels, a little out of focus, with grain."""
    module = float(rng.uniform(16, 30))
    return replace(
        _base(rng),
        version=2,
        module_px=module,
        defocus=module * float(rng.uniform(0.2, 0.8)),
        noise=float(rng.uniform(4, 16)),
    )


CONDITIONS: Final[dict[str, Recipe]] = {
    "nominal": _recipe(),
    "rotated": _recipe(roll=(0, 360), tilt=(0, 25)),
    "perspective": _recipe(tilt=(45, 66), roll=(0, 360)),
    "curved": _recipe(curve=(0.6, 2.2)),
    "defocused": _recipe(defocus=(1.0, 5.0)),
    "motion": _recipe(motion=(3, 14)),
    "low_resolution": _recipe(module_px=(1.2, 2.4)),
    "jpeg": _with(_recipe(module_px=(2.2, 5)), jpeg=14),
    "noisy": _recipe(noise=(18, 55)),
    "dark": _with(_recipe(noise=(3, 8)), dark=4.0, light=32.0),
    "low_contrast": _low_contrast,
    "glare": _recipe(glare=(0.25, 1.0)),
    "shadow": _recipe(shadow=(0.55, 0.93)),
    "monitor": _recipe(monitor=(0.35, 0.9)),
    "damaged": _recipe(damage=(0.03, 0.14)),
    "high_version": _high_version,
    "large_photo": _high_scale,
    "coloured": _coloured,
    "dotted": _with(_recipe(defocus=(0, 2)), style="dots"),
    "rounded": _with(_recipe(defocus=(0, 2)), style="rounded"),
    "inverted": _with(_recipe(defocus=(0, 2.5), shadow=(0, 0.6)), invert=True),
    "no_quiet_zone": _with(_recipe(defocus=(0, 2)), quiet_modules=0),
    "several": _recipe(module_px=(2.5, 4.5), defocus=(0, 1.2), shadow=(0, 0.6)),
    "everything": _wild,
}
CODES: Final = {"several": 6}


def photograph(condition: str, seed: int) -> tuple[Bytes, list[str]]:
    """Return the picture of that condition and seed, and the texts of the codes that stand in it."""
    rng = np.random.default_rng([zlib.crc32(condition.encode()), seed])
    shot = CONDITIONS[condition](rng)
    return expose(shot, rng, codes=CODES.get(condition, 1))

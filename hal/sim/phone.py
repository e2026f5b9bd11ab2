"""The world's camera: what the locker's camera sees of a hand that holds a phone or a parcel label before it.

A scene is a value; `render(scene, rng)` gives the frame, grey, one byte a pixel.  Lengths are metres, angles degrees;
the camera looks along +z, x is to the right and y down.  The lens has 62 degrees across, as the common USB cameras
have.  numpy and OpenCV are imported by the first frame, so that a world that nobody photographs stays light.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from edge.core.errors import BadInput
from hal.sim import labels

if TYPE_CHECKING:
    import random

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["EMPTY", "FRAME_HEIGHT", "FRAME_WIDTH", "Label", "Light", "Phone", "Pose", "Scene", "render"]

FRAME_WIDTH: Final = 1280
FRAME_HEIGHT: Final = 720
LENS_DEG: Final = 62.0
TEXTURE_PX_PER_M: Final = 6400.0  # 5 cm of a 41-module code: 320 px, about eight a module
OVERSAMPLING: Final = 2  # the subject is drawn twice as fine and averaged down, so that its edges are soft
NEAREST_M: Final = 0.04
FARTHEST_M: Final = 3.0


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the subject's middle is and how it is turned.  Yaw about y, pitch about x, roll about the lens."""

    distance_m: float = 0.25
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    right_m: float = 0.0
    down_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Light:
    """Lamp, lens, hand and sensor.  `screen` and `ambient` are 0 to 1; the sensor's noise is in grey levels."""

    screen: float = 0.9  # how bright white is on the subject
    ambient: float = 0.5  # how bright the rest of the scene is
    glare: float = 0.0  # 0 none, 1 a clipped spot on the subject
    defocus_px: float = 0.0  # radius of the disc of confusion
    motion_px: float = 0.0  # length of the smear
    motion_deg: float = 0.0
    noise: float = 2.0


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that shows a QR code, `code_m` wide without its quiet zone.  `dark_mode` shows light on dark."""

    text: str | bytes
    code_m: float = 0.05
    dark_mode: bool = False
    error: str = "m"


@dataclass(frozen=True, slots=True)
class Label:
    """A parcel label with one code, `width_m` wide over all."""

    text: str
    symbology: str = "Code128"
    width_m: float = 0.10


@dataclass(frozen=True, slots=True)
class Scene:
    """What is before the lens; `subject` None is the empty street."""

    subject: Phone | Label | None = None
    pose: Pose = field(default_factory=Pose)
    light: Light = field(default_factory=Light)
    background: str = "gradient"
    place: int = 0  # which street: the same number has the same things behind, and the lamp in the same spot


EMPTY: Final = Scene()


def render(scene: Scene, rng: random.Random) -> NDArray[np.uint8]:
    """Return one frame, FRAME_HEIGHT by FRAME_WIDTH, grey.  The same scene and generator state give the same frame.

    The generator is asked for the sensor's noise only: two frames of one scene differ in nothing else.

    Raises BadInput when the subject is nearer than NEAREST_M or farther than FARTHEST_M, or its code cannot be drawn.
    """
    import numpy as np

    from hal.sim import optics

    chance = np.random.default_rng(rng.getrandbits(64))
    light = scene.light
    frame = _backdrop(scene.background, scene.place) * np.float32(2 * light.ambient)
    if scene.subject is not None:
        _place(frame, scene.subject, scene.pose, light.screen)
        if light.glare > 0:
            lamp = np.random.default_rng([scene.place, 1])
            spot = (FRAME_WIDTH * lamp.uniform(0.42, 0.58), FRAME_HEIGHT * lamp.uniform(0.42, 0.58))
            radius_px = FRAME_HEIGHT * (0.04 + 0.05 * light.glare)
            frame = optics.glare(frame, spot, radius_px, light.glare)
    frame = optics.defocus(np.minimum(frame, np.float32(255)), light.defocus_px)
    frame = optics.motion_blur(frame, light.motion_px, light.motion_deg)
    return optics.noise(frame, chance, light.noise)


@lru_cache(maxsize=2)
def _backdrop(kind: str, place: int) -> NDArray[np.float32]:
    """The street behind; kept, because frame after frame shows the same one."""
    import numpy as np

    from hal.sim import optics

    street = optics.backdrop(kind, FRAME_HEIGHT, FRAME_WIDTH, np.random.default_rng([place, 0]))
    street.setflags(write=False)
    return street


def _place(frame: NDArray[np.float32], subject: Phone | Label, pose: Pose, screen: float) -> None:
    """Draw the subject into the frame, in perspective."""
    import cv2
    import numpy as np

    if not NEAREST_M <= pose.distance_m <= FARTHEST_M:
        raise BadInput(f"pose distance {pose.distance_m} m: limits {NEAREST_M} to {FARTHEST_M} m")
    face, width_m = (_phone_face(subject), PHONE_WIDTH_M) if isinstance(subject, Phone) else _label_face(subject)
    height, width = face.shape
    corners = _project(pose, width_m, width_m * height / width)
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, [FRAME_WIDTH, FRAME_HEIGHT])
    if np.any(high - low < 2):
        return  # outside the picture
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    target = ((corners - low) * OVERSAMPLING).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    fine = (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING)
    drawn = cv2.resize(
        cv2.warpPerspective(face, matrix, fine, flags=cv2.INTER_AREA), size, interpolation=cv2.INTER_AREA
    )
    mask = cv2.warpPerspective(np.full_like(face, 255), matrix, fine)
    cover = cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    part = frame[low[1] : high[1], low[0] : high[0]]
    part[:] = part * (1 - cover) + drawn.astype(np.float32) * np.float32(screen) * cover


def _project(pose: Pose, width_m: float, height_m: float) -> NDArray[np.float64]:
    """Return the four corners in the frame, pixels, clockwise from the subject's top left."""
    import numpy as np

    yaw, pitch, roll = (math.radians(angle) for angle in (pose.yaw_deg, pose.pitch_deg, pose.roll_deg))
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    flat = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * [width_m / 2, height_m / 2, 0]
    space = flat @ (about_z @ about_x @ about_y).T + [pose.right_m, pose.down_m, pose.distance_m]
    focal_px = FRAME_WIDTH / 2 / math.tan(math.radians(LENS_DEG / 2))
    depth = np.maximum(space[:, 2:], NEAREST_M / 2)  # a corner behind the lens would turn the picture inside out
    return np.asarray(space[:, :2] / depth * focal_px + [FRAME_WIDTH / 2, FRAME_HEIGHT / 2], dtype=np.float64)


PHONE_WIDTH_M: Final = 0.072
PHONE_HEIGHT_M: Final = 0.150
BEZEL_M: Final = 0.003


def _phone_face(phone: Phone) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    modules = labels.code_modules(phone.text, error=phone.error)
    if not 0.005 <= phone.code_m <= PHONE_WIDTH_M - 2 * BEZEL_M:
        raise BadInput(f"code on the phone {phone.code_m} m: limits 0.005 to {PHONE_WIDTH_M - 2 * BEZEL_M:.3f} m")
    width, height, bezel = (round(m * TEXTURE_PX_PER_M) for m in (PHONE_WIDTH_M, PHONE_HEIGHT_M, BEZEL_M))
    face = np.full((height, width), 12, dtype=np.uint8)
    face[bezel:-bezel, bezel:-bezel] = 255
    for row in range(4):  # the words above the code
        top = round(height * (0.08 + 0.03 * row))
        face[top : top + height // 90, bezel * 4 : width - bezel * (6 + 8 * row)] = 90
    side = round(phone.code_m * TEXTURE_PX_PER_M)
    symbol = np.where(modules, np.uint8(0), np.uint8(255))
    left, top = (width - side) // 2, (height - side) // 2
    face[top : top + side, left : left + side] = cv2.resize(symbol, (side, side), interpolation=cv2.INTER_NEAREST)
    if phone.dark_mode:
        screen = face[bezel:-bezel, bezel:-bezel]
        screen[:] = np.uint8(255) - np.maximum(screen, np.uint8(20))
    return face


def _label_face(label: Label) -> tuple[NDArray[np.uint8], float]:
    return labels.label_face(label.text, label.symbology), label.width_m

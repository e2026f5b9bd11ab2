"""The world's camera: the same seed gives the same frame, and what it draws can be read."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest

from edge.core.errors import BadInput
from hal.camera.reader import scan
from hal.camera.wire import Formats
from hal.sim.labels import LABEL_SYMBOLOGIES, code_modules
from hal.sim.phone import EMPTY, FRAME_HEIGHT, FRAME_WIDTH, Label, Light, Phone, Pose, Scene, render

LABEL_TEXT = {
    "Code128": "JD014600001234567890",
    "Code39": "PARCEL-1234",
    "ITF": "00340434161234567895",
    "EAN13": "4006381333931",
    "EAN8": "96385074",
    "UPCA": "036000291452",
    "PDF417": "3SABCD1234567",
    "DataMatrix": "3SABCD1234567",
    "Aztec": "3SABCD1234567",
}


def test_the_same_scene_and_seed_give_the_same_frame() -> None:
    scene = Scene(Phone("LK1"), Pose(0.2, 20, 10, 5), Light(glare=0.5, motion_px=4, defocus_px=1, noise=5), "busy", 7)
    one, other = (render(scene, random.Random(4)) for _ in range(2))
    assert one.shape == (FRAME_HEIGHT, FRAME_WIDTH)
    assert one.dtype == np.uint8
    assert np.array_equal(one, other)
    assert not np.array_equal(one, render(scene, random.Random(5)))


def test_two_frames_of_a_scene_differ_in_noise_only() -> None:
    rng, still = random.Random(4), Scene(Phone("LK1"), light=Light(glare=0.4, noise=0.0), background="busy")
    assert np.array_equal(render(still, rng), render(still, rng))


def test_an_empty_street_holds_no_code() -> None:
    assert scan(render(EMPTY, random.Random(1)), Formats.ALL).readings == ()


@pytest.mark.parametrize("symbology", LABEL_SYMBOLOGIES)
def test_every_label_can_be_read(symbology: str) -> None:
    wide = symbology in ("Code128", "Code39", "ITF", "PDF417")
    text = LABEL_TEXT[symbology]
    scene = Scene(Label(text, symbology, 0.12 if wide else 0.06), Pose(0.2))
    read = [(r.symbology, r.raw.decode()) for r in scan(render(scene, random.Random(2)), Formats.ALL).readings]
    assert read == [("EAN13", "0" + text) if symbology == "UPCA" else (symbology, text)]


def test_a_phone_beside_the_lens_is_out_of_the_picture() -> None:
    away = Scene(Phone("LK1"), Pose(0.2, right_m=5.0))
    assert np.array_equal(render(away, random.Random(1)), render(EMPTY, random.Random(1)))


def test_a_phone_that_touches_the_lens_turned_away_does_not_break_the_camera() -> None:
    assert render(Scene(Phone("LK1"), Pose(0.05, yaw_deg=80)), random.Random(1)).shape == (FRAME_HEIGHT, FRAME_WIDTH)


@pytest.mark.parametrize(
    "scene",
    [
        Scene(Phone("LK1"), Pose(0.0)),
        Scene(Phone("LK1"), Pose(9.0)),
        Scene(Phone("LK1", code_m=0.5)),
        Scene(Phone("x" * 4000)),
        Scene(Phone("x" * 2900, error="h")),
        Scene(Label("twelve", "EAN13")),
        Scene(Label("12", "Morse")),
    ],
)
def test_what_cannot_be_drawn_is_refused(scene: Scene) -> None:
    with pytest.raises(BadInput):
        render(scene, random.Random(1))


def test_bytes_and_text_give_the_same_symbol() -> None:
    assert np.array_equal(code_modules("LK1:ABC-abc"), code_modules(b"LK1:ABC-abc"))


def test_the_world_stays_light_until_a_frame_is_asked_for() -> None:
    loaded = "import sys, hal.sim.phone, hal.camera.child; print({'cv2', 'numpy', 'zxingcpp'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"

"""The live pipeline: when it looks, what it tells, and what it says where it cannot read."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from hal.camera.eye import IDLE_LOOK_S, MOVED_LATELY_S, RETELL_S, SAME_CODE_S, Eye, Seen
from hal.camera.reader import Grey, label_text, scan
from hal.camera.wire import Formats, Hint
from hal.sim.phone import EMPTY, Label, Light, Phone, Pose, Scene, render
from tests.camera.gallery import photograph
from tests.camera.street import SCENES
from tests.camera.test_still import drawn

TICK_S = 1 / 15


def street(seed: int = 1, scene: Scene = EMPTY) -> Grey:
    return render(scene, random.Random(seed))


def phone(text: str | bytes = "LK1:ABC") -> Grey:
    return street(scene=Scene(Phone(text)))


def feed(eye: Eye, frame: Grey, start_s: float, ticks: int) -> list[Seen]:
    return [seen for tick in range(ticks) for seen in eye.feed(frame, start_s + tick * TICK_S).codes]


def test_a_code_is_told_once_while_it_is_in_view() -> None:
    assert feed(Eye(), phone(), 0.0, 20) == [Seen("LK1:ABC", "QRCode")]


def test_a_code_that_was_away_is_told_again() -> None:
    eye = Eye()
    assert len(feed(eye, phone(), 0.0, 3)) == 1
    assert feed(eye, street(), 1.0, 3) == []
    assert len(feed(eye, phone(), 1.5 + SAME_CODE_S, 3)) == 1


def test_a_code_that_stays_is_told_again_after_a_while() -> None:
    eye, frame = Eye(), phone()
    told = [eye.feed(frame, float(second)).codes for second in range(round(2.5 * RETELL_S))]
    assert [second for second, codes in enumerate(told) if codes] == [0, RETELL_S, 2 * RETELL_S]


def test_an_idle_street_gets_few_looks_and_no_retry() -> None:
    eye = Eye()
    feed(eye, street(), 0.0, 1)
    looks, retries = eye.counts.looks, eye.counts.retries
    ticks = 60
    feed(eye, street(), MOVED_LATELY_S + 1, ticks)
    assert eye.counts.looks - looks <= ticks * TICK_S / IDLE_LOOK_S + 1
    assert eye.counts.retries == retries


def test_sensor_noise_is_no_movement() -> None:
    eye, rng = Eye(), random.Random(5)
    noisy = Scene(light=Light(noise=8.0))
    eye.feed(render(noisy, rng), -100.0)
    for tick in range(15):
        eye.feed(render(noisy, rng), tick * TICK_S)
    assert eye.counts.retries == 1  # the first frame ever counts as movement
    assert eye.counts.looks <= 4


def test_a_moving_street_gets_one_retry_a_frame() -> None:
    eye = Eye()
    for tick in range(12):
        eye.feed(street(scene=Scene(background="busy", place=tick)), tick * TICK_S)
    assert (eye.counts.looks, eye.counts.retries) == (12, 12)


def test_the_retries_take_turns_until_one_reads() -> None:
    picture, (text,) = photograph("dark", 0)
    eye = Eye()
    assert scan(picture).readings == ()
    assert feed(eye, picture, 0.0, 4) == [Seen(text, "QRCode")]
    assert eye.counts.retries >= 1


def test_a_code_laid_down_in_an_idle_street_is_read_within_the_idle_look() -> None:
    eye = Eye()
    feed(eye, phone(b"\xff"), 0.0, 1)
    assert feed(eye, phone(), 50.0, 1) == [Seen("LK1:ABC", "QRCode")]


def test_labels_are_read_only_while_a_courier_works() -> None:
    eye, frame = Eye(), street(scene=Scene(Label("JD014600001234"), Pose(0.2)))
    assert feed(eye, frame, 0.0, 4) == []
    eye.formats = Formats.ALL
    assert feed(eye, frame, 1.0, 4) == [Seen("JD014600001234", "Code128")]
    eye.formats = Formats.QR
    assert feed(eye, frame, 20.0, 4) == []


def test_a_linear_code_needs_two_frames_that_agree() -> None:
    eye, frame = Eye(Formats.ALL), street(scene=Scene(Label("4006381333931", "EAN13", 0.06), Pose(0.2)))
    assert eye.feed(frame, 0.0).codes == ()
    assert eye.feed(frame, 5.0).codes == ()  # too long after the first
    assert eye.feed(frame, 5.6).codes == (Seen("4006381333931", "EAN13"),)


def test_a_pdf417_that_was_mended_into_more_text_is_not_told() -> None:
    """This label, read in a turned frame, once gave its text with six characters of its own correction behind it."""
    name, seed = "PDF417 label", 19
    rng = random.Random(f"{name} {seed}")
    scene, eye = SCENES[name](rng), Eye(Formats.ALL)
    codes = [seen for tick in range(10) for seen in eye.feed(render(scene, rng), tick * TICK_S).codes]
    assert scene.subject is not None
    assert {seen.text for seen in codes} <= {scene.subject.text}


@pytest.mark.parametrize("raw", [b"\x00\x01\x02", b"abc\x7f", "Grüße".encode(), b"line\nline", b"\xff\xfe"])
def test_bytes_that_are_no_printable_text_are_counted_not_told(raw: bytes) -> None:
    eye = Eye()
    assert feed(eye, phone(raw), 0.0, 4) == []
    assert eye.counts.unreadable == 1


def test_the_text_rule() -> None:
    assert label_text(b"]C1 ABC\x1d123 ~") == "]C1 ABC\x1d123 ~"
    assert label_text(b"") is None
    assert label_text(b"a" * 4096) == "a" * 4096
    assert label_text(b"a" * 4097) is None


def test_a_control_character_is_not_rewritten() -> None:
    assert feed(Eye(), phone(b"A\x1dB"), 0.0, 2) == [Seen("A\x1dB", "QRCode")]


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((0, 0), dtype=np.uint8),
        np.zeros((1, 1), dtype=np.uint8),
        np.zeros((720, 1280, 3), dtype=np.uint8),
        np.zeros((720, 1280), dtype=np.float32),
        np.zeros((16, 5000), dtype=np.uint8),
    ],
    ids=["empty", "one pixel", "colour", "floats", "strip"],
)
def test_a_bad_frame_does_not_end_the_loop(frame: Grey) -> None:
    eye = Eye()
    assert eye.feed(frame, 0.0).codes == ()
    assert feed(eye, phone(), 1.0, 1) == [Seen("LK1:ABC", "QRCode")]


def test_the_frame_may_change_its_size() -> None:
    eye = Eye()
    feed(eye, phone("ONE"), 0.0, 1)
    assert feed(eye, np.asarray(cv2.resize(phone("TWO"), (640, 360))), 1.0, 1) == [Seen("TWO", "QRCode")]


def hint_of(frame: Grey) -> Hint:
    return Eye().feed(frame, 0.0).hint


def test_hints_on_light() -> None:
    assert hint_of(street(scene=Scene(light=Light(ambient=0.02)))) is Hint.TOO_DARK
    assert hint_of(np.full((720, 1280), 252, dtype=np.uint8)) is Hint.TOO_BRIGHT
    assert hint_of(street()) is Hint.NONE


def unread(module_px: float, blur_px: float, spot: bool = False) -> Grey:
    """A code that is found and not read: half of its data is wrong."""
    code = drawn("LK1:" + "X" * 150, px=8)
    middle = code[18 * 8 : -18 * 8, 18 * 8 : -18 * 8]  # between the finders, quiet zone and all
    chance = np.random.default_rng(4).random((middle.shape[0] // 8, middle.shape[1] // 8)) < 0.5
    middle ^= np.kron(chance, np.ones((8, 8), dtype=np.uint8)).astype(np.uint8) * np.uint8(255)
    side = round(code.shape[0] / 8 * module_px)
    small = np.asarray(cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA), dtype=np.float32)
    frame = np.full((720, 1280), 150, dtype=np.float32)
    frame[40 : 40 + side, 300 : 300 + side] = 40 + small * 0.6
    if spot:
        frame = np.asarray(cv2.circle(frame, (300 + side // 2, 40 + side // 2), side // 6, 400.0, -1), dtype=np.float32)
    return np.clip(cv2.GaussianBlur(frame, (0, 0), blur_px), 0, 255).astype(np.uint8)


def test_hints_on_a_code_that_is_seen_and_not_read() -> None:
    assert hint_of(unread(6, 1.2)) is Hint.BLURRED
    assert hint_of(unread(1.8, 0.3)) is Hint.TOO_FAR
    assert hint_of(unread(6, 0.5, spot=True)) is Hint.GLARE


def test_a_reading_takes_the_hint_away() -> None:
    eye = Eye()
    assert eye.feed(unread(6, 1.2), 0.0).hint is Hint.BLURRED
    assert eye.feed(phone(), 0.1).hint is Hint.NONE

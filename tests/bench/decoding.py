"""What one frame costs: the whole eye, beside one plain look with the same library, and OpenCV's own detector."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import zxingcpp

from hal.camera.eye import Eye
from hal.camera.reader import Grey
from tests.bench.figures import Effort, Figure, Table, figure, in_turn_us
from tests.bench.frames import CLEAN, NOISY, phone, street
from tests.bench.wall import code

QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
PART = 2  # of the rounds: a noisy frame takes long
OPENCV_PART = 20  # and OpenCV's detector so long that a twentieth must do


def decode(effort: Effort) -> list[Table]:
    cv2.setNumThreads(1)  # as the camera process has it
    frames = [(f"{what}, {how}", frame) for how, noise in _NOISES for what, frame in _pictures(noise)]
    figures = [line for name, frame in frames for line in _figures(name, frame, effort)]
    remark = "A lively empty frame gets a second look (doubled, thresholded or equalised); a still one gets no look."
    return [Table("decode one frame of 1280×720", tuple(figures), remark=remark)]


_NOISES = (("clean", CLEAN), ("noise of 6 levels", NOISY))


def _pictures(noise: float) -> Iterator[tuple[str, Grey]]:
    yield "a code", phone(code(1), noise)
    yield "the empty street", street(noise)


def _figures(name: str, frame: Grey, effort: Effort) -> Iterator[Figure]:
    eye, still = Eye(), Eye()
    still.feed(frame, 0.0)
    works: list[Callable[[], object]] = [
        lambda: eye.feed(frame, 1.0),
        lambda: zxingcpp.read_barcodes(frame, formats=QR),
    ]
    ours, plain = in_turn_us(works, max(3, effort.rounds // PART))
    yield figure(f"{name}: the eye", ours)
    yield figure("   floor: plain zxing-cpp, once", plain)
    detector = cv2.QRCodeDetector()
    (opencv,) = in_turn_us([lambda: detector.detectAndDecode(frame)], max(1, effort.rounds // OPENCV_PART), warm=0)
    yield figure("   peer: OpenCV's QRCodeDetector", opencv)

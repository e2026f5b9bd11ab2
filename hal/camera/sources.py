"""Where frames come from: a camera, an RTSP stream, a video, a folder of pictures, one picture, or the world.

A source is named by one string:

    /dev/video0, v4l2:0     a camera, by path or number         rtsp://…          a network camera
    clip.mp4                a video, over and over              pictures/         a folder, one after another
    code.png                one picture, over and over          world:/run/w.sock the simulated world
    picamera2:0             a camera on the Pi's own connector

`open_source` gives a Source, or raises HardwareFault with one line that names it.  `read` blocks for the next frame and
raises HardwareFault when the source has gone away; the owner closes it and opens it anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np

from edge.core.errors import BadInput, HardwareFault
from hal.camera import pi_source, picture, retouch
from hal.camera.reader import Grey
from hal.camera.world_source import WorldSource

__all__ = ["Source", "open_source"]

WIDTH: Final = 1280
HEIGHT: Final = 720
NETWORK_TIMEOUT_MS: Final = 5000  # a network camera that says nothing for that long is gone
STILL_INTERVAL_S: Final = 0.1  # ten pictures a second from files
VIDEO_FPS: Final = (1.0, 60.0)  # what a video may claim
DEVICE_LIMIT: Final = 255  # Video4Linux has that many minors
FOLDER_LIMIT: Final = 10_000
PICTURE_SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})


class Source(Protocol):
    """Gives frames.  `interval_s` is the pause that the reader owes between frames; 0 where `read` itself waits."""

    interval_s: float

    def read(self) -> Grey:
        """Return the next frame, grey.  Raises HardwareFault when there is none any more."""

    def close(self) -> None:
        """Let go of the device; harmless when repeated."""


def open_source(name: str) -> Source:
    """Open the source of that name; raises HardwareFault where it cannot be opened."""
    if name.startswith("world:"):
        return WorldSource(name.removeprefix("world:"))
    if name.startswith(pi_source.PREFIX):
        return pi_source.PiSource(name, WIDTH, HEIGHT)
    if name.startswith("rtsp://"):
        return _Capture(name, _open_stream)
    if name.startswith(("/dev/", "v4l2:")):
        return _Capture(name, _open_device)
    path = Path(name)
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError) as why:
        raise HardwareFault(f"camera source {name!r}: {why}") from why
    if is_folder:
        return _Pictures(name, _pictures_in(path))
    if not is_file:
        raise HardwareFault(f"camera source {name!r}: no such file, folder or device")
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return _Pictures(name, [path])
    return _Capture(name, _open_video)


def _pictures_in(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)[:FOLDER_LIMIT]
    if not found:
        raise HardwareFault(f"camera source {str(folder)!r}: no picture in the folder")
    return found


class _Pictures:
    """One picture or many, over and over.  A picture that cannot be read is passed over, as long as one can."""

    def __init__(self, name: str, paths: list[Path]) -> None:
        self.interval_s = STILL_INTERVAL_S
        self._name = name
        self._paths = paths
        self._next = 0
        self._only: Grey | None = None

    def read(self) -> Grey:
        if self._only is not None:
            return self._only
        why = "no picture"
        for _ in self._paths:
            path = self._paths[self._next % len(self._paths)]
            self._next += 1
            try:
                frame = retouch.grey_of(picture.unpack(picture.load(str(path))))
            except BadInput as fault:
                why = f"{path.name}: {fault}"
                continue
            if len(self._paths) == 1:
                self._only = frame
            return frame
        raise HardwareFault(f"camera source {self._name!r}: {why}")

    def close(self) -> None:
        self._only = None


def _device_number(name: str) -> int:
    """Return N of v4l2:N, of /dev/videoN, or of the link in /dev/v4l that points to it: OpenCV opens by number only."""
    number = name.removeprefix("v4l2:")
    if not number.isdigit():
        number = os.path.realpath(name).removeprefix("/dev/video")
    if not number.isdigit() or int(number) > DEVICE_LIMIT:
        raise HardwareFault(f"camera source {name!r}: not v4l2:N or a /dev/videoN, N up to {DEVICE_LIMIT}")
    return int(number)


def _open_device(name: str) -> cv2.VideoCapture:
    capture = cv2.VideoCapture(_device_number(name), cv2.CAP_V4L2)
    if capture.isOpened():
        # MJPEG: uncompressed 720p does not fit through USB 2 at more than a few frames a second.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def _open_stream(name: str) -> cv2.VideoCapture:
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, NETWORK_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, NETWORK_TIMEOUT_MS]
    return cv2.VideoCapture(name, cv2.CAP_FFMPEG, limits)


def _open_video(name: str) -> cv2.VideoCapture:
    return cv2.VideoCapture(name, cv2.CAP_FFMPEG)


class _Capture:
    """Whatever OpenCV captures.  A video starts again at its end; a device or stream that ends is gone."""

    def __init__(self, name: str, opener: Callable[[str], cv2.VideoCapture]) -> None:
        self._name = name
        self._opener = opener
        self._repeats = opener is _open_video
        self._capture = self._opened()
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        known = VIDEO_FPS[0] <= fps <= VIDEO_FPS[1]
        self.interval_s = (1 / fps if known else STILL_INTERVAL_S) if self._repeats else 0.0

    def _opened(self) -> cv2.VideoCapture:
        try:
            capture = self._opener(self._name)
            if capture.isOpened():
                return capture
        except cv2.error as why:
            raise HardwareFault(f"camera source {self._name!r}: {why.err}") from why
        raise HardwareFault(f"camera source {self._name!r}: cannot be opened")

    def read(self) -> Grey:
        frame = self._read_once()
        if frame is None and self._repeats:
            self._capture.release()
            self._capture = self._opened()
            frame = self._read_once()
        if frame is None:
            raise HardwareFault(f"camera source {self._name!r}: gives no more frames")
        return frame

    def _read_once(self) -> Grey | None:
        try:
            good, frame = self._capture.read()
        except cv2.error as why:
            raise HardwareFault(f"camera source {self._name!r}: {why.err}") from why
        if not good or frame.size == 0:
            return None
        return retouch.grey_of(np.asarray(frame, dtype=np.uint8))

    def close(self) -> None:
        self._capture.release()

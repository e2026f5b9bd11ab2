"""Nobody is there: the processor time of `locker run` and its camera process at 15 frames a second of an empty street.

Its 24 doors hang on one board, which is read every two seconds.  The camera is a video that is compressed as a USB
camera compresses, so that unpacking each frame is part of the work.  The floor takes the same frames at the same time,
and does not look at them.  Frames come a little slower than the video says: what they cost is reckoned by the frame.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from msgspec import Struct

from hal.camera.reader import Grey
from tests.bench.fakes import layout, served
from tests.bench.figures import Effort, Figure, Table, Target
from tests.bench.frames import street
from tests.bench.home import Daemon, make_home, running

FRAMES_A_SECOND = 15
NOISE = 2.0  # grey levels: a sensor by day
QUALITY = 90  # of the compression
VIDEO_S = 12  # then it begins anew
WARM_UP = 4  # seconds of frames: the street is no news any more
MOST_OF_A_CORE = 10.0
# In a process of its own, at the pace of the film: as a camera has its driver wait for the next frame.
TAKES_FRAMES = """
import sys, time
import cv2
from hal.camera.sources import open_source
cv2.setNumThreads(1)
source, until_s, taken = open_source(sys.argv[1]), time.monotonic() + float(sys.argv[2]), 0
began_s = time.process_time()
while time.monotonic() < until_s:
    source.read()
    taken += 1
    time.sleep(source.interval_s)  # as the reader does between two pictures
print((time.process_time() - began_s) / taken)
"""


class Spent(Struct, frozen=True):
    """Seconds of processor time, at a moment; `frames` that the camera process has seen."""

    daemon_s: float
    camera_s: float
    frames: int
    at_s: float


def idle(effort: Effort) -> list[Table]:
    video = effort.directory / "street.avi"
    _compress(video)
    with served(layout("ys", (1,))) as world:
        home = make_home(effort, "idle", camera=str(video), boards=world.plugged)
        with running(home) as daemon:
            daemon.wait_for(b"READY=1")
            while not daemon.frames():
                daemon.wait_for(b"WATCHDOG=1")  # once a second
            daemon.wait_for(b"WATCHDOG=1", WARM_UP)
            with _taking_frames(video, effort.seconds) as floor:
                before = _spent(daemon)
                daemon.wait_for(b"WATCHDOG=1", max(1, round(2 * effort.seconds)))
                after = _spent(daemon)
                floor_s = float(floor.communicate()[0])
    return [_table(before, after, floor_s)]


def _table(before: Spent, after: Spent, floor_s: float) -> Table:
    took_s, frames = after.at_s - before.at_s, max(1, after.frames - before.frames)
    seconds = round(took_s)
    daemon = 100 * (after.daemon_s - before.daemon_s) / took_s
    camera = 100 * FRAMES_A_SECOND * (after.camera_s - before.camera_s) / frames
    figures = (
        Figure("`locker run`: of one core", daemon, "%", seconds),
        Figure(f"its camera process, for {FRAMES_A_SECOND} frames a second", camera, "%", frames),
        Figure("   floor: the frames taken, not looked at", 100 * FRAMES_A_SECOND * floor_s, "%", 1),
    )
    target = Target("both together", daemon + camera, MOST_OF_A_CORE, "% of one core")
    remark = "Of the first, rounds are seconds; of the second, frames."
    return Table("idle, an empty street, nothing moves", figures, (target,), remark)


def _spent(daemon: Daemon) -> Spent:
    frames = daemon.frames()
    return Spent(_cpu_s(daemon.pid), _cpu_s(daemon.camera_pid()), frames, time.monotonic())


def _cpu_s(pid: int) -> float:
    """Processor time of a process, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _taking_frames(video: Path, for_s: float) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", TAKES_FRAMES, str(video), str(for_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def _compress(path: Path) -> None:
    pictures = [cv2.cvtColor(scene, cv2.COLOR_GRAY2BGR) for scene in _second()]
    height, width = pictures[0].shape[:2]
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FRAMES_A_SECOND, (width, height))
    video.set(cv2.VIDEOWRITER_PROP_QUALITY, QUALITY)
    for picture in pictures * VIDEO_S:
        video.write(picture)
    video.release()


def _second() -> list[Grey]:
    """A second of the street; nothing moves, and no frame is like another: each has its own noise."""
    clean, chance = street(noise=0.0).astype(np.float32), np.random.default_rng(1)
    noisy = (clean + NOISE * chance.standard_normal(clean.shape, dtype=np.float32) for _ in range(FRAMES_A_SECOND))
    return [np.clip(frame, 0, 255).astype(np.uint8) for frame in noisy]

"""A camera that is pulled out and plugged in again: real processes, with a terminal's node as its device."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.core.errors import HardwareFault
from hal.camera.child import CameraChild, CameraLimits, CameraStatus
from hal.camera.grabber import HUNG_S, Grabber
from hal.camera.presence import Presence, device_path
from hal.camera.reader import Grey

WITHIN_S = 30.0


class Plug:
    """A device node under a name that stays, as /dev/v4l/by-id has it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "usb-Camera-video-index0"
        self._ends: tuple[int, ...] = ()

    def plug_in(self) -> None:
        self._ends = os.openpty()
        self.path.symlink_to(os.ttyname(self._ends[1]))

    def unplug(self) -> None:
        self.path.unlink()
        self.close()

    def close(self) -> None:
        for end in self._ends:
            os.close(end)
        self._ends = ()


@pytest.fixture
def plug() -> Iterator[Plug]:
    folder = Path(tempfile.mkdtemp(prefix="lk-", dir="/dev/shm"))  # a name under /dev is a device's
    made = Plug(folder)
    yield made
    made.close()
    shutil.rmtree(folder)


def test_which_sources_are_devices() -> None:
    assert device_path("/dev/v4l/by-id/usb-x") == "/dev/v4l/by-id/usb-x"
    assert device_path("v4l2:0") == "/dev/video0"
    assert [device_path(name) for name in ("picamera2:0", "world:/dev/x", "clip.mp4", "rtsp://x")] == [None] * 4


def test_a_device_that_is_gone_or_another_one_is_noticed_by_its_name(plug: Plug) -> None:
    plug.plug_in()
    presence = Presence(str(plug.path))
    assert presence.lost() is None
    target = os.readlink(plug.path)
    plug.path.unlink()
    assert presence.lost() == "it was unplugged"
    plug.path.symlink_to(target)
    assert presence.lost() is None
    plug.path.unlink()
    plug.path.symlink_to("/dev/null")
    assert presence.lost() == "it was plugged in anew"


def test_what_is_no_device_is_never_lost(tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    picture.write_bytes(b"x")
    presence = Presence(str(picture))
    picture.unlink()
    assert presence.lost() is None


class _Slow:
    interval_s = 0.0

    def read(self) -> Grey:
        raise HardwareFault("camera source 'slow': gone")

    def close(self) -> None: ...


def test_a_source_without_a_frame_or_an_error_is_stuck() -> None:
    now_s = [100.0]
    grabber = Grabber("slow", _Slow(), lambda: now_s[0])
    assert grabber.stuck() is None
    now_s[0] += HUNG_S + 0.1
    assert grabber.stuck() == "camera source 'slow': no frame for 12 s"


def test_a_source_that_is_waited_for_is_not_stuck() -> None:
    now_s = [100.0]
    grabber = Grabber("slow", None, lambda: now_s[0])
    now_s[0] += 10 * HUNG_S
    assert grabber.stuck() is None


class _Clings:
    """Fails at its first frame, and cannot be let go of until it is told."""

    interval_s = 0.0

    def __init__(self) -> None:
        self.closing, self.let_go = threading.Event(), threading.Event()

    def read(self) -> Grey:
        raise HardwareFault("camera source 'clings': gone")

    def close(self) -> None:
        self.closing.set()
        self.let_go.wait(WITHIN_S)


def test_a_driver_that_hangs_in_closing_is_stuck_too() -> None:
    now_s, source = [100.0], _Clings()
    grabber = Grabber("clings", source, lambda: now_s[0])
    grabber.start()
    assert source.closing.wait(WITHIN_S)
    assert grabber.stuck() is None
    now_s[0] += HUNG_S + 0.1
    assert grabber.stuck() == "camera source 'clings': neither closed nor opened within 12 s"
    grabber.stop()
    source.let_go.set()


class Watched:
    """What the runtime hears of a camera process."""

    def __init__(self, device: Path, frames: int, speed: float) -> None:
        command = [sys.executable, "-m", "tests.camera.stuck_camera", str(device), "LK1:ABC", str(frames), str(speed)]
        limits = CameraLimits(silence_s=10, first_restart_s=0.1, goodbye_s=0.2)
        self.codes: asyncio.Queue[str] = asyncio.Queue()
        self.said: asyncio.Queue[CameraStatus] = asyncio.Queue()
        self.child = CameraChild(
            str(device),
            lambda text, *_: self.codes.put_nowait(text),
            self.said.put_nowait,
            command=command,
            limits=limits,
        )

    async def faulty(self) -> CameraStatus:
        while True:
            status = await self.said.get()
            if status.fault is not None:
                return status


def test_a_camera_whose_driver_hangs_after_it_was_pulled_out_is_read_again_when_it_is_back(plug: Plug) -> None:
    async def live() -> None:
        plug.plug_in()
        watched = Watched(plug.path, frames=1000, speed=1.0)
        watched.child.start()
        try:
            async with asyncio.timeout(WITHIN_S):
                assert await watched.codes.get() == "LK1:ABC"
                first = watched.child.pid
                plug.unplug()
                assert "it was unplugged" in ((await watched.faulty()).fault or "")
                waiting = await watched.faulty()  # a fresh process, which waits for it
                assert "cannot be opened" in (waiting.fault or "")
                plug.plug_in()
                assert await watched.codes.get() == "LK1:ABC"
                assert watched.child.pid != first
        finally:
            await watched.child.stop()

    asyncio.run(live())


def test_a_camera_whose_driver_hangs_is_read_by_a_fresh_process(plug: Plug) -> None:
    async def live() -> None:
        plug.plug_in()
        watched = Watched(plug.path, frames=20, speed=20.0)
        watched.child.start()
        try:
            async with asyncio.timeout(WITHIN_S):
                assert await watched.codes.get() == "LK1:ABC"
                hung = await watched.faulty()
                assert hung.fault == f"camera source '{plug.path}': no frame for 12 s"
                assert await watched.codes.get() == "LK1:ABC"
        finally:
            await watched.child.stop()

    asyncio.run(live())

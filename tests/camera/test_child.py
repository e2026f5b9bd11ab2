"""The parent's side: what it hears, and what it does with a process that is silent, mad or gone."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import cv2
import pytest

from hal.camera.child import CameraChild, CameraLimits, CameraStatus
from hal.camera.wire import Formats, StatusLine, encode_status
from hal.sim.phone import Label, Phone, Pose, Scene, render

QUICK = CameraLimits(silence_s=0.4, first_line_s=5.0, first_restart_s=0.05, longest_restart_s=0.2, goodbye_s=0.3)
PATIENT = CameraLimits(silence_s=10.0, first_line_s=30.0)
STATUS = encode_status(StatusLine(0.01, frames=5)).decode().strip()


class Ear:
    """Collects what the child's owner is told; `until` waits for it."""

    def __init__(self) -> None:
        self.codes: list[tuple[str, str, float]] = []
        self.statuses: list[CameraStatus] = []
        self._told = asyncio.Event()

    def on_code(self, text: str, symbology: str, at_mono: float) -> None:
        self.codes.append((text, symbology, at_mono))
        self._told.set()

    def on_status(self, status: CameraStatus) -> None:
        self.statuses.append(status)
        self._told.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(40):
            while not holds():
                self._told.clear()
                await self._told.wait()


def on(scenario: Callable[[Ear], Awaitable[None]]) -> None:
    async def run() -> None:
        await scenario(Ear())

    asyncio.run(run())


def script(body: str) -> tuple[str, ...]:
    """A process that behaves as badly as its body says; it never outlives its stdin."""
    return (sys.executable, "-uc", f"import sys, signal, select\nSTATUS = {STATUS!r}\n{body}\nsys.stdin.read()")


def test_a_code_is_heard_with_the_time_of_its_frame(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "phone.png"), render(Scene(Phone("LK1:ABC")), random.Random(1)))

    async def scenario(ear: Ear) -> None:
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        child = CameraChild(str(tmp_path / "phone.png"), ear.on_code, ear.on_status, limits=PATIENT)
        child.start()
        await ear.until(lambda: bool(ear.codes) and len(ear.statuses) >= 2)
        await child.stop()
        (text, symbology, at_s) = ear.codes[0]
        assert (text, symbology) == ("LK1:ABC", "QRCode")
        assert begun_s < at_s < loop.time()
        assert ear.statuses[-1].fault is None
        assert child.pid is None

    on(scenario)


def test_formats_reach_the_process_that_runs_and_the_next_one(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "label.png"), render(Scene(Label("JD0146000012"), Pose(0.2)), random.Random(1)))

    async def scenario(ear: Ear) -> None:
        child = CameraChild(str(tmp_path / "label.png"), ear.on_code, ear.on_status, limits=PATIENT)
        child.start()
        await ear.until(lambda: bool(ear.statuses))
        assert ear.codes == []
        child.set_formats(Formats.ALL)
        await ear.until(lambda: len(ear.codes) == 1)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        await ear.until(lambda: len(ear.codes) == 2)
        await child.stop()
        assert {code[0] for code in ear.codes} == {"JD0146000012"}
        assert ear.statuses[-1].restarts == 1

    on(scenario)


def test_a_silent_process_is_killed_and_started_again() -> None:
    async def scenario(ear: Ear) -> None:
        silent = script("print(STATUS)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.pause()")
        child = CameraChild("", ear.on_code, ear.on_status, command=silent, limits=QUICK)
        child.start()
        await ear.until(lambda: any(status.restarts == 2 for status in ear.statuses))
        await child.stop()
        assert any(status.fault == "camera silent for 0.4 s" for status in ear.statuses)

    on(scenario)


def test_a_process_that_never_says_anything_is_given_its_first_line_time() -> None:
    async def scenario(ear: Ear) -> None:
        limits = CameraLimits(first_line_s=0.3, first_restart_s=0.05, longest_restart_s=0.1, goodbye_s=0.2)
        child = CameraChild("", ear.on_code, ear.on_status, command=script(""), limits=limits)
        child.start()
        await ear.until(lambda: bool(ear.statuses))
        await child.stop()
        assert ear.statuses[0].fault == "camera silent for 0.3 s"

    on(scenario)


def test_garbage_is_counted_and_changes_nothing() -> None:
    async def scenario(ear: Ear) -> None:
        mad = script("print('junk')\nprint('[1]')\nprint('x' * 100000)\nprint('{\"code\": 5}')\nprint(STATUS)")
        child = CameraChild("", ear.on_code, ear.on_status, command=mad, limits=PATIENT)
        child.start()
        await ear.until(lambda: bool(ear.statuses))
        await child.stop()
        assert ear.statuses[0].garbage in (3, 4)  # the last of a chunk is counted when the chunk is through
        assert ear.codes == []

    on(scenario)


def test_a_process_that_only_talks_garbage_is_silent() -> None:
    async def scenario(ear: Ear) -> None:
        babble = script("print(STATUS)\nwhile True:\n    print('junk')\n    select.select([], [], [], 0.05)")
        child = CameraChild("", ear.on_code, ear.on_status, command=babble, limits=QUICK)
        child.start()
        await ear.until(lambda: any(status.restarts == 1 for status in ear.statuses))
        await child.stop()
        assert any((status.fault or "").startswith("camera silent") for status in ear.statuses)

    on(scenario)


def test_a_process_whose_frames_stand_still_is_started_again() -> None:
    async def scenario(ear: Ear) -> None:
        old = encode_status(StatusLine(31.0, frames=5)).decode().strip()
        child = CameraChild("", ear.on_code, ear.on_status, command=script(f"print({old!r})"), limits=QUICK)
        child.start()
        await ear.until(lambda: any(status.restarts == 1 for status in ear.statuses))
        await child.stop()
        assert any(status.fault == "camera gave no frame for 31 s" for status in ear.statuses)

    on(scenario)


def test_a_source_that_cannot_be_opened_is_told_in_the_childs_words() -> None:
    async def scenario(ear: Ear) -> None:
        child = CameraChild("/no/such.png", ear.on_code, ear.on_status)
        child.start()
        await ear.until(lambda: bool(ear.statuses))
        await child.stop()
        assert ear.statuses[0].fault == "camera source '/no/such.png': no such file, folder or device"

    on(scenario)


def test_a_process_that_cannot_be_started_is_told() -> None:
    async def scenario(ear: Ear) -> None:
        child = CameraChild("", ear.on_code, ear.on_status, command=("/no/such/program",), limits=QUICK)
        child.start()
        await ear.until(lambda: len(ear.statuses) == 2)
        await child.stop()
        assert ear.statuses[0].fault == "camera process '/no/such/program': No such file or directory"

    on(scenario)


def test_stop_leaves_no_process_even_where_stdin_is_ignored() -> None:
    async def scenario(ear: Ear) -> None:
        deaf = script("print(STATUS)\nsignal.pause()")
        child = CameraChild("", ear.on_code, ear.on_status, command=deaf, limits=QUICK)
        child.start()
        await ear.until(lambda: bool(ear.statuses))
        pid = child.pid
        assert pid is not None
        await child.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    on(scenario)

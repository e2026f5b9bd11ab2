"""The camera process itself, started as the runtime starts it."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2

from hal.camera.wire import CodeLine, Formats, StatusLine, decode_line, encode_order
from hal.sim.phone import EMPTY, Label, Phone, Pose, Scene, render
from tests.camera.world_camera import always, serving

Line = CodeLine | StatusLine


class Camera:
    """A running camera process; its lines are waited for by reading, not by time."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hal.camera", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def lines(self) -> Iterator[Line]:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            yield decode_line(raw)

    def next_code(self) -> CodeLine:
        return next(line for line in self.lines() if isinstance(line, CodeLine))

    def next_status(self) -> StatusLine:
        return next(line for line in self.lines() if isinstance(line, StatusLine))

    def status_where(self, fault: bool) -> StatusLine:
        return next(x for x in self.lines() if isinstance(x, StatusLine) and (x.fault is not None) == fault)

    def say(self, raw: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(raw)
        self._process.stdin.flush()

    def end(self) -> int:
        """Close its stdin; return its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            return self._process.wait(20)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()


@contextlib.contextmanager
def camera(*arguments: str) -> Iterator[Camera]:
    running = Camera(*arguments)
    try:
        yield running
    finally:
        with contextlib.suppress(ValueError, BrokenPipeError):
            running.end()


def _photo(path: Path, scene: Scene) -> str:
    cv2.imwrite(str(path), render(scene, random.Random(1)))
    return str(path)


def test_a_code_and_a_status_are_told_and_closing_stdin_ends_the_process(tmp_path: Path) -> None:
    with camera(_photo(tmp_path / "phone.png", Scene(Phone("LK1:ABC")))) as child:
        code = child.next_code()
        status = child.next_status()
        assert (code.text, code.symbology) == ("LK1:ABC", "QRCode")
        assert 0 <= code.age_s < 5
        assert status.fault is None
        assert status.codes == 1
        assert status.frame_age_s is not None
        assert child.end() == 0


def test_formats_are_switched_while_it_runs(tmp_path: Path) -> None:
    with camera(_photo(tmp_path / "label.png", Scene(Label("JD0146000012"), Pose(0.2)))) as child:
        assert child.next_status().codes == 0
        child.say(b"garbage\n")
        child.say(encode_order(Formats.ALL))
        assert child.next_code().text == "JD0146000012"


def test_a_source_that_cannot_be_opened_is_one_line_and_an_exit_code() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hal.camera", "/no/such.png"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    assert done.returncode == 3
    assert done.stdout == b""
    assert done.stderr == b"camera: camera source '/no/such.png': no such file, folder or device\n"


def test_wrong_usage_is_an_exit_code_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hal.camera"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    assert done.returncode == 2


def test_a_camera_that_goes_away_is_told_and_taken_up_again(tmp_path: Path) -> None:
    path = tmp_path / "cam.sock"
    with serving(path, always(render(EMPTY, random.Random(1)))) as world, camera(f"world:{path}") as child:
        assert child.next_status().fault is None
        world.asked.acquire()
        world.hang_up()
        gone = child.status_where(fault=True)
        assert "cam.sock" in (gone.fault or "")
        with serving(path, always(render(Scene(Phone("LK1:BACK")), random.Random(1)))):
            assert child.next_code().text == "LK1:BACK"
            assert child.status_where(fault=False).codes == 1
            assert child.end() == 0

"""A camera on the Pi's own connector: the camera process, with a stand-in for the library that a Pi has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge.core.errors import HardwareFault
from hal.camera.sources import open_source
from hal.camera.wire import CodeLine, decode_line

HERE = Path(__file__).parent
TOP = HERE.parents[1]


def camera(name: str, machine: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "hal.camera", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": f"{HERE / machine}:{TOP}"},
    )


def test_a_code_is_read_from_its_frames() -> None:
    with camera("picamera2:0", "distribution") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        code = next(line for line in map(decode_line, process.stdout) if isinstance(line, CodeLine))
        assert (code.text, code.symbology) == ("LK1:PI", "QRCode")
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_camera_that_cannot_even_be_stopped_is_opened_anew() -> None:
    with camera("picamera2:0", "wobbly") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        code = next((line for line in map(decode_line, process.stdout) if isinstance(line, CodeLine)), None)
        process.stdin.close()
        assert code is not None
        assert code.text == "LK1:PI"


def test_a_reader_that_died_of_something_foreign_ends_the_process() -> None:
    with camera("picamera2:0", "foreign") as process:
        assert process.stderr is not None
        assert process.wait(20) == 4
        said = process.stderr.read().decode()
        assert said.splitlines()[-1] == "camera: camera source 'picamera2:0': its reader has ended"


@pytest.mark.parametrize(
    ("name", "machine", "why"),
    [
        ("picamera2:1", "distribution", "list index out of range"),
        ("picamera2:0", "bare", "No module named 'picamera2'; install python3-picamera2"),
    ],
)
def test_a_camera_that_there_is_not_and_a_library_that_is_missing_are_one_line(
    name: str, machine: str, why: str
) -> None:
    process = camera(name, machine)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, b"")
    assert said.decode().startswith(f"camera: camera source '{name}': {why}")
    assert said.count(b"\n") == 1


@pytest.mark.parametrize("name", ["picamera2:", "picamera2:front", "picamera2:9", "picamera2:-1", "picamera2:٣"])
def test_a_number_that_is_none_is_named(name: str) -> None:
    with pytest.raises(HardwareFault, match="not picamera2:N, N from 0 to 7"):
        open_source(name)

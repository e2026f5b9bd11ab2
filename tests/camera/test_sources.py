"""Every kind of source, with real files and real sockets, and every way in which one fails."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.core.errors import HardwareFault
from hal.camera.grabber import Grabber
from hal.camera.reader import Grey, scan
from hal.camera.sources import open_source
from tests.camera.test_still import drawn
from tests.camera.world_camera import always, header_of, serving


def text_of(frame: Grey) -> str:
    (reading,) = scan(frame).readings
    return reading.raw.decode()


def picture(folder: Path, name: str, text: str) -> Path:
    cv2.imwrite(str(folder / name), drawn(text))
    return folder / name


def test_one_picture_is_given_over_and_over(tmp_path: Path) -> None:
    source = open_source(str(picture(tmp_path, "one.png", "ONE")))
    assert [text_of(source.read()) for _ in range(3)] == ["ONE"] * 3
    source.close()


def test_a_folder_is_given_in_order_and_again_and_a_broken_picture_is_passed_over(tmp_path: Path) -> None:
    picture(tmp_path, "1.png", "ONE")
    (tmp_path / "2.png").write_bytes(b"junk")
    (tmp_path / "notes.txt").write_text("no picture")
    picture(tmp_path, "3.jpg", "THREE")
    source = open_source(str(tmp_path))
    assert [text_of(source.read()) for _ in range(4)] == ["ONE", "THREE", "ONE", "THREE"]
    source.close()


def test_a_video_is_given_over_and_over(tmp_path: Path) -> None:
    frames = [cv2.cvtColor(np.asarray(cv2.resize(drawn(t), (320, 320))), cv2.COLOR_GRAY2BGR) for t in ("A1", "B2")]
    path = str(tmp_path / "clip.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (320, 320))
    for frame in frames:
        writer.write(frame)
    writer.release()
    source = open_source(path)
    assert source.interval_s == pytest.approx(0.1)
    assert [text_of(source.read()) for _ in range(5)] == ["A1", "B2", "A1", "B2", "A1"]
    source.close()


def test_the_world_gives_frames(tmp_path: Path) -> None:
    with serving(tmp_path / "cam.sock", always(drawn("WORLD"))) as camera:
        source = open_source(f"world:{camera.path}")
        assert [text_of(source.read()) for _ in range(3)] == ["WORLD"] * 3
        source.close()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b'{"error": "no camera"}\n', "no camera"),
        (b"junk\n", "no JSON"),
        (b"[1]\n", "no object"),
        (b"{}\n", "without width"),
        (b'{"width": 2, "height": 2, "bytes": 5}\nabcde', "5 bytes for 2x2"),
        (b'{"width": 99999, "height": 2, "bytes": 199998}\n', "limit 4096"),
        (b'{"width": 0, "height": 2, "bytes": 0}\n', "limit 4096"),
        (b"x" * 2000, "header above"),
    ],
)
def test_a_world_that_answers_wrongly_is_a_fault(tmp_path: Path, answer: bytes, why: str) -> None:
    with serving(tmp_path / "cam.sock", lambda: answer) as camera:
        source = open_source(f"world:{camera.path}")
        with pytest.raises(HardwareFault, match=why):
            source.read()
        source.close()


def test_a_world_that_goes_away_is_a_fault(tmp_path: Path) -> None:
    with serving(tmp_path / "cam.sock", always(drawn("WORLD"))) as camera:
        source = open_source(f"world:{camera.path}")
        source.read()
        camera.hang_up()
        with pytest.raises(HardwareFault, match=r"world:.*cam\.sock"):
            source.read()
        with pytest.raises(HardwareFault):
            open_source(f"world:{camera.path}")
        source.close()


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    "name",
    ["/dev/video250", "v4l2:250", "v4l2:front", "/dev/null", "v4l2:99999", "/no/such/file.mp4", "world:/no/such.sock"],
)
def test_a_source_that_cannot_be_opened_is_named(name: str) -> None:
    with pytest.raises(HardwareFault) as caught:
        open_source(name)
    assert name.removeprefix("world:") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_network_camera_that_does_not_answer_is_named() -> None:
    name = f"rtsp://127.0.0.1:{_closed_port()}/stream"
    with pytest.raises(HardwareFault, match=r"127\.0\.0\.1"):
        open_source(name)


def test_a_folder_without_pictures_and_a_video_that_is_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(HardwareFault, match="no picture in the folder"):
        open_source(str(tmp_path))
    (tmp_path / "clip.mp4").write_bytes(b"junk" * 100)
    with pytest.raises(HardwareFault, match=r"clip\.mp4"):
        open_source(str(tmp_path / "clip.mp4"))
    (tmp_path / "code.png").write_bytes(b"junk")
    with pytest.raises(HardwareFault, match="not a picture"):
        open_source(str(tmp_path / "code.png")).read()


class _Numbered:
    """A source as fast as it is read, whose frames carry their number."""

    interval_s = 0.0

    def __init__(self, go: threading.Semaphore) -> None:
        self._go = go
        self.given = 0

    def read(self) -> Grey:
        self._go.acquire()
        self.given += 1
        return np.full((20, 20), self.given, dtype=np.uint8)

    def close(self) -> None:
        pass


def test_the_grabber_keeps_the_newest_frame_only() -> None:
    go = threading.Semaphore(0)
    source = _Numbered(go)
    grabber = Grabber("numbered", source, lambda: 0.0)
    grabber.start()
    go.release()
    first = grabber.take(10)
    assert first is not None
    go.release(5)
    newest, seen = first, []
    while newest.grey[0, 0] < 6:
        taken = grabber.take(10)
        assert taken is not None
        newest = taken
        seen.append(int(newest.grey[0, 0]))
    assert seen == sorted(set(seen))
    assert grabber.take(0) is None
    grabber.stop()
    go.release()


def test_the_header_says_what_follows() -> None:
    assert header_of(np.zeros((2, 3), dtype=np.uint8)) == b'{"width": 3, "height": 2, "bytes": 6}\n'

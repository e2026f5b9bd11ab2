"""`locker decode`: every kind of file, every fault, one line each, and the time that it may take."""

from __future__ import annotations

import io
import itertools
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.core.errors import BadInput
from hal.camera import effort, picture
from hal.camera.reader import Grey, Reading
from hal.camera.still import StillCode, decode_still, main, still_text
from hal.camera.wire import Formats
from hal.sim import labels
from tests.camera.gallery import photograph

TEXT = "LK1:0042 A PARCEL"


def drawn(text: str | bytes = TEXT, symbology: str = "QRCode", px: int = 4) -> Grey:
    modules = labels.quiet(labels.code_modules(text, symbology), 10)
    return np.asarray(np.kron(modules, np.ones((px, px), dtype=np.uint8)), dtype=np.uint8)


def written(path: Path, pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> Path:
    assert cv2.imwrite(str(path), pixels)
    return path


def run(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    out = io.StringIO()
    code = main(["--json", *arguments], out=out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tiff"])
def test_every_file_format_is_read(tmp_path: Path, suffix: str) -> None:
    assert decode_still(str(written(tmp_path / f"code.{suffix}", drawn()))) == [StillCode(TEXT, "QRCode")]


def test_sixteen_bits_are_read(tmp_path: Path) -> None:
    deep = drawn().astype(np.uint16) * 257
    for name in ("deep.png", "deep.tiff"):
        assert decode_still(str(written(tmp_path / name, deep))) == [StillCode(TEXT, "QRCode")]


def test_alpha_is_laid_on_white(tmp_path: Path) -> None:
    code = drawn()
    black_on_nothing = np.dstack([np.zeros_like(code)] * 3 + [255 - code])
    assert decode_still(str(written(tmp_path / "alpha.png", black_on_nothing))) == [StillCode(TEXT, "QRCode")]


def test_a_coloured_picture_is_read(tmp_path: Path) -> None:
    code = drawn()
    red_on_green = np.where(code[:, :, None] == 0, [40, 40, 200], [60, 190, 90]).astype(np.uint8)
    assert decode_still(str(written(tmp_path / "colour.png", red_on_green))) == [StillCode(TEXT, "QRCode")]


def _truncated(data: bytes) -> bytes:
    return data[: len(data) // 3]


def _giant(data: bytes) -> bytes:
    return data[:16] + b"\0\0\xff\xff\0\0\xff\xff" + data[24:]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda _: b"", "empty file"),
        (lambda _: b"no picture at all", "not a picture"),
        (lambda data: data[:20], "cut short"),
        (_truncated, "cut short"),
        (_giant, f"limit {picture.LIMIT_PIXELS}"),
        (lambda data: data[:16] + b"\0" * 8 + data[24:], "0x0 pixels"),
    ],
    ids=["empty", "text", "header only", "cut short", "giant", "no pixels"],
)
def test_a_spoilt_file_is_named_with_its_fault(tmp_path: Path, spoil: object, why: str) -> None:
    path = written(tmp_path / "code.png", drawn())
    assert callable(spoil)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(BadInput, match=why):
        decode_still(str(path))


def test_a_jpeg_whose_end_is_missing_is_an_error_only_where_the_code_is_missing(tmp_path: Path) -> None:
    path = written(tmp_path / "code.jpg", drawn())
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 4])
    with pytest.raises(BadInput, match="cut short"):
        decode_still(str(path))


def test_a_folder_a_missing_file_and_a_device_are_errors(tmp_path: Path) -> None:
    code, lines = run(str(tmp_path), str(tmp_path / "none.png"), "/dev/null")
    assert code == 1
    assert [line["error"] for line in lines] == [
        "is a directory, not a picture",
        "cannot be read: No such file or directory",
        "is not a regular file",
    ]


def test_one_bad_file_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    good = str(written(tmp_path / "good.png", drawn()))
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"junk")
    code, lines = run(good, str(bad), good)
    assert code == 1
    assert [line["file"] for line in lines] == [good, str(bad), good]
    assert lines[0]["codes"] == lines[2]["codes"] == [{"text": TEXT, "symbology": "QRCode"}]
    assert set(lines[0]) == {"file", "codes", "ms"}
    assert set(lines[1]) == {"file", "error"}


def test_a_picture_without_a_code_is_no_error(tmp_path: Path) -> None:
    code, lines = run(str(written(tmp_path / "wall.png", np.full((200, 300), 120, dtype=np.uint8))))
    assert code == 0
    assert lines[0]["codes"] == []


def test_the_line_for_people(tmp_path: Path) -> None:
    good = str(written(tmp_path / "good.png", drawn()))
    out = io.StringIO()
    assert main([good, str(tmp_path / "none.png")], out=out) == 1
    first, second = out.getvalue().splitlines()
    assert first.startswith(f"{good}: QRCode '{TEXT}' (")
    assert second.endswith("none.png: error: cannot be read: No such file or directory")


def test_the_command_as_a_process(tmp_path: Path) -> None:
    good = str(written(tmp_path / "good.png", drawn()))
    done = subprocess.run(
        [sys.executable, "-m", "hal.camera.still", "--json", good, "/no/such/file"], capture_output=True, timeout=60
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert lines[0]["codes"] == [{"text": TEXT, "symbology": "QRCode"}]
    assert lines[1] == {"file": "/no/such/file", "error": "cannot be read: No such file or directory"}


def test_label_codes_are_read_only_when_asked_for(tmp_path: Path) -> None:
    for symbology, text in [
        ("Code128", "JD014600001234567890"),
        ("DataMatrix", "010400638133393121ABC"),
        ("Aztec", "3SABCD1234567 PARCEL"),
        ("PDF417", "3SABCD1234567 PARCEL"),
        ("EAN13", "4006381333931"),
        ("Code39", "PARCEL-1234"),
        ("ITF", "00340434161234567895"),
    ]:
        path = str(written(tmp_path / f"{symbology}.png", drawn(text, symbology)))
        assert decode_still(path) == [], symbology
        assert decode_still(path, all_formats=True) == [StillCode(text, symbology)]


def test_all_codes_of_a_picture_are_read() -> None:
    for seed in range(3):
        pixels, texts = photograph("several", seed)
        read = effort.read_all(pixels, Formats.QR, lambda: 0.0)
        assert sorted(reading.raw.decode() for reading in read) == sorted(texts)


def test_the_same_code_twice_in_a_picture_is_told_twice() -> None:
    twice = np.hstack([drawn(), drawn()])
    assert [r.raw.decode() for r in effort.read_all(twice, Formats.QR, lambda: 0.0)] == [TEXT, TEXT]


def test_the_search_ends_with_its_budget() -> None:
    nothing = np.random.default_rng(1).integers(0, 255, (300, 400), dtype=np.uint8)
    asked = itertools.count()
    effort.read_all(nothing, Formats.QR, lambda: float(next(asked)), budget_s=3.0)
    assert next(asked) <= 5  # every look costs a second of this clock


def test_text_is_utf8_where_the_bytes_are_and_else_what_the_code_declares() -> None:
    nowhere = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
    for raw, plain, text in [
        ("Ärger 箱".encode(), "wrong", "Ärger 箱"),
        ("Grüße".encode("latin-1"), "Grüße", "Grüße"),
        (b"0001234", "0001234", "0001234"),
        (b"A\x1dB\r\n", "A<GS>B", "A\x1dB\r\n"),
    ]:
        assert still_text(Reading(raw, "QRCode", nowhere, plain)) == text


def test_a_named_pipe_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    refused = threading.Event()

    def decode() -> None:
        with pytest.raises(BadInput, match="not a regular file"):
            decode_still(str(tmp_path / "pipe.png"))
        refused.set()

    threading.Thread(target=decode, daemon=True).start()
    assert refused.wait(10)

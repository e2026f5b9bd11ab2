"""Lines between the camera process and its parent: what is said is heard, what is not is garbage."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.errors import BadInput
from hal.camera.wire import (
    CodeLine,
    Formats,
    Hint,
    LineSplitter,
    StatusLine,
    decode_line,
    decode_order,
    encode_code,
    encode_order,
    encode_status,
)

STATUS = StatusLine(0.0625, 10, 2, 1, 4, Hint.TOO_FAR, "camera gone")


@pytest.mark.parametrize(
    "line", [CodeLine("LK1:A\x1dB", "QRCode", 0.0125), CodeLine("~" * 4096, "PDF417", 0.0)], ids=["short", "longest"]
)
def test_a_code_line_there_and_back(line: CodeLine) -> None:
    assert decode_line(encode_code(line)) == line


@pytest.mark.parametrize("line", [StatusLine(), STATUS])
def test_a_status_line_there_and_back(line: StatusLine) -> None:
    assert decode_line(encode_status(line)) == line


@pytest.mark.parametrize("formats", Formats)
def test_an_order_there_and_back(formats: Formats) -> None:
    assert decode_order(encode_order(formats)) is formats


def _code(**change: object) -> bytes:
    return json.dumps({"code": "A", "symbology": "QRCode", "age_ms": 1, **change}).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        b'{"status": 1}',
        b'{"status": {}}',
        b'{"code": "A"}',
        _code(code=""),
        _code(code="a\n"),
        _code(code="\u00e4"),
        _code(code=5),
        _code(code="x" * 4097),
        _code(symbology=""),
        _code(symbology="x" * 33),
        _code(age_ms=-1),
        _code(age_ms="1"),
        _code(age_ms=True),
        _code(age_ms=float("nan")),
        _code(age_ms=float("inf")),
        json.dumps({"status": {**json.loads(encode_status(STATUS))["status"], "hint": "shiny"}}).encode(),
        json.dumps({"status": {**json.loads(encode_status(STATUS))["status"], "frames": None}}).encode(),
    ],
)
def test_what_the_child_never_says_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        decode_line(raw)


@pytest.mark.parametrize("raw", [b"", b"qr", b'{"formats": "microqr"}', b'{"formats": 1}', b'{"format": "qr"}', b"[1]"])
def test_what_the_parent_never_says_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        decode_order(raw)


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=12), st.integers(1, 50))
def test_lines_are_cut_however_they_arrive(lines: list[bytes], step: int) -> None:
    splitter, stream = LineSplitter(limit_bytes=20), b"".join(line + b"\n" for line in lines)
    cut = [line for at in range(0, len(stream), step) for line in splitter.feed(stream[at : at + step])]
    assert cut == [line for line in lines if len(line) <= 20]
    assert splitter.overlong == sum(len(line) > 20 for line in lines)


def test_a_line_without_end_takes_no_memory() -> None:
    splitter = LineSplitter(limit_bytes=100)
    for _ in range(1000):
        assert splitter.feed(b"x" * 90) == []
    assert splitter.feed(b"\nnext\n") == [b"next"]
    assert splitter.overlong == 1

"""Bundles and left-behind rings as files: written whole or not at all, read within limits."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import msgspec

from edge.app.incident.form import FORM, EndLine, Line
from edge.core.errors import BadInput, NotAllowed

__all__ = ["GZIP", "RING_FILE", "left_behind", "read_lines", "write"]

RING_FILE: Final = "ring.gz"  # in the state directory: of the last life that failed
GZIP: Final = b"\x1f\x8b"
MAX_FILE_BYTES: Final = 64 * 1024 * 1024  # of a bundle; an ordinary one has one or two
MAX_LINE_BYTES: Final = 4 * 1024 * 1024  # the books of the largest wall take a quarter
MAX_LINES: Final = 200_000
MAX_TEXT_BYTES: Final = 512 * 1024 * 1024  # of all lines
LEVEL: Final = 6


def write(path: Path, lines: Iterable[Line | msgspec.Raw | dict[str, object]]) -> tuple[int, int]:
    """Write a new file that only its owner may read; how many lines, how many bytes.  Nothing is left of half a one."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise NotAllowed(f"{path}: exists already; a bundle never replaces a file") from None
    try:
        with os.fdopen(number, "wb") as file:
            count = _compressed(path, file, lines)
            file.flush()
            os.fsync(file.fileno())
            return count, file.tell()
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _compressed(path: Path, file: IO[bytes], lines: Iterable[Line | msgspec.Raw | dict[str, object]]) -> int:
    count, text_bytes = 0, 0
    with gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=file, mtime=0) as packed:
        for line in lines:
            text = msgspec.json.encode(line)
            count, text_bytes = count + 1, text_bytes + len(text)
            if len(text) >= MAX_LINE_BYTES:
                raise NotAllowed(f"{path}: line {count} has {len(text)} bytes, limit {MAX_LINE_BYTES}")
            if file.tell() > MAX_FILE_BYTES or text_bytes > MAX_TEXT_BYTES or count >= MAX_LINES:
                raise NotAllowed(f"{path}: more than a bundle may hold ({MAX_FILE_BYTES} bytes, {MAX_LINES} lines)")
            packed.write(text + b"\n")
        packed.write(msgspec.json.encode(EndLine(count)) + b"\n")
    return count + 1


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines before the last, without their ends.  BadInput: no bundle, cut off, damaged, of another form, huge."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadInput(f"{path}: {path.stat().st_size} bytes, limit {MAX_FILE_BYTES}")
    count, text_bytes, last = 0, 0, b""
    try:
        with gzip.open(path, "rb") as packed:
            while line := packed.readline(MAX_LINE_BYTES + 1):
                count, text_bytes = count + 1, text_bytes + len(line)
                if len(line) > MAX_LINE_BYTES or count > MAX_LINES + 1 or text_bytes > MAX_TEXT_BYTES:
                    raise BadInput(f"{path}: more than a bundle may hold, at line {count}")
                if count == 1:
                    _require_form(path, line)
                if last:
                    yield last.rstrip(b"\n")
                last = line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"{path}: cut off or damaged after line {count}: {str(error).lower()}") from None
    _require_end(path, last, count)


def left_behind(directory: Path) -> list[bytes]:
    """Segments and notes of the ring that a life left behind when it failed; none is an empty list."""
    path = directory / RING_FILE
    if not path.exists():
        return []
    return list(read_lines(path))[1:]


def _require_form(path: Path, line: bytes) -> None:
    try:
        head = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        head = None
    if not isinstance(head, dict) or head.get("line") != "head":
        raise BadInput(f"{path}: no incident bundle")
    if head.get("form") != FORM:
        raise BadInput(f"{path}: a bundle of form {head.get('form')}; this release reads form {FORM}")


def _require_end(path: Path, last: bytes, count: int) -> None:
    try:
        end = msgspec.json.decode(last, type=EndLine)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadInput(f"{path}: cut off after line {count}") from None
    if end.lines != count - 1:
        raise BadInput(f"{path}: {count - 1} lines, and {end.lines} were written")

"""`locker decode [--json] [--all-formats] FILE…`: the whole pipeline, all efforts, on still pictures.

One line a file, in the order given.  With --json: {"file": as given, "codes": [{"text":…, "symbology":…}], "ms":…}, or
{"file":…, "error":…}.  A file that fails does not keep the others from being read; the exit code is 1 at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

from edge.core.errors import BadInput
from hal.camera import effort, picture
from hal.camera.reader import Reading
from hal.camera.wire import Formats

__all__ = ["StillCode", "decode_still", "main", "still_text"]


@dataclass(frozen=True, slots=True)
class StillCode:
    text: str
    symbology: str


def decode_still(
    path: str,
    *,
    all_formats: bool = False,
    now: Callable[[], float] = time.monotonic,
    budget_s: float = effort.BUDGET_S,
) -> list[StillCode]:
    """Return the codes in the picture, each once unless it stands there twice; an empty list where none is read.

    `budget_s` bounds the search by `now`, a monotonic clock; unpacking the file comes on top.
    Raises BadInput for what is no picture.
    """
    data = picture.load(path)
    pixels = picture.unpack(data)
    formats = Formats.ALL if all_formats else Formats.QR
    codes = [StillCode(still_text(r), r.symbology) for r in effort.read_all(pixels, formats, now, budget_s)]
    if not codes and picture.cut_short(data):
        raise BadInput("picture is cut short, and no code is in what is there")
    return codes


def still_text(reading: Reading) -> str:
    """Return the bytes as UTF-8 where they are; else by the code's own declaration or the likeliest character set.

    zxing-cpp's own text is the second choice because it guesses where the bytes say plainly.
    """
    try:
        return reading.raw.decode("utf-8")
    except UnicodeDecodeError:
        return reading.plain


def main(
    argv: Sequence[str] | None = None, *, out: TextIO | None = None, now: Callable[[], float] = time.monotonic
) -> int:
    """Run the command; returns the exit code: 0, or 1 where at least one file failed (2 for wrong usage)."""
    parser = argparse.ArgumentParser(prog="locker decode", description="Read the codes in pictures.")
    parser.add_argument("--json", action="store_true", help="one JSON object a line and file")
    parser.add_argument("--all-formats", action="store_true", help="all codes of parcel labels, not QR alone")
    parser.add_argument("files", nargs="+", metavar="FILE", help="PNG, JPEG, WebP, BMP or TIFF")
    wanted = parser.parse_args(argv)
    stream = sys.stdout if out is None else out
    failed = False
    for name in wanted.files:
        begun = now()
        try:
            codes = decode_still(name, all_formats=wanted.all_formats, now=now)
        except BadInput as why:
            failed = True
            line = _line(wanted.json, {"file": name, "error": str(why)})
        else:
            shown = [{"text": code.text, "symbology": code.symbology} for code in codes]
            line = _line(wanted.json, {"file": name, "codes": shown, "ms": round((now() - begun) * 1000, 1)})
        print(line, file=stream, flush=True)
    return 1 if failed else 0


def _line(as_json: bool, said: dict[str, object]) -> str:
    if as_json:
        return json.dumps(said)
    name = _printable(str(said["file"]))
    if "error" in said:
        return f"{name}: error: {said['error']}"
    codes = said["codes"]
    assert isinstance(codes, list)
    read = ", ".join(f"{code['symbology']} {_printable(code['text'])!r}" for code in codes)
    return f"{name}: {read or 'no code'} ({said['ms']} ms)"


def _printable(text: str) -> str:
    """A file's name, or a code's text, need not fit the terminal."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    sys.exit(main())

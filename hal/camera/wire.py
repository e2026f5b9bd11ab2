"""What the camera process and its parent say to each other: JSON, one object a line, both ways.

Child to parent, on its stdout:
    {"code": text, "symbology": name, "age_ms": since the frame was taken}
    {"status": {"frame_age_ms": number or null, "frames": n, "codes": n, "unreadable": n, "retries": n,
                "hint": Hint, "fault": text or null}}      once a second, and at once when the fault changes
Parent to child, on its stdin: {"formats": "qr"} or {"formats": "all"}.  When stdin closes, the child ends.

A line longer than LINE_LIMIT_BYTES, or one that is none of these, is counted as garbage and changes nothing.
This module needs neither numpy nor OpenCV: the daemon imports it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from edge.core.errors import BadInput

__all__ = [
    "CODE_LIMIT_BYTES",
    "LINE_LIMIT_BYTES",
    "CodeLine",
    "Formats",
    "Hint",
    "LineSplitter",
    "StatusLine",
    "decode_line",
    "decode_order",
    "encode_code",
    "encode_order",
    "encode_status",
]

CODE_LIMIT_BYTES: Final = 4096  # more than the largest QR holds (2,953)
LINE_LIMIT_BYTES: Final = 32 * 1024  # a code of that size, every character escaped
_GS: Final = 0x1D  # separates the fields of GS1 labels


class Formats(StrEnum):
    """What is looked for."""

    QR = "qr"  # QR model 2 alone
    ALL = "all"  # and every code that stands on parcel labels


class Hint(StrEnum):
    """Why nothing is read, as far as the picture tells."""

    NONE = "none"  # nothing to say
    TOO_DARK = "too_dark"  # the whole picture
    TOO_BRIGHT = "too_bright"  # the whole picture
    GLARE = "glare"  # something like a code is seen, with a reflection on it
    TOO_FAR = "too_far"  # something like a code is seen, too small
    BLURRED = "blurred"  # something like a code is seen, not sharp, and not read


@dataclass(frozen=True, slots=True)
class CodeLine:
    text: str
    symbology: str
    age_s: float


@dataclass(frozen=True, slots=True)
class StatusLine:
    """`frame_age_s` is None before the first frame; `fault` names what keeps frames from coming."""

    frame_age_s: float | None = None
    frames: int = 0
    codes: int = 0
    unreadable: int = 0
    retries: int = 0
    hint: Hint = Hint.NONE
    fault: str | None = None


def encode_code(line: CodeLine) -> bytes:
    said = {"code": line.text, "symbology": line.symbology, "age_ms": round(line.age_s * 1000, 1)}
    return json.dumps(said).encode() + b"\n"


def encode_status(line: StatusLine) -> bytes:
    age = None if line.frame_age_s is None else round(line.frame_age_s * 1000, 1)
    status = {
        "frame_age_ms": age,
        "frames": line.frames,
        "codes": line.codes,
        "unreadable": line.unreadable,
        "retries": line.retries,
        "hint": line.hint.value,
        "fault": line.fault,
    }
    return json.dumps({"status": status}).encode() + b"\n"


def encode_order(formats: Formats) -> bytes:
    return json.dumps({"formats": formats.value}).encode() + b"\n"


def decode_order(raw: bytes) -> Formats:
    """Return the formats that the parent wants; raises BadInput for any other line."""
    said = _object(raw)
    try:
        return Formats(str(said["formats"]))
    except (KeyError, ValueError) as why:
        raise BadInput(f"camera order {raw[:80]!r}: not {{'formats': 'qr' or 'all'}}") from why


def decode_line(raw: bytes) -> CodeLine | StatusLine:
    """Return what the child said; raises BadInput for what it never says."""
    said = _object(raw)
    try:
        if "code" in said:
            return CodeLine(_text(said["code"]), _name(said["symbology"]), _number(said["age_ms"]) / 1000)
        status = said["status"]
        if not isinstance(status, dict):
            raise BadInput("camera status is no object")
        age, fault = status["frame_age_ms"], status["fault"]
        return StatusLine(
            frame_age_s=None if age is None else _number(age) / 1000,
            frames=int(_number(status["frames"])),
            codes=int(_number(status["codes"])),
            unreadable=int(_number(status["unreadable"])),
            retries=int(_number(status["retries"])),
            hint=Hint(str(status["hint"])),
            fault=None if fault is None else str(fault)[:200],
        )
    except BadInput:
        raise
    except (KeyError, ValueError) as why:
        raise BadInput(f"camera line {raw[:80]!r}: {why!r}") from why


def _object(raw: bytes) -> dict[str, object]:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as why:
        raise BadInput(f"camera line {raw[:80]!r}: no JSON") from why
    if not isinstance(said, dict):
        raise BadInput(f"camera line {raw[:80]!r}: no object")
    return said


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e15:
        raise BadInput(f"camera number {value!r}: 0 to 1e15")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= CODE_LIMIT_BYTES:
        raise BadInput(f"camera code: text of 1 to {CODE_LIMIT_BYTES} characters wanted")
    if not all(0x20 <= ord(letter) <= 0x7E or ord(letter) == _GS for letter in value):
        raise BadInput("camera code: a character that is neither printable ASCII nor GS")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 32:
        raise BadInput(f"camera symbology {value!r}: name of 1 to 32 characters wanted")
    return value


class LineSplitter:
    """Cuts a stream of bytes into lines.  A line above LINE_LIMIT_BYTES is dropped whole, and counted."""

    def __init__(self, limit_bytes: int = LINE_LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._rest = b""
        self._dropping = False
        self.overlong = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that are complete now, without their ends."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if whole and self._dropping:
            self._dropping = False
            whole = whole[1:]
        lines = [line for line in whole if len(line) <= self._limit_bytes]
        self.overlong += len(whole) - len(lines)
        if self._dropping:
            self._rest = b""
        elif len(self._rest) > self._limit_bytes:
            self._rest, self._dropping = b"", True
            self.overlong += 1
        return lines

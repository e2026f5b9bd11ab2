"""The seam to zxing-cpp: grey pictures in, readings out.  Nothing that a picture holds makes it raise.

Which codes are looked for is a `Formats`: QR alone while customers scan; every code of a parcel label while a courier
works.  Micro QR and its rectangular kin are never looked for: they carry next to no error correction, and one was the
only false read in our test pictures.  A linear code is believed by its check digit or, where the symbology has none,
only when it is long enough and enough scan lines agree.  Codes of READ_TWICE need more: the caller believes them when
two looks agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hal.camera.wire import CODE_LIMIT_BYTES, Formats

__all__ = ["READ_TWICE", "Binarizer", "Grey", "Outcome", "Quad", "Reading", "Suspect", "label_text", "scan"]

Grey = NDArray[np.uint8]
Binarizer = zxingcpp.Binarizer
Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]

_F = zxingcpp.BarcodeFormat


# The library answers with the family of a code: model 2 as QRCode, UPC-A as an EAN-13 with a leading zero.
_NAMES: Final[dict[int, str]] = {
    int(_F.QRCode): "QRCode",
    int(_F.DataMatrix): "DataMatrix",
    int(_F.Aztec): "Aztec",
    int(_F.PDF417): "PDF417",
    int(_F.Code128): "Code128",
    int(_F.EAN13): "EAN13",
    int(_F.EAN8): "EAN8",
    int(_F.Code39): "Code39",
    int(_F.ITF): "ITF",
}
_QR_ONLY: Final = zxingcpp.BarcodeFormats([_F.QRCodeModel2])
# UPC-E is left out: six digits with an implied check are read from fences and text now and then; labels do not use it.
_LABELS: Final = zxingcpp.BarcodeFormats(
    [
        _F.QRCodeModel2,
        _F.DataMatrix,
        _F.AztecCode,
        _F.PDF417,
        _F.Code128,
        _F.EAN13,
        _F.EAN8,
        _F.UPCA,
        _F.Code39,
        _F.ITF,
    ]
)
# No check digit: a run of stripes can pass for a short one.  Tracking numbers are longer than this.
_UNCHECKED_LENGTH: Final = {"Code39": 6, "ITF": 8}
_LINEAR: Final = frozenset({"Code128", "EAN13", "EAN8", "Code39", "ITF"})
READ_TWICE: Final = _LINEAR | {"PDF417"}  # told only when two looks agree
_LINEAR_LINES_PX: Final = 6  # a linear code read on fewer rows of pixels is a coincidence, not a label
# Correction that is left unused, at least.  A DataMatrix that spent all may be mended into something else.  A PDF417
# whose level was misread as a lower one passes its check with words of correction taken for data: that costs it half.
_LEAST_UNUSED: Final = {"DataMatrix": 0.05, "PDF417": 0.6}
_GS: Final = 0x1D


@dataclass(frozen=True, slots=True)
class Reading:
    """One code that was read.  `raw` are its bytes as printed; `plain` is zxing-cpp's guess at the characters."""

    raw: bytes
    symbology: str
    quad: Quad
    plain: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something that looks like a QR code and could not be read.  `version` is 0 where it is not known."""

    quad: Quad
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    readings: tuple[Reading, ...]
    suspects: tuple[Suspect, ...]


def scan(
    grey: Grey,
    formats: Formats = Formats.QR,
    *,
    binarizer: Binarizer = Binarizer.LocalAverage,
    suspects: bool = False,
) -> Outcome:
    """Look once.  `suspects` asks for the codes as well that were seen but not read.

    A picture that the library refuses (no pixel, wrong shape) gives an empty outcome: one bad frame ends nothing.
    """
    if grey.ndim != 2 or min(grey.shape) < 1:
        return Outcome((), ())
    wanted = _QR_ONLY if formats is Formats.QR else _LABELS
    try:
        found = zxingcpp.read_barcodes(
            np.ascontiguousarray(grey),
            formats=wanted,
            text_mode=zxingcpp.TextMode.Plain,
            binarizer=binarizer,
            return_errors=suspects,
        )
    except (ValueError, RuntimeError, TypeError):
        return Outcome((), ())
    readings = tuple(r for b in found if b.valid and (r := _reading(b)) is not None)
    unread = tuple(_suspect(b) for b in found if not b.valid and int(b.format) == int(_F.QRCode))
    return Outcome(readings, unread)


def label_text(raw: bytes, limit_bytes: int = CODE_LIMIT_BYTES) -> str | None:
    """Return the bytes as text where every one is printable ASCII or GS (the separator of GS1 labels), else None."""
    if not raw or len(raw) > limit_bytes:
        return None
    if any(not (0x20 <= byte <= 0x7E or byte == _GS) for byte in raw):
        return None
    return raw.decode("ascii")


def _reading(code: zxingcpp.Barcode) -> Reading | None:
    """Translate one result, or None where it is not to be believed."""
    symbology = _NAMES.get(int(code.format))
    raw = bytes(code.bytes)
    if symbology is None or not raw:
        return None
    quad = _quad(code)
    if symbology in _LINEAR and not _believable(symbology, raw, quad):
        return None
    if _unused_correction(code) < _LEAST_UNUSED.get(symbology, 0.0):
        return None
    return Reading(raw, symbology, quad, code.text)


def _believable(symbology: str, raw: bytes, quad: Quad) -> bool:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    left, right = abs(x0 - x3) + abs(y0 - y3), abs(x1 - x2) + abs(y1 - y2)
    return len(raw) >= _UNCHECKED_LENGTH.get(symbology, 1) and max(left, right) >= _LINEAR_LINES_PX


def _unused_correction(code: zxingcpp.Barcode) -> float:
    extra = code.extra
    value = extra.get("UEC", 1.0) if isinstance(extra, dict) else 1.0
    return float(value) if isinstance(value, (int, float)) else 1.0


def _suspect(code: zxingcpp.Barcode) -> Suspect:
    extra = code.extra
    version = str(extra.get("Version", "")) if isinstance(extra, dict) else ""
    return Suspect(_quad(code), int(version) if version.isdigit() and 1 <= int(version) <= 40 else 0)


def _quad(code: zxingcpp.Barcode) -> Quad:
    p = code.position
    points = (p.top_left, p.top_right, p.bottom_right, p.bottom_left)
    a, b, c, d = ((float(point.x), float(point.y)) for point in points)
    return a, b, c, d

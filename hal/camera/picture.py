"""Opens picture files: PNG, JPEG, WebP, BMP and TIFF, of 8 or 16 bits, grey or in colour, with or without alpha.

The size is read from the header before a pixel is unpacked, so that a small file cannot ask for all memory.
Every fault is a BadInput that says what is wrong with the file; the caller names the file.
"""

from __future__ import annotations

import stat
import struct
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.errors import BadInput
from hal.camera.reader import Grey

__all__ = ["LIMIT_BYTES", "LIMIT_PIXELS", "cut_short", "load", "unpack"]

LIMIT_BYTES: Final = 128 * 1024 * 1024
LIMIT_PIXELS: Final = 100_000_000  # the largest telephone cameras, 108 million, save a quarter of that by default
_HEADER: Final = "not a picture in PNG, JPEG, WebP, BMP or TIFF"


def load(path: str) -> bytes:
    """Return the file's bytes; raises BadInput for a missing, unreadable, empty or too large one."""
    try:
        found = Path(path).stat()
        if stat.S_ISDIR(found.st_mode):
            raise BadInput("is a directory, not a picture")
        if not stat.S_ISREG(found.st_mode):
            raise BadInput("is not a regular file")
        if found.st_size > LIMIT_BYTES:
            raise BadInput(f"file of {found.st_size} bytes, limit {LIMIT_BYTES}")
        data = Path(path).read_bytes()
    except (OSError, ValueError) as why:  # ValueError: a name with a NUL in it
        if isinstance(why, BadInput):
            raise
        raise BadInput(f"cannot be read: {getattr(why, 'strerror', None) or why}") from why
    if not data:
        raise BadInput("empty file")
    return data


def unpack(data: bytes) -> Grey:
    """Return the pixels, grey or BGR, 8 bits; alpha is laid on white.  Raises BadInput where there is no picture."""
    try:
        width, height = _size(data)
    except (struct.error, IndexError) as why:
        raise BadInput("picture is cut short in its header") from why
    if width < 1 or height < 1:
        raise BadInput(f"picture of {width}x{height} pixels")
    if width * height > LIMIT_PIXELS:
        raise BadInput(f"picture of {width}x{height} = {width * height} pixels, limit {LIMIT_PIXELS}")
    try:
        pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as why:
        raise BadInput(f"picture is damaged: {str(why.err).strip() or 'cannot be unpacked'}") from why
    if pixels is None or pixels.size == 0:
        raise BadInput("picture is damaged or cut short: cannot be unpacked")
    return _on_white(_to_bytes(np.asarray(pixels)))


def cut_short(data: bytes) -> bool:
    """Tell whether a JPEG or PNG lacks its end: its lower part may be grey where a code was."""
    if data[:2] == b"\xff\xd8":
        return b"\xff\xd9" not in data[-4096:]  # some cameras append a few bytes of their own
    return data[:4] == b"\x89PNG" and b"IEND" not in data[-4096:]


def _to_bytes(pixels: NDArray[np.generic]) -> Grey:
    if pixels.dtype == np.uint8:
        return np.asarray(pixels, dtype=np.uint8)
    if pixels.dtype == np.uint16:
        return (np.asarray(pixels, dtype=np.uint16) >> 8).astype(np.uint8)
    if pixels.dtype.kind == "f":
        return (np.clip(np.nan_to_num(np.asarray(pixels, dtype=np.float32)), 0, 1) * 255).astype(np.uint8)
    raise BadInput(f"picture of {pixels.dtype} values: 8 and 16 bits are read")


def _on_white(pixels: Grey) -> Grey:
    if pixels.ndim == 2:
        return pixels
    depth = pixels.shape[2]
    if depth == 1:
        return pixels[:, :, 0]
    if depth == 3:
        return pixels
    if depth not in (2, 4):
        raise BadInput(f"picture of {depth} channels: 1 to 4 are read")
    cover = pixels[:, :, -1:].astype(np.uint16)
    laid = (pixels[:, :, :-1].astype(np.uint16) * cover + 255 * (255 - cover)) // 255
    colour = laid.astype(np.uint8)
    return colour[:, :, 0] if depth == 2 else np.ascontiguousarray(colour)


def _size(data: bytes) -> tuple[int, int]:
    """Return width and height from the header."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        width, height = struct.unpack(">II", data[16:24])
    elif data[:2] == b"\xff\xd8":
        width, height = _jpeg_size(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        width, height = _webp_size(data)
    elif data[:2] == b"BM":
        width, height = struct.unpack("<ii", data[18:26])
        height = abs(height)
    elif data[:4] in (b"II*\0", b"MM\0*"):
        width, height = _tiff_size(data)
    else:
        raise BadInput(_HEADER)
    return width, height


_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        while data[at] != 0xFF:  # stray bytes between segments are common and harmless
            at += 1
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 4 : at + 8])
            return width, height
        if marker in (0x01, *range(0xD0, 0xD8)):
            at += 1
        else:
            at += 1 + struct.unpack(">H", data[at + 1 : at + 3])[0]


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _tiff_size(data: bytes) -> tuple[int, int]:
    order = "<" if data[:2] == b"II" else ">"
    at = struct.unpack(order + "I", data[4:8])[0]
    found = {}
    for index in range(struct.unpack(order + "H", data[at : at + 2])[0]):
        entry = data[at + 2 + 12 * index : at + 14 + 12 * index]
        tag, kind = struct.unpack(order + "HH", entry[:4])
        if tag in (256, 257):
            found[tag] = struct.unpack(order + ("H" if kind == 3 else "I"), entry[8 : 10 if kind == 3 else 12])[0]
    return found.get(256, 0), found.get(257, 0)

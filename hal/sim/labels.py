"""Draws codes: what is printed on a parcel, or shown on a phone, as a grid of light and dark.

A *face* is a flat picture, grey, one byte a pixel, light is high.  Sizes are in modules (the narrowest bar or cell).
numpy, segno and the label writer are imported on first use: a world that nobody photographs stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge.core.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LABEL_SYMBOLOGIES", "QUIET_MODULES", "code_modules", "label_face", "quiet"]

LABEL_SYMBOLOGIES: Final = ("Code128", "Code39", "ITF", "EAN13", "EAN8", "UPCA", "PDF417", "DataMatrix", "Aztec")
LINEAR: Final = frozenset({"Code128", "Code39", "ITF", "EAN13", "EAN8", "UPCA"})
QUIET_MODULES: Final = 4  # QR asks for 4 on each side
LINEAR_QUIET_MODULES: Final = 10  # Code 128 and EAN ask for ten and eleven
TEXT_LIMIT_BYTES: Final = 2953  # the largest QR
LABEL_PX_PER_MODULE: Final = 4


def code_modules(
    text: str | bytes, symbology: str = "QRCode", *, error: str = "m", version: int | None = None
) -> NDArray[np.bool_]:
    """Return the symbol as rows of modules, True where dark, without quiet zone.

    Linear codes come in rows as high as the standard proportions say.  `error` and `version` count for QR only.
    Raises BadInput when the symbology is unknown or the text does not fit it.
    """
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > TEXT_LIMIT_BYTES:
        raise BadInput(f"code text: {len(raw)} bytes, limit {TEXT_LIMIT_BYTES}")
    if symbology == "QRCode":
        return _qr_modules(text, error, version)
    if symbology not in LABEL_SYMBOLOGIES:
        raise BadInput(f"symbology {symbology!r}: not one of QRCode, {', '.join(LABEL_SYMBOLOGIES)}")
    return _label_modules(raw.decode("utf-8", "replace"), symbology)


def _qr_modules(text: str | bytes, error: str, version: int | None) -> NDArray[np.bool_]:
    import numpy as np
    import segno

    try:
        symbol = segno.make(text, error=error, version=version, micro=False, boost_error=False)
    except ValueError as why:
        raise BadInput(f"QRCode version {version} level {error}, {len(text)} characters: {why}") from why
    return np.array([list(row) for row in symbol.matrix], dtype=bool)


def _label_modules(text: str, symbology: str) -> NDArray[np.bool_]:
    import numpy as np
    import zxingcpp

    try:
        symbol = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, symbology))
        return np.asarray(symbol.to_image(scale=1, add_quiet_zones=False)) < 128
    except (ValueError, RuntimeError) as why:  # the writer's word for text that the symbology cannot hold
        raise BadInput(f"{symbology} of {text[:40]!r}: {why}") from why


def quiet(modules: NDArray[np.bool_], width: int = QUIET_MODULES) -> NDArray[np.uint8]:
    """Return the symbol as a face of one pixel a module, 0 dark and 255 light, inside its quiet zone."""
    import numpy as np

    framed = np.pad(modules, width, constant_values=False)
    return np.where(framed, np.uint8(0), np.uint8(255))


def label_face(text: str, symbology: str = "Code128", *, lines: int = 6) -> NDArray[np.uint8]:
    """Return a parcel label, white paper with a code and some printed lines: what a courier holds before the camera.

    The lines are bars of words, not letters: their job is to be print that is no code.
    """
    import cv2
    import numpy as np

    modules = code_modules(text, symbology)
    side = LINEAR_QUIET_MODULES if symbology in LINEAR else QUIET_MODULES
    face = np.asarray(
        cv2.resize(
            quiet(modules, side), None, fx=LABEL_PX_PER_MODULE, fy=LABEL_PX_PER_MODULE, interpolation=cv2.INTER_NEAREST
        ),
        dtype=np.uint8,
    )
    width = face.shape[1]
    step = max(12, width // 24)
    print_area = np.full((step * (lines + 1), width), 255, dtype=np.uint8)
    for row in range(lines):
        left = step
        for word, length in enumerate((3, 7, 2, 5)[: 2 + row % 3]):
            right = min(left + length * step // 2 + word, width - step)
            print_area[step * row + step // 2 : step * row + step, left:right] = 60
            left = right + step // 2
            if left >= width - step:
                break
    return np.vstack([print_area, face])

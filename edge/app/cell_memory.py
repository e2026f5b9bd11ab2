"""What the load cells remember over a restart, in a file of the state directory.

A file that is not there, or is none any more, is that of a first start: cells are judged by their thresholds alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from edge.core.errors import BadInput, machine_says
from hal.loadcell.memory import Remembered
from sync.keyfiles import read_limited, write_secret

__all__ = ["CELLS_FILE", "MAX_CELLS_BYTES", "CellMemory"]

CELLS_FILE: Final = "load_cells.json"
MAX_CELLS_BYTES: Final = 128 * 1024  # as many cells as there may be take half of it


class CellMemory:
    """One file in `directory`, replaced as a whole."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / CELLS_FILE

    def before(self) -> tuple[Remembered, ...]:
        """What was kept last; nothing where that cannot be read."""
        try:
            return msgspec.json.decode(read_limited(self._path, MAX_CELLS_BYTES), type=tuple[Remembered, ...])
        except (OSError, BadInput, msgspec.MsgspecError):
            return ()

    def keep(self, remembered: Sequence[Remembered]) -> str:
        """Keep it durably; why that failed, empty when it did not."""
        try:
            write_secret(self._path, msgspec.json.encode(remembered))
        except OSError as error:
            return f"{self._path}: {machine_says(error)}"
        return ""

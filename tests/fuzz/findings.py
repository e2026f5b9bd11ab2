"""What was found: one file each, and the command that plays it once more."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

__all__ = ["FOLDER", "again", "save"]

FOLDER: Final = Path(__file__).with_name("findings")


def save(target: str, data: bytes, folder: Path = FOLDER) -> Path:
    """Keep `data`; the same finding is kept once."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{target}-{hashlib.sha256(data).hexdigest()[:16]}"
    file.write_bytes(data)
    return file


def again(target: str, file: Path) -> str:
    """The command that plays a finding once more."""
    return f"python -m tests.fuzz {target} {file}"

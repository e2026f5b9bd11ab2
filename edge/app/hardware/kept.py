"""The newest result of each kind, kept in the state directory for `locker hardware report`.

One file for each kind; a new result takes the place of the old one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from edge.app.hardware.standstill import as_owner_of
from edge.core.errors import BadInput
from sync.keyfiles import read_limited, write_secret

__all__ = ["KINDS", "MAX_RESULT_BYTES", "keep", "kept"]

KINDS: Final = ("learn", "test", "soak")
FOLDER: Final = "hardware"
MAX_RESULT_BYTES: Final = 512 * 1024  # a wall of a thousand doors takes a third of it


def keep(directory: Path, kind: str, result: Any) -> None:
    """Keep `result` as the newest of its kind.  BadInput when it is too large to be kept."""
    data = msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"
    if len(data) > MAX_RESULT_BYTES:
        raise BadInput(f"result of {kind}: {len(data)} bytes, limit {MAX_RESULT_BYTES}")
    with as_owner_of(directory):
        folder = directory / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        write_secret(folder / f"{kind}.json", data)


def kept(directory: Path, kind: str) -> Any:
    """The newest result of that kind; None when there is none."""
    path = directory / FOLDER / f"{kind}.json"
    try:
        return msgspec.json.decode(read_limited(path, MAX_RESULT_BYTES))
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise BadInput(f"{path}: {error}") from None

"""Mock pins that outlive their process, as a Pi's do, and the kernel that keeps them or lets them go.

gpiozero's own mock pins end with the process that set them, and so cannot show what becomes of a coil when the program
is killed.  These lie in a file.  Its lock is the kernel's claim: one owner at a time, let go of when the owner dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any, Final

import msgspec
from gpiozero.pins.mock import MockFactory, MockPin
from msgspec import Struct

from edge.core.errors import HardwareFault, machine_says

__all__ = ["FiledFactory", "Header", "driven", "keeps_outputs", "lay_out"]

_FILE_LIMIT: Final = 4096  # bytes; 28 pins take a tenth


class Header(Struct):
    """strict: the kernel lets go of an owner's outputs when it dies (`dtparam=strict_gpiod`).  high: driven high."""

    strict: bool
    high: list[int] = []


def lay_out(path: Path, *, strict: bool) -> None:
    """Make the file of a header under a kernel of that kind, nothing driven."""
    path.write_bytes(msgspec.json.encode(Header(strict)))


def driven(path: Path) -> set[int]:
    """The pins that are driven high now, by a living owner or by a kernel that keeps a dead one's."""
    with path.open("rb") as file:
        header = msgspec.json.decode(file.read(_FILE_LIMIT), type=Header)
        return set() if header.strict and _claim(file.fileno()) else set(header.high)


def keeps_outputs(path: Path) -> str:
    """Why `cutoff = "kernel"` would not be true there; empty when it is."""
    try:
        header = msgspec.json.decode(path.read_bytes(), type=Header)
    except (OSError, msgspec.MsgspecError) as error:
        return f"{path}: no header of mock pins: {error}"
    return "" if header.strict else f"{path}: this kernel keeps outputs driven"


class FiledFactory(MockFactory):  # type: ignore[misc]
    """A factory for the pins of one file.  HardwareFault when they have another owner."""

    def __init__(self, path: Path) -> None:
        super().__init__(pin_class=_FiledPin)
        try:
            self._file: int | None = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise HardwareFault(f"mock pins {path}: {machine_says(error)}") from error
        if not _claim(self._file):
            os.close(self._file)
            raise HardwareFault(f"mock pins {path}: GPIO busy, another process has claimed them")
        self._header = msgspec.json.decode(os.read(self._file, _FILE_LIMIT), type=Header)
        if self._header.strict:
            self._header.high = []

    def close(self) -> None:
        """Let go, as a process does that ends."""
        super().close()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def keep(self, number: int, high: bool) -> None:
        if self._file is None:
            return
        self._header.high = sorted({*self._header.high, number} if high else {*self._header.high} - {number})
        text = msgspec.json.encode(self._header)
        os.pwrite(self._file, text, 0)
        os.truncate(self._file, len(text))


class _FiledPin(MockPin):  # type: ignore[misc]
    def _set_function(self, value: str) -> None:
        super()._set_function(value)
        self._keep()

    def _change_state(self, value: bool) -> Any:
        changed = super()._change_state(value)
        self._keep()
        return changed

    def _keep(self) -> None:
        factory: Any = self.factory
        factory.keep(self._number, self._function == "output" and bool(self._state))


def _claim(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""Simulated I²C buses with chips on them, for drivers whose bus is `sim:FILE`.

The registers lie in the file, and so outlive whoever wrote them: a chip keeps its outputs driven when the process that
set them is killed, and that is what has to be tried.  A new kind of chip is a struct with `read` and `write`, in KINDS.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, cast

import msgspec
from msgspec import Struct

from edge.core.errors import BadInput, HardwareFault, machine_says
from hal.i2c import check
from hal.sim.mcp23017 import SimMcp23017

__all__ = ["CHIPS_FILE_LIMIT", "KINDS", "Chip", "FiledI2c", "SimI2c", "lay_out"]

CHIPS_FILE_LIMIT: Final = 65_536  # bytes; a full bus of 112 expanders has half of that

C = TypeVar("C", bound="Chip")


class Chip(Protocol):
    """A chip as the wire sees it; it counts registers on by itself, in its own way."""

    def read(self, register: int, size: int) -> bytes: ...

    def write(self, register: int, data: bytes) -> None: ...


KINDS: Final[dict[str, type[Struct]]] = {"mcp23017": SimMcp23017}


class SimI2c:
    """A bus of chips in the memory of this process.  `dead` addresses do not answer: unplugged, or without supply."""

    def __init__(self, chips: Mapping[int, Chip], path: str = "sim") -> None:
        self.path, self.chips = path, dict(chips)
        self.dead: set[int] = set()
        self.transactions = 0

    def read(self, address: int, register: int, size: int = 1) -> bytes:
        check(address, register, size)
        return self._chip(address, register).read(register, size)

    def write(self, address: int, register: int, data: bytes) -> None:
        check(address, register, len(data))
        self._chip(address, register).write(register, data)

    def close(self) -> None:
        """Nothing to end."""

    def _chip(self, address: int, register: int) -> Chip:
        self.transactions += 1
        chip = self.chips.get(address)
        if chip is None or address in self.dead:
            raise HardwareFault(
                f"bus {self.path} address 0x{address:02x} register 0x{register:02x}: no acknowledgement"
            )
        return chip


class FiledI2c:
    """A bus whose chips lie in a file.  One transaction at a time over all processes: the file is locked for it."""

    def __init__(self, path: str) -> None:
        self.path = path
        with self._held():
            pass

    def read(self, address: int, register: int, size: int = 1) -> bytes:
        with self._held() as bus:
            return bus.read(address, register, size)

    def write(self, address: int, register: int, data: bytes) -> None:
        with self._held() as bus:
            bus.write(address, register, data)

    def close(self) -> None:
        """Nothing is open between two transactions."""

    @contextlib.contextmanager
    def chip(self, address: int, kind: type[C]) -> Iterator[C]:
        """The chip itself, for whoever plays the world outside; what was done to it is kept."""
        with self._held() as bus:
            chip = bus.chips.get(address)
            if not isinstance(chip, kind):
                raise BadInput(f"bus {self.path} address 0x{address:02x}: no {kind.__name__} there")
            yield chip

    @contextlib.contextmanager
    def _held(self) -> Iterator[SimI2c]:
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise HardwareFault(f"bus sim:{self.path}: cannot be opened: {machine_says(error)}") from error
        with os.fdopen(handle, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            before = file.read(CHIPS_FILE_LIMIT)
            bus = SimI2c(_chips(self.path, before), f"sim:{self.path}")
            yield bus
            after = _text(bus.chips)
            if after != before:
                os.pwrite(file.fileno(), after, 0)
                os.truncate(file.fileno(), len(after))


def lay_out(path: Path, chips: Mapping[int, Chip]) -> None:
    """Make the file of a bus, with these chips at these addresses."""
    path.write_bytes(_text(chips))


def _text(chips: Mapping[int, Chip]) -> bytes:
    return msgspec.json.encode({f"0x{address:02x}": chip for address, chip in chips.items()})


def _chips(path: str, text: bytes) -> dict[int, Chip]:
    try:
        raw: dict[str, dict[str, Any]] = msgspec.json.decode(text)
        return {int(address, 16): _chip(told) for address, told in raw.items()}
    except (msgspec.DecodeError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise HardwareFault(f"bus sim:{path}: not a file of chips: {error}") from error


def _chip(told: dict[str, Any]) -> Chip:
    return cast(Chip, msgspec.convert(told, KINDS[told["type"]]))

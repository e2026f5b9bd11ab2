"""The other end of a served world: a line for drivers, and the drive side for demos and tests."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from edge.core.errors import HardwareFault, LateUnlock, LinkDown, OutcomeUnknown
from hal.sim.chronicle import Entry
from hal.sim.wire import LINE_LIMIT, FrameHeader, Reply, Request, translated

__all__ = ["TIMEOUT_S", "WorldClient", "WorldLine"]

TIMEOUT_S: Final = 1.5  # as for a board on a bus
FRAME_TIMEOUT_S: Final = 10.0  # the first one imports OpenCV

S = TypeVar("S", bound=msgspec.Struct)


class WorldLine:
    """One connection, made when it is needed and made anew when it broke.  One question at a time.

    The errors tell what can be known: LinkDown — nothing was sent; OutcomeUnknown — sent, and no answer came;
    anything else of the tree — the world's own refusal.
    """

    def __init__(self, path: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._path, self._timeout_s = path, timeout_s
        self._socket: socket.socket | None = None
        self._rest = b""
        self._number = 0
        self._lock = threading.Lock()

    def ask(self, op: str, *, go: Callable[[], bool] | None = None, timeout_s: float | None = None, **args: Any) -> Any:
        """Ask and return the result.  `go` is called immediately before the first byte; False: LateUnlock."""
        with self._lock:
            wait_s = self._timeout_s if timeout_s is None else timeout_s
            self._number += 1
            line = msgspec.json.encode(Request(op=op, id=self._number, **args)) + b"\n"
            self._send(line, wait_s, go)
            reply = self._read(op, Reply)
            if reply.id not in (self._number, 0):
                self._hang_up()
                raise OutcomeUnknown(f"world {self._path}: answer {reply.id} to question {self._number}")
            if not reply.ok:
                raise translated(reply)
            return reply.result

    def frame(self) -> tuple[int, int, bytes]:
        """Width, height and grey bytes of what the camera sees now.  LinkDown when there is no camera."""
        with self._lock:
            self._send(b'{"op":"frame"}\n', FRAME_TIMEOUT_S, None)
            header = self._read("frame", FrameHeader)
            if header.error:
                raise LinkDown(f"world {self._path}: {header.error}")
            size = header.width * header.height
            if header.bytes != size:
                self._hang_up()
                raise OutcomeUnknown(f"world {self._path}: frame of {header.bytes} bytes, {size} would be one")
            while len(self._rest) < size:
                self._more("frame")
            grey, self._rest = self._rest[:size], self._rest[size:]
            return header.width, header.height, grey

    def close(self) -> None:
        with self._lock:
            self._hang_up()

    def _send(self, line: bytes, wait_s: float, go: Callable[[], bool] | None) -> None:
        line_up = self._connected()
        line_up.settimeout(wait_s)
        if go is not None and not go():
            raise LateUnlock(f"world {self._path}: the order's deadline has passed, nothing was sent")
        try:
            line_up.sendall(line)
        except TimeoutError as why:
            self._hang_up()
            raise OutcomeUnknown(f"world {self._path}: perhaps not all was sent within {wait_s} s") from why
        except OSError as why:
            self._hang_up()
            raise LinkDown(f"world {self._path}: {why}") from why

    def _connected(self) -> socket.socket:
        if self._socket is not None and self._stale(self._socket):
            self._hang_up()
        if self._socket is None:
            fresh = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            fresh.settimeout(self._timeout_s)
            try:
                fresh.connect(os.fspath(self._path))
            except OSError as why:
                fresh.close()
                raise LinkDown(f"world {self._path}: {why}") from why
            self._socket = fresh
        return self._socket

    @staticmethod
    def _stale(line: socket.socket) -> bool:
        """Whether the world at the other end is gone, or has said something that nobody asked."""
        line.setblocking(False)
        try:
            line.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def _read(self, op: str, shape: type[S]) -> S:
        line = self._line(op)
        try:
            return msgspec.json.decode(line, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
            self._hang_up()
            raise OutcomeUnknown(f"world {self._path}: {op}: the answer is no answer: {why}") from why

    def _line(self, op: str) -> bytes:
        while b"\n" not in self._rest:
            if len(self._rest) > LINE_LIMIT:
                self._hang_up()
                raise HardwareFault(f"world {self._path}: {op}: answer above {LINE_LIMIT} bytes")
            self._more(op)
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _more(self, op: str) -> None:
        assert self._socket is not None
        try:
            some = self._socket.recv(262_144)
        except OSError as why:
            self._hang_up()
            raise OutcomeUnknown(f"world {self._path}: {op} was sent, no answer: {why}") from why
        if not some:
            self._hang_up()
            raise OutcomeUnknown(f"world {self._path}: {op} was sent, the line closed before an answer")
        self._rest += some

    def _hang_up(self) -> None:
        self._rest = b""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class WorldClient:
    """The drive side of a served world: people, parcels, faults, and the truth.  Errors as WorldLine."""

    def __init__(self, path: Path, timeout_s: float = 5.0) -> None:
        self._line = WorldLine(path, timeout_s)

    def do(self, verb: str, **args: Any) -> Any:
        """Let a person do something: `do("pull", door=7)`."""
        return self._line.ask("do", verb=verb, **args)

    def parcel(self, name: str, **made: Any) -> None:
        """A new parcel in the street (weight_g, size, text, symbology, flat)."""
        self._line.ask("parcel", parcel=name, **made)

    def set_fault(self, name: str, door: int = 0, **more: Any) -> None:
        """Set a fault (board, other, seconds, grams)."""
        self._line.ask("set_fault", name=name, door=door, **more)

    def clear_fault(self, name: str = "", door: int = 0, **more: Any) -> int:
        """Clear it; returns how many went."""
        return int(self._line.ask("clear_fault", name=name, door=door, **more))

    def faults(self) -> list[dict[str, Any]]:
        """Every fault that is there: name, and door, board, other, seconds or grams where it has them."""
        return list(self._line.ask("faults"))

    def inside(self, door: int) -> list[str]:
        """The names of the parcels in the compartment, in truth."""
        return list(self._line.ask("inside", door=door))

    def where(self, parcel: str) -> str | int:
        """The street, a person's hands ("person"), or a door's number, in truth."""
        place: str | int = self._line.ask("where", parcel=parcel)
        return place

    def doors(self) -> dict[int, dict[str, Any]]:
        """For each door its true position, what stands inside, and its light."""
        return {int(door): truth for door, truth in self._line.ask("doors").items()}

    def chronicle(self, since: int = 0) -> list[Entry]:
        """All kept entries above `since`."""
        entries: list[Entry] = []
        while True:
            page = msgspec.convert(self._line.ask("chronicle", since=since)["entries"], list[Entry])
            if not page:
                return entries
            entries += page
            since = page[-1].n

    def frame(self) -> tuple[int, int, bytes]:
        """Width, height and grey bytes of what the camera sees."""
        return self._line.frame()

    def close(self) -> None:
        self._line.close()

"""Frames from the simulated world, over its camera's Unix socket.

The protocol, for whoever serves it.  The camera connects to the socket's path (SOCK_STREAM) and asks, as often as it
likes, one question at a time:

    camera → world    {"op":"frame"}\\n
    world → camera    {"width":W,"height":H,"bytes":N}\\n   and then N = W·H raw bytes, grey, row by row

A world that has no camera just now answers {"error":"…"}\\n and no bytes; that is a camera gone away.  A connection
that closes, an answer that takes longer than 5 s, a header above 1 KiB, and a picture above 4096×4096 are faults.
"""

from __future__ import annotations

import json
import socket
from typing import Final

import numpy as np

from edge.core.errors import HardwareFault, machine_says
from hal.camera.reader import Grey

__all__ = ["WorldSource"]

QUESTION: Final = b'{"op":"frame"}\n'
TIMEOUT_S: Final = 5.0
HEADER_LIMIT_BYTES: Final = 1024
SIDE_LIMIT_PX: Final = 4096
INTERVAL_S: Final = 1 / 15  # the world draws as fast as it is asked; a camera of its kind gives 15 a second


class WorldSource:
    """A Source whose lens looks into the world."""

    def __init__(self, path: str) -> None:
        self.interval_s = INTERVAL_S
        self._name = f"world:{path}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(TIMEOUT_S)
        try:
            self._socket.connect(path)
        except OSError as why:
            self._socket.close()
            raise self._fault(machine_says(why)) from why
        self._rest = b""

    def read(self) -> Grey:
        try:
            self._socket.sendall(QUESTION)
            width, height = self._size(self._header())
            raw = self._exactly(width * height)
        except OSError as why:
            if isinstance(why, HardwareFault):
                raise
            raise self._fault(machine_says(why)) from why
        return np.frombuffer(raw, dtype=np.uint8).reshape(height, width)

    def close(self) -> None:
        self._socket.close()

    def _fault(self, why: str) -> HardwareFault:
        return HardwareFault(f"camera source {self._name!r}: {why}")

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise self._fault("the world closed the connection")
        return data

    def _header(self) -> dict[str, object]:
        while b"\n" not in self._rest:
            if len(self._rest) > HEADER_LIMIT_BYTES:
                raise self._fault(f"header above {HEADER_LIMIT_BYTES} bytes")
            self._rest += self._more()
        line, self._rest = self._rest.split(b"\n", 1)
        try:
            said = json.loads(line)
        except ValueError as why:
            raise self._fault(f"header {line[:60]!r} is no JSON") from why
        if not isinstance(said, dict):
            raise self._fault(f"header {line[:60]!r} is no object")
        if "error" in said:
            raise self._fault(str(said["error"])[:200])
        return said

    def _size(self, said: dict[str, object]) -> tuple[int, int]:
        width, height, length = said.get("width"), said.get("height"), said.get("bytes")
        if not (isinstance(width, int) and isinstance(height, int)):
            raise self._fault(f"header {said!r} without width and height")
        if not (0 < width <= SIDE_LIMIT_PX and 0 < height <= SIDE_LIMIT_PX):
            raise self._fault(f"picture of {width}x{height}, limit {SIDE_LIMIT_PX} a side")
        if length != width * height:
            raise self._fault(f"{length} bytes for {width}x{height} grey pixels")
        return width, height

    def _exactly(self, count: int) -> bytes:
        parts, have = [self._rest], len(self._rest)
        while have < count:
            data = self._more()
            parts.append(data)
            have += len(data)
        raw = b"".join(parts)
        self._rest = raw[count:]
        return raw[:count]

"""Cutting frames out of what a port gave: the next *valid* frame counts, never the first byte that looks like one."""

from __future__ import annotations

from collections.abc import Callable

from hal.scales.protocol import FRAME_LIMIT_BYTES, Framing

__all__ = ["Cutter"]

Fits = Callable[[bytes], bool]


class Cutter:
    """Fed with what comes, it gives whole frames that `fits` takes; everything else is passed over.

    It never keeps more than FRAME_LIMIT_BYTES.  Where a frame has no beginning of its own, what comes before the first
    end may be the rest of an older one: it is passed over unless the line is known to be `in_step`.
    """

    def __init__(self, framing: Framing, fits: Fits, *, in_step: bool) -> None:
        self._framing, self._fits = framing, fits
        self._held = b""
        self._skip = not in_step and not framing.begins

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that are whole now, oldest first."""
        self._held += data
        if not self._framing.begins:
            return self._lines()
        found = []
        while (frame := self._next()) is not None:
            if self._fits(frame):
                self._held = self._held[len(frame) :]
                found.append(frame)
            else:
                self._held = self._held[1:]
        return found

    def _next(self) -> bytes | None:
        """What begins at the first beginning that is held; None when it is not whole yet."""
        begins, ends, length = self._framing.begins, self._framing.ends, self._framing.length
        while True:
            at = self._held.find(begins)
            self._held = self._held[at:] if at >= 0 else b""
            if length or at < 0:
                return self._held[:length] if 0 < length <= len(self._held) else None
            end = self._held.find(ends, len(begins), FRAME_LIMIT_BYTES)
            if end >= 0:
                return self._held[: end + len(ends)]
            if len(self._held) < FRAME_LIMIT_BYTES:
                return None
            self._held = self._held[1:]  # too long for a frame: it begins elsewhere

    def _lines(self) -> list[bytes]:
        *lines, self._held = self._held.split(self._framing.ends)
        if len(self._held) > FRAME_LIMIT_BYTES:
            self._held, self._skip = self._held[-len(self._framing.ends) :], True
        found = []
        for line in lines:
            whole = line + self._framing.ends
            if not self._skip and len(whole) <= FRAME_LIMIT_BYTES and self._fits(whole):
                found.append(whole)
            self._skip = False
        return found

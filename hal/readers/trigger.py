"""A scanner that looks only while it is told to: told when its line opens, after each code, and now and then."""

from __future__ import annotations

from typing import Final

__all__ = ["HONEYWELL_OFF", "HONEYWELL_ON", "TRIGGER_S", "Trigger"]

TRIGGER_S: Final = 3.0  # a scanner gives up looking by itself after some seconds, five with most

# [SYN] T [CR] and [SYN] U [CR].  Confirmed by two code bases; not tried on a scanner by us.
HONEYWELL_ON: Final = bytes.fromhex("16 54 0D")
HONEYWELL_OFF: Final = bytes.fromhex("16 55 0D")


class Trigger:
    """`on` and `off` are the maker's own bytes; without them the scanner triggers by itself."""

    def __init__(self, on: bytes = b"", off: bytes = b"") -> None:
        self.on, self.off = on, off
        self._pulled_s = 0.0

    def pull(self, now_s: float) -> bytes:
        self._pulled_s = now_s
        return self.on

    def due(self, now_s: float) -> bytes:
        return self.pull(now_s) if self.on and now_s - self._pulled_s >= TRIGGER_S else b""

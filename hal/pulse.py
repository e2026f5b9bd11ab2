"""What a driver gives the coil guard: a pulse that its board times, or a line that the host switches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from edge.core.ports import UnlockOrder
from edge.core.words import PulseOutcome

__all__ = ["BoardTimed", "HostTimed", "Pulse"]


class Pulse(Struct, frozen=True):
    """One pulse as a driver gets it: `ms` on `channel`, for `order`."""

    order: UnlockOrder
    channel: int
    ms: int


class BoardTimed(Protocol):
    """A board that ends the pulse by itself."""

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        """Open the line, call `go()` immediately before the first byte, send, and say what happened.

        When `go()` is False the deadline has passed: send nothing and return LATE.  BROKEN only when nothing was
        driven; UNKNOWN when bytes went out and no answer came.  At most one send: a repeat is the guard's business.
        """
        ...


class HostTimed(Protocol):
    """A line that stays as it is set."""

    def drive(self, channel: int, on: bool) -> None:
        """Switch the coil.  HardwareFault when that failed; called from several threads.  Off is always allowed."""
        ...

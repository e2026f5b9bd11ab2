"""What every kind of load cell gives: the counts of its converter, as a signed number of 24 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

__all__ = ["FULL", "LOWEST", "Cell", "LateCell", "saturated", "signed_24"]

FULL: Final = 0x7FFFFF
LOWEST: Final = -0x800000


class Cell(Protocol):
    """One cell.  Called by one thread at a time: begin, sample as often as wanted, end.

    Errors: HardwareFault when the converter does not answer, or is not as it was set.  Nothing that was sampled since
    `begin` counts then; the next `begin` sets it up anew.
    """

    def begin(self) -> None:
        """Make it ready; blocks for a second at most."""
        ...

    def sample(self) -> int | None:
        """A conversion that was not read before; None when there is none yet, or it is not to be trusted."""
        ...

    def end(self) -> None:
        """Look whether it still is as it was set."""
        ...

    def close(self) -> None: ...


class LateCell:
    """A Cell that is opened at its first burst, and at each further one until that succeeds."""

    def __init__(self, opened: Callable[[], Cell]) -> None:
        self._opened = opened
        self._cell: Cell | None = None

    def begin(self) -> None:
        if self._cell is None:
            self._cell = self._opened()
        self._cell.begin()

    def sample(self) -> int | None:
        assert self._cell is not None, "it was begun"
        return self._cell.sample()

    def end(self) -> None:
        assert self._cell is not None, "it was begun"
        self._cell.end()

    def close(self) -> None:
        if self._cell is not None:
            self._cell.close()


def signed_24(high: int, middle: int, low: int) -> int:
    """Three bytes, most significant first, as two's complement (vendor text, both converters)."""
    return int.from_bytes(bytes((high, middle, low)), "big", signed=True)


def saturated(counts: int) -> bool:
    """The converter is at its end: the load is beyond it, or a wire is off."""
    return counts in (FULL, LOWEST)

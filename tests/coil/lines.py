"""Lines that remember what was done to them, and boards that do as they are told."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.errors import HardwareFault
from edge.core.ports import UnlockOrder
from edge.core.words import PulseOutcome
from hal.pulse import Pulse


def order(door: int = 1, opening: int = 1, attempt: int = 1, not_after_s: float = 1e9) -> UnlockOrder:
    return UnlockOrder(door, opening, attempt, not_after_s)


class Lines:
    """Host-timed lines.  `edges` has (instant, channel, on); the next `deaf_to_off` switchings off fail."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.edges: list[tuple[float, int, bool]] = []
        self.is_on: dict[int, bool] = {}
        self.deaf_to_off = 0
        self.before_on: Callable[[], None] = lambda: None

    def drive(self, channel: int, on: bool) -> None:
        if on:
            self.before_on()
        elif self.deaf_to_off > 0:
            self.deaf_to_off -= 1
            raise HardwareFault(f"line {channel} does not answer")
        self.edges.append((self.clock(), channel, on))
        self.is_on[channel] = on

    def on_times_s(self, channel: int = 1) -> list[float]:
        """How long each pulse was."""
        times, since = [], None
        for at_s, which, on in self.edges:
            if which == channel and on:
                since = at_s
            elif which == channel and since is not None:
                times.append(at_s - since)
                since = None
        return times


class Board:
    """A board-timed board that says `outcome`; `connecting` runs before it asks to begin."""

    def __init__(self, outcome: PulseOutcome = PulseOutcome.DONE) -> None:
        self.outcome = outcome
        self.connecting: Callable[[], None] = lambda: None
        self.sent: list[Pulse] = []

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        self.connecting()
        if not go():
            return PulseOutcome.LATE
        self.sent.append(pulse)
        return self.outcome

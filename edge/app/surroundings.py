"""What the banks sense and show, put together for the whole wall."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from edge.app.drivers import Surroundings
from edge.core.ports import ContentReading
from edge.runtime.parts import NoIndicator

__all__ = ["WholeWall"]


class WholeWall:
    """The content sensors, the indicator and the supply of all parts, each asked for its own doors.

    Where two sense the same door, the later one is believed.
    """

    def __init__(self, parts: Sequence[tuple[Sequence[int], Surroundings]]) -> None:
        self._parts = [(frozenset(doors), some) for doors, some in parts]

    def read(self, doors: Sequence[int]) -> Mapping[int, ContentReading]:
        readings: dict[int, ContentReading] = {}
        for own, some in self._parts:
            asked = [door for door in doors if door in own]
            if asked:
                readings |= some.sensors.read(asked)
        return readings

    def light(self, door: int, on: bool) -> None:
        for own, some in self._parts:
            if door in own:
                some.indicator.light(door, on)

    def lit(self) -> frozenset[int]:
        """The doors at which there may be a light."""
        shown = (own for own, some in self._parts if not isinstance(some.indicator, NoIndicator))
        return frozenset(door for own in shown for door in own)

    def beep(self, tone: str) -> None:
        buzzers = (some.indicator for _, some in self._parts if not isinstance(some.indicator, NoIndicator))
        if buzzer := next(buzzers, None):
            buzzer.beep(tone)  # one is enough for a wall

    def lock_rail_ok(self) -> bool | None:
        """False when one rail is down; None when none is sensed."""
        said = [some.supply.lock_rail_ok() for _, some in self._parts]
        if False in said:
            return False
        return True if True in said else None

    def close(self) -> None:
        with contextlib.ExitStack() as stack:
            for _, some in self._parts:
                things: tuple[Any, ...] = (some.sensors, some.indicator, some.supply)
                for thing in things:
                    if hasattr(thing, "close"):
                        stack.callback(thing.close)

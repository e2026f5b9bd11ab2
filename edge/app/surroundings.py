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

    def health(self) -> Mapping[tuple[str, str], str]:
        """What the parts know of themselves, by what and which: words for a fault, none where all is well."""
        found: dict[tuple[str, str], str] = {}
        for thing in self._things("health"):
            found |= thing.health()
        return found

    def watched(self) -> frozenset[tuple[str, str]]:
        """All that `health` may tell of."""
        return frozenset(which for thing in self._things("health") for which in thing.watched())

    def pulsed(self, door: int, at_s: float) -> None:
        """A lock was pulsed: who senses the supply wants to know."""
        for thing in self._things("pulsed"):
            thing.pulsed(door, at_s)

    def close(self) -> None:
        with contextlib.ExitStack() as stack:
            for thing in self._things("close"):
                stack.callback(thing.close)

    def _things(self, able: str) -> list[Any]:
        """Sensors, indicators and supplies that can do this as well."""
        things = (thing for _, some in self._parts for thing in (some.sensors, some.indicator, some.supply))
        return [thing for thing in things if hasattr(thing, able)]

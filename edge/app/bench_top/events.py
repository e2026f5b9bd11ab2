"""What happens on the bench, in the order in which it happens: frames on the line, and what the wall did of them."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from hal.bench.bus import Heard
from hal.bench.make import hexed
from hal.sim.chronicle import Deed, Entry
from hal.sim.world import World

__all__ = ["EVENTS_KEPT", "Event", "Events"]

EVENTS_KEPT: Final = 100
IN_TURN: Final = 8  # a question and an answer of four boards
WALL: Final = "#"


@dataclass(frozen=True)
class Event:
    """One line: seconds since the bench was set up, `→` `←` `·` or `#` for the wall, bytes, words.

    times: how often it has come in a row, as the same question does that a driver asks for ever.
    """

    at_s: float
    mark: str
    frame: str
    words: str
    times: int = 1

    def again(self, other: Event) -> bool:
        return self.frame != "" and (self.mark, self.frame, self.words) == (other.mark, other.frame, other.words)

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.at_s:9.3f}", self.mark, self.frame, self.words and f" {self.words}")))


class Events:
    """The last of them.  `told` is called with each that is not the same again."""

    def __init__(self, world: World, told: Callable[[Event], None]) -> None:
        self.last: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._began_s, self._world, self._told = world.now_s, world, told
        world.chronicle.watch(self._deed)

    def heard(self, heard: Heard) -> None:
        self._add(Event(heard.at_s - self._began_s, heard.way, hexed(heard.data), heard.words))

    def said(self, words: str) -> None:
        """What came of an order of whoever sits here."""
        self._add(Event(self._world.now_s - self._began_s, ">", "", words))

    def _deed(self, entry: Entry) -> None:
        if words := _words(entry):
            self._add(Event(entry.at_s - self._began_s, WALL, "", words))

    def _add(self, event: Event) -> None:
        before = self._before(event)
        if before is None:
            self.last.append(event)
            self._told(event)
        else:
            self.last.remove(before)
            self.last.append(replace(event, times=before.times + 1))

    def _before(self, event: Event) -> Event | None:
        """The same among the last frames, with nothing else since: questions and answers of a few boards in turn."""
        for earlier in itertools.islice(reversed(self.last), IN_TURN):
            if not earlier.frame:
                return None
            if event.again(earlier):
                return earlier
        return None


def _words(entry: Entry) -> str:
    """The deeds that a lock board has to do with; nothing of the others."""
    where = f"door {entry.door}"
    match entry.deed:
        case Deed.PULSE_BEGAN:
            crossed = f", though {entry.ordered} was meant" if entry.ordered != entry.door else ""
            return f"{where}: coil on{crossed}"
        case Deed.PULSE_ENDED:
            return f"{where}: coil off after {entry.ms} ms"
        case Deed.LATCH_STUCK:
            return f"{where}: the latch does not move, {entry.note}"
        case Deed.DOOR_MOVED:
            return f"{where}: {entry.of} → {entry.to} ({entry.note})"
        case Deed.COIL_BURNT:
            return f"{where}: THE COIL HAS BURNT"
        case Deed.PARCEL_MOVED:
            return f"{entry.parcel}: {_place(entry.of)} → {_place(entry.to)}"
        case _:
            return ""


def _place(place: str) -> str:
    return f"door {place}" if place.isdecimal() else place

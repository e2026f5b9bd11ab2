"""The bounded chronicle of everything physical: what the wall and the street really did, for whoever checks claims."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from msgspec import Struct

__all__ = ["CHRONICLE_LIMIT", "Chronicle", "Deed", "Entry"]

CHRONICLE_LIMIT: Final = 20_000  # the oldest go first, and are counted


class Deed(StrEnum):
    PULSE_BEGAN = "pulse_began"  # the coil of `door` went on; `ordered` is the door that was asked for
    PULSE_ENDED = "pulse_ended"  # it went off; `ms` is how long it was on
    LATCH_MOVED = "latch_moved"  # `to` is engaged or retracted
    LATCH_STUCK = "latch_stuck"  # the coil pulled, the latch did not move; `note` says why
    DOOR_MOVED = "door_moved"  # from `of` to `to`; `note` says what moved it
    PARCEL_MOVED = "parcel_moved"  # from `of` to `to`; `door` where a compartment is one of them
    COIL_BURNT = "coil_burnt"  # damage: it was on for longer than it bears
    FAULT_SET = "fault_set"  # `note` is its name; `door`, or `of` the board, where it is not everywhere
    FAULT_CLEARED = "fault_cleared"
    SHOWN = "shown"  # something is held before the camera
    HIDDEN = "hidden"
    LIGHT = "light"  # of a door; `to` is on or off
    BEEP = "beep"
    GAVE_UP = "gave_up"  # a person could not do what they had in mind; `note` says why


class Entry(Struct, frozen=True, omit_defaults=True):
    """One deed.  `n` counts from 1 without gap; `at_s` is the world's time; 0 and "" mean "not of this deed"."""

    n: int
    at_s: float
    deed: Deed
    door: int = 0
    ordered: int = 0
    opening: int = 0
    attempt: int = 0
    ms: int = 0
    parcel: str = ""
    of: str = ""
    to: str = ""
    note: str = ""


class Chronicle:
    """The last CHRONICLE_LIMIT entries.  `dropped` counts those that went."""

    def __init__(self, now: Callable[[], float], limit: int = CHRONICLE_LIMIT) -> None:
        self._now = now
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._watchers: list[Callable[[Entry], None]] = []
        self.written = 0

    @property
    def dropped(self) -> int:
        return self.written - len(self._entries)

    def write(
        self,
        deed: Deed,
        *,
        door: int = 0,
        ordered: int = 0,
        opening: int = 0,
        attempt: int = 0,
        ms: int = 0,
        parcel: str = "",
        of: str = "",
        to: str = "",
        note: str = "",
    ) -> None:
        self.written += 1
        entry = Entry(
            self.written, self._now(), deed, door, ordered, opening, attempt, ms, parcel, of=of, to=to, note=note
        )
        self._entries.append(entry)
        for watcher in self._watchers:
            watcher(entry)

    def watch(self, watcher: Callable[[Entry], None]) -> None:
        """Call `watcher` with each entry as it is written.  It must not touch the world."""
        self._watchers.append(watcher)

    def since(self, n: int = 0, limit: int = CHRONICLE_LIMIT) -> list[Entry]:
        """The kept entries above `n`, oldest first, at most `limit`."""
        return [entry for entry in self._entries if entry.n > n][:limit]

    def of(self, *deeds: Deed, door: int | None = None) -> list[Entry]:
        """The kept entries of these kinds, of one door or of all."""
        return [e for e in self._entries if e.deed in deeds and (door is None or e.door == door)]

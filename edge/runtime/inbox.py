"""The one way in.  Ordered, stamped on arrival, and limited by kind, each limit with its own behaviour:

levels and contents   64 readings waiting; beyond, all that wait become one request to read everything again
scans, keys, taps     8 waiting; beyond, the newest is dropped and counted, and the count is told once
commands              one waiting; whoever brings the next waits at the source
news                  of cloud, space, scale, a part's health, a lowered page: of each the latest waits, no earlier one
all others            come from the runtime itself and are bounded by what it started; 4,096 is a defect of ours
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from edge.core.inputs import (
    Chosen,
    Contents,
    Document,
    Dropped,
    Health,
    Input,
    Levels,
    Link,
    Order,
    Reach,
    Scan,
    SignedTime,
    Space,
    Typed,
    Weighed,
)
from edge.core.rows import Stamp

MAX_READINGS: Final = 64
MAX_PEOPLE: Final = 8
MAX_OTHERS: Final = 4096
PEOPLE: Final = (Scan, Typed, Chosen)
READINGS: Final = (Levels, Contents)
COMMANDS: Final = (Order, Document)
NEWS: Final = (SignedTime, Link, Space, Health, Weighed, Reach)


class Arrival(Struct, frozen=True):
    told: Input
    at: Stamp


class Inbox:
    """`put` from the loop's thread only.  `reread` is called when readings overflow."""

    def __init__(self, stamp: Callable[[], Stamp], reread: Callable[[], None]) -> None:
        self._stamp, self._reread = stamp, reread
        self._waiting: deque[Arrival] = deque()
        self._aside: deque[Input] = deque()
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()
        self._dropped: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting) + len(self._aside)

    def put(self, told: Input) -> bool:
        """Take in one input; False when it was dropped."""
        if isinstance(told, PEOPLE) and self._count(PEOPLE) >= MAX_PEOPLE:
            name = type(told).__name__.lower()
            self._dropped[name] = self._dropped.get(name, 0) + 1
            return False
        if isinstance(told, READINGS) and self._count(READINGS) >= MAX_READINGS:
            self._waiting = deque(a for a in self._waiting if not isinstance(a.told, READINGS))
            self._reread()
            return False
        if isinstance(told, NEWS):
            self._waiting = deque(a for a in self._waiting if not _replaced(a.told, told))
            self._aside = deque(one for one in self._aside if not _replaced(one, told))
        if len(self) >= MAX_OTHERS:
            raise AssertionError(f"inbox: {len(self)} inputs wait, limit {MAX_OTHERS}; the newest: {told}")
        self._waiting.append(Arrival(told, self._stamp()))
        self._arrived.set()
        return True

    async def command(self, told: Input) -> None:
        """Take in a command; waits while another one waits."""
        while self._count(COMMANDS):
            self._taken.clear()
            await self._taken.wait()
        self.put(told)

    def put_back(self, arrivals: list[Arrival]) -> None:
        """What could not be written is decided again, before all that came later."""
        for dropped in (a.told for a in arrivals if isinstance(a.told, Dropped)):
            self._dropped[dropped.what] = self._dropped.get(dropped.what, 0) + dropped.count
        self._waiting.extendleft(a for a in reversed(arrivals) if not isinstance(a.told, Dropped))

    def set_aside(self, told: Input) -> None:
        """What could not be written, and holds up nothing: it comes again, as if new, when nothing else waits."""
        if isinstance(told, Dropped):
            self._dropped[told.what] = self._dropped.get(told.what, 0) + told.count
        else:
            self._aside.append(told)

    async def wait(self, timeout_s: float) -> None:
        """Return when something waits, or after `timeout_s`."""
        if self._waiting:
            return
        self._arrived.clear()
        enough = asyncio.get_running_loop().call_later(timeout_s, self._arrived.set)
        try:
            await self._arrived.wait()
        finally:
            enough.cancel()

    def take(self, most: int) -> list[Arrival]:
        """All that wait, oldest first, `most` at once, else what was set aside; then what was dropped meanwhile."""
        taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        if not taken:
            taken = [Arrival(self._aside.popleft(), self._stamp()) for _ in range(min(most, len(self._aside)))]
        for what, count in self._dropped.items():
            taken.append(Arrival(Dropped(what, count), self._stamp()))
        self._dropped.clear()
        self._taken.set()
        return taken

    def _count(self, kinds: tuple[type[Input], ...]) -> int:
        return sum(isinstance(told, kinds) for told in (*(a.told for a in self._waiting), *self._aside))


def _replaced(old: Input, new: Input) -> bool:
    """Whether `old` tells nothing any more once `new` is known."""
    if isinstance(old, Health) and isinstance(new, Health):
        return (old.what, old.which) == (new.what, new.which)
    return type(old) is type(new)

"""What the parts around the locks say of their health: asked in a lane of its own, told to the core when it changes.

A fault is told at once.  That it is over is told when it has not been seen for STEADY_S: whatever flickers, the journal
gets two events a minute of it at most.  After a pulse of a lock the supply is asked more often, for it sags then.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from typing import Final, Protocol

from edge.core.inputs import Health, Input

__all__ = ["HealthBook", "HealthSource", "Vitals", "Which"]

Which = tuple[str, str]  # what, which: "power", "mains"

POLL_S: Final = 5.0
PULSE_POLL_S: Final = 0.2
PULSE_FOR_S: Final = 2.5
STEADY_S: Final = 60.0
ANSWER_S: Final = 15.0  # several sources one after the other, each bounded by itself
# What is told from here; a fault of it that nobody watches any more is over.
OWN: Final = ("power", "machine", "load_cell", "indicator")
WATCH: Final = ("machine", "watch")


class HealthSource(Protocol):
    """A part that knows how it is.  `health` may block, and is called in a lane; it never raises."""

    def health(self) -> Mapping[Which, str]:
        """Everything that is known now: words for a fault, no words for "it is well"."""
        ...

    def watched(self) -> frozenset[Which]:
        """Everything that may be known here."""
        ...

    def pulsed(self, door: int, at_s: float) -> None:
        """A lock was pulsed.  Called from any thread; returns at once."""
        ...


class HealthBook:
    """What was told, and what has to be."""

    def __init__(self) -> None:
        self._told: dict[Which, bool] = {}
        self._bad_s: dict[Which, float] = {}  # when it was last not well

    def changes(self, found: Mapping[Which, str], now_s: float) -> list[Health]:
        news = []
        for (what, which), fault in found.items():
            key = (what, which)
            if fault:
                self._bad_s[key] = now_s
            elif key in self._bad_s and now_s - self._bad_s[key] < STEADY_S:
                continue
            if self._told.get(key) is not (not fault):
                self._told[key] = not fault
                news.append(Health(what, which, ok=not fault, detail=fault))
        return news


class Vitals:
    """A port.  `pulsed` is the coil guard's side of it."""

    def __init__(self, source: HealthSource, lane: Callable[[str], Executor], tell: Callable[[Input], object]) -> None:
        self._source, self._lane, self._tell = source, lane, tell
        self._book = HealthBook()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pulse = asyncio.Event()

    def pulsed(self, door: int, at_s: float) -> None:
        """From the lane of a bank, immediately before the coil is driven."""
        self._source.pulsed(door, at_s)
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is over: nobody listens any more
                loop.call_soon_threadsafe(self._pulse.set)

    async def run(self, faults: Collection[str]) -> None:
        """For ever.  faults: those in the books, such as "power:mains"."""
        self._loop = asyncio.get_running_loop()
        self._tell_over(faults)
        if not self._source.watched():
            await self._loop.create_future()  # for ever: there is nothing to look at
        often_until_s = 0.0
        while True:
            await self._look()
            now_s = self._loop.time()
            if self._pulse.is_set():
                self._pulse.clear()
                often_until_s = now_s + PULSE_FOR_S
            await self._wait(PULSE_POLL_S if now_s < often_until_s else POLL_S)

    def _tell_over(self, faults: Collection[str]) -> None:
        """Faults of an earlier life whose part is not there any more."""
        watched = {":".join(which) for which in self._source.watched()} | {":".join(WATCH)}
        for fault in sorted(faults):
            what, _, which = fault.partition(":")
            if what in OWN and fault not in watched:
                self._tell(Health(what, which, ok=True))

    async def _look(self) -> None:
        assert self._loop is not None
        answer = self._loop.run_in_executor(self._lane("vitals"), self._source.health)
        done, _ = await asyncio.wait({answer}, timeout=ANSWER_S)
        if not done:
            self._say({WATCH: f"no answer within {ANSWER_S:g} s"})
        found = await answer
        self._say({**found, WATCH: ""})

    def _say(self, found: Mapping[Which, str]) -> None:
        assert self._loop is not None
        for news in self._book.changes(found, self._loop.time()):
            self._tell(news)

    async def _wait(self, for_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pulse.wait(), for_s)

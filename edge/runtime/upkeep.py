"""What the loop does with its idle moments: checkpoints, compaction, ballast, and a look at the room that is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from edge.core.inputs import Input, Space
from edge.journal import Journal

SPACE_EVERY_S: Final = 30.0
COMPACT_EVERY_S: Final = 600.0
KEEP_ROWS: Final = 100_000  # some months of an ordinary site, for whoever asks what happened


class InLane(Protocol):
    """Runs a job in the journal's lane."""

    def __call__(self, job: Callable[..., Any], /, *args: Any) -> Awaitable[Any]: ...


class Upkeep:
    """`mark` says where the state has the space; `tell` puts an input into the inbox."""

    def __init__(
        self, journal: Journal, in_lane: InLane, tell: Callable[[Input], object], mark: Callable[[], str]
    ) -> None:
        self._journal, self._in_lane, self._tell, self._mark = journal, in_lane, tell, mark
        self._space_s = float("-inf")
        self._compact_s = float("-inf")

    async def idle(self) -> None:
        """One bounded piece of work, then back to the inbox."""
        now = asyncio.get_running_loop().time()
        if self._journal.checkpoint_due:
            await self._in_lane(self._journal.checkpoint)
        elif now - self._space_s >= SPACE_EVERY_S:
            self._space_s = now
            await self._measure()
        elif now - self._compact_s >= COMPACT_EVERY_S:
            gone = await self._in_lane(lambda: self._journal.compact(keep_rows=KEEP_ROWS))
            if not gone:
                self._compact_s = now

    async def make_room(self) -> None:
        """The disk is full: give back what may be given back, sooner than planned."""
        await self._in_lane(lambda: self._journal.compact(keep_rows=1))
        self._space_s = float("-inf")

    async def _measure(self) -> None:
        space = await self._in_lane(self._journal.space)
        if space.mark != self._mark():
            self._tell(Space(str(space.mark)))
        if not space.ballast:
            await self._in_lane(self._journal.fill_ballast)

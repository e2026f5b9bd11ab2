"""What the loop does with its idle moments: checkpoints, compaction, ballast, and a look at the room that is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from edge.core.errors import JournalFull
from edge.core.inputs import Input, Space
from edge.journal import Journal

SPACE_EVERY_S: Final = 30.0
COMPACT_EVERY_S: Final = 600.0
ROOM_EVERY_S: Final = 5.0  # while the disk is full


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
        self._room_s = float("-inf")

    async def idle(self) -> None:
        """One bounded piece of work, then back to the inbox."""
        now = asyncio.get_running_loop().time()
        if self._journal.checkpoint_due:
            await self._in_lane(self._journal.checkpoint)
        elif now - self._space_s >= SPACE_EVERY_S:
            self._space_s = now
            await self._measure()
        elif now - self._compact_s >= COMPACT_EVERY_S and not await self._compact(self._journal.limits.rows_kept):
            self._compact_s = now

    async def make_room(self) -> None:
        """The disk is full: give back what may be given back, sooner than planned, and say how it stands."""
        now = asyncio.get_running_loop().time()
        if now - self._room_s >= ROOM_EVERY_S:
            self._room_s = now
            await self._compact(1)
            await self._measure()

    async def _compact(self, keep_rows: int) -> bool:
        """Whether rows went; to delete takes room as well, and without any none go."""
        try:
            return bool(await self._in_lane(lambda: self._journal.compact(keep_rows=keep_rows)))
        except JournalFull:
            return False

    async def _measure(self) -> None:
        space = await self._in_lane(self._journal.space)
        if space.mark != self._mark():
            self._tell(Space(str(space.mark)))
        if not space.ballast:
            await self._in_lane(self._journal.fill_ballast)

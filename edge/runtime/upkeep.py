"""What the loop does with its idle moments: checkpoints, compaction, ballast, and a look at the room that is left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from edge.core.inputs import Space

if TYPE_CHECKING:
    from edge.runtime.runtime import Runtime

SPACE_EVERY_S: Final = 30.0
COMPACT_EVERY_S: Final = 600.0
KEEP_ROWS: Final = 100_000  # some months of an ordinary site, for whoever asks what happened


class Upkeep:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._space_s = float("-inf")
        self._compact_s = float("-inf")

    async def idle(self) -> None:
        """One bounded piece of work, then back to the inbox."""
        runtime, now = self._runtime, asyncio.get_running_loop().time()
        if runtime.journal.checkpoint_due:
            await runtime.in_lane(runtime.journal.checkpoint)
        elif now - self._space_s >= SPACE_EVERY_S:
            self._space_s = now
            await self._measure()
        elif now - self._compact_s >= COMPACT_EVERY_S:
            gone = await runtime.in_lane(lambda: runtime.journal.compact(keep_rows=KEEP_ROWS))
            if not gone:
                self._compact_s = now

    async def make_room(self) -> None:
        """The disk is full: give back what may be given back, sooner than planned."""
        runtime = self._runtime
        await runtime.in_lane(lambda: runtime.journal.compact(keep_rows=1))
        self._space_s = float("-inf")

    async def _measure(self) -> None:
        runtime = self._runtime
        space = await runtime.in_lane(runtime.journal.space)
        if runtime.books is not None and space.mark != runtime.books.state.space:
            runtime.tell(Space(str(space.mark)))
        if not space.ballast:
            await runtime.in_lane(runtime.journal.fill_ballast)

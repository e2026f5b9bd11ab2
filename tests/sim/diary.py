"""The diary of a life: one line for each step, all of them in the digest, the last ones kept for whoever asks why."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from tests.sim.loop import SimLoop

LAST_STEPS: Final = 40


class Diary:
    """`until_step`: with this step nothing more begins, and the life comes to its end (0: whenever it does)."""

    def __init__(self, loop: SimLoop, until_step: int = 0) -> None:
        self._loop = loop
        self._until = until_step
        self._enough = loop.create_future()
        self.steps = 0
        self.last: deque[str] = deque(maxlen=LAST_STEPS)
        self.began: list[str] = []

    def log(self, text: str) -> None:
        """One step."""
        self.steps += 1
        self.last.append(f"{self.steps:6} {self._loop.time():10.3f} s  {text}")
        self._loop.note(text)
        if self.steps == self._until and not self._enough.done():
            self._enough.set_result(None)

    @property
    def over(self) -> bool:
        """Whether the last step that was asked for is done."""
        return self._enough.done()

    async def pass_time(self, seconds: float) -> None:
        """Let so much time pass, or less when the last step is done meanwhile."""
        await asyncio.wait([self._enough], timeout=seconds)

"""Where stories are played: a browser and a loop in a thread of their own, a few stories at the same time.

Most of a story is waiting for doors, hands and timers; so the stories of a module begin together, and each test waits
for its own.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Final

from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import PROGRAM, SWITCHES

AT_ONCE: Final = 4
WITHIN_S: Final = 120.0

Play = Callable[[Browser, Path], Awaitable[None]]


class Theatre:
    """Enter it, and the browser is up."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="theatre")
        self._up: Future[asyncio.AbstractEventLoop] = Future()
        self._plays: dict[str, Future[None]] = {}

    def __enter__(self) -> Theatre:
        self._thread.start()
        self._loop = self._up.result(WITHIN_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._closed.set)
        self._thread.join(WITHIN_S)

    async def _run(self) -> None:
        self._closed, self._room = asyncio.Event(), asyncio.Semaphore(AT_ONCE)
        async with async_playwright() as playwright:
            self._browser = await playwright.chromium.launch(executable_path=PROGRAM, args=list(SWITCHES))
            self._up.set_result(asyncio.get_running_loop())
            await self._closed.wait()
            await self._browser.close()

    def begin(self, plays: Iterable[tuple[str, Play]]) -> None:
        """All of them, as there is room."""
        for name, play in plays:
            if name not in self._plays:
                self._plays[name] = asyncio.run_coroutine_threadsafe(self._play(play), self._loop)

    def end_of(self, name: str) -> None:
        """Wait until that one is over; what failed in it fails here."""
        self._plays[name].result(WITHIN_S * len(self._plays))

    async def _play(self, play: Play) -> None:
        async with self._room, asyncio.timeout(WITHIN_S):
            with tempfile.TemporaryDirectory(prefix="story-") as folder:
                await play(self._browser, Path(folder))

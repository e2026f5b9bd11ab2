"""The newest screen, for whoever watches.  Nothing queues up: who is slow sees the newest screen, not all of them."""

from __future__ import annotations

import asyncio

from edge.core.screens import Screen

__all__ = ["ScreenBoard", "Watcher"]


class ScreenBoard:
    """One writer (the runtime's `shown`), any number of watchers, all in one loop's thread."""

    def __init__(self) -> None:
        self._newest: Screen | None = None
        self._changed = asyncio.Event()

    def put(self, screen: Screen) -> None:
        """Show `screen`; it replaces whatever nobody has looked at yet."""
        self._newest = screen
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def subscribe(self) -> Watcher:
        """Every change from now on, beginning with the present screen if there is one."""
        return Watcher(self)

    async def after(self, seen: Screen | None) -> Screen:
        """The newest screen, once it is another one than `seen`."""
        while self._newest is None or self._newest is seen:
            await self._changed.wait()
        return self._newest


class Watcher:
    """An async iterator over the screens of a board.  A cancelled wait loses nothing, so it may be timed out."""

    def __init__(self, board: ScreenBoard) -> None:
        self._board = board
        self._seen: Screen | None = None

    def __aiter__(self) -> Watcher:
        return self

    async def __anext__(self) -> Screen:
        self._seen = await self._board.after(self._seen)
        return self._seen

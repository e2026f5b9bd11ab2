"""The newest picture for every open page.  Nothing queues up: who is slow gets the newest one, not all of them."""

from __future__ import annotations

import asyncio

from edge.app.demo.street.scene import Scene

__all__ = ["Bulletin"]


class Bulletin:
    """One writer in any thread, readers in the loop's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._newest = Scene()
        self._changed = asyncio.Event()
        self.closed = False

    @property
    def newest(self) -> Scene:
        return self._newest

    def post(self, scene: Scene) -> None:
        """From any thread."""
        self._tell(scene)

    def close(self) -> None:
        """No more pictures: every stream ends.  From any thread."""
        self.closed = True
        self._tell(self._newest)

    async def after(self, seen: Scene | None) -> Scene:
        """The newest picture once it is another one than `seen`, or there will be none."""
        while self._newest is seen and not self.closed:
            await self._changed.wait()
        return self._newest

    def _tell(self, scene: Scene) -> None:
        def swap() -> None:
            self._newest = scene
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()

        self._loop.call_soon_threadsafe(swap)

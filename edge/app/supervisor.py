"""Keeps the ports running: screen, camera, control socket, uplink.  One that fails is started again, ever more slowly.

The core loop is no port: when it fails, the process ends and start-up is the recovery.  The same holds for an error of
the journal that a port meets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from edge.core.errors import JournalBroken
from edge.core.inputs import Health, Input

__all__ = ["Supervisor"]

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
STEADY_S: Final = 10.0  # a port that has run for this long works again

Port = Callable[[], Awaitable[None]]


class Supervisor:
    """`tell` hears of a port that fails and of one that works again; `log` gets one line for each failure."""

    def __init__(self, tell: Callable[[Input], object], log: Callable[[str], None]) -> None:
        self._tell, self._log = tell, log
        self._tasks: list[asyncio.Task[None]] = []
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()  # raises what ends the process

    def keep(self, name: str, port: Port) -> None:
        """Run `port` for ever, from now on."""
        self._tasks.append(asyncio.get_running_loop().create_task(self._keep(name, port), name=name))

    async def stop(self) -> None:
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.broken.cancel()

    async def _keep(self, name: str, port: Port) -> None:
        loop, wait_s = asyncio.get_running_loop(), FIRST_WAIT_S
        while True:
            began_s = loop.time()
            steady = loop.call_later(STEADY_S, self._works, name)  # also at first: the fault may be of an earlier life
            try:
                why = await self._one_run(port)
            finally:
                steady.cancel()
            if self.broken.done():
                return
            wait_s = FIRST_WAIT_S if loop.time() - began_s >= STEADY_S else wait_s
            self._log(f"{name}: {why}; started again in {wait_s:g} s")
            self._tell(Health("port", name, ok=False, detail=why))
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _one_run(self, port: Port) -> str:
        """Run it to its end; why it ended."""
        try:
            await port()
        except JournalBroken as error:
            if not self.broken.done():
                self.broken.set_exception(error)
            return str(error)
        except Exception as error:  # noqa: BLE001  (the one place: any failure of a port is a restart)
            return f"{type(error).__name__}: {error}"
        return "ended"

    def _works(self, name: str) -> None:
        self._tell(Health("port", name, ok=True))

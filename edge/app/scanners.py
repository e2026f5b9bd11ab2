"""A scanner as a port of the runtime: codes become scans, its state becomes health."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from edge.app.reader_plans import ReaderPlan
from edge.core.inputs import Health, Input, Scan
from hal.readers.kinds import make_reader
from hal.readers.reader import Reader

__all__ = ["Scanner"]


class Scanner:
    """`run` keeps it reading in its lane until cancelled; `tell` hears of codes, and of a scanner that fails or works.

    Both are told in the loop.  What the scanner gives has been through its guard.
    """

    def __init__(self, plan: ReaderPlan, tell: Callable[[Input], object], lane: Executor) -> None:
        self.name, self.kind = plan.name, plan.kind
        self._plan, self._tell, self._lane = plan, tell, lane
        self._reader: Reader | None = None

    async def run(self) -> None:
        loop, stopping = asyncio.get_running_loop(), threading.Event()

        def in_loop(told: Input) -> None:
            loop.call_soon_threadsafe(self._tell, told)

        reader = self._reader = make_reader(
            self._plan.kind,
            self._plan.options,
            lambda text, symbology: in_loop(Scan(text, symbology)),
            lambda fault: in_loop(Health("reader", self.name, fault is None, fault or "")),
        )
        reading = loop.run_in_executor(self._lane, reader.run, stopping)
        try:
            await asyncio.wait([reading])
        finally:
            stopping.set()
            await asyncio.wait([reading])
        await reading

    @property
    def status(self) -> dict[str, Any]:
        """For the status: `fault` as the reader has it; `odd`: what came and was not passed on, by name."""
        if self._reader is None:
            return {"name": self.name, "kind": self.kind, "codes": 0, "fault": "has not said anything yet", "odd": {}}
        now = self._reader.status
        return {"name": self.name, "kind": self.kind, "codes": now.codes, "fault": now.fault, "odd": dict(now.odd)}

"""Timers of the core: a key and an instant.  Setting a key again moves it; what has fired is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from edge.core.inputs import Timer
from edge.core.turn import TimerSet

MAX_TIMERS: Final = 4096  # some per live opening and session; more is a defect of ours


class Timers:
    """Runs in the loop; `tell` puts the Timer input into the inbox."""

    def __init__(self, tell: Callable[[Timer], object]) -> None:
        self._tell = tell
        self._handles: dict[tuple[str, ...], asyncio.TimerHandle] = {}

    def set(self, timer: TimerSet) -> None:
        old = self._handles.pop(timer.key, None)
        if old is not None:
            old.cancel()
        if len(self._handles) >= MAX_TIMERS:
            raise AssertionError(f"{len(self._handles)} timers are set, limit {MAX_TIMERS}; the newest: {timer.key}")
        loop = asyncio.get_running_loop()
        self._handles[timer.key] = loop.call_at(timer.at_s, self._fire, timer.key)

    def clear(self) -> None:
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()

    def _fire(self, key: tuple[str, ...]) -> None:
        del self._handles[key]
        self._tell(Timer(key))

"""Lanes: executors with one thread each, by name.  Whatever blocks runs in one, and never in the loop."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor, wait
from typing import Final

__all__ = ["Lanes"]

MAX_LANES: Final = 96  # a lane a bank (64 at most), and some for everything else


class Lanes:
    """Call it with a name; the same name is the same lane."""

    def __init__(self) -> None:
        self._lanes: dict[str, ThreadPoolExecutor] = {}

    def __call__(self, name: str) -> Executor:
        if name not in self._lanes:
            if len(self._lanes) >= MAX_LANES:
                raise AssertionError(f"{len(self._lanes)} lanes, limit {MAX_LANES}; the newest: {name}")
            self._lanes[name] = ThreadPoolExecutor(1, thread_name_prefix=name)
        return self._lanes[name]

    def close(self, within_s: float) -> list[str]:
        """End all lanes; the names of those that do not come to an end within `within_s`."""
        lasts = {name: lane.submit(_nothing) for name, lane in self._lanes.items()}
        wait(lasts.values(), timeout=within_s)
        for lane in self._lanes.values():
            lane.shutdown(wait=False, cancel_futures=True)
        return [name for name, last in lasts.items() if not last.done() or last.cancelled()]


def _nothing() -> None:
    """The last job of a lane."""

"""The progress of a run, in one line that is drawn again and again; nothing where nobody looks."""

from __future__ import annotations

import time
from typing import Final, TextIO

from tests.sim.report import Report

WIDTH: Final = 30


class Progress:
    def __init__(self, lives: int, out: TextIO, *, shown: bool) -> None:
        self._of, self._out, self._shown = lives, out, shown
        self._began_s = time.monotonic()
        self._done = self._cuts = self._events = self._failed = 0

    def count(self, report: Report) -> None:
        self._done += 1
        self._cuts += report.power_cuts
        self._events += report.events
        self._failed += bool(report.violations)
        self.draw()

    def draw(self) -> None:
        if self._shown:
            print(f"\r{self.line(time.monotonic() - self._began_s)}\x1b[K", end="", file=self._out, flush=True)

    def clear(self) -> None:
        """Make room for other lines."""
        if self._shown:
            print("\r\x1b[K", end="", file=self._out, flush=True)

    def line(self, took_s: float) -> str:
        filled = WIDTH * self._done // max(1, self._of)
        left = f", {_clock(took_s / self._done * (self._of - self._done))} left" if self._done else ""
        failed = f", {self._failed} FAILED" if self._failed else ""
        return (
            f"[{'#' * filled}{'.' * (WIDTH - filled)}] {self._done}/{self._of} lives, {self._cuts:,} power cuts, "
            f"{self._events:,} events{failed}{left}"
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

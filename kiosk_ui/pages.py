"""Who shows the screen, and since when it warns."""

from __future__ import annotations

import asyncio
import math

from edge.core.screens import Screen

__all__ = ["Pages"]


class Pages:
    """One page shows the screen: the one that came last.  The one before is told so.

    warning_s: how long a warned screen stays.
    """

    def __init__(self, warning_s: float) -> None:
        self.closed = False
        self._warning_s = warning_s
        self._leave = asyncio.Event()
        self._warned: tuple[int, float] | None = None  # choice set, and when its warning was first seen

    def take_over(self) -> asyncio.Event:
        """A new page; the event says when it must leave."""
        self._leave.set()
        self._leave = asyncio.Event()
        if self.closed:
            self._leave.set()
        return self._leave

    def close(self) -> None:
        """The server ends: so do all pages' streams."""
        self.closed = True
        self._leave.set()

    def left_s(self, screen: Screen, now_s: float) -> int:
        """Seconds until a warned screen closes, 0 for one that does not warn.  A reload does not begin anew."""
        if not screen.idle:
            self._warned = None
            return 0
        if self._warned is None or self._warned[0] != screen.number:
            self._warned = (screen.number, now_s)
        return max(0, math.ceil(self._warned[1] + self._warning_s - now_s))

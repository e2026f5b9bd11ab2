"""The picture of health that a simulated site sends, as the roof makes it."""

from __future__ import annotations

from edge.app.desk import LockerDesk
from edge.core.words import ClockTrust
from edge.runtime import Runtime


class _NoClock:
    """Its time is no part of the health."""

    def read(self) -> tuple[float, ClockTrust]:
        return 0.0, ClockTrust.UNSYNCED


class Health:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._desk: LockerDesk | None = None

    def now(self) -> bytes:
        """Called once the runtime is ready."""
        if self._desk is None:
            self._desk = LockerDesk(_NoClock(), version="0", link=dict, kiosk="", eyes=None)
            self._desk.serve(self._runtime)
        return self._desk.health()

"""The picture of health that a simulated site sends, as the roof makes it."""

from __future__ import annotations

from edge.app.desk import LockerDesk
from edge.core.words import ClockTrust
from edge.runtime import Runtime


class _NoClock:
    """Its time is no part of the health."""

    def read(self) -> tuple[float, ClockTrust]:
        return 0.0, ClockTrust.UNSYNCED


class _Desk(LockerDesk):
    """The roof's own, without a roof: nobody asks it but for the health."""

    def __init__(self, runtime: Runtime) -> None:
        self._wall, self._version, self._link, self._kiosk, self._eyes = _NoClock(), "0", dict, "", None
        self._scanners, self._weigher = (), None
        self.serve(runtime)


class Health:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._desk: _Desk | None = None

    def now(self) -> bytes:
        """Called once the runtime is ready."""
        if self._desk is None:
            self._desk = _Desk(self._runtime)
        return self._desk.health()

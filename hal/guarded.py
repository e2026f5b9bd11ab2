"""What every bank behind the coil guard has in common."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.ports import UnlockOrder
from hal.coil import GuardedCoils

__all__ = ["GuardedBank"]


class GuardedBank:
    """A base for drivers: sets `_coils` to what the guard gave it, and pulses through nothing else."""

    _coils: GuardedCoils

    @property
    def on_began(self) -> Callable[[UnlockOrder, float], None] | None:
        """Called at the instant a pulse begins, with the order and that instant (monotonic seconds)."""
        return self._coils.on_began

    @on_began.setter
    def on_began(self, told: Callable[[UnlockOrder, float], None] | None) -> None:
        self._coils.on_began = told

"""The 12 V rail of the locks: it sags with every coil that is on, and lies low in a brown-out."""

from __future__ import annotations

from typing import Final

__all__ = ["Rail"]

IDLE_V: Final = 12.0
SAG_PER_COIL_V: Final = 0.9  # half an ampere through a weak supply and thin wire: the fourth coil no longer pulls
BROWN_OUT_V: Final = 6.5
GOOD_V: Final = 10.0


class Rail:
    """Volts on the rail."""

    def __init__(self) -> None:
        self.coils_on = 0

    def volts(self, brown_out: bool) -> float:
        return (BROWN_OUT_V if brown_out else IDLE_V) - SAG_PER_COIL_V * self.coils_on

    def can_open(self, brown_out: bool) -> bool:
        """Whether the rail at rest is good enough to pull a coil."""
        return (BROWN_OUT_V if brown_out else IDLE_V) >= GOOD_V

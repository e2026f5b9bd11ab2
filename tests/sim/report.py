"""What a life came to, as it travels from its process to whoever asked for it."""

from __future__ import annotations

from msgspec import Struct


class Report(Struct, frozen=True):
    """What a life came to."""

    seed: int
    hours: float  # simulated, the end included
    digest: str = ""
    steps: int = 0
    boots: int = 0  # power-ons and starts of the process
    power_cuts: int = 0
    events: int = 0
    openings: int = 0
    kinds: dict[str, int] = {}
    violations: tuple[tuple[str, str], ...] = ()  # (check, what it found)
    at_step: int = 0
    last_steps: tuple[str, ...] = ()
    coverage: dict[str, int] = {}
    began: tuple[str, ...] = ()  # ordinals of the visits, orders and troubles that took place
    cpu_s: float = 0.0

    @property
    def check(self) -> str:
        """The name of the check that failed first, or nothing."""
        return self.violations[0][0] if self.violations else ""

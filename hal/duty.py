"""How much a coil may do: the limits, and the pure book of who was on when.  Time is an argument.

A lock coil is built for short pulses: half an ampere for a third of a second warms it a little, the same for ten
seconds burns it.  The limits here hold for every driver, whether the board times the pulse or the host does.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Annotated, Final

from msgspec import Meta, Struct

__all__ = ["ABSOLUTE_ON_MS", "Coil", "CoilLimits", "DutyBook"]

ABSOLUTE_ON_MS: Final = 1000  # no lock needs more; a coil at rest survives a few of these, never a minute of them
ATTEMPTS_WINDOW_S: Final = 60.0

Coil = tuple[str, int]  # (bank, channel)


class CoilLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """What one supply and its coils may do.

    max_on_ms: longest pulse.  off_per_on: a coil rests at least this many times as long as it was on.
    at_once: coils on at the same moment over all banks of the supply.  attempts_a_minute: pulses of one coil.
    """

    max_on_ms: Annotated[int, Meta(ge=20, le=ABSOLUTE_ON_MS)] = 300
    off_per_on: Annotated[float, Meta(ge=3, le=1000)] = 3.0
    at_once: Annotated[int, Meta(ge=1, le=8)] = 1
    attempts_a_minute: Annotated[int, Meta(ge=1, le=20)] = 6  # at 300 ms: on for 3 % of the time


class _Use:
    """One coil's last pulse and its recent beginnings."""

    def __init__(self) -> None:
        self.held = False  # a slot is taken, the pulse has not begun
        self.on_s = -math.inf
        self.off_s = -math.inf  # when it went or will go off; inf while nobody can say
        self.begun: deque[float] = deque(maxlen=32)

    def live(self, now_s: float) -> bool:
        return self.held or now_s < self.off_s


class DutyBook:
    """Who is on, who was on, who may go on.  Not locked: its owner is."""

    def __init__(self, limits: CoilLimits) -> None:
        self._limits = limits
        self._uses: dict[Coil, _Use] = {}

    def refusal(self, coil: Coil, on_ms: int, now_s: float) -> str:
        """Why this coil may not be pulsed now by its own duty; empty when it may."""
        use, limits = self._uses.get(coil), self._limits
        if not 1 <= on_ms <= limits.max_on_ms:
            return f"coil {coil}: pulse {on_ms} ms, limit {limits.max_on_ms} ms"
        if use is None:
            return ""
        if use.live(now_s):
            return f"coil {coil}: already on"
        rest_s = (use.off_s - use.on_s) * limits.off_per_on
        if now_s < use.off_s + rest_s:
            return f"coil {coil}: off for {now_s - use.off_s:.3f} s, limit {rest_s:.3f} s"
        recent = sum(1 for begun_s in use.begun if now_s - begun_s < ATTEMPTS_WINDOW_S)
        if recent >= limits.attempts_a_minute:
            return f"coil {coil}: {recent} pulses within a minute, limit {limits.attempts_a_minute}"
        return ""

    def full_until_s(self, now_s: float) -> float | None:
        """None when one more coil may go on; else the moment at which the next slot is known to come free."""
        ends = [math.inf if use.held else use.off_s for use in self._uses.values() if use.live(now_s)]
        return None if len(ends) < self._limits.at_once else min(ends)

    def live(self, now_s: float) -> tuple[Coil, ...]:
        return tuple(coil for coil, use in self._uses.items() if use.live(now_s))

    def hold(self, coil: Coil) -> None:
        """Take a slot for a pulse that is about to begin."""
        self._uses.setdefault(coil, _Use()).held = True

    def let_go(self, coil: Coil) -> None:
        """Give back a slot whose pulse never began."""
        self._uses[coil].held = False

    def began(self, coil: Coil, now_s: float, off_s: float) -> None:
        """The pulse begins; it ends at `off_s`, inf when only `ended` can tell."""
        use = self._uses[coil]
        use.held, use.on_s, use.off_s = False, now_s, off_s
        use.begun.append(now_s)

    def ended(self, coil: Coil, off_s: float) -> None:
        """The coil is known to be off since `off_s`."""
        if use := self._uses.get(coil):
            use.held, use.off_s = False, min(use.off_s, off_s)

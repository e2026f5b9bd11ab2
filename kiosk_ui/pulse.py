"""Whether the browser lives, judged by the beats of its page.  Pure; times are seconds of a monotonic clock.

A browser whose renderer has died stays there as a process, and nobody outside sees that the screen is white.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

__all__ = ["FIRST_BEAT_S", "MOST_RESTARTS", "SILENCE_S", "WITHIN_S", "Pulse", "beaten", "due_s", "failing", "restarted"]

SILENCE_S: Final = 30.0  # six beats
FIRST_BEAT_S: Final = 60.0  # of a browser that was started: a Pi takes half of it to show its first page
MOST_RESTARTS: Final = 3
WITHIN_S: Final = 600.0


class Pulse(Struct, frozen=True):
    """heard_s: the last sign of life, or when the browser was started.  allowed_s: silence after that.
    restarts: those of the last ten minutes, the oldest first.
    """

    heard_s: float
    allowed_s: float = FIRST_BEAT_S
    restarts: tuple[float, ...] = ()


def beaten(pulse: Pulse, now_s: float) -> Pulse:
    """The page lives."""
    return replace(pulse, heard_s=now_s, allowed_s=SILENCE_S)


def restarted(pulse: Pulse, now_s: float) -> Pulse:
    """The browser is started again: it gets the time to show its first page."""
    return Pulse(now_s, FIRST_BEAT_S, (*_recent(pulse, now_s), now_s))


def due_s(pulse: Pulse) -> float:
    """When the browser is to be started again unless it beats: not more than three times in ten minutes."""
    silent_s = pulse.heard_s + pulse.allowed_s
    last = pulse.restarts[-MOST_RESTARTS:]
    return silent_s if len(last) < MOST_RESTARTS else max(silent_s, last[0] + WITHIN_S)


def failing(pulse: Pulse, now_s: float) -> bool:
    """Whether starting it again does not help."""
    return len(_recent(pulse, now_s)) >= MOST_RESTARTS


def _recent(pulse: Pulse, now_s: float) -> tuple[float, ...]:
    return tuple(at_s for at_s in pulse.restarts if now_s - at_s < WITHIN_S)

"""How far the wall clock is believed (I9).

The floor rises from signed time and from monotonic time elapsed since; it is the earliest that it can be.  In a boot
in which signed time was heard, floor and true time are the same, give or take drift: trust is `cloud`.  Else the
machine's own clock counts as far as it lies within a day (plus drift) of the floor, and only when NTP or an RTC stands
behind it.  Otherwise it is a label: it never refuses anything as expired.

The cloud's clock is one clock, and may be wrong too.  What it signs counts by itself up to a day beyond the floor.
Further it takes a second witness: the machine's own clock, with NTP or an RTC behind it, or, where there is none, a day
of running time through which the cloud went on saying so.  Until then its word is the best guess, and no more
(docs/decisions/0007-one-clock-alone-does-not-move-the-floor.md).
"""

from __future__ import annotations

from math import inf
from typing import Final

from edge.core.judgement import JudgementTime
from edge.core.rows import Stamp
from edge.core.state import State
from edge.core.words import ClockTrust

BELIEVED_S: Final = 86_400  # beyond the floor; one wrong answer must not expire the future
DRIFT: Final = 100e-6  # of a quartz, in heat and frost
CLAIM_STANDS_S: Final = 86_400  # running time in which somebody notices a cloud whose clock is wrong
BACKED: Final = frozenset({ClockTrust.NTP, ClockTrust.RTC})


def judged(state: State, at: Stamp, wall_s: float, source: ClockTrust) -> tuple[JudgementTime, ClockTrust]:
    """The time to judge by, and the trust to label events with.

    wall_s, source: what the machine says.  at: when; its boot may be one that the state has not begun yet.
    """
    mono_ms = at.mono_ms
    floor_s = state.floor_at(mono_ms)
    heard = state.heard_ms >= max(0, state.boot_began_ms) and state.boot == at.boot and state.claim_ms < 0
    if floor_s and heard:
        return JudgementTime(True, floor_s, floor_s), ClockTrust.CLOUD
    drift_s = DRIFT * max(0, mono_ms - state.floor_mono_ms) / 1000
    backed = source in BACKED and wall_s >= floor_s - 1  # below the floor a clock is known to be wrong
    near = bool(floor_s) and wall_s <= floor_s + BELIEVED_S + drift_s
    if state.claim_ms >= 0 and not backed:
        wall_s = state.claimed_at(mono_ms)
    return JudgementTime(backed and near, int(wall_s), floor_s), source


def latest_s(state: State, at: Stamp) -> float:
    """The latest signed time that counts now; infinite as long as there is no floor."""
    floor_s, wall_s = state.floor_at(at.mono_ms), at.wall_ms / 1000
    if not floor_s:
        return inf  # the key bundle comes first, which the root has signed
    if at.trust in BACKED and wall_s >= floor_s - 1:
        return wall_s + BELIEVED_S
    stood = state.claim_ms >= 0 and state.running_ms(at.mono_ms) - state.claim_ms >= CLAIM_STANDS_S * 1000
    return (max(floor_s, state.claimed_at(at.mono_ms)) if stood else floor_s) + BELIEVED_S

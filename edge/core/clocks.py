"""How far the wall clock is believed (I9).

The floor rises from signed time and from monotonic time elapsed since; it is the earliest that it can be.  In a boot
in which signed time was heard, floor and true time are the same, give or take drift: trust is `cloud`.  Else the
machine's own clock counts as far as it lies within a day (plus drift) of the floor, and only when NTP or an RTC stands
behind it.  Otherwise it is a label: it never refuses anything as expired.
"""

from __future__ import annotations

from typing import Final

from edge.core.judgement import JudgementTime
from edge.core.rows import Stamp
from edge.core.state import State
from edge.core.words import ClockTrust

BELIEVED_S: Final = 86_400  # beyond the floor; one wrong answer must not expire the future
DRIFT: Final = 100e-6  # of a quartz, in heat and frost


def judged(state: State, at: Stamp, wall_s: float, source: ClockTrust) -> tuple[JudgementTime, ClockTrust]:
    """The time to judge by, and the trust to label events with.

    wall_s, source: what the machine says.  at: when; its boot may be one that the state has not begun yet.
    """
    mono_ms = at.mono_ms
    floor_s = state.floor_at(mono_ms)
    heard = state.heard_ms >= max(0, state.boot_began_ms) and state.boot == at.boot
    if floor_s and heard:
        return JudgementTime(True, floor_s, floor_s), ClockTrust.CLOUD
    drift_s = DRIFT * max(0, mono_ms - state.floor_mono_ms) / 1000
    backed = source in (ClockTrust.NTP, ClockTrust.RTC)
    near = bool(floor_s) and floor_s - 1 <= wall_s <= floor_s + BELIEVED_S + drift_s
    return JudgementTime(backed and near, int(wall_s), floor_s), source

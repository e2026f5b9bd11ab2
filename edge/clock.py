"""The machine's clocks.  The one place that asks for wall time."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from edge.core.clocks import judged
from edge.core.inputs import Moment
from edge.core.ports import WallClock
from edge.core.rows import Stamp
from edge.core.state import State
from edge.core.words import ClockTrust

_TIMEX_BYTES: Final = 208  # struct timex on 64-bit Linux; all zero asks and changes nothing
_TIME_ERROR: Final = 5  # adjtimex(2): the clock is not synchronised
_RTC: Final = Path("/sys/class/rtc/rtc0/hctosys")
SAVED_AFTER_S: Final = 1_704_067_200  # 2024: earlier than any release, so such a clock was never set


class SystemClock:
    """Wall time of the machine.  `ntp` when the kernel says that somebody disciplines it, `rtc` when it was set from
    one at boot, `saved` when it merely is not absurd."""

    def read(self) -> tuple[float, ClockTrust]:
        now_s = time.time()  # noqa: TID251  (the one place)
        if _disciplined():
            return now_s, ClockTrust.NTP
        if _set_from_rtc():
            return now_s, ClockTrust.RTC
        return now_s, ClockTrust.SAVED if now_s > SAVED_AFTER_S else ClockTrust.UNSYNCED


def _disciplined() -> bool:
    state = _libc().adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return 0 <= int(state) < _TIME_ERROR


@cache  # the clock is read for every input; opening the library costs ten times the question
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _set_from_rtc() -> bool:
    try:
        return _RTC.read_text().strip() == "1"
    except OSError:
        return False


class Stamper:
    """Makes the moment of each input: monotonic, wall, floor and trust together.

    mono: seconds, the loop's clock.  dice: 16 random bytes an input.
    """

    def __init__(self, wall: WallClock, mono: Callable[[], float], dice: Callable[[int], bytes]) -> None:
        self._wall, self._mono, self._dice = wall, mono, dice
        self._began_s = mono()
        self._boot = 0

    def begin(self, boot: int) -> None:
        """A boot begins now; monotonic stamps count from here."""
        self._boot, self._began_s = boot, self._mono()

    def stamp(self) -> Stamp:
        """What the clocks say, before it is judged."""
        wall_s, source = self._wall.read()
        mono_ms = max(0, round((self._mono() - self._began_s) * 1000))
        return Stamp(self._boot, mono_ms, round(wall_s * 1000), source)

    def moment(self, at: Stamp, state: State) -> Moment:
        """The moment of an input that arrived at `at`, judged by `state`."""
        time_, trust = judged(state, at, at.wall_ms / 1000, ClockTrust(at.trust))
        wall_ms = time_.best_s * 1000 if trust is ClockTrust.CLOUD else at.wall_ms
        return Moment(
            mono_s=self._began_s + at.mono_ms / 1000,
            stamp=Stamp(at.boot, at.mono_ms, wall_ms, trust),
            time=time_,
            dice=self._dice(16),
        )

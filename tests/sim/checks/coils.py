"""I8: no coil on for longer than its limit, more often than its duty, or more than one at once; none burns."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.checks.seen import Deed, Seen

ON_MS: Final = 1000
PULSES_A_MINUTE: Final = 6
REST: Final = 3.0  # times as long as it was on


class Coils(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i8_coil_within_its_limit": "No coil is on for more than a second, whoever dies meanwhile.",
        "i8_one_coil_at_once": "No coil goes on while another one is, whoever died meanwhile.",
        "i8_coil_within_its_duty": "A process pulses a coil at most six times a minute.",
        "i8_a_coil_rests": "A process lets a coil rest three times as long as it was on.",
        "i8_no_coil_burns": "No coil burns.",
    }

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self._on: dict[int, float] = {}  # outlives the process: the board ends each pulse by itself
        self._recent: dict[int, deque[float]] = {}
        self._off: dict[int, tuple[float, float]] = {}  # coil → when it went off, for how long it had been on

    def started(self) -> None:
        """A process begins: its guard counts anew."""
        self._recent.clear()
        self._off.clear()

    def deed(self, deed: Deed) -> None:
        if deed.deed == "pulse_began":
            self._began(deed)
        elif deed.deed == "pulse_ended":
            began_s = self._on.pop(deed.door, deed.at_s)
            self._off[deed.door] = (deed.at_s, deed.at_s - began_s)
            if deed.ms > ON_MS:
                self.find("i8_coil_within_its_limit", f"the coil of door {deed.door} was on for {deed.ms} ms")
        elif deed.deed == "coil_burnt":
            self.find("i8_no_coil_burns", f"the coil of door {deed.door}: {deed.note}")

    def _began(self, deed: Deed) -> None:
        if self._on:
            self.find("i8_one_coil_at_once", f"door {deed.door} while {sorted(self._on)} is on")
        self._on[deed.door] = deed.at_s
        if self.doors.had("crossed_wires", 0, deed.at_s - 60):
            return  # the guard counts channels; which coil hangs on one it cannot know
        off_s, was_on_s = self._off.get(deed.door, (-1e9, 0.0))
        if deed.at_s - off_s < REST * was_on_s - 0.01:
            self.find("i8_a_coil_rests", f"door {deed.door}: {deed.at_s - off_s:.2f} s after {was_on_s:.2f} s on")
        recent = self._recent.setdefault(deed.door, deque(maxlen=PULSES_A_MINUTE + 1))
        recent.append(deed.at_s)
        if len(recent) > PULSES_A_MINUTE and recent[-1] - recent[0] < 60.0:
            self.find("i8_coil_within_its_duty", f"door {deed.door}: {len(recent)} pulses within a minute")

    def step(self) -> None:
        for door, since_s in self._on.items():
            if self.seen.now_s - since_s > ON_MS / 1000 + 0.1:
                self.find("i8_coil_within_its_limit", f"the coil of door {door} is on since {since_s:.3f} s")

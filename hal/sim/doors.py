"""A door with its lock: coil, latch, spring and contact, as they hang together."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from edge.core.words import Feedback, Level
from hal.sim.chronicle import Deed
from hal.sim.coils import PULL_IN_S, PULL_IN_V, Coil
from hal.sim.latches import FALLS_BACK_S, Latch
from hal.sim.nature import Nature
from hal.sim.switches import Switch

__all__ = ["Door", "Position"]

SPRINGS_IN_S: Final = (0.03, 0.12)  # from the latch's release until the door has passed its contact
BROKEN_LATCH_S: Final = 0.3  # a forced door swings back open


class Position(StrEnum):
    SHUT = "shut"
    AJAR = "ajar"  # a finger's breadth: the switch says open, nothing fits through
    WIDE = "wide"


class Door:
    """One door.  `moved` is called after each movement."""

    def __init__(self, number: int, nature: Nature, moved: Callable[[Door], None]) -> None:
        self.number, self.position = number, Position.SHUT
        self.coil, self.latch = Coil(), Latch()
        self._nature, self._moved = nature, moved
        self._chance = nature.chance(f"door {number}")
        self.switch = Switch(nature.chance(f"switch {number}"), is_open=False)
        self._pulse = 0  # the current pulse, so that an older one's end does not end it
        self._by = (0, 0, 0)  # ordered, opening, attempt of the current pulse

    def level(self, feedback: Feedback) -> Level:
        """What the feedback says, debounced by its board, faults included."""
        if feedback is Feedback.NONE:
            return Level.UNKNOWN
        if self._has("stuck_open"):
            return Level.OPEN
        if self._has("stuck_closed"):
            return Level.CLOSED
        now_s = self._nature.now_s
        is_open = self.latch.retracted if feedback is Feedback.LATCH else self.switch.debounced(now_s)
        return Level.OPEN if is_open else Level.CLOSED

    def coil_on(self, ordered: int, opening: int, attempt: int, ms: int = 0) -> int:
        """Current flows; `ms` where somebody will end it.  Returns the pulse's number for `coil_off`."""
        nature, now_s = self._nature, self._nature.now_s
        self._pulse += 1
        pulse, self._by = self._pulse, (ordered, opening, attempt)
        nature.chronicle.write(
            Deed.PULSE_BEGAN, door=self.number, ordered=ordered, opening=opening, attempt=attempt, ms=ms
        )
        if self.coil.burnt or self.coil.on_s is not None:
            return pulse
        self.coil.switch_on(now_s)
        nature.rail.coils_on += 1
        nature.agenda.at(now_s + PULL_IN_S, self._pull_in)
        nature.agenda.at(self.coil.burns_at_s(), lambda: self._burn(now_s))
        return pulse

    def coil_off(self, pulse: int | None = None) -> None:
        """Current ends; with a pulse's number only when no later one has begun."""
        if pulse not in (None, self._pulse) or self.coil.on_s is None:
            return
        ordered, opening, attempt = self._by
        on_ms = round((self._nature.now_s - self.coil.on_s) * 1000)
        self.coil.switch_off(self._nature.now_s)
        self._nature.rail.coils_on -= 1
        self._nature.chronicle.write(
            Deed.PULSE_ENDED, door=self.number, ordered=ordered, opening=opening, attempt=attempt, ms=on_ms
        )
        self._nature.agenda.at(self._nature.now_s + FALLS_BACK_S, self._fall_back)

    def push(self) -> None:
        """A hand against the door: it takes the load off the latch, and shuts a door that is not."""
        self.latch.relieve(self._nature.now_s)
        if self.position is not Position.SHUT:
            self.shut()
        elif self.coil.on_s is not None and self._nature.now_s >= self.coil.on_s + PULL_IN_S:
            self._pull_in()

    def pull(self) -> bool:
        """Pull at the handle.  False when the latch holds."""
        if self.position is Position.SHUT and not self.latch.retracted:
            return False
        self._move(Position.WIDE, "pull")
        return True

    def shut(self) -> None:
        """Push it into its latch."""
        self._move(Position.SHUT, "push")
        if self._has("forced"):
            self._nature.agenda.at(self._nature.now_s + BROKEN_LATCH_S, self._spring)
        elif self.coil.on_s is None:
            self._engage()
        else:
            self._nature.agenda.at(self._nature.now_s + self._chance.uniform(*SPRINGS_IN_S), self._spring)

    def break_open(self, with_what: str) -> None:
        """Without current: by force or with the mechanical key."""
        self._retract()
        self._move(Position.WIDE, with_what)

    def _has(self, fault: str) -> bool:
        return self._nature.faults.has(fault, self.number)

    def _pull_in(self) -> None:
        """The coil has been on long enough to pull, if it can."""
        if self.coil.on_s is None or self.latch.retracted:
            return
        why = self.latch.holds(self._nature.now_s, self._has("jam"), self._has("loaded"))
        volts = self._nature.volts()
        if volts < PULL_IN_V:
            why = f"{volts:.1f} V on the rail"
        if why:
            self._nature.chronicle.write(Deed.LATCH_STUCK, door=self.number, note=why)
            return
        self._retract()
        if not self._has("weak_spring"):
            self._nature.agenda.at(self._nature.now_s + self._chance.uniform(*SPRINGS_IN_S), self._spring)

    def _burn(self, on_s: float) -> None:
        if self.coil.on_s == on_s:
            self.coil.burnt = True
            self._nature.chronicle.write(Deed.COIL_BURNT, door=self.number, note=f"on since {on_s:.3f} s")
            self.coil_off()

    def _spring(self) -> None:
        if self.position is Position.SHUT and (self.latch.retracted or self._has("forced")):
            self._retract()
            self._move(Position.AJAR, "spring")

    def _fall_back(self) -> None:
        if self.position is Position.SHUT and self.coil.on_s is None:
            self._engage()

    def _retract(self) -> None:
        if not self.latch.retracted:
            self.latch.retracted = True
            self._nature.chronicle.write(Deed.LATCH_MOVED, door=self.number, to="retracted")

    def _engage(self) -> None:
        if self.latch.retracted:
            self.latch.retracted = False
            self._nature.chronicle.write(Deed.LATCH_MOVED, door=self.number, to="engaged")

    def _move(self, to: Position, by: str) -> None:
        if to is self.position:
            return
        self._nature.chronicle.write(Deed.DOOR_MOVED, door=self.number, of=self.position, to=to, note=by)
        self.position = to
        self.switch.move(to is not Position.SHUT, self._nature.now_s)
        self._moved(self)

"""The doors of a desk, in the hands of the test: pulses, contacts, and what lies behind them."""

from __future__ import annotations

from collections import deque

from edge.core import effects, inputs
from edge.core.ports import ContentReading, DoorReading
from edge.core.site import Site
from edge.core.words import ClockTrust, Content, ContentSensor, Evidence, Feedback, Level, PulseOutcome
from tests.core.desk.table import TICK_S, Table


class Doors(Table):
    """Locks that answer as they are told to, and contacts and sensors that say what is so."""

    def __init__(self, site: Site, wall_s: float, trust: ClockTrust) -> None:
        super().__init__(site, wall_s, trust)
        self.level = {plan.door: Level.CLOSED for plan in self.site.compartments}
        self.inside = {plan.door: Content.EMPTY for plan in self.site.compartments}
        self.doors_answer = True
        self.sensors_answer = True
        self.pulses_answer = True  # else unlocks wait in `unlocks` for `pulse`
        self.outcomes: deque[PulseOutcome] = deque()  # of the next pulses; then DONE
        self.unlocks: deque[effects.Unlock] = deque()

    def _run(self, effect: effects.Effect) -> None:
        if isinstance(effect, effects.Unlock):
            self.unlocks.append(effect)
            if self.pulses_answer:
                self.pulse(self.outcomes.popleft() if self.outcomes else PulseOutcome.DONE)
        elif isinstance(effect, effects.ReadDoors) and self.doors_answer:
            self.read_doors(*effect.doors)
        elif isinstance(effect, effects.ReadContent) and self.sensors_answer:
            self.read_contents(*effect.doors)

    def pulse(self, outcome: PulseOutcome = PulseOutcome.DONE, detail: str = "") -> effects.Unlock:
        """The owner of the bus does the oldest waiting unlock; this becomes of its coil."""
        unlock = self.unlocks.popleft()
        if outcome in (PulseOutcome.DONE, PulseOutcome.UNKNOWN):
            self.pulse_begins(unlock)
        self.tell(inputs.PulseEnded(unlock.door, unlock.opening, unlock.attempt, outcome, detail))
        return unlock

    def pulse_begins(self, unlock: effects.Unlock) -> None:
        at_s = self.mono_s + TICK_S
        self.tell(inputs.PulseBegan(unlock.door, unlock.opening, unlock.attempt, at_s))

    def reading(self, door: int, at_s: float | None = None) -> DoorReading:
        latch = self.site.plan(door).feedback is Feedback.LATCH
        evidence = Evidence.LATCH if latch else Evidence.SWITCH
        return DoorReading(self.level[door], evidence, self.mono_s + TICK_S if at_s is None else at_s)

    def read_doors(self, *doors: int) -> None:
        self.tell(inputs.Levels({door: self.reading(door) for door in doors}))

    def read_contents(self, *doors: int) -> None:
        self.tell(inputs.Contents({door: ContentReading(self.inside[door], self.mono_s + TICK_S) for door in doors}))

    def door_opens(self, door: int, *, at_s: float | None = None) -> None:
        """The feedback says open; a latch is held for its second."""
        self._door_moves(door, Level.OPEN, at_s)
        if self.site.plan(door).feedback is Feedback.LATCH:
            self.wait(self.site.policy.timers.latch_s + 0.1)

    def door_closes(self, door: int, *, at_s: float | None = None) -> None:
        self._door_moves(door, Level.CLOSED, at_s)
        if self.site.plan(door).feedback is Feedback.LATCH:
            self.wait(self.site.policy.timers.latch_s + 0.1)

    def blink(self, door: int) -> None:
        """The latch is retracted and springs back at once."""
        self._door_moves(door, Level.OPEN, None)
        self.wait(0.2)
        self._door_moves(door, Level.CLOSED, None)

    def door_silent(self, door: int) -> None:
        """The board gives no valid answer for this door."""
        self._door_moves(door, Level.UNKNOWN, None)

    def _door_moves(self, door: int, level: Level, at_s: float | None) -> None:
        self.level[door] = level
        self.tell(inputs.Levels({door: self.reading(door, at_s)}))

    def holds(self, door: int, content: Content) -> None:
        """What lies inside changes; the sensor will say so when it is asked."""
        self.inside[door] = content

    def content(self, door: int, content: Content) -> None:
        """What lies inside changes, and the sensor, where there is one, says so now."""
        self.holds(door, content)
        if self.site.plan(door).content is not ContentSensor.NONE:
            self.read_contents(door)

    def take(self, door: int, seconds: float = 5) -> None:
        """Somebody opens, takes everything out, and shuts."""
        self.door_opens(door)
        self.wait(seconds)
        self.holds(door, Content.EMPTY)
        self.door_closes(door)

    def put(self, door: int, seconds: float = 5) -> None:
        """Somebody opens, puts something in, and shuts."""
        self.door_opens(door)
        self.wait(seconds)
        self.holds(door, Content.PRESENT)
        self.door_closes(door)

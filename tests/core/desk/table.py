"""What lies on the desk: one input after another is decided, time passes, and the books are open to everybody."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final, TypeVar

from edge.core import effects, inputs, shelf
from edge.core.clocks import judged
from edge.core.events.base import Event, encode
from edge.core.inputs import Input, Moment
from edge.core.judgement import JudgementTime
from edge.core.memory import Memory
from edge.core.rows import Beside, Stamp
from edge.core.screens import MAX_CHOICES, Screen, screen
from edge.core.site import Site
from edge.core.state import Compartment, Opening, Parcel, Reservation, State
from edge.core.turn import Books, Decision
from edge.core.words import ClockTrust
from tests.core.again import Again
from tests.core.desk.always import check
from tests.core.desk.parcels import Sent

DAY_S: Final = 86_400
TICK_S: Final = 0.01  # between one input and the next

E = TypeVar("E", bound=Event)


class Table(ABC):
    """One site and its time.  What effects do to the world is for whoever builds on it."""

    def __init__(self, site: Site, wall_s: float, trust: ClockTrust) -> None:
        self.site = site
        self.books = Books(State(), shelf.EMPTY)
        self.memory = Memory()
        self.again = Again()
        self.boot = 1
        self.mono_s = 1.0
        self.trust = trust
        self._wall_offset_s = wall_s - self.mono_s
        self._dice = 0
        self.timers: dict[tuple[str, ...], float] = {}
        self.rows: list[tuple[str, bytes, Stamp]] = []
        self.besides: dict[tuple[str, str], Beside] = {}
        self.events: list[Event] = []
        self.effects: list[effects.Effect] = []
        self.decision: Decision | None = None

    # -- telling ----------------------------------------------------------------------------------------------------

    def tell(self, told: Input) -> Decision:
        """One input, and at once whatever its effects bring back."""
        self.mono_s += TICK_S
        before = self.books.state
        decision = self.again.decide(self.site, self.books, self.memory, told, self.moment())
        check(before, decision, self.moment().stamp)
        self.books, self.memory, self.decision = decision.books, decision.memory, decision
        for recorded in decision.recorded:
            self.rows.append((recorded.event.kind, encode(recorded.event), self.moment().stamp))
            self.events.append(recorded.event)
            self._lay_beside(recorded.beside, recorded.erase)
        for timer in decision.timers:
            self.timers[timer.key] = timer.at_s
        shown = self.screen()
        assert len(shown.choices) <= MAX_CHOICES, f"{shown.name}: {shown.choices}"
        for effect in decision.effects:
            self.effects.append(effect)
            self._run(effect)
        return decision

    @abstractmethod
    def _run(self, effect: effects.Effect) -> None:
        """Do what was decided, and tell what it brings back."""

    def _lay_beside(self, beside: Sequence[Beside], erase: Sequence[str]) -> None:
        for subject in erase:
            self.besides = {key: item for key, item in self.besides.items() if key[0] != subject}
        for item in beside:
            self.besides[item.subject, item.name] = item

    def screen(self) -> Screen:
        return screen(self.site, self.state, self.memory)

    # -- time -------------------------------------------------------------------------------------------------------

    def moment(self) -> Moment:
        self._dice += 1
        return Moment(
            self.mono_s,
            Stamp(self.boot, round(self.mono_s * 1000), round(self.wall_s * 1000), self.trust),
            self.time(),
            hashlib.sha256(self._dice.to_bytes(8, "big")).digest()[:16],
        )

    @property
    def wall_s(self) -> float:
        return self._wall_offset_s + self.mono_s

    def time(self) -> JudgementTime:
        """How far the machine's clock is believed."""
        at = Stamp(self.boot, round(self.mono_s * 1000), 0, self.trust)
        return judged(self.state, at, self.wall_s, self.trust)[0]

    def clock(self, wall_s: int, trust: ClockTrust = ClockTrust.NTP) -> None:
        """The machine's clock is set."""
        self._wall_offset_s = wall_s - self.mono_s
        self.trust = trust

    def running_ms(self) -> int:
        return self.state.running_ms(round(self.mono_s * 1000))

    def wait(self, seconds: float) -> None:
        """Time passes; every timer fires when it is due, in order."""
        until = self.mono_s + seconds
        while True:
            due = min(self.timers.items(), key=lambda item: item[1], default=None)
            if due is None or due[1] > until:
                break
            self._fire(*due)
        self.mono_s = max(self.mono_s, until)

    def skip(self, seconds: float) -> None:
        """A long time passes at once; every timer that became due fires, late and only once."""
        self.mono_s += seconds
        for key, at_s in sorted(self.timers.items(), key=lambda item: item[1]):
            if at_s <= self.mono_s and self.timers.get(key) == at_s:
                self._fire(key, at_s)

    def _fire(self, key: tuple[str, ...], at_s: float) -> None:
        del self.timers[key]
        self.mono_s = max(self.mono_s, at_s)
        self.tell(inputs.Timer(key))

    # -- the books --------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self.books.state

    def compartment(self, door: int) -> Compartment:
        return self.state.compartments[door]

    def parcel(self, parcel: Sent) -> Parcel:
        return self.state.parcels[parcel.parcel]

    def right(self, parcel: Sent) -> Reservation:
        return self.state.reservations[parcel.reservation]

    def opening(self, door: int) -> Opening | None:
        return self.state.live(door)

    def of(self, kind: type[E]) -> list[E]:
        """Every event of that kind, oldest first."""
        return [event for event in self.events if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        found = self.of(kind)
        assert found, f"no {kind.kind} among {self.kinds()}"
        return found[-1]

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def pulsed(self) -> list[effects.Unlock]:
        """Every unlock so far."""
        return [effect for effect in self.effects if isinstance(effect, effects.Unlock)]

"""One input's turn: the place where events, effects, timers and what the next line may rely on are gathered.

A Turn looks like doing, but only collects: `decide` stays a pure function from books, memory, input and moment to a
Decision.  An event recorded here is folded at once into the turn's own state, so that what follows sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeVar

from msgspec import Struct, structs

from edge.core import events
from edge.core.effects import Beep, Effect, ScanFormats
from edge.core.events import Event
from edge.core.findings import Finder, look
from edge.core.fold import fold
from edge.core.inputs import Moment
from edge.core.memory import Memory, Session
from edge.core.rows import Beside
from edge.core.shelf import Shelf
from edge.core.site import Site, Timers
from edge.core.state import Opening, State
from edge.core.words import Content, Purpose, Role

T = TypeVar("T")

MAX_EVENTS: Final = 2048  # one input never says more: of 1,000 doors each is freed, and 1,000 parcels are adopted


class Books(Struct, frozen=True):
    """What the journal adds up to, and what lies beside it."""

    state: State
    shelf: Shelf


class Recorded(Struct, frozen=True):
    """One event, with what is stored beside it and whose particulars it erases, all in one transaction."""

    event: Event
    beside: tuple[Beside, ...] = ()
    erase: tuple[str, ...] = ()


class TimerSet(Struct, frozen=True):
    """Tell `key` at monotonic `at_s`.  Setting a key again moves it."""

    key: tuple[str, ...]
    at_s: float


class Decision(Struct, frozen=True):
    recorded: tuple[Recorded, ...]
    effects: tuple[Effect, ...]
    timers: tuple[TimerSet, ...]
    books: Books
    memory: Memory


class Flow(Protocol):
    """What a purpose makes of its openings.  Doors tell; flows answer with events and screens."""

    def opened(self, turn: Turn, opening: Opening) -> None: ...

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        """The door is closed again and its content was read, as far as it can be."""

    def asked_to_push(self, turn: Turn, opening: Opening) -> None:
        """The door did not move.  A second pulse comes in a moment; a hand on the door helps it."""

    def jammed(self, turn: Turn, opening: Opening) -> None: ...

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None: ...

    def left_open(self, turn: Turn, opening: Opening) -> None: ...


class Turn:
    """See the module's first lines.  Lives for one input."""

    def __init__(
        self,
        site: Site,
        books: Books,
        memory: Memory,
        now: Moment,
        flows: Mapping[Purpose, Flow],
        finder: Finder = look,
    ) -> None:
        self.site = site
        self.state = books.state
        self.shelf = books.shelf
        self.memory = memory
        self.now = now
        self.flows = flows
        self._finder = finder
        self._recorded: list[Recorded] = []
        self._effects: list[Effect] = []
        self._timers: list[TimerSet] = []

    # -- reading ----------------------------------------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        return self.memory.session

    @property
    def timers(self) -> Timers:
        return self.site.policy.timers

    @property
    def running_ms(self) -> int:
        return self.state.running_ms(self.now.stamp.mono_ms)

    def person(self, role: Role) -> Session | None:
        """The session, when somebody of that role is at the screen."""
        return self.session if self.session is not None and self.session.role is role else None

    def found(self, name: str, find: Callable[[], T]) -> T:
        """What only a secret can tell (edge/core/findings.py): every look at a code, a PIN, a label or an order."""
        return self._finder(name, find)

    # -- gathering --------------------------------------------------------------------------------------------------

    def record(self, event: Event, *, beside: tuple[Beside, ...] = (), erase: tuple[str, ...] = ()) -> None:
        if len(self._recorded) >= MAX_EVENTS:
            raise AssertionError(f"one input caused more than {MAX_EVENTS} events; the last: {event}")
        self._recorded.append(Recorded(event, beside, erase))
        self.state = fold(self.state, event, self.state.head + 1, self.now.stamp)
        self.shelf = self.shelf.changed(beside, erase)

    def act(self, effect: Effect) -> None:
        self._effects.append(effect)

    def beep(self, tone: str) -> None:
        self.act(Beep(tone))

    def after(self, seconds: float, *key: object) -> None:
        """Set the timer `key`, `seconds` from now."""
        self._timers.append(TimerSet(tuple(str(part) for part in key), self.now.mono_s + seconds))

    def remember(self, **changes: Any) -> None:
        self.memory = self.memory.with_(**changes)

    def show(self, session: Session | None) -> None:
        """Put another screen up.  A new choice set; idling begins again."""
        choices = self.memory.choices + 1
        if session is not None:
            session = structs.replace(session, touched_s=self.now.mono_s)
        self.memory = self.memory.with_(session=session, choices=choices)

    def update(self, **changes: Any) -> None:
        """Change what the session knows without a new choice set."""
        if self.session is not None:
            self.memory = self.memory.with_(session=structs.replace(self.session, **changes))

    def look_for(self, formats: str) -> None:
        if formats != self.memory.formats:
            self.remember(formats=formats)
            self.act(ScanFormats(formats))

    def decision(self) -> Decision:
        return Decision(
            tuple(self._recorded),
            tuple(self._effects),
            tuple(self._timers),
            Books(self.state, self.shelf),
            self.memory,
        )


__all__ = ["Books", "Decision", "Flow", "Recorded", "TimerSet", "Turn", "events"]

"""Deciding again what a ring remembers, and holding it against what was decided then.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct, to_builtins

from edge.core.decide import decide as product_decide
from edge.core.errors import LockerError
from edge.core.events import Event
from edge.core.findings import Diverged, Finder, Remembering
from edge.core.inputs import Input, Moment
from edge.core.memory import Memory
from edge.core.ring import Note, Ring, Segment
from edge.core.site import Site
from edge.core.turn import Books, Decision

# What a decider can end in; the names are what a note keeps of it.
FAILURES: Final = (LockerError, AssertionError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


class Decide(Protocol):
    """The product's `decide`, or another release's."""

    def __call__(
        self, site: Site, books: Books, memory: Memory, told: Input, now: Moment, finder: Finder, /
    ) -> Decision: ...


class Difference(Struct, frozen=True):
    """Where deciding again came to something else.  place: which input, from 1; what: events, effects, timers, …"""

    place: int
    note: Note
    what: str
    expected: Any
    got: Any

    def __str__(self) -> str:
        return f"input {self.place}, {told_in_words(self.note)}: {self.what}: expected {self.expected}, got {self.got}"


class Redeciding:
    """One ring, or one of its segments, step by step.  After a difference, go on only at the next segment."""

    def __init__(self, site: Site, books: Books, memory: Memory, decide: Decide = product_decide) -> None:
        self.site, self.books, self.memory = site, books, memory
        self._decide = decide
        self._place = 0

    def step(self, note: Note, expected: Sequence[Event] | None) -> Difference | None:
        """Decide `note` again.  None: the same events (where they are known), effects and timers."""
        self._place += 1
        if note.told is None or note.now is None:
            self.memory = self.memory.sent_home()
            return None
        finder = Remembering(note.found)
        try:
            decision = self._decide(self.site, self.books, self.memory, note.told, note.now, finder)
            if not note.raised:
                finder.finish()
        except Diverged as error:
            return self._differs(note, "secrets", "what was found then", str(error))
        except FAILURES as error:
            raised = type(error).__name__
            return None if raised == note.raised else self._differs(note, "error", note.raised or "none", repr(error))
        if note.raised:
            return self._differs(note, "error", note.raised, "none")
        self.books = decision.books
        self.memory = decision.memory.with_(full=False) if note.wrote else decision.memory
        return self._compare(note, expected, decision)

    def _compare(self, note: Note, expected: Sequence[Event] | None, decision: Decision) -> Difference | None:
        got = tuple(recorded.event for recorded in decision.recorded)
        for what, then, now in (
            ("events", got if expected is None else tuple(expected), got),
            ("effects", note.effects, decision.effects),
            ("timers", note.timers, decision.timers),
        ):
            if then != now:
                first = next((i for i, (a, b) in enumerate(zip(then, now, strict=False)) if a != b), -1)
                at = min(len(then), len(now)) if first < 0 else first
                return self._differs(note, what, _at(then, at), _at(now, at))
        if note.seq != decision.books.state.head:
            return self._differs(note, "row", note.seq, decision.books.state.head)
        return None

    def _differs(self, note: Note, what: str, expected: Any, got: Any) -> Difference:
        return Difference(self._place, note, what, expected, got)


def redecide(site: Site, segments: Sequence[Segment], decide: Decide = product_decide) -> Iterator[Difference]:
    """Every segment from its own beginning; the first difference of each."""
    before = 0
    for segment in segments:
        again = Redeciding(site, segment.books, segment.memory, decide)
        for place, note in enumerate(segment.notes, before + 1):
            found = again.step(note, note.events)
            if found is not None:
                yield Difference(place, note, found.what, found.expected, found.got)
                break
        before += len(segment.notes)


def ring_agrees(site: Site, ring: Ring) -> list[str]:
    """What a ring decides otherwise when it is decided again; empty when all is the same."""
    return [str(difference) for difference in redecide(site, ring.segments)]


def told_in_words(note: Note) -> str:
    """One input of a ring, for people."""
    if note.told is None or note.now is None:
        return "no room to write: sent home"
    stamp = note.now.stamp
    fields = ", ".join(f"{name}={value!r}" for name, value in to_builtins(note.told).items() if name != "type")
    return f"{stamp.boot}+{stamp.mono_ms / 1000:.3f} s {type(note.told).__name__}({fields[:200]})"


def _at(things: Sequence[object], place: int) -> object:
    return things[place] if place < len(things) else "nothing"

"""The ring: the last inputs and what was decided on each, so that it can be decided again far from here.

It is made of segments.  Each begins with the books and the memory of its moment, and the oldest falls out whole.  What
it keeps is blinded (edge/core/blinding.py).  Nothing here is encoded or copied: a note holds what the decision held.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from msgspec import Struct

from edge.core import blinding, events
from edge.core.effects import Effect
from edge.core.findings import Found, Ordered
from edge.core.inputs import Boot, Contents, Document, Input, Levels, Moment, Order
from edge.core.memory import Memory
from edge.core.turn import Books, Decision, TimerSet

MAX_INPUTS: Final = 10_000  # the last so many are always there; up to a segment more
SEGMENT_INPUTS: Final = 1_000  # then the next begins as soon as nobody is at the screen
LONGEST_SEGMENT: Final = 2_000  # then it begins anyway
MAX_BYTES: Final = 32 * 1024 * 1024  # of all, as `_weight` estimates; beyond, segments fall out before their time
SEGMENT_BYTES: Final = MAX_BYTES // 8

_WITH_DOORS: Final = (Levels, Contents, Boot)
_NOTE_BYTES: Final = 1_100  # measured: input, moment, event, effects and timers of an ordinary note
_READING_BYTES: Final = 150  # of one door in a note
_EVENT_BYTES: Final = 300
_RECORD_BYTES: Final = 400  # of one parcel or right in the books that a segment begins with


class Note(Struct, frozen=True):
    """One input, when it came, and what was decided.

    seq: of the last row when it was decided; its own events are the last `events` of them.
    wrote: it ended a group of which something was written.  raised: the error that deciding ended in, by name.
    lost: it was decided before one that raised, and never written.
    Without an input: the person at the screen was sent home, because nothing could be written.
    """

    told: Input | None
    now: Moment | None
    seq: int
    events: tuple[events.Event, ...] = ()
    effects: tuple[Effect, ...] = ()
    timers: tuple[TimerSet, ...] = ()
    found: tuple[Found, ...] = ()
    wrote: bool = False
    raised: str = ""
    lost: bool = False


class Segment:
    """From `books` and `memory`, the notes that follow."""

    def __init__(self, books: Books, memory: Memory) -> None:
        self.books, self.memory = blinding.books(books), blinding.memory(memory)
        self.notes: list[Note] = []
        self.bytes = (len(books.state.parcels) + len(books.state.reservations)) * _RECORD_BYTES


class Ring:
    """`begin` before anything else.  Bounded by number and by bytes; the oldest segment falls out first."""

    def __init__(self, most: int = MAX_INPUTS) -> None:
        self._most = most
        self._segments: deque[Segment] = deque()
        self._sizes = 0
        self._bytes = 0

    def __len__(self) -> int:
        return self._sizes

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Oldest first; each continues the one before."""
        return tuple(self._segments)

    def begin(self, books: Books, memory: Memory) -> None:
        """A new segment begins here; what is too old, or too much, falls out."""
        self._segments.append(Segment(books, memory))
        self._bytes += self._segments[-1].bytes
        while len(self._segments) > 1 and self._too_much():
            oldest = self._segments.popleft()
            self._sizes -= len(oldest.notes)
            self._bytes -= oldest.bytes

    def add(
        self, told: Input, now: Moment, decision: Decision, found: list[Found], *, wrote: bool, lost: bool = False
    ) -> None:
        """What was decided on an input, once it is durable."""
        self._keep(
            Note(
                blinding.told(told, found),
                blinding.moment(now, told),
                decision.books.state.head,
                tuple([recorded.event for recorded in decision.recorded]) if decision.recorded else (),
                decision.effects,
                decision.timers,
                blinding.findings(found),
                wrote,
                lost=lost,
            )
        )

    def add_raised(self, told: Input, now: Moment, seq: int, found: list[Found], raised: str) -> None:
        """Deciding this input has failed: the last note of a life."""
        shown, then = blinding.told(told, found), blinding.moment(now, told)
        self._keep(Note(shown, then, seq, found=blinding.findings(found), raised=raised))

    def add_sent_home(self, seq: int) -> None:
        self._keep(Note(None, None, seq))

    def due(self, memory: Memory) -> bool:
        """Whether the next segment should begin now."""
        newest = self._segments[-1]
        long = len(newest.notes) >= min(SEGMENT_INPUTS, self._most)
        return (long and (memory.session is None or len(newest.notes) >= LONGEST_SEGMENT)) or (
            newest.bytes >= SEGMENT_BYTES and bool(newest.notes)
        )

    def _keep(self, note: Note) -> None:
        newest, size = self._segments[-1], _weight(note)
        newest.notes.append(note)
        newest.bytes += size
        self._sizes += 1
        self._bytes += size

    def _too_much(self) -> bool:
        return self._sizes - len(self._segments[0].notes) >= self._most or self._bytes > MAX_BYTES - SEGMENT_BYTES


def _weight(note: Note) -> int:
    """About how many bytes a note takes."""
    size, told = _NOTE_BYTES + _EVENT_BYTES * len(note.events), note.told
    if isinstance(told, _WITH_DOORS):
        return size + _READING_BYTES * len(told.doors)
    if isinstance(told, Document):
        return size + len(told.data)
    if isinstance(told, Order):
        ordered = (f.what.order.what for f in note.found if isinstance(f.what, Ordered))
        return size + sum(len(getattr(what, "document", b"")) for what in ordered)
    return size


__all__ = ["MAX_INPUTS", "Note", "Ring", "Segment"]

"""Every decision of a test, decided once more from what a ring keeps of it.  Segments begin at any moment."""

from __future__ import annotations

from typing import Final

from edge.core.decide import decide
from edge.core.findings import Looking
from edge.core.inputs import Input, Moment
from edge.core.memory import Memory
from edge.core.redeciding import Redeciding
from edge.core.ring import Ring
from edge.core.site import Site
from edge.core.turn import Books, Decision

SEGMENT: Final = 23  # inputs; short, so that segments begin in the midst of everything


class Again:
    def __init__(self) -> None:
        self.ring = Ring()
        self._again: Redeciding | None = None
        self._left: tuple[Books, Memory] | None = None

    def decide(self, site: Site, books: Books, memory: Memory, told: Input, now: Moment) -> Decision:
        """What the core decides.  AssertionError where the ring would decide otherwise."""
        fresh = self._left is None or self._left[0] is not books or self._left[1] is not memory
        if fresh:  # a reboot, or a test that has set the table anew
            self.ring = Ring()
        if fresh or len(self.ring.segments[-1].notes) >= SEGMENT:
            self.ring.begin(books, memory)
            first = self.ring.segments[-1]
            self._again = Redeciding(site, first.books, first.memory)
        looking = Looking()
        decision = decide(site, books, memory, told, now, looking)
        self.ring.add(told, now, decision, looking.found, wrote=False)
        self._left = decision.books, decision.memory
        note = self.ring.segments[-1].notes[-1]
        assert self._again is not None
        difference = self._again.step(note, note.events)
        assert difference is None, difference
        return decision

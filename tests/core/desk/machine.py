"""The machine of a desk: its power goes and comes back, its parts are well or ill."""

from __future__ import annotations

from edge.core import inputs, shelf
from edge.core.events.base import decode
from edge.core.fold import fold, freeze, thaw
from edge.core.memory import Memory
from edge.core.ports import ContentReading
from edge.core.state import State
from edge.core.turn import Books
from edge.core.words import ContentSensor
from tests.core.desk.doors import Doors


class Machine(Doors):
    """release_s: the signed time that the build carries; 0 when it carries none."""

    release_s: int = 0

    def reboot(self, *, off_s: float = 10, new_card: bool = False) -> None:
        """The power goes and comes back: memory is lost, the rows are read and folded from the first.

        new_card: the rows are lost too; what the configuration holds is there.
        """
        wall_s = self.wall_s + off_s
        if new_card:
            self.rows, self.besides, self.boot = [], {}, 0
        state = self.refolded()
        assert new_card or state == self.state, "the rows do not add up to the state"
        assert thaw(freeze(state)) == state
        self.books = Books(state, shelf.EMPTY.changed(self.besides.values(), ()))
        self.memory, self.timers = Memory(), {}
        self.unlocks.clear()
        self.boot += 1
        self.mono_s = 1.0
        self._wall_offset_s = wall_s - self.mono_s
        self._start()

    def refolded(self) -> State:
        """What the encoded rows add up to."""
        state = State()
        for seq, (kind, payload, stamp) in enumerate(self.rows, start=1):
            state = fold(state, decode(kind, payload), seq, stamp)
        return state

    def _start(self) -> None:
        at_s = self.mono_s
        sensed = [plan.door for plan in self.site.compartments if plan.content is not ContentSensor.NONE]
        self.tell(
            inputs.Boot(
                "1.0.0",
                {door: self.reading(door, at_s) for door in self.level},
                {door: ContentReading(self.inside[door], at_s) for door in sensed},
                self.release_s,
            )
        )

    def health(self, what: str, which: str, *, ok: bool) -> None:
        self.tell(inputs.Health(what, which, ok))

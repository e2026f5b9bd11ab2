"""PIN entry: counted, so that the limiter survives a power cut."""

from __future__ import annotations

from edge.core.events.base import Event
from edge.core.pin import TRIES, failed, succeeded
from edge.core.rows import Stamp
from edge.core.state import State


class PinFailed(Event, frozen=True):
    """A PIN that opens nothing.  What was typed is nowhere."""

    kind = "pin_failed"
    custody = True  # a good PIN opens from the reserve, so a wrong one has to be counted from it

    tries: int = TRIES  # in a row, before each one brings a wait

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(pin=failed(state.pin, state.running_ms(at.mono_ms), tries=self.tries))

    def sentence(self) -> str:
        return "A PIN that opens nothing was typed."


class PinAccepted(Event, frozen=True):
    """A good PIN after failures: the row of failures ends."""

    kind = "pin_accepted"

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(pin=succeeded(state.pin))

    def sentence(self) -> str:
        return "A good PIN ended a row of failures."

"""What must be true of every decision, whatever a test is about: I1, I6, and that rows add up to the state."""

from __future__ import annotations

from edge.core import effects, events
from edge.core.events.base import decode, encode
from edge.core.fold import fold
from edge.core.rows import Stamp
from edge.core.state import State
from edge.core.turn import Decision
from edge.core.words import CompartmentState


def check(before: State, decision: Decision, at: Stamp) -> None:
    """AssertionError where `decision`, taken on `before`, cannot be."""
    state = before
    for recorded in decision.recorded:
        event = recorded.event
        again = decode(event.kind, encode(event))
        assert again == event, f"{event} is read back as {again}"
        assert event.sentence()
        state = fold(state, again, state.head + 1, at)
    assert state == decision.books.state, "the rows of this decision do not add up to its state"
    granted = {
        (e.opening, e.door, e.attempt if isinstance(e, events.OpeningRetried) else 1)
        for e in (recorded.event for recorded in decision.recorded)
        if isinstance(e, events.OpeningAuthorised | events.OpeningRetried)
    }
    for effect in decision.effects:
        if isinstance(effect, effects.Unlock):
            assert (effect.opening, effect.door, effect.attempt) in granted, f"I1: {effect} without authority"
    live = [opening.door for opening in state.openings.values()]
    assert len(live) == len(set(live)), f"two live openings at one door: {state.openings}"
    for door, record in state.compartments.items():
        if record.state is CompartmentState.FREE:
            assert not record.parcels, f"I6: compartment {door} is free with {record.parcels} inside"

"""Getting doors shut again: told, awaited, asked about.  The same for `learn`, `test` and `soak`."""

from __future__ import annotations

from collections.abc import Collection

from edge.app.hardware.rig import Rig
from edge.app.hardware.technician import Technician
from edge.app.hardware.watching import Levels, wait_for_rest
from edge.app.hardware.words import doors_in_words

__all__ = ["call_for_shut", "get_shut"]


def get_shut(
    rig: Rig,
    technician: Technician,
    contacts: Collection[int],
    at_rest: Levels,
    *,
    ask: bool = True,
    opened: Collection[int] = (),
) -> tuple[int, ...]:
    """Have doors shut, and wait for those contacts; the ones that do not say so in the end.

    opened: the doors to be named, where they are others than those of the contacts.
    ask: whether there is somebody to ask when it takes too long; otherwise there is one wait.  Left when they stop.
    """
    if not contacts:
        return ()
    call_for_shut(rig, technician, opened or contacts)
    while True:
        away = wait_for_rest(rig, contacts, at_rest)
        if not away or not ask:
            return away
        question = f"Not seen shut: {doors_in_words(away)}."
        if technician.ask(question, {"r": "wait again", "s": "go on without"}) == "s":
            return away
        call_for_shut(rig, technician, opened or away)


def call_for_shut(rig: Rig, technician: Technician, doors: Collection[int]) -> None:
    """By the hand of a simulated wall, or by telling the person."""
    if rig.hand is None:
        technician.say(f"Shut {doors_in_words(doors)}.", 2)
        return
    for door in sorted(doors):
        rig.hand(door)

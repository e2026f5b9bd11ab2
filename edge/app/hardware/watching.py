"""Watching the contacts: which ones move after a pulse, when, and whether they come back.

A contact has moved when it says something else than at rest; "no reading" is no movement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from edge.app.hardware.rig import POLL_S, Pulsed, Rig
from edge.core.words import Level

__all__ = ["EDGE_S", "SHUT_WITHIN_S", "Seen", "pulse_and_watch", "quiet", "rest", "wait_for_rest"]

EDGE_S: Final = 4.0  # from the pulse to the contact's edge, as in service
TOGETHER_S: Final = 0.6  # after the first contact: one that moves later than this did not move with it
SHUT_WITHIN_S: Final = 45.0  # for somebody to walk up and shut a door; then they are asked

Levels = Mapping[int, Level]


@dataclass(frozen=True)
class Seen:
    """One pulse, and what the contacts did after it.

    moved: seconds from the beginning of the pulse to the first reading that differs from rest, door by door.  A reading
    is only possible when the bus is free again, so none is shorter than the pulse and the board's answer to it.
    back: those of them that said the same as at rest again by themselves.
    """

    pulsed: Pulsed
    moved: Mapping[int, float]
    back: frozenset[int] = frozenset()


def rest(rig: Rig) -> dict[int, Level]:
    """What every contact says now."""
    return {door: reading.level for door, reading in rig.read().items()}


def quiet(rig: Rig, at_rest: Levels, for_s: float) -> frozenset[int]:
    """The doors whose contacts move though nobody pulses anything."""
    moved: set[int] = set()
    until_s = rig.clock() + for_s
    while rig.clock() < until_s:
        moved |= _differ(rig, at_rest).keys()
        rig.pause(POLL_S)
    return frozenset(moved)


def pulse_and_watch(rig: Rig, door: int, at_rest: Levels, doors: Collection[int] | None = None) -> Seen:
    """Pulse that door and watch (the banks of) `doors`, all where not given, for EDGE_S at most.

    A door that is away from rest before the pulse, because nobody shut it, has not moved by it.
    """
    before = _differ(rig, at_rest, doors).keys()
    pulsed = rig.pulse(door)
    if pulsed.began_s is None:
        return Seen(pulsed, {})
    moved: dict[int, float] = {}
    until_s = pulsed.began_s + EDGE_S
    while True:
        now = _differ(rig, at_rest, doors)
        for one, at_s in now.items():
            if one not in moved and one not in before:
                moved[one] = max(0.0, at_s - pulsed.began_s)
                until_s = min(until_s, at_s + TOGETHER_S)
        if rig.clock() >= until_s:
            return Seen(pulsed, moved, frozenset(moved) - now.keys())
        rig.pause(POLL_S)


def wait_for_rest(rig: Rig, doors: Collection[int], at_rest: Levels) -> tuple[int, ...]:
    """Wait until those doors' contacts say what they said at rest; the doors that do not in time."""
    until_s = rig.clock() + SHUT_WITHIN_S
    while doors:
        now = rig.read(doors)
        away = tuple(door for door in sorted(doors) if now[door].level is not at_rest.get(door))
        if not away:
            break
        if rig.clock() >= until_s:
            return away
        rig.pause(POLL_S)
    return ()


def _differ(rig: Rig, at_rest: Levels, doors: Collection[int] | None = None) -> dict[int, float]:
    """The doors that say something else than at rest, with the instant of the reading."""
    return {
        door: reading.at_s
        for door, reading in rig.read(doors).items()
        if reading.level is not Level.UNKNOWN and at_rest.get(door) not in (reading.level, Level.UNKNOWN, None)
    }

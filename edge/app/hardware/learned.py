"""What the pulses of `learn` say about the wiring.  Pure: observations in, findings and a map out.

Three numbers can differ at one pulse: the door that was ordered (its channel), the door that a person saw open, and
the door whose contact moved.  Which two agree tells which wire is wrong:

    ordered 3, opened 3, contact 3    right
    ordered 3, opened 5, contact 5    the coils are crossed; the contacts are right
    ordered 3, opened 5, contact 3    the whole plug, coil and contact, sits in another door's socket
    ordered 3, opened 3, contact 5    the contacts are crossed; the coils are right
    ordered 3, opened –, contact –    a dead or jammed lock, or nothing on that channel
    ordered 3, opened 3, contact –    a dead contact
    ordered 3, opened –, contact 3    the latch let go, and the door did not spring open
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from edge.core.words import Level, PulseOutcome

__all__ = ["Finding", "Kind", "Observation", "channels", "findings", "inverted"]


class Kind(StrEnum):
    """What is wrong, named by what must be looked at."""

    NO_PULSE = "no pulse"  # the board did not take the order, or nobody knows
    DEAD_LOCK = "dead lock"
    DEAD_CONTACT = "dead contact"
    NO_READING = "no reading"
    NO_SPRING = "does not spring open"
    CROSSED_COILS = "crossed coils"
    CROSSED_CONTACTS = "crossed contacts"
    CROSSED_PLUGS = "crossed plugs"
    TOGETHER = "move together"
    BY_ITSELF = "moves by itself"
    TWO_DOORS = "two doors at once"
    NOT_SHUT = "not seen shut again"


class Observation(Struct, frozen=True):
    """One pulse.  opened: the doors that a person saw open.  moved: the doors whose contacts moved, with seconds.

    away: contacts that did not come back to rest when the doors were shut.
    """

    door: int
    outcome: PulseOutcome
    opened: tuple[int, ...]
    moved: dict[int, float]
    away: tuple[int, ...] = ()
    why: str = ""


class Finding(Struct, frozen=True):
    """One thing that is wrong at those doors, and what to do."""

    kind: Kind
    doors: tuple[int, ...]
    text: str


def findings(
    observed: Sequence[Observation], at_rest: Mapping[int, Level], restless: Sequence[int] = ()
) -> list[Finding]:
    """Everything that is wrong, each thing once, in the order in which it was met.  `restless`: moved while nothing
    was pulsed."""
    unread = tuple(sorted(door for door, level in at_rest.items() if level is Level.UNKNOWN))
    found = [Finding(Kind.NO_READING, unread, _NO_READING)] if unread else []
    found += [Finding(Kind.BY_ITSELF, (door,), _BY_ITSELF) for door in sorted(restless)]
    for one in observed:
        found += _of(one)
    once: dict[tuple[Kind, frozenset[int]], Finding] = {}
    for one_found in found:
        once.setdefault((one_found.kind, frozenset(one_found.doors)), one_found)
    return list(once.values())


def inverted(observed: Sequence[Observation], at_rest: Mapping[int, Level]) -> dict[int, bool]:
    """For each door whose contact moved at a pulse: whether it said "open" while the door was shut."""
    moved = {door for one in observed for door in one.moved}
    return {door: at_rest[door] is Level.OPEN for door in sorted(moved) if at_rest.get(door) is not Level.UNKNOWN}


def channels(observed: Sequence[Observation]) -> dict[int, int]:
    """The door that hangs on the channel of each pulsed door, where coil and contact agree on it."""
    return {one.door: one.opened[0] for one in observed if len(one.opened) == 1 and tuple(one.moved) == (one.door,)}


def _of(one: Observation) -> list[Finding]:
    found = [_judged(one)] if one.opened != (one.door,) or tuple(one.moved) != (one.door,) else []
    if one.away:
        found.append(Finding(Kind.NOT_SHUT, one.away, _NOT_SHUT))
    return found


def _judged(one: Observation) -> Finding:
    door, opened, moved = one.door, one.opened, tuple(sorted(one.moved))
    pulse = f"at the pulse of door {door}"
    if len(opened) > 1:
        return Finding(Kind.TWO_DOORS, opened, f"All opened {pulse}. {_TWO_DOORS}")
    if len(moved) > 1:
        return Finding(Kind.TOGETHER, moved, f"Their contacts moved {pulse}. {_TOGETHER}")
    if not moved:
        if opened:
            return Finding(Kind.DEAD_CONTACT, opened, f"It opened {pulse}, and no contact moved. {_DEAD_CONTACT}")
        if one.outcome is PulseOutcome.DONE:
            return Finding(Kind.DEAD_LOCK, (door,), _DEAD_LOCK)
        return Finding(Kind.NO_PULSE, (door,), f"The board says “{one.outcome}”. {one.why}".strip() + _NO_PULSE)
    if not opened:
        return Finding(Kind.NO_SPRING, moved, f"Its contact moved {pulse}. {_NO_SPRING}")
    return _crossed(door, opened[0], moved[0])


def _crossed(door: int, opened: int, moved: int) -> Finding:
    """One door opened and one contact moved, and one of the two at least is not the ordered door's."""
    said = f"Channel {door} opened door {opened}, contact {moved} moved."
    if moved == door:
        return Finding(Kind.CROSSED_PLUGS, (door, opened), f"{said} {_CROSSED_PLUGS}")
    if opened == door:
        return Finding(Kind.CROSSED_CONTACTS, (door, moved), f"{said} {_CROSSED_CONTACTS}")
    if opened == moved:
        return Finding(Kind.CROSSED_COILS, (door, moved), f"{said} {_CROSSED_COILS}")
    return Finding(Kind.CROSSED_COILS, (door, opened, moved), f"{said} Follow each wire from the board to its door.")


_NO_READING = "The board gives no valid answer for it. Look at address, A and B, baud, and the power of the board."
_BY_ITSELF = "It moved while nothing was pulsed. Look for a loose plug, or a door that does not stand still."
_NO_PULSE = " Look at address, A and B, baud, and the power of the board."
_DEAD_LOCK = "Nothing opened and no contact moved. Look at the plug, the lock's supply, and whether the latch is stuck."
_TWO_DOORS = "Their coils hang on one wire: part them before anything else; the locker must never open two."
_TOGETHER = "They hang on one wire, or a door shakes its neighbour."
_DEAD_CONTACT = "Look at the two wires of its contact; without it this door is unfit for custody."
_NO_SPRING = "Look at the spring and the hinges: customers would have to pull."
_CROSSED_PLUGS = "The map below puts it right; or swap the plugs."
_CROSSED_CONTACTS = "Swap the contacts' wires: no configuration can put that right."
_CROSSED_COILS = "The contacts are right: swap the coils' wires. No configuration can put that right."
_NOT_SHUT = "Shut, and its contact did not say so. Look at the strike plate and the contact's travel."

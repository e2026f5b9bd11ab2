"""`locker hardware learn`: pulse each lock once, see which contact moves, ask which door opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from edge.app.hardware.learned import Finding, Observation, channels, findings, inverted
from edge.app.hardware.rig import Rig
from edge.app.hardware.shutting import call_for_shut, get_shut
from edge.app.hardware.technician import Left, Technician
from edge.app.hardware.watching import Seen, pulse_and_watch, quiet, rest
from edge.app.hardware.words import doors_in_words, seconds
from edge.core.words import Level

__all__ = ["QUIET_S", "Learned", "learn"]

QUIET_S: Final = 2.0  # of looking at contacts that nobody moves; a loose plug shows itself within that, or at a pulse


class Learned(Struct, frozen=True):
    """What one run found out.  Doors that were not pulsed, or were skipped, are in no observation."""

    at_rest: dict[int, Level]
    restless: tuple[int, ...]
    observed: tuple[Observation, ...]
    stopped: str = ""  # why the run ended early; empty when it went through

    @property
    def findings(self) -> list[Finding]:
        return findings(self.observed, self.at_rest, self.restless)

    @property
    def inverted(self) -> dict[int, bool]:
        return inverted(self.observed, self.at_rest)

    @property
    def channels(self) -> dict[int, int]:
        return channels(self.observed)


def learn(rig: Rig, technician: Technician, doors: Sequence[int]) -> Learned:
    """Pulse each of `doors` once.  Stopping early keeps what was learnt so far."""
    observed: list[Observation] = []
    at_rest: dict[int, Level] = {}
    restless: tuple[int, ...] = ()
    try:
        technician.say(
            f"{len(doors)} locks are pulsed, one after another, once each. After each pulse you say which door "
            "opened, and shut it. Stand where you can see every door. q stops at any question."
        )
        technician.go("Shut every door.", "all are shut")
        at_rest = rest(rig)
        restless = tuple(sorted(quiet(rig, at_rest, QUIET_S)))
        _tell_rest(technician, at_rest, restless)
        for number, door in enumerate(doors, 1):
            technician.say(f"Door {door} ({number} of {len(doors)}): pulse.")
            rig.light(door, True)
            try:
                one = _one(rig, technician, door, at_rest)
            finally:
                rig.light(door, False)
            if one is not None:
                observed.append(one)
    except Left as why:
        return Learned(at_rest, restless, tuple(observed), str(why))
    return Learned(at_rest, restless, tuple(observed))


def _one(rig: Rig, technician: Technician, door: int, at_rest: dict[int, Level]) -> Observation | None:
    """One door, pulsed until the technician is content; None when it is skipped."""
    while True:
        seen = pulse_and_watch(rig, door, at_rest)
        _tell_seen(technician, seen, at_rest)
        by_contact = tuple(seen.moved) if len(seen.moved) == 1 else ()
        likely = doors_in_words(by_contact) if by_contact else "none"
        keys = {"": likely, "n": "none", "r": "pulse again", "s": "skip this one"}
        answer = technician.ask_doors("Which door opened?", rig.doors, keys)
        opened = answer if isinstance(answer, tuple) else by_contact if answer == "" else ()
        away = _shut(rig, technician, seen, opened, at_rest)
        if answer == "s":
            return None
        if answer != "r":
            pulsed = seen.pulsed
            return Observation(door, pulsed.outcome, opened, dict(seen.moved), away, pulsed.why)


def _shut(
    rig: Rig, technician: Technician, seen: Seen, opened: tuple[int, ...], at_rest: dict[int, Level]
) -> tuple[int, ...]:
    """Have everything shut that moved or was seen open; a door that no contact told of only a person can vouch for."""
    away = {door for door in seen.moved if door not in seen.back}
    if opened and not away:
        call_for_shut(rig, technician, opened)
        technician.go(f"No contact tells whether {doors_in_words(opened)} is shut.", "it is")
    return get_shut(rig, technician, away, at_rest, opened=opened)


def _tell_rest(technician: Technician, at_rest: dict[int, Level], restless: Sequence[int]) -> None:
    said = {level: [door for door, one in at_rest.items() if one is level] for level in Level}
    technician.say(f"Contacts at rest: {len(said[Level.CLOSED])} say closed, {len(said[Level.OPEN])} say open.")
    if said[Level.OPEN]:
        technician.say(
            f"{doors_in_words(said[Level.OPEN]).capitalize()}: shut, and the contact says open. It speaks the other "
            "way round, or is stuck; the pulse will tell.",
            2,
        )
    if said[Level.UNKNOWN]:
        technician.say(f"No valid reading: {doors_in_words(said[Level.UNKNOWN])}.", 2)
    if restless:
        technician.say(f"Moved by itself: {doors_in_words(restless)}.", 2)


def _tell_seen(technician: Technician, seen: Seen, at_rest: dict[int, Level]) -> None:
    if seen.pulsed.began_s is None:
        technician.say(f"Not pulsed: {seen.pulsed.outcome}. {seen.pulsed.why}".strip(), 2)
    elif not seen.moved:
        technician.say("No contact moved.", 2)
    for door, after_s in seen.moved.items():
        was = at_rest[door]
        now = Level.CLOSED if was is Level.OPEN else Level.OPEN
        back = ", and back by itself" if door in seen.back else ""
        technician.say(f"Contact of door {door}: {was} → {now} after {seconds(after_s)}{back}.", 2)

"""`locker hardware soak`: open and shut the same doors again and again, within the coils' duty, and time them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from edge.app.hardware.rig import Rig
from edge.app.hardware.shutting import get_shut
from edge.app.hardware.technician import Left, Technician
from edge.app.hardware.watching import Levels, Seen, pulse_and_watch, rest, wait_for_rest
from edge.app.hardware.wear import RULE, Cycle, DoorWear, Ended, Verdict, wear_of
from edge.core.doors import PULSES
from edge.core.words import Level, PulseOutcome

__all__ = ["MAX_CYCLES", "Soaked", "soak"]

MAX_CYCLES: Final = 10_000  # a lock in a busy wall opens that often in three years


class Soaked(Struct, frozen=True):
    """The result.  stopped: why it ended before its last cycle; empty when it went through."""

    cycles_wanted: int
    cycles_done: int
    failures: int
    doors: tuple[DoorWear, ...]
    stopped: str = ""
    rule: str = RULE

    @property
    def good(self) -> bool:
        return not self.stopped and all(door.verdict is Verdict.GOOD for door in self.doors)


def soak(
    rig: Rig, technician: Technician, doors: Sequence[int], cycles: int, *, stop_after: int, self_closing: bool
) -> Soaked:
    """`cycles` times each of `doors`.  Ends early at `stop_after` failures, or when the technician stops.

    A door that does not say closed at the start, or is not seen shut after a cycle, is left out from there on.
    """
    run = _Run(rig, technician, doors, self_closing)
    done, stopped = 0, ""
    try:
        while done < cycles and not stopped:
            stopped = run.cycle(stop_after)
            done += not stopped
            if not stopped:
                technician.say(f"Cycle {done} of {cycles}; failures: {run.failures}; in the run: {_left(run.going)}.")
            if not run.going and not stopped:
                stopped = "no door is left in the run"
    except Left as why:
        stopped = str(why)
    wear = tuple(wear_of(door, run.cycles[door], run.left_out.get(door, "")) for door in doors)
    return Soaked(cycles, done, run.failures, wear, "" if done == cycles else stopped)


def _left(going: Sequence[int]) -> str:
    return f"{len(going)} door{'' if len(going) == 1 else 's'}"


class _Run:
    """One soak.  going: the doors that are still in it."""

    def __init__(self, rig: Rig, technician: Technician, doors: Sequence[int], self_closing: bool) -> None:
        self._rig, self._technician, self._self_closing = rig, technician, self_closing
        self.at_rest: Levels = rest(rig)
        self.cycles: dict[int, list[Cycle]] = {door: [] for door in doors}
        self.left_out = {
            door: f"says {self.at_rest[door]} at the start" for door in doors if self.at_rest[door] is not Level.CLOSED
        }
        self.going = [door for door in doors if door not in self.left_out]
        self.failures = 0

    def cycle(self, stop_after: int) -> str:
        """Each door once.  Why the run stops here; empty when it goes on."""
        for door in tuple(self.going):
            cycle = self._one(door)
            self.cycles[door].append(cycle)
            self.failures += cycle.ended.failed
            if cycle.ended is not Ended.OPENED:
                self._technician.say(f"Door {door}: {cycle.ended}.", 2)
            if cycle.ended is Ended.NOT_SHUT:
                self.going.remove(door)
                self.left_out[door] = "left out after that"
            if self.failures >= stop_after:
                return f"failures: {self.failures}, the limit of this run"
        return ""

    def _one(self, door: int) -> Cycle:
        first_s: float | None = None
        for number in range(PULSES):
            seen = pulse_and_watch(self._rig, door, self.at_rest, (door,))
            first_s = seen.pulsed.began_s if first_s is None else first_s
            if door in seen.moved:
                began_s = seen.pulsed.began_s
                assert began_s is not None
                assert first_s is not None
                ended = Ended.SECOND if number else Ended.OPENED
                return Cycle(ended if self._shut(door, seen) else Ended.NOT_SHUT, began_s + seen.moved[door] - first_s)
            if seen.pulsed.outcome is not PulseOutcome.DONE or not self._still_closed(door):
                return Cycle(Ended.NO_ANSWER)  # as in service: never pulsed again on a guess
        return Cycle(Ended.NOT_OPENED)

    def _still_closed(self, door: int) -> bool:
        return self._rig.read((door,))[door].level is Level.CLOSED

    def _shut(self, door: int, seen: Seen) -> bool:
        if door in seen.back:
            return True
        if self._self_closing:
            return not wait_for_rest(self._rig, (door,), self.at_rest)
        return not get_shut(self._rig, self._technician, (door,), self.at_rest)

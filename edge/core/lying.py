"""What lies where the books have nothing: free, closed, and sensed full.  Somebody is asked to look.

It came through an open neighbour, or the card is an older one and what it has forgotten was never told to the cloud.
Such a compartment is not let either way; but a parcel may lie there unknown.  Nothing is ever freed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from edge.core import events
from edge.core.letting import sensed
from edge.core.memory import Lying
from edge.core.turn import Turn
from edge.core.words import CompartmentState, Content

STEADY_S: Final = 600.0  # twenty looks of the runtime in a row: more than a flicker


def at_start(turn: Turn) -> None:
    """What is sensed as a life begins goes to review at once: the card may not be the one that was here before."""
    for plan in turn.site.compartments:
        if _free(turn, plan.door) and sensed(turn, plan.door) is Content.PRESENT:
            _somebody_looks(turn, plan.door)


def seen(turn: Turn, doors: Iterable[int]) -> None:
    """After the contents of `doors` were read: what has been sensed for STEADY_S goes to review, once.

    The wait begins anew when the sensor says anything else, or the door was shut again since.  Where somebody was asked
    already and freed the compartment against its sensor, that has to say `empty`, or the door to open, before the next
    wait begins.
    """
    for door in doors:
        if turn.site.has(door):
            _keep(turn, door, _take_in(turn, door))


def _take_in(turn: Turn, door: int) -> Lying | None:
    """What is kept of this compartment from now on; somebody is asked to look when that is due."""
    known, content, record = turn.memory.lying.get(door), sensed(turn, door), turn.state.compartments[door]
    if known is not None and known.since_s < turn.memory.sense(door).closed_s:
        known = None  # it was open in the meantime
    if content is Content.UNKNOWN:
        return known if known is not None and known.asked else None
    if content is Content.EMPTY:
        return None
    read_s = turn.memory.contents[door].at_s
    if record.state in (CompartmentState.REVIEW, CompartmentState.OUT_OF_SERVICE):
        return Lying(read_s if known is None else known.since_s, asked=True)
    if not _free(turn, door):
        return None
    known = known if known is not None else Lying(read_s)
    if known.asked or read_s - known.since_s < STEADY_S:
        return known
    _somebody_looks(turn, door)
    return Lying(known.since_s, asked=True)


def _keep(turn: Turn, door: int, now: Lying | None) -> None:
    if now != turn.memory.lying.get(door):
        rest = {d: known for d, known in turn.memory.lying.items() if d != door}
        turn.remember(lying=rest if now is None else rest | {door: now})


def _free(turn: Turn, door: int) -> bool:
    return turn.state.compartments[door].state is CompartmentState.FREE and turn.state.live(door) is None


def _somebody_looks(turn: Turn, door: int) -> None:
    turn.record(events.CompartmentToReview(door, "contradiction"))

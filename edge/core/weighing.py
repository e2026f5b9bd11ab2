"""The courier's scale: what it shows, settled, when a label is scanned belongs to that parcel, and to no other.

It is told and it makes a heavy parcel go low.  Nothing rests on it: without a scale all goes as before.
"""

from __future__ import annotations

from typing import Final

from edge.core import events
from edge.core.memory import Session
from edge.core.ports import Weighing
from edge.core.turn import Turn
from edge.core.words import ScaleState

LEAST_G: Final = 20  # less than the lightest parcel; a scale drifts by that much
SAME_G: Final = 50  # loads that differ by no more may be the same parcel, leaned on or let go


def seen(turn: Turn, now: Weighing) -> None:
    """The scale shows something else.  A load that was scanned for counts again once it is seen to be another one."""
    counted_g = turn.memory.counted_g
    if now.state is ScaleState.STABLE and now.weight_g is not None and counted_g is not None:
        other = now.weight_g < LEAST_G or abs(now.weight_g - counted_g) > SAME_G
        counted_g = None if other else counted_g
    turn.remember(scale=now, counted_g=counted_g)


def on_the_scale(turn: Turn, session: Session, parcel: str) -> tuple[str, int]:
    """The parcel whose label is scanned and what it weighs; 0 g where nothing that counts is on the scale."""
    if session.weighed[0] == parcel and session.weighed[1]:
        return session.weighed  # its label once more
    now = turn.memory.scale
    if now is None or now.state is not ScaleState.STABLE or now.weight_g is None:
        return parcel, 0
    if now.weight_g < LEAST_G or turn.memory.counted_g is not None:
        return parcel, 0
    turn.record(events.ParcelWeighed(parcel, now.weight_g, now.net))
    turn.remember(counted_g=now.weight_g)
    return parcel, now.weight_g


def heavy(turn: Turn, session: Session) -> bool:
    """Whether the scale showed that the parcel of this session should go low."""
    parcel, weight_g = session.weighed
    return parcel == session.parcel and weight_g >= turn.site.policy.heavy_g

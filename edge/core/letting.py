"""A compartment that is let: held for a parcel, then occupied, or given back on evidence (I6).

Couriers' deposits and customers' drop-offs share this; who stands at the screen is their business.
"""

from __future__ import annotations

from typing import Final

from edge.core import events, sensing
from edge.core.memory import Session
from edge.core.orders import Particulars
from edge.core.shelf import aside, particulars_of
from edge.core.state import Opening, Parcel
from edge.core.turn import Turn
from edge.core.words import (
    AuthorityKind,
    CompartmentState,
    Content,
    ContentSensor,
    DoorState,
    Evidence,
    ParcelState,
    Purpose,
    Size,
)

ANOTHER_DOOR: Final = frozenset({"occupied", "dirty", "does_not_fit"})
_WHY: Final = {"undo": "undone", "reopen": "taken_out"}


# -- reading --------------------------------------------------------------------------------------------------------


def sensed(turn: Turn, door: int) -> Content:
    """What the sensor says of the compartment since its door was shut; `unknown` where none has spoken since."""
    if turn.site.plan(door).content is ContentSensor.NONE:
        return Content.UNKNOWN
    reading, sense = turn.memory.contents.get(door), turn.memory.sense(door)
    if reading is None or sense.state is not DoorState.CLOSED or reading.at_s < sense.closed_s:
        return Content.UNKNOWN
    return reading.content


def attended(turn: Turn, opening: Opening) -> bool:
    """Whether the person who opened this door is still at the screen, in the same boot.

    Not when they left and came back: anybody may have been at the open door meanwhile.
    """
    session = turn.session
    if session is None or opening.number < session.since or sensing.interrupted(turn, opening):
        return False
    badge = opening.authority.kind is AuthorityKind.BADGE
    return (session.badge if badge else session.reservation) == opening.authority.ref


def left_alone(turn: Turn, opening: Opening) -> bool:
    """Whether the door stood open until the operator was told, and nobody is there who could answer for it."""
    return opening.open_ms >= turn.timers.open_operator_s * 1000 and not attended(turn, opening)


def told_of(known: Parcel | None) -> bool:
    """Whether the cloud knows of the parcel, and it may still be on its way here."""
    return known is not None and known.announced


# -- letting --------------------------------------------------------------------------------------------------------


def let(turn: Turn, session: Session, door: int, carrier: str, size: Size, kind: str) -> None:
    """Hold the free compartment for the parcel of this session."""
    known = turn.state.parcels.get(session.parcel)
    beside = particulars_of(session.parcel, Particulars(tracking=session.label), turn.now.dice)
    new = session.parcel not in turn.shelf.particulars and bool(session.label)
    turn.record(
        events.CompartmentLet(
            door=door,
            carrier=carrier,
            parcel=session.parcel,
            reservation=known.reservation if known is not None else session.parcel,
            size=size,
            parcel_kind=kind,
            announced=known is not None and known.state is ParcelState.ANNOUNCED,
            aside=turn.found("aside", lambda: aside(beside)) if new else "",
        ),
        beside=(beside,) if new else (),
    )


def deposited(turn: Turn, opening: Opening, parcel: str, evidence: Evidence, purpose: Purpose) -> None:
    """The parcel is inside, behind a closed door.  Called off in the meantime: it goes back."""
    known = turn.state.parcels[parcel]
    right = turn.state.reservations.get(known.reservation)
    turn.record(
        events.ParcelDeposited(
            parcel=parcel,
            reservation=known.reservation,
            carrier=known.carrier,
            door=opening.door,
            opening=opening.number,
            evidence=evidence,
            generation=right.generation if right is not None else 0,
            size=known.size,
            purpose=purpose,
            parcel_kind=known.kind,
            hold_s=(known.hold_ms // 1000) or turn.site.policy.default_hold_s,
            withheld=purpose is Purpose.DEPOSIT and not told_of(known) and unannounced(turn, known.carrier) == "hold",
            badge=opening.authority.ref if opening.authority.kind is AuthorityKind.BADGE else "",
        )
    )
    if known.cancelled:
        turn.record(events.ParcelCancelled(parcel, known.cancelled))


def unannounced(turn: Turn, carrier: str) -> str:
    """What becomes of a parcel that nobody announced: accept, refuse or hold, as its carrier has it."""
    return turn.site.policy.unannounced_by_carrier.get(carrier, turn.site.policy.unannounced)


# -- giving back ----------------------------------------------------------------------------------------------------


def release(turn: Turn, opening: Opening, content: Content) -> None:
    """Nothing was put in and the door is closed: what the compartment is now, by what was said and sensed."""
    door = opening.door
    for parcel in opening.parcels:
        if opening.said not in ANOTHER_DOOR:  # there it was written down when it was said
            reason = _WHY.get(opening.said, "cancelled")
            turn.record(events.DepositAbandoned(parcel, door, opening.number, reason))
    others = bool(turn.state.compartments[door].parcels)
    if opening.said == "occupied":
        turn.record(events.CompartmentToReview(door, "occupied", opening.number))
        return
    turn.record(events.OpeningEnded(opening.number, door, opening.said or "nothing_put_in"))
    if opening.said == "dirty" and not others:
        turn.record(events.CompartmentOutOfService(door, "dirty"))
    elif others and content is Content.EMPTY:
        turn.record(events.CompartmentToReview(door, "contradiction"))
    elif others:
        return  # they stand there as before
    elif content is Content.EMPTY:
        free(turn, door, Evidence.SENSOR, opening.number)
    elif content is Content.UNKNOWN and opening.said and attended(turn, opening):
        free(turn, door, Evidence.PERSON, opening.number)
    else:
        turn.record(events.CompartmentToReview(door, "content_after_cancel"))


def free(turn: Turn, door: int, evidence: Evidence, opening: int = 0) -> None:
    """Free on evidence; a compartment out of service stays that, empty or not."""
    if turn.state.compartments[door].state is not CompartmentState.OUT_OF_SERVICE:
        turn.record(events.CompartmentFreed(door, evidence, opening))


def unlet(turn: Turn, door: int) -> None:
    """Held, and its door was never opened: free again where a sensor says so, else somebody looks."""
    record = turn.state.compartments[door]
    if record.state is not CompartmentState.HELD or turn.state.live(door) is not None:
        return
    if sensed(turn, door) is Content.EMPTY:
        free(turn, door, Evidence.SENSOR)
    else:
        turn.record(events.CompartmentToReview(door, "not_used"))


def unlet_unused(turn: Turn, but: int = 0) -> None:
    """Give back every compartment that is held while nobody opens it, except `but`."""
    for door in tuple(turn.state.compartments):
        if door != but:
            unlet(turn, door)

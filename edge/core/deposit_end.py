"""What a courier's deposit came to, once its door is closed: inside, not clear, given back, or looked at again."""

from __future__ import annotations

from typing import Any

from edge.core import courier, events
from edge.core.letting import attended, deposited, left_alone, release, sensed
from edge.core.memory import Session
from edge.core.sessions import show
from edge.core.state import HERE, Opening, Parcel
from edge.core.turn import Turn
from edge.core.words import Content, Evidence, Purpose


def last_deposit(turn: Turn, session: Session) -> Parcel | None:
    """What this courier has put in last, when it is still here."""
    parcel = turn.state.parcels.get(session.deposited[-1]) if session.deposited else None
    return parcel if parcel is not None and parcel.state in HERE and parcel.door else None


def unanswered(turn: Turn, opening: Opening) -> None:
    """ "No parcel detected" or "is it inside?", and nobody said a word."""
    content = sensed(turn, opening.door)
    if content is Content.EMPTY:
        released(turn, opening, content)
    else:
        turn.record(events.CompartmentToReview(opening.door, "unanswered", opening.number, opening.parcels))


def inside(turn: Turn, opening: Opening, evidence: Evidence) -> None:
    """Deposited; it counts for the courier, and is what may be undone."""
    for parcel in opening.parcels:
        deposited(turn, opening, parcel, evidence, Purpose.DEPOSIT)
    turn.record(events.OpeningEnded(opening.number, opening.door, "deposited"))
    session = courier.person(turn, opening.number)
    if session is not None:
        turn.update(deposited=(*session.deposited, *opening.parcels), last_opening=opening.number)
    turn.beep("ok")


def ask(turn: Turn, opening: Opening, stage: str, params: dict[str, Any]) -> None:
    """Put a question about the closed compartment to the courier, until it is answered or nobody is there."""
    session = courier.person(turn, opening.number)
    if session is None:
        return
    parcel = opening.parcels[0]
    session = session.at(stage, opening=opening.number, door=opening.door, parcel=parcel, purpose=Purpose.DEPOSIT)
    show(turn, session, stage, label=turn.shelf.tracking(parcel), params=params)
    turn.beep("wrong")
    turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)


def elsewhere(turn: Turn, opening: Opening) -> dict[str, Any]:
    """The other door into which the parcel may have gone: open now, or shut since this one was opened."""
    for other in turn.state.openings.values():
        if other.number != opening.number and other.purpose is Purpose.DEPOSIT and other.opened_ms >= 0:
            return {"elsewhere": other.door}
    session = courier.person(turn, opening.number)
    last = last_deposit(turn, session) if session is not None else None
    if last is not None and last.hold_ends_ms - last.hold_ms >= opening.opened_ms:
        return {"elsewhere": last.door}
    return {}


def reopened(turn: Turn, opening: Opening, content: Content) -> None:
    """A deposited parcel was looked at again: taken out, or left where it was."""
    undone = content is Content.UNKNOWN and opening.said == "undo" and attended(turn, opening)
    if content is Content.EMPTY or undone:
        released(turn, opening, content)
    elif left_alone(turn, opening) or (content is Content.UNKNOWN and not attended(turn, opening)):
        reason = "left_open" if left_alone(turn, opening) else "interrupted"
        turn.record(events.CompartmentToReview(opening.door, reason, opening.number))
    else:
        turn.record(events.OpeningEnded(opening.number, opening.door, "kept"))


def released(turn: Turn, opening: Opening, content: Content) -> None:
    """Given back; what was taken out again does not count as brought."""
    release(turn, opening, content)
    session = courier.person(turn, opening.number)
    if session is None:
        return
    rest = tuple(p for p in session.deposited if turn.state.parcels[p].state in HERE)
    if rest != session.deposited:
        turn.update(deposited=rest, last_opening=0)


def back(turn: Turn, number: int = 0) -> None:
    """To the next parcel, when the screen was about the door that is now done with, or about none."""
    session = turn.session
    if session is not None and (session.stage == "ready" or number in (0, session.opening)):
        courier.ready(turn, session)

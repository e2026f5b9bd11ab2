"""Collection by courier: overdue parcels and returns, one door after another, scanned out."""

from __future__ import annotations

from edge.core import courier, doors, events
from edge.core.credential import parcel_id
from edge.core.deposit import LABEL
from edge.core.memory import Session
from edge.core.refusal import Refusal
from edge.core.sessions import refuse, show
from edge.core.state import Opening
from edge.core.turn import Turn
from edge.core.words import Content, Evidence, Purpose


def begin(turn: Turn, session: Session) -> None:
    """All of them, one after another."""
    waiting = courier.to_collect(turn, session)
    if not waiting:
        refuse(turn, Refusal.NOT_PERMITTED, "badge")
        return
    order = tuple(dict.fromkeys(p.door for p in waiting))
    _next(turn, session.at("ready", doors=order, scanned=()))


def _next(turn: Turn, session: Session) -> None:
    if not session.doors:
        courier.ready(turn, session)
        return
    door, rest = session.doors[0], session.doors[1:]
    parcels = tuple(p.id for p in courier.to_collect(turn, session) if p.door == door)
    if not parcels:
        _next(turn, session.at("ready", doors=rest))
    elif doors.hindrance(turn, door):
        stage = courier.silent(turn, door)
        show(turn, session, stage, door=door, purpose=Purpose.COLLECTION, params={"left": len(session.doors)})
    else:
        opening = doors.authorise(turn, door, Purpose.COLLECTION, courier.authority(session), parcels)
        turn.show(
            session.at("opening", door=door, opening=opening.number, doors=rest, scanned=(), purpose=Purpose.COLLECTION)
        )


def scanned(turn: Turn, session: Session, text: str) -> None:
    """A label scanned out of the open compartment; one that is not in the books is written down."""
    opening = turn.state.openings.get(session.opening)
    tracking = text.strip().replace(" ", "")
    if opening is None or not LABEL.fullmatch(tracking):
        refuse(turn, Refusal.LABEL_UNREADABLE, "label")
        return
    ids = [parcel_id(carrier, tracking).hex() for carrier in session.carriers]
    found = next((i for i in ids if i in opening.parcels), None)
    if found is None:
        if ids and ids[0] not in session.scanned:
            turn.record(events.ExtraFound(ids[0], opening.door, opening.number))
            turn.update(scanned=(*session.scanned, ids[0]), params={"extra": tracking})
        turn.beep("wrong")
    elif found not in session.scanned:
        turn.update(scanned=(*session.scanned, found), params={"last": tracking})
        turn.beep("ok")


def choose(turn: Turn, session: Session, choice: str) -> bool:
    opening = turn.state.openings.get(session.opening)
    if session.stage == "ready" and choice == "collect":
        begin(turn, session)
    elif session.stage == "taken" and opening is not None and choice in ("all_taken", "missing", "left"):
        _answered(turn, session, opening, choice)
        _onward(turn)
    elif session.purpose == Purpose.COLLECTION and choice in ("try_again", "next") and session.stage != "scan_out":
        skip = 1 if choice == "next" and session.doors and session.doors[0] == session.door else 0
        _next(turn, session.at("ready", doors=session.doors[skip:]))
    else:
        return False
    return True


def _answered(turn: Turn, session: Session, opening: Opening, choice: str) -> None:
    if choice == "left":
        turn.record(events.OpeningEnded(opening.number, opening.door, "left"))
    elif choice == "missing":
        missing = tuple(p for p in opening.parcels if p not in session.scanned)
        turn.record(events.IncidentReported(opening.number, opening.door, "missing", opening.number, missing))
        _gone(turn, opening, session.scanned, "collected", Evidence.PERSON)
        _gone(turn, turn.state.openings[opening.number], missing, "missing", Evidence.PERSON)
        _settle(turn, opening, Evidence.PERSON)
    else:
        _gone(turn, opening, opening.parcels, "collected", Evidence.PERSON)
        _settle(turn, opening, Evidence.PERSON)


class Collection:
    """The flow of couriers' collections."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = _mine(turn, opening)
        if session is not None:
            numbers = [turn.shelf.tracking(p) for p in opening.parcels]
            turn.show(session.at("scan_out", door=opening.door, params={"numbers": numbers}))
        turn.look_for("all")
        turn.beep("ok")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        session = _mine(turn, opening)
        out = tuple(p for p in opening.parcels if session is not None and p in session.scanned)
        if content is Content.EMPTY:
            _gone(turn, opening, opening.parcels, "collected", Evidence.SENSOR)
            _settle(turn, opening, Evidence.SENSOR)
        elif content is Content.PRESENT and not out:
            turn.record(events.OpeningEnded(opening.number, opening.door, "left"))
        elif session is None or doors.interrupted(turn, opening):
            turn.record(events.CompartmentToReview(opening.door, "interrupted", opening.number))
        elif len(out) == len(opening.parcels):
            _gone(turn, opening, out, "collected", Evidence.PERSON)
            # All is scanned out and yet something is sensed inside: somebody looks.
            _settle(turn, opening, Evidence.PERSON if content is Content.UNKNOWN else Evidence.NONE)
        else:
            show(turn, session, "taken", params={"left": len(opening.parcels) - len(out)})
            turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)
            return
        _onward(turn)

    def retried(self, turn: Turn, opening: Opening) -> None:
        session = _mine(turn, opening)
        if session is not None:
            turn.show(session.at("push_then_pull"))

    def jammed(self, turn: Turn, opening: Opening) -> None:
        _onward(turn)

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = _mine(turn, opening)
        if session is not None:
            stage = "too_late" if reason.startswith(("late", "coil_limit")) else "board_silent"
            show(turn, session, stage, doors=(opening.door, *session.doors))

    def left_open(self, turn: Turn, opening: Opening) -> None:
        turn.record(events.AlarmRaised("collection_left_open", str(opening.door), "the courier has left"))
        session = _mine(turn, opening)
        if session is not None:
            courier.leave(turn, session, "left_open")


def unanswered(turn: Turn, opening: Opening) -> None:
    if opening.closed:
        turn.record(events.CompartmentToReview(opening.door, "unanswered", opening.number))


def _gone(turn: Turn, opening: Opening, parcels: tuple[str, ...], reason: str, evidence: Evidence) -> None:
    for parcel in parcels:
        if parcel in opening.parcels:
            turn.record(events.ParcelGone(parcel, opening.door, opening.number, reason, evidence))
    session = courier.person(turn, opening.number)
    if session is not None and reason == "collected":
        taken = tuple(p for p in parcels if p in opening.parcels)
        turn.update(collected=(*session.collected, *taken))


def _settle(turn: Turn, opening: Opening, evidence: Evidence) -> None:
    """The opening is over; an emptied compartment is free on the evidence, or somebody looks."""
    turn.record(events.OpeningEnded(opening.number, opening.door, "collected"))
    if turn.state.compartments[opening.door].parcels:
        return
    if evidence is Evidence.NONE:
        turn.record(events.CompartmentToReview(opening.door, "extra_inside"))
    else:
        turn.record(events.CompartmentFreed(opening.door, evidence, opening.number))


def _onward(turn: Turn) -> None:
    session = turn.session
    if session is not None and session.purpose == Purpose.COLLECTION:
        if session.doors:
            _next(turn, session)
        else:
            courier.ready(turn, session.at("ready", purpose=""))


def _mine(turn: Turn, opening: Opening) -> Session | None:
    session = courier.person(turn, opening.number)
    return session if session is not None and session.opening == opening.number else None

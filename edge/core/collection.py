"""Collection by courier: overdue parcels and returns, one door or one after another, scanned out."""

from __future__ import annotations

from edge.core import courier, doors, events, label
from edge.core.letting import attended, free, sensed
from edge.core.memory import Session
from edge.core.refusal import Refusal
from edge.core.sessions import refuse, show
from edge.core.state import Opening
from edge.core.turn import Turn
from edge.core.words import Content, Evidence, Purpose

# -- which doors ----------------------------------------------------------------------------------------------------


def ask(turn: Turn, session: Session) -> None:
    """How many there are, and behind how many doors: all of them, or one?"""
    waiting = courier.to_collect(turn, session)
    if not waiting:
        refuse(turn, Refusal.NOT_PERMITTED, "badge")
        return
    order = tuple(dict.fromkeys(p.door for p in waiting))
    params = {"parcels": len(waiting), "doors": len(order)}
    show(turn, session, "collect", door=order[0], doors=order, purpose=Purpose.COLLECTION, params=params)


def _next(turn: Turn, session: Session) -> None:
    """Open the next door of the round; when none is left, back to the first screen."""
    wanted = [p for p in courier.to_collect(turn, session) if p.door in session.doors]
    order = [door for door in session.doors if any(p.door == door for p in wanted)]
    if not order:
        courier.ready(turn, session)
        return
    door, rest = order[0], tuple(order[1:])
    if doors.hindrance(turn, door):
        params = {"left": len(order)}
        show(turn, session, courier.silent(turn, door), door=door, doors=tuple(order), params=params)
        return
    parcels = tuple(p.id for p in wanted if p.door == door)
    opening = doors.authorise(turn, door, Purpose.COLLECTION, courier.authority(session), parcels)
    turn.show(session.at("opening", door=door, opening=opening.number, doors=rest, scanned=()))


# -- what the courier does ------------------------------------------------------------------------------------------


def scanned(turn: Turn, session: Session, text: str) -> None:
    """A label scanned out of the compartment; one that is not in the books is written down."""
    opening = turn.state.openings.get(session.opening)
    tracking = label.tracking_of(text)
    if opening is None or not tracking:
        turn.update(params=dict(session.params) | {"hint": str(Refusal.LABEL_UNREADABLE)})
        turn.beep("wrong")
        return
    ids = [label.name(turn, carrier, tracking) for carrier in session.carriers]
    found = next((i for i in ids if i in opening.parcels), None)
    if found is None:
        _extra(turn, session, opening, ids[0], tracking)
    elif found not in session.scanned:
        params = {k: v for k, v in session.params.items() if k not in ("extra", "hint")} | {"last": tracking}
        turn.update(scanned=(*session.scanned, found), params=params, touched_s=turn.now.mono_s)
        turn.beep("ok")
        if opening.closed and not _not_out(turn, opening):
            _answered(turn, opening, "all_taken")


def _extra(turn: Turn, session: Session, opening: Opening, parcel: str, tracking: str) -> None:
    if parcel not in session.scanned:
        turn.record(events.ExtraFound(parcel, opening.door, opening.number))
        params = dict(session.params) | {"extra": tracking}
        turn.update(scanned=(*session.scanned, parcel), params=params, touched_s=turn.now.mono_s)
    turn.beep("wrong")


def choose(turn: Turn, session: Session, choice: str) -> bool:
    """A tap of a courier who collects.  True when it was one of ours."""
    opening = turn.state.openings.get(session.opening)
    if session.stage == "ready" and choice == "collect":
        ask(turn, session)
    elif session.purpose != Purpose.COLLECTION:
        return False
    elif session.stage == "collect" and choice in ("all", "one"):
        _next(turn, session.at("ready", doors=session.doors[: None if choice == "all" else 1]))
    elif session.stage == "collect" and choice == "back":
        courier.ready(turn, session)
    elif session.stage == "taken" and opening is not None and choice in ("all_taken", "missing", "left"):
        _answered(turn, opening, choice)
    elif session.stage in courier.SILENT and choice == "try_again":
        _next(turn, session.at("ready"))
    elif session.stage in (*courier.SILENT, "jammed") and choice == "next":
        _next(turn, session.at("ready", doors=tuple(d for d in session.doors if d != session.door)))
    else:
        return False
    return True


def _not_out(turn: Turn, opening: Opening) -> tuple[str, ...]:
    """Parcels behind this door that were not scanned out."""
    session = courier.mine(turn, opening)
    return tuple(p for p in opening.parcels if session is None or p not in session.scanned)


def _answered(turn: Turn, opening: Opening, choice: str) -> None:
    """The door is closed and not everything was scanned: what the courier says about the rest."""
    rest = _not_out(turn, opening)
    out = tuple(p for p in opening.parcels if p not in rest)
    if choice == "all_taken":
        _gone(turn, opening, opening.parcels, "collected", Evidence.PERSON)
    elif choice == "missing":
        turn.record(events.IncidentReported(opening.number, opening.door, "missing", opening.number, rest))
        _gone(turn, opening, out, "collected", Evidence.PERSON)
        _gone(turn, opening, rest, "missing", Evidence.PERSON)
    else:
        _gone(turn, opening, out, "collected", Evidence.PERSON)
    _settle(turn, opening, sensed(turn, opening.door), missing=choice == "missing")
    _onward(turn, opening)


# -- what the doors tell --------------------------------------------------------------------------------------------


class Collection:
    """The flow of couriers' collections."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            numbers = [turn.shelf.tracking(p) for p in opening.parcels]
            turn.show(session.at("scan_out", door=opening.door, params={"numbers": numbers}))
            turn.look_for("all")
        turn.beep("ok")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        here, rest = attended(turn, opening), _not_out(turn, opening)
        if content is Content.EMPTY:
            _gone(turn, opening, opening.parcels, "collected", Evidence.SENSOR)
            _settle(turn, opening, content)
        elif content is Content.PRESENT and len(rest) == len(opening.parcels):
            turn.record(events.OpeningEnded(opening.number, opening.door, "left"))
        elif not here:
            turn.record(events.CompartmentToReview(opening.door, "interrupted", opening.number))
        elif not rest:
            _gone(turn, opening, opening.parcels, "collected", Evidence.PERSON)
            _settle(turn, opening, content)
        else:
            self._ask(turn, opening, len(rest))
            return
        _onward(turn, opening)

    def asked_to_push(self, turn: Turn, opening: Opening) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            turn.show(session.at("push_then_pull"))
        turn.beep("hurry")

    def jammed(self, turn: Turn, opening: Opening) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            show(turn, session, "jammed", params={"ticket": str(opening.number)})

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            show(turn, session, courier.lapsed_stage(reason), doors=(opening.door, *session.doors))

    def left_open(self, turn: Turn, opening: Opening) -> None:
        courier.left_open(turn, opening, "collection_left_open")

    def _ask(self, turn: Turn, opening: Opening, left: int) -> None:
        session = courier.person(turn, opening.number)
        if session is not None:
            show(turn, session, "taken", opening=opening.number, door=opening.door, params={"left": left})
            turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)


def unanswered(turn: Turn, opening: Opening) -> None:
    """Not all scanned out, and nobody said a word: somebody has to look."""
    turn.record(events.CompartmentToReview(opening.door, "unanswered", opening.number))


def _gone(turn: Turn, opening: Opening, parcels: tuple[str, ...], reason: str, evidence: Evidence) -> None:
    for parcel in parcels:
        turn.record(events.ParcelGone(parcel, opening.door, opening.number, reason, evidence))
    session = courier.person(turn, opening.number)
    if session is not None and reason == "collected":
        turn.update(collected=(*session.collected, *parcels))


def _settle(turn: Turn, opening: Opening, content: Content, *, missing: bool = False) -> None:
    """The opening is over.  Nothing in the books any more: free, unless something is sensed inside (I6).

    missing: what should have stood there was not found.  Who says so has not said that the compartment is empty:
    something else may stand in its place.
    """
    door = opening.door
    turn.record(events.OpeningEnded(opening.number, door, "collected"))
    others = bool(turn.state.compartments[door].parcels)
    if content is Content.PRESENT and not others:
        turn.record(events.CompartmentToReview(door, "extra_inside"))
    elif content is Content.EMPTY and others:
        turn.record(events.CompartmentToReview(door, "contradiction"))
    elif missing and content is Content.UNKNOWN and not others:
        turn.record(events.CompartmentToReview(door, "missing"))
    elif not others:
        free(turn, door, Evidence.SENSOR if content is Content.EMPTY else Evidence.PERSON, opening.number)


def _onward(turn: Turn, opening: Opening) -> None:
    """The next door of the round, when this was the one that the screen is about."""
    session = courier.mine(turn, opening)
    if session is not None:
        _next(turn, session)

"""A compartment in review: somebody looks, says what is inside, and shuts the door.  Cheap on purpose."""

from __future__ import annotations

from edge.core import courier, doors, events
from edge.core.credential import parcel_id
from edge.core.deposit import LABEL
from edge.core.memory import Session
from edge.core.orders import Particulars
from edge.core.refusal import Refusal
from edge.core.sessions import refuse, show
from edge.core.shelf import aside, particulars_of
from edge.core.state import HERE, Opening
from edge.core.turn import Turn
from edge.core.words import CompartmentState, Content, Evidence, Purpose

ANSWERS = ("empty", "parcel", "something_else")


def choose(turn: Turn, session: Session, choice: str) -> bool:
    opening = turn.state.openings.get(session.opening)
    if session.stage == "look" and choice == "open":
        _open(turn, session)
    elif session.stage == "look" and choice == "not_now":
        courier.ready(turn, session)
    elif session.stage in ("look_inside", "what_is_inside") and choice in ANSWERS and opening is not None:
        _say(turn, session, opening, choice)
    else:
        return False
    return True


def _open(turn: Turn, session: Session) -> None:
    if doors.hindrance(turn, session.door):
        show(turn, session, courier.silent(turn, session.door))
        return
    inside = tuple(p.id for p in turn.state.inside(session.door) if p.state in HERE)
    opening = doors.authorise(turn, session.door, Purpose.INSPECTION, courier.authority(session), inside)
    turn.show(session.at("opening", opening=opening.number, params=dict(session.params)))


def _say(turn: Turn, session: Session, opening: Opening, said: str) -> None:
    turn.record(events.PersonSaid(opening.number, opening.door, said))
    if opening.closed:
        _conclude(turn, turn.state.openings[opening.number], Content.UNKNOWN)
    elif said == "parcel" and not opening.parcels:
        turn.show(session.at("look_inside", params={"scan_it": True}))
        turn.look_for("all")
    else:
        turn.show(session.at("look_inside", params=dict(session.params) | {"said": said}))


def scanned(turn: Turn, session: Session, text: str) -> None:
    """The label of what was found inside."""
    opening = turn.state.openings.get(session.opening)
    tracking = text.strip().replace(" ", "")
    if opening is None or not LABEL.fullmatch(tracking) or not session.carriers:
        refuse(turn, Refusal.LABEL_UNREADABLE, "label")
        return
    ids = [parcel_id(carrier, tracking).hex() for carrier in session.carriers]
    found = next((i for i in ids if i in turn.state.parcels), None)
    if found is None:
        found = ids[0]
        beside = particulars_of(found, Particulars(tracking=tracking), turn.now.dice)
        carrier = session.carriers[0]
        turn.record(events.ParcelFound(found, carrier, opening.door, aside(beside)), beside=(beside,))
    elsewhere = turn.state.parcels[found]
    if elsewhere.state in HERE and elsewhere.door not in (0, opening.door):
        turn.record(events.ParcelGone(found, elsewhere.door, 0, "moved", Evidence.PERSON))
    turn.record(events.PersonSaid(opening.number, opening.door, "parcel", (found,)))
    turn.show(session.at("look_inside", params={"said": "parcel", "number": tracking}))
    turn.beep("ok")


class Review:
    """The flow of inspections."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = courier.person(turn, opening.number)
        if session is not None and session.opening == opening.number:
            turn.show(session.at("look_inside", params=dict(session.params)))
            turn.look_for("all")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        session = courier.person(turn, opening.number)
        if opening.said or content is not Content.UNKNOWN or session is None:
            _conclude(turn, opening, content)
        else:
            show(turn, session, "what_is_inside", opening=opening.number, door=opening.door)
            turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)

    def retried(self, turn: Turn, opening: Opening) -> None:
        session = courier.person(turn, opening.number)
        if session is not None:
            turn.show(session.at("push_then_pull", params=dict(session.params)))

    def jammed(self, turn: Turn, opening: Opening) -> None:
        _back(turn, opening)

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        _back(turn, opening)

    def left_open(self, turn: Turn, opening: Opening) -> None:
        turn.record(events.AlarmRaised("review_left_open", str(opening.door), "nobody shut it"))


def unanswered(turn: Turn, opening: Opening) -> None:
    if opening.closed:
        turn.record(events.OpeningEnded(opening.number, opening.door, "unanswered"))


def _conclude(turn: Turn, opening: Opening, content: Content) -> None:
    """What was said and what is sensed must not contradict each other; then it counts."""
    door, said = opening.door, opening.said
    turn.record(events.OpeningEnded(opening.number, door, said or "looked"))
    in_review = turn.state.compartments[door].state is CompartmentState.REVIEW
    if not in_review:
        pass
    elif said == "something_else":
        turn.record(events.CompartmentOutOfService(door, "something_inside"))
    elif content is Content.EMPTY and said != "parcel":
        turn.record(events.CompartmentFreed(door, Evidence.SENSOR, opening.number))
    elif said == "empty" and content is Content.UNKNOWN:
        turn.record(events.CompartmentFreed(door, Evidence.PERSON, opening.number))
    elif said == "parcel" and content is not Content.EMPTY and opening.parcels:
        turn.record(events.CompartmentReviewed(door, opening.parcels, Evidence.PERSON, opening.number))
    _back(turn, opening)


def _back(turn: Turn, opening: Opening) -> None:
    session = courier.person(turn, opening.number)
    if session is not None and session.opening == opening.number:
        courier.ready(turn, session)

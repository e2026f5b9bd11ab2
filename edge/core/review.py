"""A compartment in review: somebody looks, says what is inside, and shuts the door.  Cheap on purpose."""

from __future__ import annotations

from edge.core import courier, doors, events, label, sensing
from edge.core.letting import attended, deposited, free, sensed
from edge.core.memory import Session
from edge.core.orders import Particulars
from edge.core.refusal import Refusal
from edge.core.sessions import show
from edge.core.shelf import aside, particulars_of
from edge.core.state import HERE, Opening
from edge.core.turn import Turn
from edge.core.words import CompartmentState, Content, Evidence, Purpose, Role

SHUT = ("what_is_inside", "others_inside")  # it is asked after the door is closed
ANSWERS = ("empty", "parcel", "something_else")


# -- what the person does -------------------------------------------------------------------------------------------


def choose(turn: Turn, session: Session, choice: str) -> bool:
    """A tap of somebody who looks into a compartment.  True when it was one of ours."""
    opening = turn.state.openings.get(session.opening)
    if session.stage == "ready" and choice == "look":
        door = courier.to_look_into(turn, session)
        courier.look(turn, session, door) if door is not None else courier.ready(turn, session)
    elif session.purpose != Purpose.INSPECTION:
        return False
    elif session.stage == "look" and choice == "open":
        _open(turn, session)
    elif (session.stage == "look" and choice == "not_now") or (session.stage == "jammed" and choice == "next"):
        courier.ready(turn, session)
    elif session.stage in courier.SILENT and choice == "try_again":
        _open(turn, session)
    elif session.stage in ("look_inside", "what_is_inside") and choice in ANSWERS and opening is not None:
        _say(turn, session, opening, choice)
    elif session.stage == "others_inside" and choice in ("yes", "no") and opening is not None:
        _others(turn, opening, choice == "yes")
    elif session.stage in SHUT and choice == "open_again" and opening is not None:
        turn.record(events.OpeningEnded(opening.number, opening.door, "opened_again"))
        _open(turn, session)
    else:
        return False
    return True


def _open(turn: Turn, session: Session) -> None:
    door = session.door
    if turn.state.compartments[door].state is not CompartmentState.REVIEW:
        courier.ready(turn, session)  # settled in the meantime
    elif doors.hindrance(turn, door):
        show(turn, session, courier.silent(turn, door), params=dict(session.params))
    else:
        inside = tuple(p.id for p in turn.state.inside(door) if p.state in HERE)
        opening = doors.authorise(turn, door, Purpose.INSPECTION, courier.authority(session), inside)
        turn.show(session.at("opening", opening=opening.number, params=_expected(session)))


def _expected(session: Session) -> dict[str, object]:
    return {k: v for k, v in session.params.items() if k == "expected"}


def _say(turn: Turn, session: Session, opening: Opening, said: str) -> None:
    params = _expected(session)
    if said == "parcel" and not opening.parcels:  # which one is not known
        show(turn, session, session.stage, params=params | {"scan_it": True})
        return
    turn.record(events.PersonSaid(opening.number, opening.door, said))
    if opening.closed:
        _conclude(turn, turn.state.openings[opening.number], sensed(turn, opening.door))
    else:
        turn.show(session.at("look_inside", params=params | {"said": said}))


def _others(turn: Turn, opening: Opening, inside: bool) -> None:
    """What was not scanned is inside as well, or the person has seen that it is not."""
    if inside:
        every = (*opening.parcels, *_not_scanned(turn, opening))
        turn.record(events.PersonSaid(opening.number, opening.door, "parcel", every))
    _conclude(turn, turn.state.openings[opening.number], sensed(turn, opening.door), asked=True)


def scanned(turn: Turn, session: Session, text: str) -> None:
    """The label of what was found inside."""
    opening = turn.state.openings.get(session.opening)
    tracking = label.tracking_of(text)
    found = _found(turn, session, opening, tracking) if opening is not None and tracking else None
    if opening is None or found is None:
        turn.update(params=dict(session.params) | {"hint": str(Refusal.LABEL_UNREADABLE)})
        turn.beep("wrong")
        return
    _not_elsewhere(turn, opening, found)
    others = opening.parcels if opening.said == "parcel" else ()  # several may be inside, scanned one after another
    inside = tuple(dict.fromkeys((*others, found)))
    turn.record(events.PersonSaid(opening.number, opening.door, "parcel", inside))
    turn.beep("ok")
    if opening.closed:
        _conclude(turn, turn.state.openings[opening.number], sensed(turn, opening.door))
    else:
        turn.show(session.at("look_inside", params=_expected(session) | {"said": "parcel", "number": tracking}))


def _not_elsewhere(turn: Turn, opening: Opening, parcel: str) -> None:
    """What is here is not where the books have it; there, somebody looks as well."""
    known = turn.state.parcels[parcel]
    if known.state not in HERE or known.door in (0, opening.door):
        return
    turn.record(events.ParcelGone(parcel, known.door, 0, "moved", Evidence.PERSON))
    if not turn.state.compartments[known.door].parcels:
        turn.record(events.CompartmentToReview(known.door, "moved"))


def _found(turn: Turn, session: Session, opening: Opening, tracking: str) -> str | None:
    """The parcel of that label, whosever it is; a new one for a courier, of whose carrier it then is."""
    known = label.find(turn, (*session.carriers, *label.carriers_here(turn)), tracking)
    if known is not None:
        busy = turn.state.live(known.door)
        return known.id if busy is None or busy.number == opening.number else None
    if not session.carriers:
        return None
    carrier = session.carriers[0]
    parcel = label.name(turn, carrier, tracking)
    beside = particulars_of(parcel, Particulars(tracking=tracking), turn.now.dice)
    hashed = turn.found("aside", lambda: aside(beside))
    turn.record(events.ParcelFound(parcel, carrier, opening.door, hashed), beside=(beside,))
    return parcel


# -- what the doors tell --------------------------------------------------------------------------------------------


class Review:
    """The flow of inspections."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            turn.show(session.at("look_inside", params=_expected(session)))
            turn.look_for("all")
        turn.beep("ok")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        session = courier.mine(turn, opening)
        if opening.said or content is Content.EMPTY or session is None or sensing.interrupted(turn, opening):
            _conclude(turn, opening, content)
        else:
            show(turn, session, "what_is_inside", params=_expected(session))
            turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)

    def asked_to_push(self, turn: Turn, opening: Opening) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            turn.show(session.at("push_then_pull", params=_expected(session)))
        turn.beep("hurry")

    def jammed(self, turn: Turn, opening: Opening) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            show(turn, session, "jammed", params={"ticket": str(opening.number)})

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            show(turn, session, courier.lapsed_stage(reason), params=_expected(session))

    def left_open(self, turn: Turn, opening: Opening) -> None:
        courier.left_open(turn, opening, "review_left_open")


def unanswered(turn: Turn, opening: Opening) -> None:
    """Looked, perhaps, and said nothing, or not all: it stays in review, with what was scanned."""
    turn.record(events.OpeningEnded(opening.number, opening.door, "unanswered"))
    if opening.said == "parcel":
        turn.record(events.CompartmentToReview(opening.door, "unanswered", opening.number, opening.parcels))


# -- what it comes to -----------------------------------------------------------------------------------------------


def _conclude(turn: Turn, opening: Opening, content: Content, *, asked: bool = False) -> None:
    """What was said and what is sensed must not contradict each other; then it counts.

    asked: it was asked about what the books have here and nobody scanned.
    """
    door = opening.door
    said = opening.said if attended(turn, opening) else ""  # since then anybody may have been at the open door
    if said == "parcel" and content is not Content.EMPTY and not asked and _not_scanned(turn, opening):
        _ask_for_others(turn, opening)
        return
    turn.record(events.OpeningEnded(opening.number, door, said or "looked"))
    if turn.state.compartments[door].state is CompartmentState.REVIEW:
        _settle(turn, opening, said, content)
    session = courier.mine(turn, opening)
    if session is not None:
        courier.ready(turn, session)


def _not_scanned(turn: Turn, opening: Opening) -> tuple[str, ...]:
    """What the books have behind this door besides what was scanned.  Gone only when somebody says so."""
    inside = (p for p in turn.state.inside(opening.door) if p.state in HERE)
    return tuple(p.id for p in inside if p.id not in opening.parcels)


def _ask_for_others(turn: Turn, opening: Opening) -> None:
    session = courier.mine(turn, opening)
    if session is None:
        unanswered(turn, opening)
        return
    numbers = [turn.shelf.tracking(p) for p in _not_scanned(turn, opening)]
    show(turn, session, "others_inside", params={"numbers": numbers})
    turn.beep("wrong")
    turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)


def _settle(turn: Turn, opening: Opening, said: str, content: Content) -> None:
    door = opening.door
    if said == "something_else":
        turn.record(events.CompartmentOutOfService(door, "something_inside"))
    elif (said == "parcel" and content is Content.EMPTY) or (said == "empty" and content is Content.PRESENT):
        turn.record(events.CompartmentToReview(door, "contradiction"))
    elif content is Content.EMPTY:
        free(turn, door, Evidence.SENSOR, opening.number)
    elif said == "empty":
        free(turn, door, Evidence.PERSON, opening.number)
    elif said == "parcel":
        _inside(turn, opening)


def _inside(turn: Turn, opening: Opening) -> None:
    """These stand there.  One whose deposit was cut off, or that nobody knew of, counts as deposited from now on."""
    records = [turn.state.parcels[parcel] for parcel in opening.parcels]
    turn.record(events.CompartmentReviewed(opening.door, opening.parcels, Evidence.PERSON, opening.number))
    for known in records:
        if known.state not in HERE or not known.hold_ends_ms:
            purpose = Purpose.DEPOSIT if known.kind == "pickup" else Purpose.DROP_OFF
            deposited(turn, opening, known.id, Evidence.PERSON, purpose)
            session = courier.mine(turn, opening)
            if session is not None and session.role is Role.COURIER:
                turn.update(deposited=(*session.deposited, known.id))

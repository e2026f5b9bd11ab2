"""Courier deposit: scan, put, shut.  No taps while all goes well; every other way has a name."""

from __future__ import annotations

import re
from typing import Any, Final

from edge.core import courier, doors, events
from edge.core.allocation import Wish, allocate
from edge.core.credential import parcel_id
from edge.core.errors import BadInput
from edge.core.memory import Session
from edge.core.orders import Particulars
from edge.core.refusal import Refusal
from edge.core.sessions import refuse, show
from edge.core.shelf import aside, particulars_of
from edge.core.state import HERE, Opening, Parcel
from edge.core.turn import Turn
from edge.core.words import (
    SIZE_ORDER,
    CompartmentState,
    Content,
    ContentSensor,
    Evidence,
    ParcelState,
    Purpose,
    Size,
)

LABEL: Final = re.compile(r"[!-~]{4,64}")
ANOTHER_DOOR: Final = frozenset({"occupied", "dirty", "does_not_fit"})


# -- the label ------------------------------------------------------------------------------------------------------


def label(turn: Turn, session: Session, text: str) -> None:
    """A label was scanned, or its number typed."""
    tracking = text.strip().replace(" ", "")
    if "deposit" not in session.permissions:
        refuse(turn, Refusal.NOT_PERMITTED, "label")
        return
    if not LABEL.fullmatch(tracking) or not session.carriers:
        refuse(turn, Refusal.LABEL_UNREADABLE, "label")
        return
    known, carrier, parcel = _identify(turn, session, tracking)
    if any(parcel in opening.parcels for opening in turn.state.openings.values()):
        return  # the same label seen twice while its door is open
    refusal = _refusal(turn, known, carrier)
    if refusal is not None:
        turn.record(events.DepositRefused(parcel, carrier, refusal))
        where: dict[str, Any] = {"door": known.door} if known is not None and known.state in HERE else {}
        refuse(turn, refusal, "label", label=tracking, **where)
        return
    session = session.at("ready", parcel=parcel, label=tracking, size=known.size if known else None)
    mate = _same_recipient(turn, known)
    if mate is not None:
        show(turn, session, "offer", params={"with": mate.door})
        return
    put_into(turn, session, carrier)


def _identify(turn: Turn, session: Session, tracking: str) -> tuple[Parcel | None, str, str]:
    """The parcel of a label: known under one of the courier's carriers, else new under the first."""
    for carrier in session.carriers:
        found = turn.state.parcels.get(_id(carrier, tracking))
        if found is not None:
            return found, carrier, found.id
    return None, session.carriers[0], _id(session.carriers[0], tracking)


def _id(carrier: str, tracking: str) -> str:
    try:
        return parcel_id(carrier, tracking).hex()
    except BadInput as error:  # LABEL and the roster allow no such characters
        raise AssertionError(f"label {tracking!r} of {carrier!r}: {error}") from error


def _refusal(turn: Turn, known: Parcel | None, carrier: str) -> Refusal | None:
    if turn.state.restoring:
        return Refusal.RESTORING
    if turn.state.space in ("reserve", "ballast", "zero"):
        return Refusal.OUT_OF_ORDER
    if known is not None and known.state in HERE:
        return Refusal.ALREADY_HERE
    if known is not None and known.cancelled:
        return Refusal.REDIRECTED if known.cancelled == "redirected" else Refusal.CANCELLED
    if known is None and _unannounced(turn, carrier) == "refuse":
        return Refusal.NOT_ANNOUNCED
    deposits = sum(o.purpose is Purpose.DEPOSIT and not o.closed for o in turn.state.openings.values())
    if deposits >= turn.site.policy.deposit_doors_at_once:
        return Refusal.DOORS_OPEN
    return None


def _unannounced(turn: Turn, carrier: str) -> str:
    return turn.site.policy.unannounced_by_carrier.get(carrier, turn.site.policy.unannounced)


def _same_recipient(turn: Turn, known: Parcel | None) -> Parcel | None:
    """A parcel of the same right and carrier that stands in a closed compartment."""
    if known is None:
        return None
    for mate in turn.state.here(known.reservation):
        closed = turn.memory.sense(mate.door).state == "closed" and turn.state.live(mate.door) is None
        if mate.carrier == known.carrier and mate.state is ParcelState.STANDING and closed:
            return mate
    return None


# -- the door -------------------------------------------------------------------------------------------------------


def put_into(turn: Turn, session: Session, carrier: str, not_these: frozenset[int] = frozenset()) -> None:
    """Let the smallest compartment that fits, and open it."""
    known = turn.state.parcels.get(session.parcel)
    size = session.size or (known.size if known is not None else turn.site.policy.default_size)
    wish = Wish(
        carrier=carrier,
        size=size,
        reachable=known is not None and known.reachable,
        heavy=known is not None and known.heavy,
        not_these=not_these,
    )
    door = allocate(turn.site, turn.state, turn.memory, wish)
    if isinstance(door, Refusal):
        turn.record(events.DepositRefused(session.parcel, carrier, door))
        refuse(turn, door, "label", label=session.label, size=str(size))
        return
    blocked = doors.hindrance(turn, door)
    if blocked:
        show(turn, session, courier.silent(turn, door), door=door)
        return
    let(turn, session, door, carrier, size, "pickup")
    opening = doors.authorise(turn, door, Purpose.DEPOSIT, courier.authority(session), (session.parcel,))
    turn.show(session.at("opening", door=door, opening=opening.number, params={"label": session.label}))


def let(turn: Turn, session: Session, door: int, carrier: str, size: Size, kind: str) -> None:
    known = turn.state.parcels.get(session.parcel)
    beside = particulars_of(session.parcel, Particulars(tracking=session.label), turn.now.dice)
    new = session.parcel not in turn.shelf.particulars
    turn.record(
        events.CompartmentLet(
            door=door,
            carrier=carrier,
            parcel=session.parcel,
            reservation=known.reservation if known is not None else session.parcel,
            size=size,
            parcel_kind=kind,
            announced=known is not None and known.state is ParcelState.ANNOUNCED,
            aside=aside(beside) if new else "",
        ),
        beside=(beside,) if new else (),
    )


def choose(turn: Turn, session: Session, choice: str) -> bool:
    """A tap of a courier who deposits.  True when it was one of ours."""
    opening = turn.state.openings.get(session.opening)
    if session.stage == "offer" and choice in ("add", "own_door"):
        _offered(turn, session, choice == "add")
    elif session.stage == "put" and choice in ANOTHER_DOOR and opening is not None:
        _another_door(turn, session, opening, choice)
    elif session.stage in ("put", "no_parcel") and choice == "cancel" and opening is not None:
        _cancel(turn, session, opening)
    elif session.stage == "no_parcel" and choice == "open_again" and opening is not None:
        _again(turn, session, opening)
    elif session.stage == "ready" and choice in ("undo", "open_again") and session.last_opening:
        _reopen_last(turn, session, choice)
    elif session.stage in ("too_late", "board_silent", "one_moment", "stands_open") and choice == "try_again":
        retry(turn, session)
    else:
        return False
    return True


def _offered(turn: Turn, session: Session, add: bool) -> None:
    known = turn.state.parcels[session.parcel]
    mate = _same_recipient(turn, known)
    if not add or mate is None or doors.hindrance(turn, mate.door):
        put_into(turn, session, known.carrier)
        return
    opening = doors.authorise(turn, mate.door, Purpose.DEPOSIT, courier.authority(session), (session.parcel,))
    turn.show(session.at("opening", door=mate.door, opening=opening.number, params={"label": session.label}))


def _another_door(turn: Turn, session: Session, opening: Opening, why: str) -> None:
    """The parcel goes elsewhere; what becomes of this compartment is settled when its door is seen closed."""
    turn.record(events.PersonSaid(opening.number, opening.door, why))
    if why == "occupied":
        turn.record(events.IncidentReported(opening.number, opening.door, "occupied"))
    carrier = _carrier(turn, session)
    turn.record(events.DepositAbandoned(session.parcel, opening.door, opening.number, why))
    size = session.size
    if why == "does_not_fit":
        bigger = [s for s in Size if SIZE_ORDER[s] > SIZE_ORDER[turn.site.plan(opening.door).size]]
        if not bigger:
            refuse(turn, Refusal.NO_FREE_COMPARTMENT, "label", label=session.label, shut=opening.door)
            return
        size = bigger[0]
    put_into(turn, session.at("ready", size=size), carrier, frozenset({opening.door}))


def _carrier(turn: Turn, session: Session) -> str:
    known = turn.state.parcels.get(session.parcel)
    return known.carrier if known is not None else session.carriers[0]


def _cancel(turn: Turn, session: Session, opening: Opening) -> None:
    if opening.closed:
        release(turn, opening, Content.EMPTY)
        courier.ready(turn, session)
        return
    turn.record(events.PersonSaid(opening.number, opening.door, "cancel"))
    turn.show(session.at("put", params={"cancelled": True}))


def _again(turn: Turn, session: Session, opening: Opening) -> None:
    turn.record(events.OpeningEnded(opening.number, opening.door, "opened_again"))
    if doors.hindrance(turn, opening.door):
        show(turn, session, courier.silent(turn, opening.door))
        return
    again = doors.authorise(turn, opening.door, Purpose.DEPOSIT, courier.authority(session), opening.parcels)
    turn.show(session.at("opening", opening=again.number, door=opening.door))


def retry(turn: Turn, session: Session) -> None:
    """The same held door once more, after a pulse that was not driven."""
    door, record = session.door, turn.state.compartments.get(session.door)
    if record is None or record.state is not CompartmentState.HELD or not session.parcel:
        courier.ready(turn, session)
    elif doors.hindrance(turn, door):
        show(turn, session, courier.silent(turn, door))
    else:
        opening = doors.authorise(turn, door, Purpose.DEPOSIT, courier.authority(session), (session.parcel,))
        turn.show(session.at("opening", opening=opening.number))


def _reopen_last(turn: Turn, session: Session, why: str) -> None:
    """Undo the last deposit, or open its door once more: allowed until the session ends, and written down."""
    parcel = turn.state.parcels.get(session.deposited[-1]) if session.deposited else None
    if parcel is None or parcel.state is not ParcelState.STANDING or doors.hindrance(turn, parcel.door):
        courier.ready(turn, session)
        return
    opening = doors.authorise(turn, parcel.door, Purpose.DEPOSIT, courier.authority(session), (parcel.id,))
    turn.record(events.PersonSaid(opening.number, parcel.door, "undo" if why == "undo" else "reopen"))
    turn.show(session.at("opening", door=parcel.door, opening=opening.number, parcel=parcel.id))


# -- what the doors tell --------------------------------------------------------------------------------------------


class Deposit:
    """The flow of couriers' deposits."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = _mine(turn, opening)
        if session is not None:
            stage = "take_out" if opening.said == "undo" else "put"
            turn.show(session.at(stage, door=opening.door, params={"label": session.label}))
        turn.beep("ok")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        session = courier.person(turn, opening.number)
        if opening.said in ("undo", "reopen"):
            self._reopened(turn, opening, content)
        elif opening.said:
            release(turn, opening, content)
        elif content is Content.EMPTY and session is not None:
            self._no_parcel(turn, opening, session)
            return
        elif content is Content.EMPTY:
            release(turn, opening, content)
        elif content is Content.UNKNOWN and (session is None or doors.interrupted(turn, opening)):
            turn.record(events.CompartmentToReview(opening.door, "interrupted", opening.number, opening.parcels))
        else:
            self._deposited(turn, opening, Evidence.SENSOR if content is Content.PRESENT else Evidence.PERSON)
        session = courier.person(turn, opening.number)
        if session is not None and session.opening == opening.number:
            courier.ready(turn, session)

    def retried(self, turn: Turn, opening: Opening) -> None:
        session = _mine(turn, opening)
        if session is not None:
            turn.show(session.at("push_then_pull"))
        turn.beep("hurry")

    def jammed(self, turn: Turn, opening: Opening) -> None:
        """The next door by itself; the first is suspect."""
        session = _mine(turn, opening)
        for parcel in opening.parcels:
            if turn.state.parcels[parcel].state is ParcelState.ANNOUNCED:
                turn.record(events.DepositAbandoned(parcel, opening.door, opening.number, "jammed"))
        if session is not None and not opening.said:
            put_into(turn, session.at("ready"), _carrier(turn, session), frozenset({opening.door}))
        elif session is not None:
            courier.ready(turn, session)

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = _mine(turn, opening)
        if reason in ("no_status", "forced"):
            if session is not None:
                put_into(turn, session.at("ready"), _carrier(turn, session), frozenset({opening.door}))
            return
        if session is not None:
            show(turn, session, "too_late" if reason.startswith(("late", "coil_limit")) else "board_silent")
        else:
            unlet(turn, opening.door)

    def left_open(self, turn: Turn, opening: Opening) -> None:
        turn.record(events.AlarmRaised("deposit_left_open", str(opening.door), "the courier has left"))
        session = _mine(turn, opening)
        if session is not None:
            courier.leave(turn, session, "left_open")

    def _deposited(self, turn: Turn, opening: Opening, evidence: Evidence) -> None:
        for parcel in opening.parcels:
            deposited(turn, opening, parcel, evidence, Purpose.DEPOSIT)
        turn.record(events.OpeningEnded(opening.number, opening.door, "deposited"))
        session = courier.person(turn, opening.number)
        if session is not None:
            turn.update(deposited=(*session.deposited, *opening.parcels), last_opening=opening.number)
        turn.beep("ok")

    def _no_parcel(self, turn: Turn, opening: Opening, session: Session) -> None:
        elsewhere = [
            other.door
            for other in turn.state.openings.values()
            if other.number != opening.number and other.purpose is Purpose.DEPOSIT
        ]
        session = session.at("no_parcel", opening=opening.number, door=opening.door, parcel=opening.parcels[0])
        show(turn, session, "no_parcel", params={"elsewhere": elsewhere[0]} if elsewhere else {})
        turn.beep("wrong")
        turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)

    def _reopened(self, turn: Turn, opening: Opening, content: Content) -> None:
        parcel = opening.parcels[0]
        taken_out = content is Content.EMPTY or (content is Content.UNKNOWN and opening.said == "undo")
        if doors.interrupted(turn, opening) and content is Content.UNKNOWN:
            turn.record(events.CompartmentToReview(opening.door, "interrupted", opening.number))
        elif taken_out:
            release(turn, opening, content)
            session = courier.person(turn, opening.number)
            if session is not None:
                rest = tuple(p for p in session.deposited if p != parcel)
                turn.update(deposited=rest, last_opening=0)
        else:
            turn.record(events.OpeningEnded(opening.number, opening.door, "kept"))


def deposited(turn: Turn, opening: Opening, parcel: str, evidence: Evidence, purpose: Purpose) -> None:
    """The parcel is inside, behind a closed door."""
    known = turn.state.parcels[parcel]
    right = turn.state.reservations.get(known.reservation)
    unannounced = right is None or parcel not in right.parcels
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
            withheld=unannounced and purpose is Purpose.DEPOSIT and _unannounced(turn, known.carrier) == "hold",
            badge=opening.authority.ref,
        )
    )


def release(turn: Turn, opening: Opening, content: Content) -> None:
    """A deposit came to nothing and its door is closed: what the compartment is now, by what was said and sensed."""
    door = opening.door
    for parcel in opening.parcels:
        if opening.said not in ANOTHER_DOOR:  # there it was written down when it was said
            reason = {"undo": "undone", "reopen": "taken_out"}.get(opening.said, "cancelled")
            turn.record(events.DepositAbandoned(parcel, door, opening.number, reason))
    if opening.said == "occupied":
        turn.record(events.CompartmentToReview(door, "occupied", opening.number))
        return
    turn.record(events.OpeningEnded(opening.number, door, opening.said or "nothing_put_in"))
    if opening.said == "dirty":
        turn.record(events.CompartmentOutOfService(door, "dirty"))
    elif turn.state.compartments[door].parcels:
        return  # others stand there: it stays occupied
    elif content is Content.EMPTY:
        turn.record(events.CompartmentFreed(door, Evidence.SENSOR, opening.number))
    elif content is Content.UNKNOWN and not doors.interrupted(turn, opening) and opening.said:
        turn.record(events.CompartmentFreed(door, Evidence.PERSON, opening.number))
    else:
        turn.record(events.CompartmentToReview(door, "content_after_cancel"))


def unlet(turn: Turn, door: int) -> None:
    """Held for a deposit whose door was never opened: free again where a sensor says so, else somebody looks."""
    record = turn.state.compartments[door]
    if record.state is not CompartmentState.HELD or turn.state.live(door) is not None:
        return
    reading = turn.memory.contents.get(door)
    sensed = turn.site.plan(door).content is not ContentSensor.NONE
    closed = turn.memory.sense(door).state == "closed"
    if sensed and closed and reading is not None and reading.content is Content.EMPTY:
        turn.record(events.CompartmentFreed(door, Evidence.SENSOR))
    else:
        turn.record(events.CompartmentToReview(door, "not_used"))


def unanswered(turn: Turn, opening: Opening) -> None:
    """ "No parcel detected", and nobody said a word."""
    if opening.closed:
        release(turn, opening, Content.EMPTY)


def _mine(turn: Turn, opening: Opening) -> Session | None:
    session = courier.person(turn, opening.number)
    return session if session is not None and session.opening == opening.number else None

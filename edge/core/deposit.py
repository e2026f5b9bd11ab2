"""Courier deposit: scan, put, shut.  No taps while all goes well; every other way has a name."""

from __future__ import annotations

from typing import Any, Final

from edge.core import courier, doors, events, label, sensing, weighing
from edge.core.allocation import Wish, allocate
from edge.core.deposit_end import ask, back, elsewhere, inside, last_deposit, released, reopened, unanswered
from edge.core.letting import (
    ANOTHER_DOOR,
    attended,
    left_alone,
    let,
    release,
    sensed,
    unlet_unused,
)
from edge.core.memory import Session
from edge.core.refusal import Refusal
from edge.core.sessions import refuse, show
from edge.core.state import HERE, Opening
from edge.core.turn import Turn
from edge.core.words import (
    SIZE_ORDER,
    CompartmentState,
    Content,
    Evidence,
    ParcelState,
    Purpose,
    Size,
)

MOVING: Final = frozenset({"opening", "push_then_pull", "take_out"})  # no label is taken while a door is on its way
REOPENED: Final = frozenset({"undo", "reopen"})


# -- the label ------------------------------------------------------------------------------------------------------


def scanned(turn: Turn, session: Session, text: str, *, typed: bool = False) -> None:
    """A label was scanned, or its number typed."""
    if session.stage in MOVING:
        return
    if "deposit" not in session.permissions or not session.carriers:
        refuse(turn, Refusal.NOT_PERMITTED, "label")
        return
    tracking = label.tracking_of(text)
    if not tracking:
        _unreadable(turn, session, typed)
        return
    known = label.find(turn, session.carriers, tracking)
    carrier = known.carrier if known is not None else session.carriers[0]
    parcel = label.name(turn, carrier, tracking)
    under_way = next((o for o in turn.state.openings.values() if parcel in o.parcels and not o.said), None)
    if under_way is not None:
        if under_way.closed and under_way.number == session.opening:  # it was asked where the parcel is: here
            _again(turn, session, under_way)
        return  # else the same label seen twice while its door is open
    refusal = label.refusal(turn, session, tracking, known, carrier)
    if refusal is not None:
        turn.record(events.DepositRefused(parcel, carrier, refusal))
        where: dict[str, Any] = {"door": known.door} if known is not None and known.state in HERE else {}
        refuse(turn, refusal, "label", label=tracking, **where)
    elif _doors_open(turn) >= turn.site.policy.deposit_doors_at_once:
        turn.update(params=dict(session.params) | {"hint": str(Refusal.DOORS_OPEN)})
        turn.beep("wrong")
    elif session.stage in courier.SILENT and session.parcel == parcel:
        retry(turn, session)
    else:
        size = known.size if known is not None else None
        on_it = weighing.on_the_scale(turn, session, parcel)
        new = session.at("ready", parcel=parcel, label=tracking, size=size, door=0, opening=0, doors=(), weighed=on_it)
        _begin(turn, new)


def _unreadable(turn: Turn, session: Session, typed: bool) -> None:
    """Beside an open door another code on the same parcel is no reason to stop."""
    if session.stage == "put" and not typed:
        turn.beep("wrong")
    else:
        refuse(turn, Refusal.LABEL_UNREADABLE, "label")


def _doors_open(turn: Turn) -> int:
    return sum(o.purpose is Purpose.DEPOSIT and not o.closed for o in turn.state.openings.values())


def _begin(turn: Turn, session: Session) -> None:
    session = session.at("ready", purpose=Purpose.DEPOSIT)
    unlet_unused(turn)
    mate = label.same_recipient(turn, turn.state.parcels.get(session.parcel))
    if mate is not None:
        show(turn, session, "offer", door=mate.door)
    else:
        put_into(turn, session)


# -- the door -------------------------------------------------------------------------------------------------------


def put_into(turn: Turn, session: Session, not_these: frozenset[int] = frozenset()) -> None:
    """Let the smallest compartment that fits, and open it."""
    known = turn.state.parcels.get(session.parcel)
    carrier = _carrier(turn, session)
    size = session.size or (known.size if known is not None else turn.site.policy.default_size)
    wish = Wish(
        carrier=carrier,
        size=size,
        reachable=known is not None and known.reachable,
        heavy=(known is not None and known.heavy) or weighing.heavy(turn, session),
        not_these=not_these,
    )
    door = allocate(turn.site, turn.state, turn.memory, wish)
    if isinstance(door, Refusal):
        _no_door(turn, session, carrier, door, size)
        return
    if doors.hindrance(turn, door):
        show(turn, session, courier.silent(turn, door), door=door)
        return
    let(turn, session, door, carrier, size, "pickup")
    _open(turn, session.at("opening", size=size), door)


def _no_door(turn: Turn, session: Session, carrier: str, why: Refusal, size: Size) -> None:
    turn.record(events.DepositRefused(session.parcel, carrier, why))
    other = courier.standing_open(turn, session)
    shut: dict[str, Any] = {"shut": other.door} if other is not None else {}
    refuse(turn, why, "label", label=session.label, size=str(size), **shut)


def _open(turn: Turn, session: Session, door: int) -> Opening:
    """Ask for the door of this session's parcel; the caller has asked `hindrance`."""
    opening = doors.authorise(turn, door, Purpose.DEPOSIT, courier.authority(session), (session.parcel,))
    turn.show(session.at("opening", purpose=Purpose.DEPOSIT, door=door, opening=opening.number))
    return opening


def _carrier(turn: Turn, session: Session) -> str:
    known = turn.state.parcels.get(session.parcel)
    return known.carrier if known is not None else session.carriers[0]


def retry(turn: Turn, session: Session) -> None:
    """The same door once more after a pulse that was not driven; another one when it is not ours any more."""
    door, record = session.door, turn.state.compartments.get(session.door)
    known = turn.state.parcels.get(session.parcel)
    if not session.parcel or (known is not None and known.state in HERE):
        courier.ready(turn, session)
        return
    held = record is not None and record.state is CompartmentState.HELD and turn.state.live(door) is None
    mate = label.same_recipient(turn, known)
    if not held and not (mate is not None and mate.door == door):
        put_into(turn, session)
    elif doors.hindrance(turn, door):
        show(turn, session, courier.silent(turn, door))
    else:
        _open(turn, session, door)


# -- the choices ----------------------------------------------------------------------------------------------------


def choose(turn: Turn, session: Session, choice: str) -> bool:
    """A tap of a courier who deposits.  True when it was one of ours."""
    opening = turn.state.openings.get(session.opening)
    if session.stage == "offer" and choice in ("add", "own_door"):
        _offered(turn, session, choice == "add")
    elif session.stage == "put" and opening is not None:
        return _beside_the_open_door(turn, session, opening, choice)
    elif session.stage in ("no_parcel", "is_it_inside") and opening is not None:
        return _asked(turn, session, opening, choice)
    elif session.stage == "ready" and choice == "last" and session.last_opening:
        _last(turn, session)
    elif session.stage == "last" and choice in ("undo", "open_again"):
        _reopen_last(turn, session, "undo" if choice == "undo" else "reopen")
    elif session.stage == "last" and choice == "back":
        courier.ready(turn, session)
    elif session.purpose == Purpose.DEPOSIT and session.stage in courier.SILENT and choice == "try_again":
        retry(turn, session)
    else:
        return False
    return True


def _beside_the_open_door(turn: Turn, session: Session, opening: Opening, choice: str) -> bool:
    if choice in ANOTHER_DOOR:
        _another_door(turn, session, opening, choice)
    elif choice in ("cancel", "undo"):
        turn.record(events.PersonSaid(opening.number, opening.door, choice))
        courier.put(turn, session, turn.state.openings[opening.number])
    else:
        return False
    return True


def _asked(turn: Turn, session: Session, opening: Opening, choice: str) -> bool:
    """ "No parcel detected" and "is it inside?": the door is closed, the courier answers."""
    if choice == "open_again":
        _again(turn, session, opening)
    elif choice in ("cancel", "no"):
        turn.record(events.PersonSaid(opening.number, opening.door, "cancel"))
        release(turn, turn.state.openings[opening.number], sensed(turn, opening.door))
        courier.ready(turn, session)
    elif choice == "yes" and session.stage == "is_it_inside":
        inside(turn, opening, Evidence.PERSON)
        back(turn)
    else:
        return False
    return True


def _offered(turn: Turn, session: Session, add: bool) -> None:
    mate = label.same_recipient(turn, turn.state.parcels.get(session.parcel))
    if add and mate is not None:
        _open(turn, session, mate.door)
    else:
        put_into(turn, session)


def _another_door(turn: Turn, session: Session, opening: Opening, why: str) -> None:
    """The parcel goes elsewhere; what becomes of this compartment is settled when its door is seen closed."""
    turn.record(events.PersonSaid(opening.number, opening.door, why))
    if why == "occupied":
        turn.record(events.IncidentReported(opening.number, opening.door, "occupied", opening.number, opening.parcels))
    turn.record(events.DepositAbandoned(session.parcel, opening.door, opening.number, why))
    shared = bool(turn.state.compartments[opening.door].parcels)
    if why == "does_not_fit" and not shared:
        here = turn.site.plan(opening.door).size
        bigger = [size for size in Size if SIZE_ORDER[size] > SIZE_ORDER[here]]
        if not bigger:
            _no_door(turn, session, _carrier(turn, session), Refusal.NO_FREE_COMPARTMENT, here)
            return
        session = session.at("ready", size=bigger[0])
    put_into(turn, session.at("ready"), frozenset({opening.door}))


def _again(turn: Turn, session: Session, opening: Opening) -> None:
    turn.record(events.OpeningEnded(opening.number, opening.door, "opened_again"))
    session = session.at("ready", purpose=Purpose.DEPOSIT, door=opening.door, parcel=opening.parcels[0])
    if doors.hindrance(turn, opening.door):
        show(turn, session, courier.silent(turn, opening.door))
    else:
        _open(turn, session, opening.door)


def _last(turn: Turn, session: Session) -> None:
    """The last deposit: its door may be opened once more until the session ends."""
    parcel = last_deposit(turn, session)
    if parcel is None:
        courier.ready(turn, session)
    else:
        show(turn, session, "last", door=parcel.door, parcel=parcel.id, label=turn.shelf.tracking(parcel.id))


def _reopen_last(turn: Turn, session: Session, why: str) -> None:
    """Undo the last deposit, or open its door once more: written down as what it is."""
    parcel = last_deposit(turn, session)
    if parcel is None:
        courier.ready(turn, session)
    elif doors.hindrance(turn, parcel.door):
        show(turn, session, courier.silent(turn, parcel.door), purpose=Purpose.DEPOSIT)
    else:
        opening = _open(turn, session, parcel.door)
        turn.record(events.PersonSaid(opening.number, parcel.door, why))


# -- what the doors tell --------------------------------------------------------------------------------------------


class Deposit:
    """The flow of couriers' deposits."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            courier.put(turn, session, opening)
        turn.beep("ok")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        here = attended(turn, opening)
        alone = not turn.state.compartments[opening.door].parcels
        if opening.said in REOPENED:
            reopened(turn, opening, content)
        elif opening.said:
            released(turn, opening, content)
        elif content is Content.EMPTY and here:
            ask(turn, opening, "no_parcel", elsewhere(turn, opening))
            return
        elif content is Content.EMPTY:
            released(turn, opening, content)
        elif left_alone(turn, opening) or (not here and (content is Content.UNKNOWN or not alone)):
            reason = "left_open" if left_alone(turn, opening) else "interrupted"
            turn.record(events.CompartmentToReview(opening.door, reason, opening.number, opening.parcels))
        elif content is Content.UNKNOWN and sensing.shut_at_once(turn, opening):
            ask(turn, opening, "is_it_inside", {})
            return
        else:
            inside(turn, opening, Evidence.SENSOR if content is Content.PRESENT and alone else Evidence.PERSON)
        if here or courier.mine(turn, opening) is not None:  # or came back to a door that was found open after a cut
            back(turn, opening.number)

    def asked_to_push(self, turn: Turn, opening: Opening) -> None:
        session = courier.mine(turn, opening)
        if session is not None:
            turn.show(session.at("push_then_pull"))
        turn.beep("hurry")

    def jammed(self, turn: Turn, opening: Opening) -> None:
        """The next door by itself; the first is suspect."""
        for parcel in opening.parcels:
            if turn.state.parcels[parcel].state is ParcelState.ANNOUNCED:
                turn.record(events.DepositAbandoned(parcel, opening.door, opening.number, "jammed"))
        _next_door(turn, opening)

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = courier.mine(turn, opening)
        if reason in ("no_status", "forced"):
            _next_door(turn, opening)
        elif session is not None:
            show(turn, session, courier.lapsed_stage(reason))
        else:
            unlet_unused(turn)

    def left_open(self, turn: Turn, opening: Opening) -> None:
        courier.left_open(turn, opening, "deposit_left_open")


def _next_door(turn: Turn, opening: Opening) -> None:
    session = courier.mine(turn, opening)
    if session is None:
        return
    if opening.said:
        courier.ready(turn, session)
    else:
        new = session.at("ready", stuck=(session.parcel, opening.door))
        put_into(turn, new, frozenset({opening.door}))


__all__ = ["Deposit", "choose", "scanned", "unanswered"]

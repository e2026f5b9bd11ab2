"""Drop-off: a customer puts a parcel in, to be returned or sent; a courier collects it."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from edge.core import doors, events, sensing
from edge.core.allocation import Wish, allocate
from edge.core.claim import overtaken, too_often
from edge.core.letting import deposited, left_alone, let, release, sensed, unlet_unused
from edge.core.memory import Session
from edge.core.refusal import Refusal
from edge.core.sessions import good_bye, home, refuse, show
from edge.core.state import Authority, Opening
from edge.core.turn import Turn
from edge.core.words import (
    AuthorityKind,
    CompartmentState,
    Content,
    CredentialState,
    Evidence,
    ParcelState,
    Purpose,
    Role,
    Size,
)

SILENT = ("too_late", "board_silent", "one_moment", "stands_open")


# -- size and door --------------------------------------------------------------------------------------------------


def begin(turn: Turn, session: Session) -> None:
    """The right holds: its door, or first the question of the size."""
    unlet_unused(turn)
    turn.look_for("qr")
    under_way = next((o for o in turn.state.openings.values() if session.parcel in o.parcels and not o.said), None)
    if under_way is not None:  # a cut, or a full card, has sent its person home: one parcel never has two doors
        _back_to(turn, session, under_way)
    elif session.size is not None:
        _open(turn, session, session.size)
    else:
        _ask_size(turn, session)


def _back_to(turn: Turn, session: Session, opening: Opening) -> None:
    """The person is back at the door that is open for this parcel, or has to wait until it is known what is behind."""
    if opening.opened_ms >= 0 and not opening.closed:
        turn.show(session.at("place", door=opening.door, opening=opening.number))
    else:
        show(turn, session, "one_moment")


def _ask_size(turn: Turn, session: Session) -> None:
    """Only sizes for which there is a door are offered."""
    free = [str(size) for size in Size if isinstance(_allocated(turn, session, size), int)]
    if not free:
        _no_door(turn, session, turn.state.parcels[session.parcel].size)
        return
    params = {"suggested": str(turn.state.parcels[session.parcel].size), "free": free}
    show(turn, session, "choose_size", opening=0, door=0, params=params)


def _allocated(turn: Turn, session: Session, size: Size) -> int | Refusal:
    """A door within reach for whoever needs one; for whoever would rather have one, where one is free."""
    parcel = turn.state.parcels[session.parcel]
    needed = parcel.reachable or session.reachable
    wish = Wish(
        parcel.carrier,
        size,
        reachable=needed or turn.memory.reach,
        heavy=parcel.heavy,
        not_these=frozenset({session.door}) - {0},
    )
    door = allocate(turn.site, turn.state, turn.memory, wish)
    if door is Refusal.NO_FREE_COMPARTMENT and not needed:
        door = allocate(turn.site, turn.state, turn.memory, structs.replace(wish, reachable=False))
    return door


def _open(turn: Turn, session: Session, size: Size) -> None:
    if _ended_meanwhile(turn, session):
        return
    parcel, door = turn.state.parcels[session.parcel], _allocated(turn, session, size)
    if isinstance(door, Refusal):
        _no_door(turn, session, size)
    elif doors.hindrance(turn, door):
        show(turn, session, "one_moment", size=size)
    else:
        let(turn, session, door, parcel.carrier, size, parcel.kind)
        _pulse(turn, session.at("opening", size=size), door)


def _no_door(turn: Turn, session: Session, size: Size) -> None:
    """No free door: when the next one is due, and where else."""
    parcel, why = turn.state.parcels[session.parcel], _allocated(turn, session, size)
    refusal = why if isinstance(why, Refusal) else Refusal.NO_FREE_COMPARTMENT
    turn.record(events.DepositRefused(parcel.id, parcel.carrier, refusal))
    params: dict[str, Any] = {"size": str(size)}
    ends = [p.hold_ends_ms - turn.running_ms for p in turn.state.parcels.values() if p.state is ParcelState.STANDING]
    if ends:
        params["expected_s"] = max(0, min(ends)) // 1000
    if turn.site.neighbours:
        nearest = turn.site.neighbours[0]
        params |= {"site": nearest.number, "name": nearest.name, "address": nearest.address}
    live = turn.state.openings.get(session.opening)
    if live is not None and live.opened_ms >= 0 and not live.closed:
        params["shut"] = live.door
    refuse(turn, refusal, "code", reservation=session.reservation, **params)


def _open_again(turn: Turn, session: Session, door: int) -> None:
    if not _ended_meanwhile(turn, session):
        _pulse(turn, session, door)


def _ended_meanwhile(turn: Turn, session: Session) -> bool:
    """Refuse when the right opens no door any more, though it did when the customer began.

    Asked before each opening, and before the compartment is let: letting it announces the parcel anew.
    """
    refusal = _over(turn, session)
    if refusal is not None:
        refuse(turn, refusal, session.authority, reservation=session.reservation)
        unlet_unused(turn)
    return refusal is not None


def _over(turn: Turn, session: Session) -> Refusal | None:
    right = turn.state.reservations.get(session.reservation)
    if right is None or right.state is CredentialState.REVOKED:
        return Refusal.REVOKED
    if not session.label and overtaken(session, right):
        return Refusal.SUPERSEDED
    if turn.state.parcels[session.parcel].cancelled:
        return Refusal.CANCELLED
    return Refusal.TOO_MANY_OPENINGS if too_often(turn, right) else None


def _pulse(turn: Turn, session: Session, door: int) -> None:
    if doors.hindrance(turn, door):
        show(turn, session, "one_moment", door=door)
        return
    authority = Authority(AuthorityKind.CODE, session.reservation, session.generation)
    opening = doors.authorise(turn, door, Purpose.DROP_OFF, authority, (session.parcel,))
    turn.show(session.at("opening", door=door, opening=opening.number))


# -- the choices ----------------------------------------------------------------------------------------------------


def choose(turn: Turn, session: Session, choice: str) -> bool:
    """A tap of a customer who drops off.  True when it was one of ours."""
    opening = turn.state.openings.get(session.opening)
    if session.stage == "choose_size" and choice in set(Size):
        _open(turn, session, Size(choice))
    elif session.stage == "place" and choice == "other_size" and opening is not None:
        turn.record(events.PersonSaid(opening.number, opening.door, "does_not_fit"))
        turn.record(events.DepositAbandoned(session.parcel, opening.door, opening.number, "does_not_fit"))
        _ask_size(turn, session)
    elif session.stage == "place" and choice == "cancel" and opening is not None:
        turn.record(events.PersonSaid(opening.number, opening.door, "cancel"))
        turn.show(session.at("place", params={"cancelled": True}))
    elif session.stage in ("no_parcel", "is_it_inside") and opening is not None:
        return _asked(turn, session, opening, choice)
    elif session.stage in SILENT and choice == "try_again":
        _retry(turn, session)
    else:
        return False
    return True


def _asked(turn: Turn, session: Session, opening: Opening, choice: str) -> bool:
    """The door is closed, and it is not clear that anything is inside."""
    if choice == "open_again":
        turn.record(events.OpeningEnded(opening.number, opening.door, "opened_again"))
        _open_again(turn, session, opening.door)
    elif choice in ("cancel", "no"):
        turn.record(events.PersonSaid(opening.number, opening.door, "cancel"))
        release(turn, turn.state.openings[opening.number], sensed(turn, opening.door))
        good_bye(turn, session, "cancelled")
    elif choice == "yes" and session.stage == "is_it_inside":
        _dropped_off(turn, opening, Evidence.PERSON)
    else:
        return False
    return True


def _retry(turn: Turn, session: Session) -> None:
    record = turn.state.compartments.get(session.door)
    if record is not None and record.state is CompartmentState.HELD and turn.state.live(session.door) is None:
        _open_again(turn, session, session.door)
    else:
        begin(turn, session)


# -- what the doors tell --------------------------------------------------------------------------------------------


class DropOff:
    """The flow of customers' drop-offs."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = _mine(turn, opening)
        if session is not None:
            turn.show(session.at("place", door=opening.door))
        turn.beep("ok")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        session = _mine(turn, opening)
        if opening.said:
            release(turn, opening, content)
            if session is not None:
                good_bye(turn, session, "cancelled")
        elif content is Content.EMPTY and session is not None:
            _ask(turn, session, opening, "no_parcel")
        elif content is Content.EMPTY:
            release(turn, opening, content)
        elif left_alone(turn, opening) or (content is Content.UNKNOWN and session is None):
            reason = "left_open" if left_alone(turn, opening) else "interrupted"
            turn.record(events.CompartmentToReview(opening.door, reason, opening.number, opening.parcels))
            if session is not None:
                home(turn)
        elif content is Content.UNKNOWN and session is not None and _not_certain(turn, opening):
            _ask(turn, session, opening, "is_it_inside")
        else:
            _dropped_off(turn, opening, Evidence.SENSOR if content is Content.PRESENT else Evidence.PERSON)

    def asked_to_push(self, turn: Turn, opening: Opening) -> None:
        session = _mine(turn, opening)
        if session is not None:
            turn.show(session.at("push_then_pull"))
        turn.beep("hurry")

    def jammed(self, turn: Turn, opening: Opening) -> None:
        """Another door by itself; the parcel is still in the customer's hands."""
        session = _mine(turn, opening)
        for parcel in opening.parcels:
            turn.record(events.DepositAbandoned(parcel, opening.door, opening.number, "jammed"))
        if session is not None:
            _another_door(turn, session)

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = _mine(turn, opening)
        if session is None:
            unlet_unused(turn)
        elif reason in ("no_status", "forced"):
            _another_door(turn, session)
        else:
            show(turn, session, "too_late" if reason.startswith(("late", "coil_limit")) else "board_silent")

    def left_open(self, turn: Turn, opening: Opening) -> None:
        turn.record(events.AlarmRaised("drop_off_left_open", str(opening.door), "the customer has left"))
        if _mine(turn, opening) is not None:
            home(turn)


def unanswered(turn: Turn, opening: Opening) -> None:
    """Shut, not clear whether anything is inside, and nobody said a word."""
    content = sensed(turn, opening.door)
    if content is Content.EMPTY:
        release(turn, opening, content)
    else:
        turn.record(events.CompartmentToReview(opening.door, "unanswered", opening.number, opening.parcels))


def _not_certain(turn: Turn, opening: Opening) -> bool:
    """Whether its person has to say what is behind the door (I6)."""
    return sensing.interrupted(turn, opening) or sensing.shut_at_once(turn, opening)


def _ask(turn: Turn, session: Session, opening: Opening, stage: str) -> None:
    show(turn, session, stage, door=opening.door)
    turn.beep("wrong")
    turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)


def _dropped_off(turn: Turn, opening: Opening, evidence: Evidence) -> None:
    session = _mine(turn, opening)
    for parcel in opening.parcels:
        deposited(turn, opening, parcel, evidence, Purpose.DROP_OFF)
    turn.record(events.OpeningEnded(opening.number, opening.door, "dropped_off"))
    turn.beep("ok")
    if session is not None:
        # The receipt stays until it could be photographed: site and opening, to be found in the journal.
        receipt = f"{turn.site.number}-{opening.number}"
        turn.show(session.at("receipt", params={"receipt": receipt}))
        turn.after(turn.timers.idle_s, "home", turn.memory.choices)


def _another_door(turn: Turn, session: Session) -> None:
    """This one did not open, or is not to be trusted."""
    session = structs.replace(session, stuck=(session.parcel, session.door))
    _open(turn, session, session.size or Size.S)


def _mine(turn: Turn, opening: Opening) -> Session | None:
    session = turn.person(Role.CUSTOMER)
    return session if session is not None and session.opening == opening.number else None

"""Drop-off: a customer puts a parcel in, to be returned or sent; a courier collects it."""

from __future__ import annotations

from edge.core import deposit, doors, events
from edge.core.allocation import Wish, allocate
from edge.core.credential import Credential, carrier_allowed, judge_time, rank
from edge.core.memory import Session
from edge.core.refusal import Refusal
from edge.core.sessions import good_bye, refuse, show
from edge.core.state import Authority, Opening, Parcel
from edge.core.turn import Turn
from edge.core.words import (
    SIZE_ORDER,
    AuthorityKind,
    CompartmentState,
    Content,
    Evidence,
    ParcelState,
    Purpose,
    Role,
    Size,
)

KINDS = ("return", "send")


def present_code(turn: Turn, credential: Credential) -> None:
    """A drop-off code whose signature held.  Its reservation was announced with the parcel that will be put in."""
    claims = credential.claims
    reservation = claims.reservation
    right = turn.state.reservations.get(reservation)
    refusal = rank(claims, right.generation if right else -1, turn.state.revoked.get(reservation, -1))
    verdict = judge_time(claims, turn.now.time)
    if refusal is None and verdict == "not_yet":
        refusal = Refusal.NOT_YET_VALID
    if refusal is None and verdict == "expired":
        refusal = Refusal.EXPIRED
    records = [turn.state.parcels[p] for p in (right.parcels if right else ()) if p in turn.state.parcels]
    if refusal is None:
        refusal = _judge(turn, records, credential)
    if refusal is not None:
        refuse(turn, refusal, "code", reservation=reservation)
        return
    parcel = next(p for p in records if p.state is ParcelState.ANNOUNCED)
    session = Session(
        Role.CUSTOMER,
        "choose_size",
        purpose=Purpose.DROP_OFF,
        reservation=reservation,
        authority=AuthorityKind.CODE,
        generation=claims.generation,
        parcel=parcel.id,
        size=claims.size,
    )
    _begin(turn, session)


def present_label(turn: Turn, text: str) -> None:
    """The label of an announced return, shown or typed at "send a parcel"."""
    tracking = text.strip().replace(" ", "").upper()
    known = next(
        (
            p
            for p in turn.state.parcels.values()
            if p.kind in KINDS
            and p.id in turn.shelf.particulars
            and turn.shelf.particulars[p.id].tracking.upper() == tracking
        ),
        None,
    )
    refusal = Refusal.NOT_ANNOUNCED if known is None else _judge(turn, [known], None)
    if refusal is not None or known is None:
        refuse(turn, refusal or Refusal.NOT_ANNOUNCED, "label")
        return
    session = Session(
        Role.CUSTOMER,
        "choose_size",
        purpose=Purpose.DROP_OFF,
        reservation=known.reservation,
        authority=AuthorityKind.CODE,
        parcel=known.id,
        label=tracking,
    )
    _begin(turn, session)


def _judge(turn: Turn, records: list[Parcel], credential: Credential | None) -> Refusal | None:
    """Why nothing may be dropped off on this right."""
    if turn.state.restoring:
        return Refusal.RESTORING
    if turn.state.space in ("reserve", "ballast", "zero"):
        return Refusal.OUT_OF_ORDER
    if not records:
        return Refusal.NOT_ANNOUNCED
    waiting = [p for p in records if p.state is ParcelState.ANNOUNCED and p.kind in KINDS]
    if not waiting:
        if any(p.cancelled for p in records):
            return Refusal.CANCELLED
        # Shut is handed over: opening it again could take it out, or swap it.
        return Refusal.ALREADY_USED
    if credential is not None and not all(carrier_allowed(credential, p.carrier) for p in waiting):
        return Refusal.KEY_CARRIER
    return None


def _begin(turn: Turn, session: Session) -> None:
    if session.size is not None:
        _open(turn, session, session.size)
    else:
        show(turn, session, "choose_size", params={"suggested": str(turn.state.parcels[session.parcel].size)})


def choose(turn: Turn, session: Session, choice: str) -> bool:
    opening = turn.state.openings.get(session.opening)
    if session.stage == "choose_size" and choice in set(Size):
        _open(turn, session, Size(choice))
    elif session.stage == "place" and choice == "other_size" and opening is not None:
        turn.record(events.PersonSaid(opening.number, opening.door, "does_not_fit"))
        turn.record(events.DepositAbandoned(session.parcel, opening.door, opening.number, "does_not_fit"))
        bigger = [s for s in Size if SIZE_ORDER[s] > SIZE_ORDER[turn.site.plan(opening.door).size]]
        if bigger:
            _open(turn, session, bigger[0])
        else:
            refuse(turn, Refusal.NO_FREE_COMPARTMENT, "code")
    elif session.stage in ("place", "no_parcel") and choice == "cancel" and opening is not None:
        _cancel(turn, session, opening)
    elif session.stage == "no_parcel" and choice == "open_again" and opening is not None:
        turn.record(events.OpeningEnded(opening.number, opening.door, "opened_again"))
        _pulse(turn, session, opening.door)
    elif session.stage in ("too_late", "board_silent", "one_moment", "stands_open") and choice == "try_again":
        record = turn.state.compartments.get(session.door)
        if record is not None and record.state is CompartmentState.HELD:
            _pulse(turn, session, session.door)
        else:
            _begin(turn, session)
    else:
        return False
    return True


def _open(turn: Turn, session: Session, size: Size) -> None:
    parcel = turn.state.parcels[session.parcel]
    held = frozenset({session.door}) if session.door else frozenset()
    door = allocate(
        turn.site, turn.state, turn.memory, Wish(parcel.carrier, size, parcel.reachable, parcel.heavy, held)
    )
    if isinstance(door, Refusal):
        turn.record(events.DepositRefused(parcel.id, parcel.carrier, door))
        refuse(turn, door, "code", size=str(size))
        return
    blocked = doors.hindrance(turn, door)
    if blocked:
        show(turn, session, "one_moment")
        return
    deposit.let(turn, session, door, parcel.carrier, size, parcel.kind)
    _pulse(turn, session.at("opening", size=size), door)


def _pulse(turn: Turn, session: Session, door: int) -> None:
    if doors.hindrance(turn, door):
        show(turn, session, "one_moment", door=door)
        return
    authority = Authority(AuthorityKind.CODE, session.reservation, session.generation)
    opening = doors.authorise(turn, door, Purpose.DROP_OFF, authority, (session.parcel,))
    turn.show(session.at("opening", door=door, opening=opening.number))


def _cancel(turn: Turn, session: Session, opening: Opening) -> None:
    if opening.closed:
        deposit.release(turn, opening, Content.EMPTY)
        good_bye(turn, session, "cancelled")
    else:
        turn.record(events.PersonSaid(opening.number, opening.door, "cancel"))
        turn.show(session.at("place", params={"cancelled": True}))


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
            deposit.release(turn, opening, content)
            if session is not None:
                good_bye(turn, session, "cancelled")
        elif content is Content.EMPTY and session is not None:
            show(turn, session, "no_parcel", door=opening.door)
            turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)
        elif content is Content.EMPTY:
            deposit.release(turn, opening, content)
        elif content is Content.UNKNOWN and (session is None or doors.interrupted(turn, opening)):
            turn.record(events.CompartmentToReview(opening.door, "interrupted", opening.number, opening.parcels))
        else:
            self._dropped_off(turn, opening, content, session)

    def retried(self, turn: Turn, opening: Opening) -> None:
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
            _open(turn, session, session.size or Size.S)

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = _mine(turn, opening)
        if session is None:
            if reason not in ("no_status", "forced"):
                deposit.unlet(turn, opening.door)
            return
        show(turn, session, "too_late" if reason.startswith(("late", "coil_limit")) else "board_silent")

    def left_open(self, turn: Turn, opening: Opening) -> None:
        turn.record(events.AlarmRaised("drop_off_left_open", str(opening.door), "the customer has left"))
        if _mine(turn, opening) is not None:
            turn.show(None)

    def _dropped_off(self, turn: Turn, opening: Opening, content: Content, session: Session | None) -> None:
        evidence = Evidence.SENSOR if content is Content.PRESENT else Evidence.PERSON
        for parcel in opening.parcels:
            deposit.deposited(turn, opening, parcel, evidence, Purpose.DROP_OFF)
        turn.record(events.OpeningEnded(opening.number, opening.door, "dropped_off"))
        if session is not None:
            # The receipt can be photographed: site and number of the opening, checked against the journal.
            receipt = f"{turn.site.number}-{opening.number}"
            good_bye(turn, session, "receipt", params={"receipt": receipt})


def unanswered(turn: Turn, opening: Opening) -> None:
    if opening.closed:
        deposit.release(turn, opening, Content.EMPTY)


def _mine(turn: Turn, opening: Opening) -> Session | None:
    session = turn.person(Role.CUSTOMER)
    return session if session is not None and session.opening == opening.number else None

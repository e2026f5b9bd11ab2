"""Customer pickup: from a credential to a collected parcel, with every branch where things go wrong."""

from __future__ import annotations

from typing import Final

from edge.core import doors, events
from edge.core.credential import Credential, carrier_allowed, expiry_refuses, judge_time, rank
from edge.core.events.doors import HOUR_MS
from edge.core.memory import Session
from edge.core.pin import find_pin, pin_verifier, wait_ms
from edge.core.refusal import Refusal
from edge.core.sessions import LAST, good_bye, refuse, show
from edge.core.state import Authority, Opening, Parcel, Reservation
from edge.core.turn import Turn
from edge.core.words import (
    AuthorityKind,
    CompartmentState,
    Content,
    ContentSensor,
    CredentialState,
    Evidence,
    ParcelState,
    Purpose,
    Role,
)

CLAIMABLE: Final = frozenset({ParcelState.STANDING, ParcelState.OVERDUE, ParcelState.UNCERTAIN, ParcelState.LEAVING})
PROBLEMS: Final = ("empty", "wrong", "damaged")


# -- presenting -----------------------------------------------------------------------------------------------------


def present_code(turn: Turn, credential: Credential) -> None:
    """A pickup code whose signature held."""
    claims = credential.claims
    reservation = claims.reservation
    right = turn.state.reservations.get(reservation)
    known = right.generation if right is not None else -1
    refusal = rank(claims, known, turn.state.revoked.get(reservation, -1))
    if refusal is not None:
        refuse(turn, refusal, "code", reservation=reservation)
        return
    standing = _claimable(turn, reservation)
    verdict = judge_time(claims, turn.now.time)
    if verdict == "not_yet":
        refuse(turn, Refusal.NOT_YET_VALID, "code", reservation=reservation, from_s=claims.not_before_s)
        return
    over = bool(standing) and all(p.state is ParcelState.OVERDUE for p in standing)
    if expiry_refuses(verdict, parcel_stands=bool(standing), hold_over=over) and not _collected(turn, reservation):
        refuse(turn, Refusal.EXPIRED, "code", reservation=reservation)
        return
    if any(not carrier_allowed(credential, p.carrier) for p in _of(turn, reservation)):
        refuse(turn, Refusal.KEY_CARRIER, "code", reservation=reservation)
        return
    if right is not None and claims.generation > right.generation:
        turn.record(events.CredentialSuperseded(reservation, claims.generation))
    session = Session(
        Role.CUSTOMER,
        "opening",
        purpose=Purpose.PICKUP,
        reservation=reservation,
        authority=AuthorityKind.CODE,
        generation=claims.generation,
        expires_s=claims.expires_s,
    )
    _claim(turn, session, second_factor=claims.second_factor)


def present_pin(turn: Turn, digits: str) -> None:
    """Eight digits typed at the attract screen.  The limiter stands before anything is looked up."""
    policy = turn.site.policy
    wait = wait_ms(turn.state.pin, turn.running_ms, failures_a_day=policy.pin_failures_a_day)
    if wait:
        refuse(turn, Refusal.TOO_MANY_PINS, "pin", wait_s=-(-wait // 1000))
        return
    reservation = find_pin(pin_verifier(turn.site.pin_key, digits), turn.shelf.pins)
    right = turn.state.reservations.get(reservation) if reservation is not None else None
    if right is None or right.state is CredentialState.REVOKED:
        _pin_failed(turn, Refusal.UNKNOWN_PIN)
        return
    if turn.state.pin.failures:
        turn.record(events.PinAccepted())
    if right.second_factor:  # here the PIN is the second factor, and never enough by itself
        refuse(turn, Refusal.NEEDS_SECOND_FACTOR, "pin", reservation=right.id)
        return
    session = Session(
        Role.CUSTOMER,
        "opening",
        purpose=Purpose.PICKUP,
        reservation=right.id,
        authority=AuthorityKind.PIN,
        generation=right.generation,
    )
    _claim(turn, session, second_factor=False)


def second_factor(turn: Turn, session: Session, digits: str) -> None:
    """The PIN that a code of the reservation asks for."""
    policy = turn.site.policy
    wait = wait_ms(turn.state.pin, turn.running_ms, failures_a_day=policy.pin_failures_a_day)
    if wait:
        refuse(turn, Refusal.TOO_MANY_PINS, "pin", wait_s=-(-wait // 1000))
        return
    found = find_pin(pin_verifier(turn.site.pin_key, digits), turn.shelf.pins)
    if found != session.reservation:
        _pin_failed(turn, Refusal.WRONG_SECOND_FACTOR)
        return
    if turn.state.pin.failures:
        turn.record(events.PinAccepted())
    _claim(turn, session, second_factor=False, proven=True)


def _pin_failed(turn: Turn, refusal: Refusal) -> None:
    policy = turn.site.policy
    turn.record(events.PinFailed(policy.pin_tries))
    wait = wait_ms(turn.state.pin, turn.running_ms, failures_a_day=policy.pin_failures_a_day)
    refuse(turn, refusal, "pin", wait_s=-(-wait // 1000))


def _claimable(turn: Turn, reservation: str) -> tuple[Parcel, ...]:
    return tuple(p for p in turn.state.here(reservation) if p.state in CLAIMABLE and not _goes_back(p))


def _goes_back(parcel: Parcel) -> bool:
    """Not for its recipient: held back, called off, or on its way to where it came from; also while it is uncertain."""
    returning = parcel.rest is ParcelState.RETURNING or parcel.kind != "pickup"
    return parcel.withheld or bool(parcel.cancelled) or returning


def _of(turn: Turn, reservation: str) -> tuple[Parcel, ...]:
    """Every parcel of a right that the books know, wherever it is."""
    right = turn.state.reservations.get(reservation)
    return tuple(turn.state.parcels[p] for p in (right.parcels if right else ()) if p in turn.state.parcels)


def _collected(turn: Turn, reservation: str) -> tuple[Parcel, ...]:
    return tuple(p for p in _of(turn, reservation) if p.state is ParcelState.COLLECTED)


def _claim(turn: Turn, session: Session, *, second_factor: bool, proven: bool = False) -> None:
    """Judge the state of the reservation, and open the first door."""
    reservation, source = session.reservation, session.authority
    standing = _claimable(turn, reservation)
    right = turn.state.reservations.get(reservation)
    again = next((p for p in _collected(turn, reservation) if in_grace(turn, p)), None)
    if right is None or not (standing or again):
        _nothing_here(turn, session)
        return
    if right.state is CredentialState.REVOKED:
        refuse(turn, Refusal.REVOKED, source, reservation=reservation)
        return
    overdue = bool(standing) and all(p.state is ParcelState.OVERDUE for p in standing)
    if overdue and turn.site.policy.overdue_pickup == "refuse":
        refuse(turn, Refusal.OVERDUE, source, reservation=reservation)
        return
    if (second_factor or right.second_factor) and not proven and session.authority == AuthorityKind.CODE:
        show(turn, session, "second_factor")
    elif standing:
        _open_next(turn, _with_doors(session, standing))
    elif again is not None:
        _reopen(turn, session, again)


def _with_doors(session: Session, parcels: tuple[Parcel, ...]) -> Session:
    order = tuple(dict.fromkeys(p.door for p in parcels))
    return session.at("opening", doors=order, params={"of": len(order)})


def _nothing_here(turn: Turn, session: Session) -> None:
    """Why a good credential opens nothing: used, on its way, called off, taken back."""
    reservation, source = session.reservation, session.authority
    collected = _collected(turn, reservation)
    used = [key for key in turn.state.consumed if key.startswith(f"{reservation}:")]
    if collected or used:
        when = max((p.ended_wall_s for p in collected), default=0)
        refuse(turn, Refusal.ALREADY_USED, source, reservation=reservation, when_s=when)
        return
    records = _of(turn, reservation)
    if turn.state.restoring:
        refuse(turn, Refusal.RESTORING, source, reservation=reservation)
    elif any(p.state is ParcelState.RETURNING for p in records):
        refuse(turn, Refusal.TAKEN_BACK, source, reservation=reservation)
    elif records and all(p.state is ParcelState.GONE for p in records):
        called_off = any(p.cancelled for p in records)
        refuse(turn, Refusal.CANCELLED if called_off else Refusal.TAKEN_BACK, source, reservation=reservation)
    else:
        refuse(turn, Refusal.NOT_HERE_YET, source, reservation=reservation)


# -- opening --------------------------------------------------------------------------------------------------------


def _open_next(turn: Turn, session: Session) -> None:
    """Ask for the next door of this person, or say what stands in the way."""
    door = session.doors[0]
    blocked = doors.hindrance(turn, door)
    record = turn.state.compartments[door]
    live = turn.state.live(door)
    right = turn.state.reservations.get(session.reservation)
    parcels = tuple(p.id for p in _claimable(turn, session.reservation) if p.door == door)
    if right is None or not parcels:  # called off, or moved under another right, in the meantime
        _nothing_here(turn, session)
    elif right.state is CredentialState.REVOKED:
        refuse(turn, Refusal.REVOKED, session.authority, reservation=session.reservation)
    elif live is not None and _stands_open_for(live, session):
        turn.show(session.at("take", door=door, opening=live.number, doors=session.doors[1:]))
    elif record.state is CompartmentState.OUT_OF_SERVICE:
        show(turn, session, "jammed", door=door, doors=session.doors[1:], params={"ticket": _ticket(turn, door)})
    elif _too_often(turn, right):
        refuse(turn, Refusal.TOO_MANY_OPENINGS, session.authority, reservation=session.reservation)
    elif blocked == "stands_open":
        show(turn, session, "stands_open", door=door)
    elif blocked in ("board", "supply"):
        show(turn, session, "board_silent", door=door)
    elif blocked:
        show(turn, session, "one_moment", door=door)
    else:
        opening = doors.authorise(turn, door, Purpose.PICKUP, _authority(session), parcels, expires_s=session.expires_s)
        turn.show(
            session.at(
                "opening", door=door, opening=opening.number, doors=session.doors[1:], params=dict(session.params)
            )
        )


def _stands_open_for(opening: Opening, session: Session) -> bool:
    own = opening.purpose is Purpose.PICKUP and opening.authority.ref == session.reservation
    return own and opening.opened_ms >= 0 and not opening.closed


def _too_often(turn: Turn, right: Reservation) -> bool:
    recent = [t for t in right.openings_ms if turn.running_ms - t < HOUR_MS]
    return len(recent) >= turn.site.policy.openings_an_hour


def _ticket(turn: Turn, door: int) -> str:
    return turn.state.faults.get(f"door_jammed:{door}", "").removeprefix("ticket ")


def _authority(session: Session) -> Authority:
    return Authority(AuthorityKind(session.authority), session.reservation, session.generation)


def in_grace(turn: Turn, parcel: Parcel) -> bool:
    """Whether the compartment of a collected parcel may be opened once more for its own customer (I2)."""
    record = turn.state.compartments.get(parcel.ended_door)
    return (
        parcel.ended_boot == turn.now.stamp.boot
        and turn.running_ms - parcel.ended_ms < turn.timers.grace_s * 1000
        and parcel.reopened < turn.site.policy.reopenings_in_grace
        and record is not None
        and record.letting == parcel.ended_letting
        and record.state in (CompartmentState.FREE, CompartmentState.REVIEW)
    )


def _reopen(turn: Turn, session: Session, parcel: Parcel) -> None:
    door = parcel.ended_door
    session = session.at("opening", door=door, doors=())
    if _too_often(turn, turn.state.reservations[session.reservation]):
        refuse(turn, Refusal.TOO_MANY_OPENINGS, session.authority, reservation=session.reservation)
        return
    if doors.hindrance(turn, door):
        show(turn, session, "one_moment", door=door)
        return
    opening = doors.authorise(turn, door, Purpose.PICKUP, _authority(session), (parcel.id,), grace=True)
    turn.show(session.at("opening", opening=opening.number, params={"grace": True}))


# -- the choices ----------------------------------------------------------------------------------------------------


def choose(turn: Turn, session: Session, choice: str) -> bool:
    """A tap of a customer in a pickup.  True when it was one of ours."""
    opening = turn.state.openings.get(session.opening)
    if session.stage in ("take", "left_inside", "thanks", "did_you_get_it") and choice == "problem":
        show(turn, session, "problem", params={"back": session.stage, "before": dict(session.params)})
    elif session.stage == "problem" and choice in PROBLEMS:
        complain(turn, session, choice)
    elif session.stage == "problem" and choice == "back":
        _back(turn, session)
    elif session.stage == "take" and choice == "cannot_reach":
        complain(turn, session, choice)
    elif session.stage == "take" and choice == "decline" and opening is not None:
        _decline(turn, session, opening)
    elif session.stage == "did_you_get_it" and choice in ("yes", "no") and opening is not None and opening.closed:
        _answered(turn, session, opening, choice == "yes")
    elif session.stage in ("thanks", "did_you_get_it", "reopen") and choice == "open_again":
        _again(turn, session, opening)
    elif session.stage in ("board_silent", "too_late", "one_moment", "stands_open") and choice == "try_again":
        _claim(turn, session, second_factor=False, proven=True)
    elif session.stage == "jammed" and choice == "next":
        _after_jam(turn, session)
    else:
        return False
    return True


def _back(turn: Turn, session: Session) -> None:
    """There was no problem after all."""
    stage, before = str(session.params["back"]), session.params["before"]
    if stage in LAST:
        good_bye(turn, session, stage, params=before)
    else:
        show(turn, session, stage, params=before)


def complain(turn: Turn, session: Session, what: str) -> None:
    """Something is wrong.  The number of the opening is the number to read out on the telephone."""
    opening = turn.state.openings.get(session.opening)
    parcels = opening.parcels if opening is not None else _taken_from(turn, session)
    turn.record(events.IncidentReported(session.opening, session.door, what, session.opening, parcels))
    if what in ("empty", "wrong"):
        for parcel in parcels:
            if turn.state.parcels[parcel].state is ParcelState.COLLECTED:
                turn.record(events.ParcelUncertain(parcel, session.door, what))
    stands_open = opening is not None and opening.opened_ms >= 0 and not opening.closed
    if opening is not None and opening.closed:
        _uncertain(turn, turn.state.openings[opening.number], what)
    show(turn, session, "help", params={"incident": session.opening, "shut": stands_open, "what": what})


def _taken_from(turn: Turn, session: Session) -> tuple[str, ...]:
    """What this person has collected from the door on the screen."""
    records = (turn.state.parcels.get(p) for p in session.collected)
    return tuple(p.id for p in records if p is not None and p.ended_door == session.door)


def _decline(turn: Turn, session: Session, opening: Opening) -> None:
    for parcel in opening.parcels:
        if turn.state.parcels[parcel].state is not ParcelState.COLLECTED:
            turn.record(events.ParcelDeclined(parcel, session.reservation, opening.door))
    turn.record(events.PersonSaid(opening.number, opening.door, "declined"))
    turn.show(session.at("take", params={"declined": True}))


def _answered(turn: Turn, session: Session, opening: Opening, has_it: bool) -> None:
    if has_it:
        _collect(turn, opening, Evidence.PERSON)
        _onward(turn, session)
    else:
        turn.record(events.OpeningEnded(opening.number, opening.door, "not_taken"))
        show(turn, session, "reopen", doors=(opening.door, *session.doors))


def _again(turn: Turn, session: Session, opening: Opening | None) -> None:
    if opening is not None and opening.closed:
        turn.record(events.OpeningEnded(opening.number, opening.door, "opened_again"))
        _open_next(turn, session.at("opening", doors=(opening.door, *session.doors)))
    else:
        _claim(turn, session, second_factor=False, proven=True)


def _after_jam(turn: Turn, session: Session) -> None:
    if session.doors:
        _open_next(turn, session.at("opening", doors=session.doors))


# -- what the doors tell --------------------------------------------------------------------------------------------


class Pickup:
    """The flow of customers' openings."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = _person(turn, opening)
        if session is not None and session.stage in ("opening", "push_then_pull", "did_you_get_it"):
            params = {name: value for name, value in session.params.items() if name != "left_inside"}
            stage = "left_inside" if session.params.get("left_inside") else "take"
            turn.show(session.at(stage, door=opening.door, params=params))
        turn.beep("ok")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        session = _person(turn, opening)
        if opening.grace:
            self._grace_over(turn, opening, content, session)
        elif opening.said in ("empty", "wrong", "cannot_reach"):
            _uncertain(turn, opening, opening.said)
            if session is not None and session.stage != "help":  # it was said before they presented their code again
                show(turn, session, "help", params={"incident": opening.number, "what": opening.said})
        elif content is Content.PRESENT:
            self._still_inside(turn, opening, session)
        elif content is Content.EMPTY:
            _collect(turn, opening, Evidence.SENSOR)
            _onward(turn, session)
        elif doors.interrupted(turn, opening):
            self._ask(turn, opening, session, "interrupted")
        elif opening.said == "declined":
            self._left_there(turn, opening, session)
        elif opening.open_ms < turn.timers.shortest_open_s * 1000 or _sensor_expected(turn, opening):
            self._ask(turn, opening, session, "shut_at_once")
        else:
            _collect(turn, opening, Evidence.INFERRED)
            _onward(turn, session)

    def retried(self, turn: Turn, opening: Opening) -> None:
        session = _person(turn, opening)
        if session is not None:
            turn.show(session.at("push_then_pull", params=dict(session.params)))
        turn.beep("hurry")

    def jammed(self, turn: Turn, opening: Opening) -> None:
        session = _person(turn, opening)
        if session is not None:
            show(turn, session, "jammed", params={"ticket": str(opening.number)})

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = _person(turn, opening)
        if session is None:
            return
        stage = "too_late" if reason.startswith(("late", "coil_limit")) else "board_silent"
        if reason == "forced":
            stage = "stands_open"
        show(turn, session, stage, doors=(opening.door, *session.doors))

    def left_open(self, turn: Turn, opening: Opening) -> None:
        if _person(turn, opening) is not None:
            turn.show(None)

    def _grace_over(self, turn: Turn, opening: Opening, content: Content, session: Session | None) -> None:
        door = opening.door
        turn.record(events.OpeningEnded(opening.number, door, "reopened_in_grace"))
        inferred = turn.state.compartments[door].reason == "grace"
        if opening.said in ("empty", "wrong"):
            pass  # the complaint has put the compartment into review
        elif content is Content.PRESENT:
            turn.record(events.CompartmentToReview(door, "content_after_pickup"))
        elif content is Content.UNKNOWN and inferred:  # the wait for a complaint begins again
            turn.after(turn.timers.grace_s, "grace", door, turn.state.compartments[door].letting)
        elif content is Content.UNKNOWN:
            turn.record(events.CompartmentToReview(door, "after_reopening"))
        if session is not None and session.stage != "help":
            good_bye(turn, session, "thanks", params={"receipt": session.opening})

    def _still_inside(self, turn: Turn, opening: Opening, session: Session | None) -> None:
        if opening.said == "declined":
            self._left_there(turn, opening, session)
            return
        turn.record(events.OpeningEnded(opening.number, opening.door, "left_inside"))
        if session is None:
            return
        session = session.at("left_inside", doors=(opening.door, *session.doors), params={"left_inside": True})
        _open_next(turn, session)

    def _ask(self, turn: Turn, opening: Opening, session: Session | None, reason: str) -> None:
        if session is None:
            _uncertain(turn, opening, reason)
        else:
            show(turn, session, "did_you_get_it", door=opening.door)
            turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)

    def _left_there(self, turn: Turn, opening: Opening, session: Session | None) -> None:
        turn.record(events.OpeningEnded(opening.number, opening.door, "declined"))
        _onward(turn, session)


def unanswered(turn: Turn, number: int) -> None:
    """ "Did you get it?", and nobody said a word."""
    opening = turn.state.openings.get(number)
    if opening is not None and opening.closed and opening.purpose is Purpose.PICKUP:
        _uncertain(turn, opening, "unanswered")


def grace_over(turn: Turn, door: int, letting: int) -> None:
    """No complaint in grace: what was only concluded now counts (I6)."""
    record = turn.state.compartments.get(door)
    sense = turn.memory.sense(door)
    if record is None or record.state is not CompartmentState.REVIEW or record.reason != "grace":
        return
    if record.letting == letting and turn.state.live(door) is None and sense.state == "closed" and not record.parcels:
        turn.record(events.CompartmentFreed(door, Evidence.INFERRED))


def _person(turn: Turn, opening: Opening) -> Session | None:
    """The customer that this opening is for, when still at the screen."""
    session = turn.person(Role.CUSTOMER)
    return session if session is not None and session.opening == opening.number else None


def _sensor_expected(turn: Turn, opening: Opening) -> bool:
    """A sensor is built in and says nothing: nothing is concluded from a dead one."""
    return turn.site.plan(opening.door).content is not ContentSensor.NONE


def _collect(turn: Turn, opening: Opening, evidence: Evidence) -> None:
    session = _person(turn, opening)
    door = opening.door
    for parcel in opening.parcels:
        if turn.state.parcels[parcel].state is ParcelState.COLLECTED:
            continue
        reservation = turn.state.parcels[parcel].reservation
        right = turn.state.reservations.get(reservation)
        expires = right.expires_s if right is not None else 0
        turn.record(events.ParcelCollected(parcel, reservation, door, opening.number, evidence, expires))
    turn.record(events.OpeningEnded(opening.number, door, "collected"))
    record = turn.state.compartments[door]
    if record.state is CompartmentState.REVIEW and record.reason == "grace":
        turn.after(turn.timers.grace_s, "grace", door, record.letting)
    if session is not None:
        turn.update(collected=(*session.collected, *opening.parcels))


def _uncertain(turn: Turn, opening: Opening, reason: str) -> None:
    doubtful = [p for p in opening.parcels if turn.state.parcels[p].state is not ParcelState.COLLECTED]
    for parcel in doubtful:
        turn.record(events.ParcelUncertain(parcel, opening.door, reason, opening.number))
    if opening.number in turn.state.openings:
        turn.record(events.OpeningEnded(opening.number, opening.door, reason))


def _onward(turn: Turn, session: Session | None) -> None:
    """The next door of this person, or good-bye."""
    session = turn.person(Role.CUSTOMER) if session is not None else None
    if session is None or session.stage == "help":  # the number of the incident stays up
        return
    if session.doors:
        done = int(session.params.get("done", 0)) + 1
        _open_next(turn, session.at("opening", doors=session.doors, params=dict(session.params) | {"done": done}))
    else:
        good_bye(turn, session, "thanks", params={"receipt": session.opening})


__all__ = ["Pickup", "choose", "grace_over", "in_grace", "present_code", "present_pin", "second_factor", "unanswered"]

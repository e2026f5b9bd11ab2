"""Claiming: from a credential that a customer presents to the door that is opened for it, or why none is."""

from __future__ import annotations

from typing import Final

from edge.core import doors, events
from edge.core.credential import Credential, carrier_allowed, expiry_refuses, judge_time, rank
from edge.core.events.doors import HOUR_MS
from edge.core.memory import Session
from edge.core.pin import find_pin, pin_verifier, wait_ms
from edge.core.refusal import Refusal
from edge.core.sessions import refuse, show
from edge.core.state import Authority, Opening, Parcel, Reservation
from edge.core.turn import Turn
from edge.core.words import AuthorityKind, CompartmentState, CredentialState, ParcelState, Purpose, Role

MAX_SHOWN: Final = 1_000  # codes remembered before their parcel comes
CLAIMABLE: Final = frozenset({ParcelState.STANDING, ParcelState.OVERDUE, ParcelState.UNCERTAIN, ParcelState.LEAVING})


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
    supersede(turn, credential, right)
    session = Session(
        Role.CUSTOMER,
        "opening",
        purpose=Purpose.PICKUP,
        reservation=reservation,
        authority=AuthorityKind.CODE,
        generation=claims.generation,
        expires_s=claims.expires_s,
    )
    claim(turn, session, second_factor=claims.second_factor)


def supersede(turn: Turn, credential: Credential, right: Reservation | None) -> None:
    """The newest code shown is the only one that counts from now on, also when its parcel has yet to come.  The PIN
    that was told with an older one ends with it; where it is a second factor, it opens nothing by itself anyway."""
    claims, state = credential.claims, turn.state
    known = right.generation if right is not None else 0
    shown = state.shown.get(claims.reservation)
    if right is None and shown is not None and set(shown.carriers) <= set(credential.carriers):
        known = shown.generation
    if claims.generation <= known or (right is None and shown is None and len(state.shown) >= MAX_SHOWN):
        return
    own = tuple(c for c in credential.carriers if carrier_allowed(credential, c))
    ends = claims.reservation in turn.shelf.pins and not (claims.second_factor or (right and right.second_factor))
    turn.record(
        events.CredentialSuperseded(claims.reservation, claims.generation, own, codes_until_s(turn)),
        erase=(f"pin:{claims.reservation}",) if ends else (),
    )


def codes_until_s(turn: Turn) -> int:
    """When the last key for pickups ends: until then a code may be valid that was signed by now."""
    return max((k.not_after for k in turn.shelf.keys.keys if Purpose.PICKUP in k.purposes), default=0)


def present_pin(turn: Turn, digits: str) -> None:
    """Eight digits typed at the attract screen.  The limiter stands before anything is looked up."""
    policy = turn.site.policy
    wait = wait_ms(turn.state.pin, turn.running_ms, failures_a_day=policy.pin_failures_a_day)
    if wait:
        refuse(turn, Refusal.TOO_MANY_PINS, "pin", wait_s=-(-wait // 1000))
        return
    reservation = _whose(turn, digits)
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
    claim(turn, session, second_factor=False)


def second_factor(turn: Turn, session: Session, digits: str) -> None:
    """The PIN that a code of the reservation asks for, before a pickup."""
    if proves(turn, session, digits):
        claim(turn, session, second_factor=False, proven=True)


def proves(turn: Turn, session: Session, digits: str) -> bool:
    """Whether it is the PIN of the session's reservation.  The limiter stands before it; a wrong one is refused."""
    policy = turn.site.policy
    wait = wait_ms(turn.state.pin, turn.running_ms, failures_a_day=policy.pin_failures_a_day)
    if wait:
        refuse(turn, Refusal.TOO_MANY_PINS, "pin", wait_s=-(-wait // 1000))
        return False
    if _whose(turn, digits) != session.reservation:
        _pin_failed(turn, Refusal.WRONG_SECOND_FACTOR)
        return False
    if turn.state.pin.failures:
        turn.record(events.PinAccepted())
    return True


def _whose(turn: Turn, digits: str) -> str | None:
    """The reservation that a PIN belongs to.  A site that is not enrolled has no key, and so nobody's PIN."""
    key = turn.site.pin_key
    return turn.found("pin", lambda: find_pin(pin_verifier(key, digits), turn.shelf.pins) if key else None)


def _pin_failed(turn: Turn, refusal: Refusal) -> None:
    policy = turn.site.policy
    turn.record(events.PinFailed(policy.pin_tries))
    wait = wait_ms(turn.state.pin, turn.running_ms, failures_a_day=policy.pin_failures_a_day)
    refuse(turn, refusal, "pin", wait_s=-(-wait // 1000), offline=not turn.memory.online)


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


def claim(turn: Turn, session: Session, *, second_factor: bool, proven: bool = False) -> None:
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
    if overtaken(session, right):
        refuse(turn, Refusal.SUPERSEDED, source, reservation=reservation)
        return
    overdue = bool(standing) and all(p.state is ParcelState.OVERDUE for p in standing)
    if overdue and turn.site.policy.overdue_pickup == "refuse":
        refuse(turn, Refusal.OVERDUE, source, reservation=reservation)
        return
    if (second_factor or right.second_factor) and not proven and session.authority == AuthorityKind.CODE:
        show(turn, session, "second_factor")
    elif standing:
        open_next(turn, _with_doors(session, standing))
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
    awaited = any(p.state is ParcelState.ANNOUNCED and p.announced for p in _of(turn, reservation))
    if (collected or used) and not awaited:
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


def open_next(turn: Turn, session: Session) -> None:
    """Ask for the next door of this person, or say what stands in the way."""
    door = session.doors[0]
    asked_for = session.opening if session.door == door else 0  # the number to read out where this one stays shut
    blocked = doors.hindrance(turn, door)
    record = turn.state.compartments[door]
    live = turn.state.live(door)
    right = turn.state.reservations.get(session.reservation)
    parcels = tuple(p.id for p in _claimable(turn, session.reservation) if p.door == door)
    if right is None or not parcels:  # called off, or moved under another right, in the meantime
        _nothing_here(turn, session)
    elif right.state is CredentialState.REVOKED:
        refuse(turn, Refusal.REVOKED, session.authority, reservation=session.reservation)
    elif overtaken(session, right):
        refuse(turn, Refusal.SUPERSEDED, session.authority, reservation=session.reservation)
    elif live is not None and _stands_open_for(live, session):
        turn.show(session.at("take", door=door, opening=live.number, doors=session.doors[1:]))
    elif record.state is CompartmentState.OUT_OF_SERVICE:
        _out_of_service(turn, session.at("opening", opening=asked_for), door)
    elif too_often(turn, right):
        refuse(turn, Refusal.TOO_MANY_OPENINGS, session.authority, reservation=session.reservation)
    elif blocked == "stands_open":
        show(turn, session, "stands_open", door=door, opening=asked_for)
    elif blocked in ("board", "supply"):
        show(turn, session, "board_silent", door=door, opening=asked_for)
    elif blocked:
        show(turn, session, "one_moment", door=door, opening=asked_for)
    else:
        opening = doors.authorise(turn, door, Purpose.PICKUP, _authority(session), parcels, expires_s=session.expires_s)
        turn.show(
            session.at(
                "opening", door=door, opening=opening.number, doors=session.doors[1:], params=dict(session.params)
            )
        )


def _out_of_service(turn: Turn, session: Session, door: int) -> None:
    """Jammed, with the number of its ticket; or taken out of use for a reason that is no customer's business."""
    ticket = turn.state.faults.get(f"door_jammed:{door}", "").removeprefix("ticket ")
    stage, params = ("jammed", {"ticket": ticket}) if ticket else ("out_of_use", {})
    show(turn, session, stage, door=door, doors=session.doors[1:], params=params)


def overtaken(session: Session, right: Reservation) -> bool:
    """A newer code of the right came to be known while somebody was here with an older one: it opens nothing more."""
    return session.authority == AuthorityKind.CODE and session.generation < right.generation


def _stands_open_for(opening: Opening, session: Session) -> bool:
    own = opening.purpose is Purpose.PICKUP and opening.authority.ref == session.reservation
    return own and opening.opened_ms >= 0 and not opening.closed


def too_often(turn: Turn, right: Reservation) -> bool:
    """Whether this right has had its openings of the last hour."""
    recent = [t for t in right.openings_ms if turn.running_ms - t < HOUR_MS]
    return len(recent) >= turn.site.policy.openings_an_hour


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
    asked_for = session.opening if session.door == door else 0
    session = session.at("opening", door=door, doors=(), opening=asked_for)
    if too_often(turn, turn.state.reservations[session.reservation]):
        refuse(turn, Refusal.TOO_MANY_OPENINGS, session.authority, reservation=session.reservation)
        return
    if doors.hindrance(turn, door):
        show(turn, session, "one_moment", door=door)
        return
    opening = doors.authorise(turn, door, Purpose.PICKUP, _authority(session), (parcel.id,), grace=True)
    turn.show(session.at("opening", opening=opening.number, params={"grace": True}))


__all__ = [
    "claim",
    "in_grace",
    "open_next",
    "overtaken",
    "present_code",
    "present_pin",
    "proves",
    "second_factor",
    "supersede",
    "too_often",
]

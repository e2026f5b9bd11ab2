"""A courier, or a technician, at the screen: who they are, what they may do, and what they see first."""

from __future__ import annotations

from typing import Final

from edge.core import doors, events
from edge.core.allocation import free_by_size, lettable
from edge.core.credential import Credential, judge_time
from edge.core.memory import Session
from edge.core.pin import wait_ms
from edge.core.refusal import Refusal
from edge.core.roster import Badge, judge_age, judge_badge, permissions, second_factor_holds
from edge.core.sessions import good_bye, home, refuse, show
from edge.core.state import HERE, Authority, Parcel
from edge.core.turn import Turn
from edge.core.words import AuthorityKind, CompartmentState, DoorState, ParcelState, Purpose, Role

MAX_CARRIERS: Final = 64


def present_badge(turn: Turn, credential: Credential) -> None:
    """A badge whose signature held.  It never acts alone: the PIN that belongs to it is asked for."""
    claims = credential.claims
    verdict = judge_time(claims, turn.now.time)
    entry = turn.shelf.roster.find(claims.reservation) if turn.shelf.roster else None
    if claims.generation <= turn.state.revoked.get(claims.reservation, -1):
        refuse(turn, Refusal.REVOKED, "badge", reservation=claims.reservation)
    elif verdict == "not_yet":
        refuse(turn, Refusal.NOT_YET_VALID, "badge", reservation=claims.reservation)
    elif verdict == "expired":
        refuse(turn, Refusal.EXPIRED, "badge", reservation=claims.reservation)
    else:
        rights = permissions(entry, claims) if entry is not None else frozenset()
        own = (claims.carrier,) if claims.carrier else credential.carriers
        carriers = tuple(c for c in (entry.carriers if entry else ()) if c in own or not own)[:MAX_CARRIERS]
        _ask_pin(turn, entry, claims.purpose, frozenset(str(r) for r in rights), carriers)


def present_number(turn: Turn, number: str) -> None:
    """A courier number, typed where there is no badge."""
    entry = turn.shelf.roster.find_number(number) if turn.shelf.roster else None
    rights = permissions(entry, None) if entry is not None else frozenset()
    carriers = entry.carriers if entry is not None else ()
    _ask_pin(turn, entry, Purpose.DEPOSIT, frozenset(str(r) for r in rights), carriers)


def _ask_pin(
    turn: Turn, entry: Badge | None, purpose: Purpose, rights: frozenset[str], carriers: tuple[str, ...]
) -> None:
    issued = turn.shelf.roster.issued_at if turn.shelf.roster else None
    refusal = judge_age(issued, purpose, turn.now.time) or judge_badge(entry, turn.now.time)
    if refusal is not None or entry is None:
        refuse(turn, refusal or Refusal.UNKNOWN_BADGE, "badge")
        return
    session = Session(entry.role, "badge_pin", badge=entry.badge, carriers=carriers, permissions=rights)
    show(turn, session, "badge_pin", purpose=purpose)


def prove(turn: Turn, session: Session, digits: str) -> None:
    """The second factor of a badge or courier number."""
    policy = turn.site.policy
    wait = wait_ms(turn.state.pin, turn.running_ms, failures_a_day=policy.pin_failures_a_day)
    if wait:
        refuse(turn, Refusal.TOO_MANY_PINS, "badge", wait_s=-(-wait // 1000))
        return
    entry = turn.shelf.roster.find(session.badge) if turn.shelf.roster else None
    if entry is None or not second_factor_holds(entry.verifier, digits):
        turn.record(events.PinFailed())
        home(turn)
        refuse(turn, Refusal.WRONG_SECOND_FACTOR, "badge")
        return
    if turn.state.pin.failures:
        turn.record(events.PinAccepted())
    carrier = session.carriers[0] if session.carriers else ""
    turn.record(events.CourierEntered(session.badge, carrier, session.role))
    turn.look_for("all")
    first_screen(turn, session)


def first_screen(turn: Turn, session: Session) -> None:
    """Once a session, a courier is asked to look into a compartment in review; else straight to the parcels."""
    door = None if session.looked else to_look_into(turn, session)
    if door is not None:
        show(turn, session, "look", door=door, looked=True, params=_expected(turn, door))
    else:
        ready(turn, session)


def ready(turn: Turn, session: Session) -> None:
    """What is free, expected and to be emptied: said before anything is unloaded.  The next scan begins a deposit."""
    turn.look_for("all")
    show(turn, session, "ready", params=overview(turn, session))


def overview(turn: Turn, session: Session) -> dict[str, object]:
    expected = sum(
        p.state is ParcelState.ANNOUNCED and p.carrier in session.carriers for p in turn.state.parcels.values()
    )
    return {
        "free": free_by_size(turn.site, turn.state, turn.memory),
        "full": not lettable(turn.site, turn.state, turn.memory),
        "expected": expected,
        "to_collect": len(to_collect(turn, session)),
        "to_look_into": to_look_into(turn, session) or 0,
        "in": len(session.deposited),
        "out": len(session.collected),
        "undo": bool(session.last_opening),
    }


def to_collect(turn: Turn, session: Session) -> tuple[Parcel, ...]:
    """What this courier may take away: overdue parcels and returns of his carriers."""
    wanted = set()
    if "collect_overdue" in session.permissions:
        wanted.add(ParcelState.OVERDUE)
    if "collect_returns" in session.permissions:
        wanted.add(ParcelState.RETURNING)
    return tuple(
        p for p in turn.state.parcels.values() if p.state in wanted and p.carrier in session.carriers and p.door
    )


def to_look_into(turn: Turn, session: Session) -> int | None:
    """The compartment in review that this person should look into first: one whose deposit was cut off, if any."""
    if "inspect" not in session.permissions or turn.state.restoring:
        return None
    doubtful = [
        plan.door
        for plan in turn.site.compartments
        if plan.door in turn.state.compartments
        and turn.state.compartments[plan.door].state is CompartmentState.REVIEW
        and not (turn.state.compartments[plan.door].reason == "grace" and _grace_runs(turn, plan.door))
        and turn.memory.sense(plan.door).state is DoorState.CLOSED
        and turn.state.live(plan.door) is None
    ]
    return min(doubtful, key=lambda door: (not turn.state.compartments[door].parcels, door), default=None)


def _grace_runs(turn: Turn, door: int) -> bool:
    return any(
        p.ended_door == door
        and p.ended_boot == turn.now.stamp.boot
        and turn.running_ms - p.ended_ms < 2 * turn.timers.grace_s * 1000
        for p in turn.state.parcels.values()
    )


def _expected(turn: Turn, door: int) -> dict[str, object]:
    inside = [p for p in turn.state.inside(door) if p.state in HERE]
    return {"expected": turn.shelf.tracking(inside[0].id)} if inside else {}


def authority(session: Session) -> Authority:
    return Authority(AuthorityKind.BADGE, session.badge)


def leave(turn: Turn, session: Session, reason: str) -> None:
    """Totals, then good-bye."""
    turn.record(events.CourierLeft(session.badge, len(session.deposited), len(session.collected), reason))
    turn.look_for("qr")
    if reason == "ended":
        params = {"in": len(session.deposited), "out": len(session.collected), "waiting": not turn.memory.online}
        good_bye(turn, session, "summary", params=params)
    else:
        turn.show(None)


def person(turn: Turn, opening: int) -> Session | None:
    """The courier or technician at the screen, when this opening was made in their session."""
    session = turn.session
    if session is None or session.role is Role.CUSTOMER:
        return None
    known = turn.state.openings.get(opening)
    return session if known is None or known.authority.ref == session.badge else None


def silent(turn: Turn, door: int) -> str:
    """The screen for a door that cannot be opened now."""
    return {"stands_open": "stands_open", "board": "board_silent", "supply": "board_silent"}.get(
        doors.hindrance(turn, door), "one_moment"
    )

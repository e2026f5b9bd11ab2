"""A courier, or a technician, at the screen: who they are, what they may do, and what they see first."""

from __future__ import annotations

from typing import Final

from edge.core import doors, events
from edge.core.allocation import free_by_size, lettable, over_quota
from edge.core.credential import Credential, judge_time
from edge.core.letting import unlet_unused
from edge.core.memory import Session
from edge.core.pin import wait_ms
from edge.core.refusal import Refusal
from edge.core.roster import Badge, judge_age, judge_badge, permissions, second_factor_holds
from edge.core.sessions import good_bye, home, refuse, show
from edge.core.state import HERE, Authority, Opening, Parcel
from edge.core.turn import Turn
from edge.core.words import AuthorityKind, CompartmentState, DoorState, ParcelState, Purpose, Role

MAX_CARRIERS: Final = 64
SILENT: Final = frozenset({"too_late", "board_silent", "one_moment", "stands_open"})  # the door did not open: again?


# -- who it is ------------------------------------------------------------------------------------------------------


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
    """A courier number, typed where there is no badge.  It can be guessed: the limiter of PINs stands before it."""
    if _must_wait(turn):
        return
    badge = turn.found("number", lambda: _badge_of(turn, number))
    entry = turn.shelf.roster.find(badge) if turn.shelf.roster else None
    rights = permissions(entry, None) if entry is not None else frozenset()
    carriers = entry.carriers if entry is not None else ()
    purpose = Purpose.SERVICE if entry is not None and entry.role is Role.TECHNICIAN else Purpose.DEPOSIT
    _ask_pin(turn, entry, purpose, frozenset(str(r) for r in rights), carriers, typed=True)


def _ask_pin(
    turn: Turn,
    entry: Badge | None,
    purpose: Purpose,
    rights: frozenset[str],
    carriers: tuple[str, ...],
    *,
    typed: bool = False,
) -> None:
    """Until the PIN holds, whoever stands there is a customer: a photographed badge is worth nothing."""
    issued = turn.shelf.roster.issued_at if turn.shelf.roster else None
    refusal = judge_age(issued, purpose, turn.now.time)
    if refusal is None:
        refusal = judge_badge(entry, turn.now.time)
        if refusal is not None and typed:
            turn.record(events.PinFailed(turn.site.policy.pin_tries))
    if refusal is not None or entry is None:
        refuse(turn, refusal or Refusal.UNKNOWN_BADGE, "badge")
        return
    nobody = Session(
        Role.CUSTOMER, "badge_pin", second_factor=entry.badge, carriers=carriers, permissions=rights, purpose=purpose
    )
    show(turn, nobody, "badge_pin")


def prove(turn: Turn, session: Session, digits: str) -> None:
    """The second factor of a badge or courier number."""
    if _must_wait(turn):
        return
    entry = turn.shelf.roster.find(session.second_factor) if turn.shelf.roster else None
    if entry is None or not _holds(turn, entry, digits):
        turn.record(events.PinFailed(turn.site.policy.pin_tries))
        refuse(turn, Refusal.WRONG_SECOND_FACTOR, "badge")
        return
    if turn.state.pin.failures:
        turn.record(events.PinAccepted())
    carrier = session.carriers[0] if session.carriers else ""
    turn.record(events.CourierEntered(entry.badge, carrier, entry.role))
    turn.look_for("all")
    known = Session(
        entry.role,
        "ready",
        badge=entry.badge,
        carriers=session.carriers,
        permissions=session.permissions,
        since=turn.state.next_opening,
    )
    first_screen(turn, known)


def _must_wait(turn: Turn) -> bool:
    """Whether the limiter of PINs is closed; then it says for how long."""
    wait = wait_ms(turn.state.pin, turn.running_ms, failures_a_day=turn.site.policy.pin_failures_a_day)
    if wait:
        refuse(turn, Refusal.TOO_MANY_PINS, "badge", wait_s=-(-wait // 1000))
    return bool(wait)


def _badge_of(turn: Turn, number: str) -> str:
    """The badge of a courier number; empty when it is nobody's."""
    entry = turn.shelf.roster.find_number(number) if turn.shelf.roster else None
    return entry.badge if entry is not None else ""


def _holds(turn: Turn, entry: Badge, digits: str) -> bool:
    return turn.found("second_factor", lambda: second_factor_holds(entry.verifier, digits))


# -- what they see --------------------------------------------------------------------------------------------------


def first_screen(turn: Turn, session: Session) -> None:
    """Once a session, a courier is asked to look into a compartment in review; else straight to the parcels."""
    door = None if session.looked else to_look_into(turn, session)
    if door is not None:
        look(turn, session, door)
    else:
        ready(turn, session)


def look(turn: Turn, session: Session, door: int) -> None:
    """Please look into this one; with the number of the parcel that the books suppose inside."""
    inside = [p for p in turn.state.inside(door) if p.state in HERE]
    params: dict[str, object] = {"expected": turn.shelf.tracking(inside[0].id)} if inside else {}
    if inside and turn.state.compartments[door].reason == "interrupted":
        params["interrupted"] = True
    changes = {"door": door, "looked": True, "purpose": Purpose.INSPECTION, "opening": 0}
    show(turn, session, "look", params=params, **changes)


def ready(turn: Turn, session: Session) -> None:
    """Back to the door that still stands open; else what is free, expected and to be emptied, said before anything
    is unloaded.  The next scan begins a deposit."""
    unlet_unused(turn)
    turn.look_for("all")
    other = standing_open(turn, session)
    if other is not None:
        put(turn, session, other)
        return
    session = session.at("ready", purpose="", opening=0, door=0, doors=(), scanned=(), stuck=("", 0))
    show(turn, session, "ready", params=overview(turn, session))


def standing_open(turn: Turn, session: Session) -> Opening | None:
    """A door of this courier that stands open for a deposit."""
    return next(
        (
            o
            for o in turn.state.openings.values()
            if o.purpose is Purpose.DEPOSIT and o.authority == authority(session) and o.opened_ms >= 0 and not o.closed
        ),
        None,
    )


def put(turn: Turn, session: Session, opening: Opening) -> None:
    """The screen of an open door that waits for a parcel, or for one to be taken out of it again."""
    parcel = opening.parcels[0]
    params: dict[str, object] = {}
    if opening.said == "reopen":
        params["reopened"] = True
    elif opening.said:
        params["cancelled"] = opening.said != "undo"
    elif turn.state.compartments[opening.door].parcels:
        params["added"] = True
    turn.show(
        session.at(
            "take_out" if opening.said == "undo" else "put",
            purpose=Purpose.DEPOSIT,
            opening=opening.number,
            door=opening.door,
            parcel=parcel,
            label=turn.shelf.tracking(parcel),
            params=params,
        )
    )


def overview(turn: Turn, session: Session) -> dict[str, object]:
    technician = session.role is Role.TECHNICIAN
    return {
        "free": free_by_size(turn.site, turn.state, turn.memory),
        "full": not lettable(turn.site, turn.state, turn.memory),
        "quota": bool(session.carriers) and all(over_quota(turn.site, turn.state, c) for c in session.carriers),
        "expected": expected(turn, session),
        "to_collect": len(to_collect(turn, session)),
        "to_look_into": to_look_into(turn, session) or 0,
        "in": len(session.deposited),
        "out": len(session.collected),
        **(
            {"technician": True, "faults": len(turn.state.faults), "alarms": len(turn.state.alarms)}
            if technician
            else {}
        ),
    }


def brought(session: Session) -> int:
    """How many parcels have come or gone in this round."""
    return len(session.deposited) + len(session.collected)


def expected(turn: Turn, session: Session) -> int:
    """How many parcels of this courier's carriers are announced and not here yet."""
    return sum(
        p.state is ParcelState.ANNOUNCED and p.announced and p.kind == "pickup" and p.carrier in session.carriers
        for p in turn.state.parcels.values()
    )


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


# -- leaving --------------------------------------------------------------------------------------------------------


def leave(turn: Turn, session: Session, reason: str) -> None:
    """Totals, then good-bye.  Whoever reads the totals is nobody any more."""
    unlet_unused(turn)
    turn.record(events.CourierLeft(session.badge, len(session.deposited), len(session.collected), reason))
    if reason != "ended":
        home(turn)
        return
    turn.look_for("qr")
    params = {
        "in": len(session.deposited),
        "out": len(session.collected),
        "expected": expected(turn, session),
        "waiting": 0 if turn.memory.online else brought(session),
    }
    good_bye(turn, Session(Role.CUSTOMER, "summary"), "summary", params=params)


def left_open(turn: Turn, opening: Opening, alarm: str) -> None:
    """The operator has been told of an open door.  Who opened it and does nothing any more has left: alarm."""
    session = person(turn, opening.number)
    patience_s = turn.timers.idle_s + turn.timers.warning_s
    if session is not None and turn.now.mono_s - session.touched_s < patience_s:
        turn.after(patience_s, "open_operator", opening.number)
        return
    turn.record(events.AlarmRaised(alarm, str(opening.door), "the courier has left"))
    if session is not None:
        leave(turn, session, "left_open")


# -- shared by what couriers do -------------------------------------------------------------------------------------


def authority(session: Session) -> Authority:
    return Authority(AuthorityKind.BADGE, session.badge)


def person(turn: Turn, opening: int) -> Session | None:
    """The courier or technician at the screen, when this opening was made by them."""
    session = turn.session
    if session is None or session.role is Role.CUSTOMER:
        return None
    known = turn.state.openings.get(opening)
    return session if known is None or known.authority.ref == session.badge else None


def mine(turn: Turn, opening: Opening) -> Session | None:
    """The same, when it is what their screen is about."""
    session = person(turn, opening.number)
    return session if session is not None and session.opening == opening.number else None


def silent(turn: Turn, door: int) -> str:
    """The screen for a door that cannot be opened now."""
    return {"stands_open": "stands_open", "board": "board_silent", "supply": "board_silent"}.get(
        doors.hindrance(turn, door), "one_moment"
    )


def lapsed_stage(reason: str) -> str:
    """The screen for an opening that came to nothing."""
    return "too_late" if reason.startswith(("late", "coil_limit")) else "board_silent"

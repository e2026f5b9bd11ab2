"""Every decision of the runtime: one input against what is known, to events, effects, timers and memory.  Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from edge.core import (
    claim,
    collection,
    commanding,
    courier,
    deposit,
    doors,
    drop_off,
    drop_off_right,
    events,
    housekeeping,
    inputs,
    letting,
    lying,
    pickup,
    restoring,
    review,
    sensing,
    service,
    sessions,
    weighing,
)
from edge.core.credential import Credential, CredentialRefused, verify
from edge.core.findings import Finder, look
from edge.core.inputs import Input, Moment
from edge.core.memory import Memory, Session
from edge.core.pin import is_pin
from edge.core.refusal import Refusal
from edge.core.site import Site
from edge.core.turn import Books, Decision, Flow, Turn
from edge.core.words import ParcelState, Purpose, Role

FLOWS: Final[dict[Purpose, Flow]] = {
    Purpose.PICKUP: pickup.Pickup(),
    Purpose.DEPOSIT: deposit.Deposit(),
    Purpose.DROP_OFF: drop_off.DropOff(),
    Purpose.COLLECTION: collection.Collection(),
    Purpose.INSPECTION: review.Review(),
    Purpose.SERVICE: service.Service(),
}

UNANSWERED: Final[dict[Purpose, Callable[[Turn, Any], None]]] = {
    Purpose.DEPOSIT: deposit.unanswered,
    Purpose.DROP_OFF: drop_off.unanswered,
    Purpose.COLLECTION: collection.unanswered,
    Purpose.INSPECTION: review.unanswered,
}


def decide(site: Site, books: Books, memory: Memory, told: Input, now: Moment, finder: Finder = look) -> Decision:
    """What follows from `told`.  Nothing is done here: the caller commits the events, then runs the effects."""
    turn = Turn(site, books, memory, now, FLOWS, finder)
    _HANDLERS[type(told)](turn, told)
    return turn.decision()


# -- credentials and people -----------------------------------------------------------------------------------------


def _scan(turn: Turn, scan: inputs.Scan) -> None:
    session = turn.session
    if scan.text.startswith("LK1:"):
        _code(turn, scan.text)
    elif session is not None and session.stage in ("scan_out", "taken"):
        collection.scanned(turn, session, scan.text)
    elif session is not None and session.stage in ("look_inside", *review.SHUT):
        review.scanned(turn, session, scan.text)
    elif session is not None and session.role is not Role.CUSTOMER:
        deposit.scanned(turn, session, scan.text)
    elif session is not None and session.stage == "send":
        drop_off_right.present_label(turn, scan.text)
    elif not sessions.engaged(turn) and (session is None or session.stage != "badge_pin"):
        sessions.refuse(turn, Refusal.MALFORMED, "code")


def _code(turn: Turn, text: str) -> None:
    """A code of ours, whoever shows it.  Nobody is interrupted while their door moves, is open, or waits for a word."""
    if sessions.engaged(turn):
        return
    try:
        credential = turn.found("code", lambda: verify(text, turn.shelf.keys, commanding.here(turn), turn.now.time))
    except CredentialRefused as error:
        _refused(turn, error)
        return
    session = turn.session
    if session is not None:
        if sessions.still_shown(session, credential.claims.reservation):
            return
        if session.role is not Role.CUSTOMER:
            _settle(turn, session)
            courier.leave(turn, session, "next_person")
    _present(turn, credential)


def _refused(turn: Turn, error: CredentialRefused) -> None:
    params: dict[str, Any] = {}
    if error.site is not None:
        params["site"] = error.site
        other = turn.site.neighbour(error.site)
        if other is not None:
            params |= {"name": other.name, "address": other.address}
    sessions.refuse(turn, error.reason, "code", **params)


def _present(turn: Turn, credential: Credential) -> None:
    claims = credential.claims
    if claims.is_badge:
        courier.present_badge(turn, credential)
    elif claims.purpose is Purpose.DROP_OFF:
        drop_off_right.present_code(turn, credential)
    else:
        claim.present_code(turn, credential)


def _typed(turn: Turn, typed: inputs.Typed) -> None:
    session, text = turn.session, typed.text.strip()
    if typed.choices != turn.memory.choices:
        return  # of a screen that is gone
    if session is not None and session.stage == "badge_pin":
        courier.prove(turn, session, text)
    elif session is not None and session.stage == "second_factor":
        _second_factor(turn, session, text) if is_pin(text) else _bad_pin(turn)
    elif session is not None and session.stage == "courier_number":
        courier.present_number(turn, text)
    elif session is not None and session.stage == "send":
        drop_off_right.present_label(turn, text)
    elif session is not None and session.stage in ("scan_out", "taken"):
        collection.scanned(turn, session, text)
    elif session is not None and session.stage in ("look_inside", *review.SHUT):
        review.scanned(turn, session, text)
    elif session is not None and session.role is not Role.CUSTOMER:
        deposit.scanned(turn, session, text, typed=True)
    elif not sessions.engaged(turn):
        claim.present_pin(turn, text) if is_pin(text) else _bad_pin(turn)


def _second_factor(turn: Turn, session: Session, digits: str) -> None:
    flow = drop_off_right.second_factor if session.purpose == Purpose.DROP_OFF else claim.second_factor
    flow(turn, session, digits)


def _bad_pin(turn: Turn) -> None:
    """Not eight digits: said at once, and not counted as a guess."""
    sessions.refuse(turn, Refusal.MALFORMED, "pin")


def _chosen(turn: Turn, chosen: inputs.Chosen) -> None:
    if chosen.choices != turn.memory.choices:
        return  # of a screen that is gone: the present one is sent again
    session = turn.session
    if session is None:
        _from_home(turn, chosen.choice)
    elif chosen.choice == "more_time":
        sessions.more_time(turn)
    elif chosen.choice == "end":
        _end(turn, session)
    elif chosen.choice == "help" and session.role is Role.CUSTOMER and session.stage in pickup.HELPS:
        pickup.ask_for_help(turn, session)
    elif session.stage == "refused" and chosen.choice in ("back", "pin"):
        _back(turn, session, chosen.choice)
    else:
        _flow_choice(turn, session, chosen.choice)


def _from_home(turn: Turn, choice: str) -> None:
    stages = {"pin": "pin", "send": "send", "courier": "courier_number", "help": "help"}
    if choice in stages:
        sessions.show(turn, Session(Role.CUSTOMER, stages[choice]), stages[choice])
        if choice == "send":
            turn.look_for("all")


def _end(turn: Turn, session: Session) -> None:
    if sessions.waiting(turn):
        return
    if session.role is Role.CUSTOMER:
        _settle(turn, session)
        sessions.home(turn)
    elif courier.standing_open(turn, session) is not None:
        courier.ready(turn, session)  # back to the door that has to be shut first
    else:
        _settle(turn, session)
        courier.leave(turn, session, "ended")


def _back(turn: Turn, session: Session, choice: str) -> None:
    if session.role is not Role.CUSTOMER:
        courier.ready(turn, session)
    elif choice == "pin":
        sessions.show(turn, session, "pin")
    else:
        sessions.home(turn)


def _flow_choice(turn: Turn, session: Session, choice: str) -> None:
    if session.role is Role.CUSTOMER:
        flow = drop_off.choose if session.purpose == Purpose.DROP_OFF else pickup.choose
        flow(turn, session, choice)
        return
    for choose in (collection.choose, review.choose, deposit.choose):
        if choose(turn, session, choice):
            return


def _settle(turn: Turn, session: Session) -> None:
    """The person has gone: what they left unanswered stays unanswered."""
    opening = turn.state.openings.get(session.opening)
    if opening is not None and opening.closed:
        _unanswered(turn, opening.number)
    letting.unlet_unused(turn)


# -- timers ---------------------------------------------------------------------------------------------------------


def _timer(turn: Turn, timer: inputs.Timer) -> None:
    name, *rest = timer.key
    TIMERS[name](turn, *rest)


def _home(turn: Turn, choices: str) -> None:
    session = turn.session
    if session is None or str(turn.memory.choices) != choices or sessions.waiting(turn):
        return
    if session.stage not in sessions.LAST and not session.warned:
        return  # more time was asked for
    _settle(turn, session)
    session = turn.session
    if session is None or str(turn.memory.choices) != choices:
        return  # settling has put another screen up
    if session.role is Role.CUSTOMER:
        sessions.home(turn)
    else:
        courier.leave(turn, session, "idle")


def _still_unanswered(turn: Turn, number: int) -> None:
    """The time for an answer is over; who is still at the screen and asked for more has more."""
    session = turn.session
    if session is not None and session.opening == number:
        turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", number)
    else:
        _unanswered(turn, number)


def _unanswered(turn: Turn, number: int) -> None:
    opening = turn.state.openings.get(number)
    if opening is None or not opening.closed:
        return
    if opening.purpose is Purpose.PICKUP:
        pickup.unanswered(turn, number)
    elif opening.purpose in UNANSWERED:
        UNANSWERED[opening.purpose](turn, opening)


def _minute(turn: Turn) -> None:
    housekeeping.minute(turn)
    restoring.adopt(turn)  # a door that was being opened when the list came has come to rest since


TIMERS: Final[dict[str, Callable[..., None]]] = {
    "edge": lambda turn, opening, attempt: doors.no_edge(turn, int(opening), int(attempt)),
    "status": lambda turn, opening, attempt: doors.status(turn, int(opening), int(attempt)),
    "push": lambda turn, opening, attempt: doors.pushed(turn, int(opening), int(attempt)),
    "outcome": lambda turn, opening, attempt: doors.no_outcome(turn, int(opening), int(attempt)),
    "latch": lambda turn, opening, attempt: sensing.latch_held(turn, int(opening), int(attempt)),
    "shut": lambda turn, door: sensing.latch_shut(turn, int(door)),
    "settle": lambda turn, opening, closed: sensing.not_settled(turn, int(opening), closed),
    "open_reminder": lambda turn, opening: sensing.stands_open(turn, int(opening), tell=False),
    "open_operator": lambda turn, opening: sensing.stands_open(turn, int(opening), tell=True),
    "grace": lambda turn, door, letting: pickup.grace_over(turn, int(door), int(letting)),
    "unanswered": lambda turn, opening: _still_unanswered(turn, int(opening)),
    "idle": sessions.idle,
    "home": _home,
    "refusals": sessions.tell_refusals,
    "housekeeping": _minute,
    "nonce": commanding.new_nonce,
}


# -- the site -------------------------------------------------------------------------------------------------------


def _contents(turn: Turn, told: inputs.Contents) -> None:
    sensing.contents(turn, told.doors)
    if not turn.state.restoring:
        for door in told.doors:
            if turn.site.has(door) and turn.state.compartments[door].reason != "grace":
                restoring.free_if_sensed(turn, door)
    lying.seen(turn, told.doors)


def _boot(turn: Turn, told: inputs.Boot) -> None:
    restoring.boot(turn, told)
    commanding.new_nonce(turn)


def _document(turn: Turn, told: inputs.Document) -> None:
    commanding.take_document(turn, told.name, told.data)


def _link(turn: Turn, told: inputs.Link) -> None:
    turn.remember(online=told.up)


def _health(turn: Turn, told: inputs.Health) -> None:
    """A part works or does not; told once, when it changes."""
    key = f"{told.what}:{told.which}"
    if told.what == "supply":
        turn.remember(rail_ok=told.ok)
    if not told.ok and key not in turn.memory.broken:
        turn.remember(broken=turn.memory.broken | {key})
        turn.record(events.FaultRaised(told.what, told.which, told.detail[:200]))
    elif told.ok and (key in turn.memory.broken or key in turn.state.faults):
        turn.remember(broken=turn.memory.broken - {key})
        turn.record(events.FaultCleared(told.what, told.which))


def _unread(turn: Turn, told: inputs.Unread) -> None:
    turn.remember(unread=told.why)


def _reach(turn: Turn, told: inputs.Reach) -> None:
    turn.remember(reach=told.wanted)


def _space(turn: Turn, told: inputs.Space) -> None:
    if told.mark != turn.state.space:
        turn.record(events.SpaceMarked(told.mark))


def _forked(turn: Turn, told: inputs.Forked) -> None:
    """Every opening ends.  A parcel that was being put in may be inside: its code opens, its customer answers."""
    putting_in = [o for o in turn.state.openings.values() if o.purpose in (Purpose.DEPOSIT, Purpose.DROP_OFF)]
    turn.record(events.EpochBegun(told.reason, told.old_epoch, told.old_seq, told.old_hash, told.gap))
    for opening in putting_in:
        maybe = tuple(p for p in opening.parcels if turn.state.parcels[p].state is ParcelState.ANNOUNCED)
        if maybe:
            turn.record(events.CompartmentToReview(opening.door, "fork", maybe=maybe))
    doors.rest_all(turn)
    sessions.home(turn)


_HANDLERS: Final[dict[type[Input], Callable[[Turn, Any], None]]] = {
    inputs.Boot: _boot,
    inputs.Levels: lambda turn, told: sensing.levels(turn, told.doors),
    inputs.Contents: _contents,
    inputs.Weighed: lambda turn, told: weighing.seen(turn, told.weighing),
    inputs.PulseBegan: doors.pulse_began,
    inputs.PulseEnded: doors.pulse_ended,
    inputs.Scan: _scan,
    inputs.Typed: _typed,
    inputs.Chosen: _chosen,
    inputs.Timer: _timer,
    inputs.Order: lambda turn, told: commanding.order(turn, told.data),
    inputs.Document: _document,
    inputs.SignedTime: lambda turn, told: commanding.signed_time(turn, told.time_s, told.source),
    inputs.Link: _link,
    inputs.Health: _health,
    inputs.Unread: _unread,
    inputs.Reach: _reach,
    inputs.Space: _space,
    inputs.Dropped: lambda turn, told: turn.record(events.InputsDropped(told.what, told.count)),
    inputs.Forked: _forked,
    inputs.Technical: service.technical,
    inputs.Halt: lambda turn, told: turn.record(events.Stopped(told.reason)),
}

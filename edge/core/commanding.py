"""What the cloud tells the site: signed orders and documents.  Every number is used up by one event."""

from __future__ import annotations

import hashlib
from typing import Final

from edge.core import events, orders, restoring, service
from edge.core.claim import codes_until_s
from edge.core.clocks import BELIEVED_S, latest_s
from edge.core.documents import DocumentRefused, Here, require_near
from edge.core.events.rights import newest_shown
from edge.core.events.site import FRESH
from edge.core.findings import Taken
from edge.core.keys import accept_keys
from edge.core.orders import Order, OrderRefused, verify_order
from edge.core.roster import accept_roster
from edge.core.sessions import count_refusal
from edge.core.shelf import KEYS, ROSTER, STANDING, aside, document, particulars_of, pin_of
from edge.core.standing import accept_standing
from edge.core.state import HERE
from edge.core.turn import Turn
from edge.core.words import CompartmentState, ParcelState

HEARD_AGAIN_S: Final = 600  # signed time that tells less news than this is not worth a row
TIME_RESET: Final = "time_reset"
NONCES: Final = 3
NONCE_EVERY_S: Final = 20.0
MAX_REVOKED: Final = 4_000  # reservations; each goes when no code of it can be valid any longer
MAX_ANNOUNCED: Final = 2_000  # parcels in the books; the largest walls have about 300 doors


def here(turn: Turn) -> Here:
    return Here(turn.site.number, turn.site.groups)


def order(turn: Turn, data: bytes) -> None:
    """A signed command, as it came."""
    try:
        known = turn.found(
            "order", lambda: verify_order(turn.state.order, data, turn.shelf.keys, here(turn), turn.now.time)
        )
    except OrderRefused as error:
        if error.number:
            turn.record(events.OrderHandled(error.number, error.kind, f"refused: {error.reason}"))
        return
    except DocumentRefused as error:
        count_refusal(turn, error.reason, "order")
        return
    signed_time(turn, known.issued_at_s, "order")
    turn.record(events.OrderHandled(known.number, known.kind, _carry_out(turn, known)))


def _carry_out(turn: Turn, known: Order) -> str:
    """The result: "done" (and what of it could not be), or why not.  Nothing here raises for what an order says."""
    what = known.what
    if isinstance(what, orders.Announce):
        return _announce(turn, what)
    if isinstance(what, orders.Cancel | orders.Extend):
        return _about_parcel(turn, what)
    if isinstance(what, orders.Revoke):
        return _revoke(turn, what)
    if isinstance(what, orders.TakeKeys | orders.TakeRoster | orders.TakeStanding):
        name = {orders.TakeKeys: KEYS, orders.TakeRoster: ROSTER, orders.TakeStanding: STANDING}[type(what)]
        return take_document(turn, name, what.document)
    if isinstance(what, orders.Open):
        return _open(turn, what, known.number)
    if isinstance(what, orders.OutOfService | orders.InService):
        return _service(turn, what)
    if isinstance(what, orders.TimeReset):
        return service.reset_time(turn, what.document)
    return "done"  # TellTime: its issue time was taken already


def _announce(turn: Turn, what: orders.Announce) -> str:
    known = turn.state.parcels.get(what.parcel)
    if known is None and len(turn.state.parcels) >= MAX_ANNOUNCED:
        return f"refused: {MAX_ANNOUNCED} parcels in the books"
    if known is not None and known.state is ParcelState.COLLECTED:
        return "refused: collected"
    right = turn.state.reservations.get(what.reservation)
    newest = right.generation if right is not None else newest_shown(turn.state, what.reservation, what.carrier)
    said = what.particulars.pin if what.generation >= newest else None  # else a newer code has ended it already
    owner = turn.found("pin", lambda: _has_pin(turn, said)) if said else None
    collides = owner is not None and owner != what.reservation
    pin = None if collides else said  # the code opens at once; the cloud sends another PIN
    beside = particulars_of(what.parcel, what.particulars, turn.now.dice)
    turn.record(
        events.ParcelAnnounced(
            parcel=what.parcel,
            reservation=what.reservation,
            carrier=what.carrier,
            generation=what.generation,
            parcel_kind=what.parcel_kind,
            size=what.size,
            heavy=what.heavy,
            reachable=what.reachable,
            second_factor=what.second_factor,
            hold_s=what.hold_s or turn.site.policy.default_hold_s,
            aside=turn.found("aside", lambda: aside(beside)),
        ),
        beside=(beside, *((pin_of(what.reservation, pin),) if pin else ())),
        erase=(f"pin:{what.reservation}",) if what.generation > newest and what.reservation in turn.shelf.pins else (),
    )
    return "done: pin_collision" if collides else "done"


def _revoke(turn: Turn, what: orders.Revoke) -> str:
    if what.reservation not in turn.state.revoked and len(turn.state.revoked) >= MAX_REVOKED:
        return f"refused: {MAX_REVOKED} revocations in the books"
    turn.record(events.CredentialRevoked(what.reservation, what.generation, codes_until_s(turn)))
    return "done"


def _has_pin(turn: Turn, pin: bytes) -> str | None:
    """The reservation whose PIN has this verifier."""
    return next((r for r, verifier in turn.shelf.pins.items() if verifier == pin), None)


def _about_parcel(turn: Turn, what: orders.Cancel | orders.Extend) -> str:
    known = turn.state.parcels.get(what.parcel)
    if known is None:
        return "refused: unknown parcel"
    if known.state not in HERE and known.state is not ParcelState.ANNOUNCED:
        return f"refused: {known.state}"
    if isinstance(what, orders.Cancel):
        turn.record(events.ParcelCancelled(what.parcel, what.reason))
    else:
        turn.record(events.HoldExtended(what.parcel, what.by_s))
    return "done"


def take_document(turn: Turn, name: str, data: bytes) -> str:
    """Keys, roster or standing list, by order or at enrolment: verified, stored beside, and put to use at once.

    A time reset comes this way too where no order can bring it: with a floor in the far future every order is expired.
    """
    if name == TIME_RESET:
        return service.reset_time(turn, data)
    try:
        taken = turn.found("document", lambda: _accepted(turn, name, data))
    except DocumentRefused as error:
        count_refusal(turn, error.reason, name)
        return f"refused: {error.reason}"
    signed_time(turn, taken.issued_s, name)
    awaited = turn.state.restoring
    turn.record(
        events.DocumentReceived(name, taken.version, taken.sha256, taken.issued_s, taken.after_order),
        beside=(document(name, data),),
    )
    if name == STANDING:
        restoring.adopt(turn, awaited=awaited)
    return "done"


def _accepted(turn: Turn, name: str, data: bytes) -> Taken:
    """The document, when it is signed, for this site, sound and newer; else DocumentRefused."""
    state, keys, digest = turn.state, turn.shelf.keys, hashlib.sha256(data).hexdigest()
    if name == KEYS:
        bundle = accept_keys(state.keys_version, data, turn.site.root_public, here(turn))
        return Taken(bundle.version, digest, bundle.issued_at)
    if name == ROSTER:
        roster = accept_roster(state.roster_version, data, keys, here(turn), turn.now.time)
        return Taken(roster.version, digest, roster.issued_at)
    standing = accept_standing(state.standing_version, data, keys, here(turn), turn.now.time)
    require_near("standing list after order", standing.after_order, state.order)
    return Taken(standing.version, digest, standing.issued_at, standing.after_order)


def _open(turn: Turn, what: orders.Open, number: int) -> str:
    nonces = turn.memory.nonces
    hit = next((n for n in nonces if orders.answers_nonce(what, n[0], n[1], turn.now.mono_s)), None)
    turn.remember(nonces=tuple(n for n in nonces if n[0] != what.nonce))
    if hit is None:
        return "refused: wrong_nonce"
    return service.open_by_command(turn, what.door, number)


def _service(turn: Turn, what: orders.OutOfService | orders.InService) -> str:
    record = turn.state.compartments.get(what.door)
    if record is None:
        return f"refused: no door {what.door}"
    out = record.state is CompartmentState.OUT_OF_SERVICE
    if isinstance(what, orders.OutOfService):
        if record.state is CompartmentState.HELD:
            return "refused: held"
        if turn.state.live(what.door) is not None:
            return "refused: under_way"
        turn.record(events.CompartmentOutOfService(what.door, what.reason[:64]))
    elif out:
        service.back_in_service(turn, what.door)
    return "done"


def signed_time(turn: Turn, time_s: int, source: str) -> None:
    """Raise the floor, when that tells news: a row for each reply of the cloud would be waste (I9)."""
    state, now = turn.state, turn.now.stamp.mono_ms
    floor_s = state.floor_at(now)
    if time_s > latest_s(state, turn.now.stamp):
        _claimed(turn, time_s, source)
        return
    if source in FRESH and time_s < floor_s - BELIEVED_S:
        return  # a cloud that lags behind what is sure does not say what time it is
    news = time_s - floor_s >= HEARD_AGAIN_S
    not_this_boot = state.heard_ms < max(0, state.boot_began_ms) or state.claim_ms >= 0
    silent_s = (turn.running_ms - state.heard_ms) / 1000
    if news or (source in FRESH and (not_this_boot or silent_s >= HEARD_AGAIN_S)):
        turn.record(events.TimeSigned(time_s, source))


def _claimed(turn: Turn, time_s: int, source: str) -> None:
    """Signed time that no second clock bears out: written down when it is said first, and when it is said otherwise."""
    state = turn.state
    said_before = abs(time_s - state.claimed_at(turn.now.stamp.mono_ms)) <= BELIEVED_S
    lately = turn.running_ms - state.claim_ms < HEARD_AGAIN_S * 1000
    if source in FRESH and (state.claim_ms < 0 or not (said_before or lately)):
        turn.record(events.TimeSigned(time_s, source, doubted=True))


def new_nonce(turn: Turn) -> None:
    """A nonce for orders to open; the last three stay good for their minute, because a poll may wait long."""
    turn.remember(nonces=(*turn.memory.nonces[-(NONCES - 1) :], (turn.now.dice, turn.now.mono_s)))
    turn.after(NONCE_EVERY_S, "nonce")

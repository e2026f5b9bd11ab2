"""Once a minute: what is held for nobody, holds that end, particulars that are erased, books that are kept short."""

from __future__ import annotations

from typing import Final

from edge.core import events, letting
from edge.core.state import HERE, Parcel
from edge.core.turn import Turn
from edge.core.words import ParcelState

HOUSEKEEPING_S: Final = 60.0
FORGET_AFTER_MS: Final = 30 * 86_400_000  # an ended parcel, in running time
MAX_AT_ONCE: Final = 100  # of each kind a minute; the rest waits for the next
ENDED: Final = frozenset({ParcelState.COLLECTED, ParcelState.GONE})


def minute(turn: Turn) -> None:
    turn.after(HOUSEKEEPING_S, "housekeeping")
    letting.unlet_unused(turn, but=turn.session.door if turn.session is not None else 0)
    _holds(turn)
    _give_up(turn)
    _erase(turn)
    _forget(turn)


def _holds(turn: Turn) -> None:
    now = turn.running_ms
    over = [
        p
        for p in turn.state.parcels.values()
        if p.state is ParcelState.STANDING and p.hold_left_ms < 0 and p.hold_ends_ms <= now
    ]
    for parcel in over[:MAX_AT_ONCE]:
        turn.record(events.ParcelOverdue(parcel.id, parcel.door))


def _give_up(turn: Turn) -> None:
    """What nobody announced, and was not left here after all, ends: else its label would lie here for ever (I11)."""
    awaited = {p for opening in turn.state.openings.values() for p in opening.parcels}
    if turn.session is not None:
        awaited.add(turn.session.parcel)
    gone = [
        p.id
        for p in turn.state.parcels.values()
        if p.state is ParcelState.ANNOUNCED and not p.announced and p.id not in awaited
    ]
    for parcel in gone[:MAX_AT_ONCE]:
        turn.record(events.DepositAbandoned(parcel, 0, 0, "not_brought"))


def _erase(turn: Turn) -> None:
    """Particulars a day after the parcel ended; verifiers of PINs as soon as no grace can need them."""
    after_ms = turn.site.policy.erase_after_s * 1000
    ended = [p for p in turn.state.parcels.values() if p.state in ENDED and p.ended_ms >= 0]
    due = [p.id for p in ended if not p.erased and turn.running_ms - p.ended_ms >= after_ms][:MAX_AT_ONCE]
    pins = [r for r in turn.shelf.pins if _pin_is_over(turn, r)][:MAX_AT_ONCE]
    if due or pins:
        turn.record(events.ParticularsErased(tuple(due)), erase=(*due, *(f"pin:{r}" for r in pins)))


def _pin_is_over(turn: Turn, reservation: str) -> bool:
    right = turn.state.reservations.get(reservation)
    parcels = [turn.state.parcels[p] for p in (right.parcels if right else ()) if p in turn.state.parcels]
    return all(_beyond_grace(turn, p) for p in parcels)


def _beyond_grace(turn: Turn, parcel: Parcel) -> bool:
    if parcel.state in HERE or parcel.state is ParcelState.ANNOUNCED:
        return False
    return turn.running_ms - parcel.ended_ms >= turn.timers.grace_s * 1000


def _forget(turn: Turn) -> None:
    floor = turn.state.floor_at(turn.now.stamp.mono_ms)
    used = [key for key, until in turn.state.consumed.items() if until < floor][:MAX_AT_ONCE]
    old = [
        p.id
        for p in turn.state.parcels.values()
        if p.state in ENDED and p.erased and turn.running_ms - p.ended_ms >= FORGET_AFTER_MS
    ][:MAX_AT_ONCE]
    over = [r for r, until in turn.state.forget_s.items() if until < floor and r not in turn.state.reservations]
    if used or old or over:
        turn.record(events.Forgotten(tuple(old), tuple(used), tuple(over[:MAX_AT_ONCE])))

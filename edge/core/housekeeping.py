"""Once a minute: what is held for nobody, holds that end, particulars that are erased, books that are kept short."""

from __future__ import annotations

from typing import Final

from edge.core import events, letting
from edge.core.turn import Turn
from edge.core.words import ParcelState

HOUSEKEEPING_S: Final = 60.0
GATHER_S: Final = 3_480  # with a minute until the next look, and one for the commit, within the hour that is promised
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
    """What nobody announced, and was not left here after all, ends: else its label would lie here for ever (I11).

    Not on a card that may have been put back: on the one that is lost it may have been brought.
    """
    if turn.state.restoring:
        return
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
    """Particulars some time after the parcel ended; verifiers of PINs when no grace can need them.

    Each erasure writes the side table anew, so those of an hour go together, and none is left for longer than that.
    """
    after_ms = turn.site.policy.erase_after_s * 1000
    ended = [p for p in turn.state.parcels.values() if p.state in ENDED and p.ended_ms >= 0 and not p.erased]
    due = {p.id: turn.running_ms - p.ended_ms - after_ms for p in ended}
    pins = {f"pin:{r}": _pin_over_for_ms(turn, r) for r in turn.shelf.pins}
    waiting = {subject: over_ms for subject, over_ms in (due | pins).items() if over_ms >= 0}
    if max(waiting.values(), default=-1) < GATHER_S * 1000:
        return
    gone = tuple(sorted(waiting, key=lambda subject: -waiting[subject]))[:MAX_AT_ONCE]
    turn.record(events.ParticularsErased(tuple(p for p in gone if p in due)), erase=gone)


def _pin_over_for_ms(turn: Turn, reservation: str) -> int:
    """How long ago the verifier was last needed; -1: it is."""
    right = turn.state.reservations.get(reservation)
    parcels = [turn.state.parcels[p] for p in (right.parcels if right else ()) if p in turn.state.parcels]
    if any(p.state not in ENDED for p in parcels):
        return -1
    return turn.running_ms - max((p.ended_ms for p in parcels), default=0) - round(turn.timers.grace_s * 1000)


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

"""How a parcel joins the right of its recipient, and how one that had left begins anew."""

from __future__ import annotations

from msgspec import structs

from edge.core.state import HERE, Reservation, State
from edge.core.words import CredentialState, ParcelState


def joined(state: State, reservation: str, parcel: str, generation: int, second_factor: bool) -> State:
    """The parcel belongs to the right; a right whose parcels were all collected is good again for the new one."""
    right = state.reservations.get(reservation, Reservation(id=reservation))
    parcels = right.parcels if parcel in right.parcels else (*right.parcels, parcel)
    generation = max(generation, right.generation, newest_shown(state, reservation, state.parcels[parcel].carrier))
    condition = right.state
    if condition is CredentialState.CONSUMED:
        condition = CredentialState.GOOD
    if generation <= state.revoked.get(reservation, -1):
        condition = CredentialState.REVOKED
    elif condition is CredentialState.REVOKED:
        condition = CredentialState.GOOD
    record = structs.replace(
        right,
        parcels=parcels,
        generation=generation,
        state=condition,
        second_factor=second_factor or right.second_factor,
    )
    used = f"{reservation}:{parcel}"
    return state.with_(
        reservations={**state.reservations, reservation: record},
        consumed={k: v for k, v in state.consumed.items() if k != used} if used in state.consumed else state.consumed,
        shown={r: s for r, s in state.shown.items() if r != reservation} if reservation in state.shown else state.shown,
    )


def newest_shown(state: State, reservation: str, carrier: str) -> int:
    """The highest generation of a code for a parcel of `carrier` that was shown before the parcel came."""
    shown = state.shown.get(reservation)
    return shown.generation if shown is not None and carrier in shown.carriers else 0


def not_begun(state: State, parcel: str) -> State:
    """The parcel is not inside: its hold begins with the next deposit."""
    return state.with_parcel(parcel, hold_ends_ms=0, hold_left_ms=-1)


def come_back(state: State, parcel: str) -> State:
    """The parcel had left, was called off, or was not here yet, and comes in after all: it begins anew."""
    if state.parcels[parcel].state in HERE:
        return state
    state = state.with_parcel(parcel, state=ParcelState.ANNOUNCED, rest=ParcelState.STANDING, ended_ms=-1, erased=False)
    return not_begun(state, parcel)

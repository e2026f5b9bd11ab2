"""A parcel's label in the hands of a courier: whose parcel it is, and why it may not be put in here."""

from __future__ import annotations

import re
from typing import Final

from edge.core import doors
from edge.core.credential import parcel_id
from edge.core.errors import BadInput
from edge.core.letting import told_of, unannounced
from edge.core.memory import Session
from edge.core.refusal import Refusal
from edge.core.state import HERE, Parcel
from edge.core.turn import Turn
from edge.core.words import CompartmentState, ParcelState

LABEL: Final = re.compile(r"[!-~]{4,64}")


def tracking_of(text: str) -> str:
    """The tracking number in what was scanned or typed; empty when it cannot be one."""
    tracking = text.strip().replace(" ", "")
    return tracking if LABEL.fullmatch(tracking) else ""


def name(turn: Turn, carrier: str, tracking: str) -> str:
    """The parcel's id."""
    return turn.found("label", lambda: _hashed(carrier, tracking))


def _hashed(carrier: str, tracking: str) -> str:
    try:
        return parcel_id(carrier, tracking).hex()
    except BadInput as error:  # LABEL and the roster allow no such characters
        raise AssertionError(f"label {tracking!r} of {carrier!r}: {error}") from error


def carriers_here(turn: Turn) -> tuple[str, ...]:
    """Every carrier that has a parcel in the books."""
    return tuple(dict.fromkeys(p.carrier for p in turn.state.parcels.values()))


def find(turn: Turn, carriers: tuple[str, ...], tracking: str) -> Parcel | None:
    """The parcel of a label, when the books know it under one of `carriers`."""
    return next((p for c in carriers if (p := turn.state.parcels.get(name(turn, c, tracking))) is not None), None)


def refusal(turn: Turn, session: Session, tracking: str, known: Parcel | None, carrier: str) -> Refusal | None:
    """Why the parcel of this label is not taken in; None when it is."""
    if turn.state.restoring:
        return Refusal.RESTORING
    if turn.state.space in ("reserve", "ballast", "zero"):
        return Refusal.OUT_OF_ORDER
    if known is None and _of_another_carrier(turn, session, tracking):
        return Refusal.WRONG_CARRIER
    if known is not None and known.state in HERE:
        return Refusal.ALREADY_HERE
    if known is not None and known.cancelled:
        return Refusal.REDIRECTED if known.cancelled == "redirected" else Refusal.CANCELLED
    if not told_of(known) and unannounced(turn, carrier) == "refuse":
        return Refusal.NOT_ANNOUNCED
    return None


def _of_another_carrier(turn: Turn, session: Session, tracking: str) -> bool:
    """Announced here, or standing here, for a carrier that this courier does not work for."""
    theirs = tuple(c for c in carriers_here(turn) if c not in session.carriers)
    other = find(turn, theirs, tracking)
    return other is not None and (other.state in HERE or other.state is ParcelState.ANNOUNCED)


def same_recipient(turn: Turn, known: Parcel | None) -> Parcel | None:
    """A parcel of the same right and carrier, in a compartment that could be opened to add to it."""
    if known is None:
        return None
    for mate in turn.state.here(known.reservation):
        occupied = mate.door and turn.state.compartments[mate.door].state is CompartmentState.OCCUPIED
        alike = mate.carrier == known.carrier and mate.state is ParcelState.STANDING
        if occupied and alike and not doors.hindrance(turn, mate.door):
            return mate
    return None

"""Openings and doors: authorised, pulsed again, opened, closed, come to an end; and doors that move by themselves."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from edge.core.events.base import Event
from edge.core.rows import Stamp
from edge.core.state import HERE, Authority, Opening, State
from edge.core.words import (
    AuthorityKind,
    CompartmentState,
    CredentialState,
    Evidence,
    ParcelState,
    Purpose,
)

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
MAX_OPENINGS_KEPT: Final = 100  # of one credential in the last hour: the highest limit that a policy may set
BY_RESERVATION: Final = frozenset({AuthorityKind.CODE, AuthorityKind.PIN})


def _rested(state: State, parcels: tuple[str, ...]) -> State:
    """Parcels that were leaving are again what they were."""
    for parcel in parcels:
        record = state.parcels.get(parcel)
        if record is not None and record.state is ParcelState.LEAVING:
            state = state.with_parcel(parcel, state=record.rest)
    return state


def _given_back(state: State, authority: Authority) -> State:
    """The credential is good again: nothing was taken on it."""
    if authority.kind in BY_RESERVATION:
        right = state.reservations.get(authority.ref)
        busy = any(o.authority.ref == authority.ref for o in state.openings.values())
        if right is not None and right.state is CredentialState.RESERVED and not busy:
            return state.with_reservation(authority.ref, state=CredentialState.GOOD)
    return state


def end_opening(state: State, number: int) -> State:
    """Take an opening out of the live ones; what was only reserved or leaving is as before."""
    opening = state.openings.get(number)
    if opening is None:
        return state
    state = _rested(state.without_opening(number), opening.parcels)
    return _given_back(state, opening.authority)


def to_review(state: State, door: int, reason: str) -> State:
    """Nobody knows what is inside `door`; parcels that may be there are uncertain and their holds stand still."""
    record = state.compartments[door]
    if record.state is not CompartmentState.OUT_OF_SERVICE:
        state = state.with_compartment(door, state=CompartmentState.REVIEW, reason=reason)
    for parcel in record.parcels:
        known = state.parcels.get(parcel)
        if known is not None and known.state in HERE:
            state = stop_hold(state.with_parcel(parcel, state=ParcelState.UNCERTAIN), parcel)
    return state


def stop_hold(state: State, parcel: str) -> State:
    """The hold stands still: the parcel cannot be collected through no fault of its recipient."""
    record = state.parcels[parcel]
    if record.hold_left_ms >= 0 or not record.hold_ends_ms:  # stands still already, or has not begun
        return state
    return state.with_parcel(parcel, hold_left_ms=max(0, record.hold_ends_ms - state.running_ms(state.mono_ms)))


def resume_hold(state: State, parcel: str) -> State:
    record = state.parcels[parcel]
    if record.hold_left_ms < 0:
        return state
    ends = state.running_ms(state.mono_ms) + record.hold_left_ms
    return state.with_parcel(parcel, hold_left_ms=-1, hold_ends_ms=ends)


class OpeningAuthorised(Event, frozen=True):
    """Authority, parcels and door are named before any pulse (I1).  Attempt 1 belongs to this event."""

    kind = "opening_authorised"
    custody = True

    opening: int
    door: int
    purpose: Purpose
    authority: Authority
    parcels: tuple[str, ...] = ()
    list_age_s: int = -1  # age of what we know of revocations; -1: never heard of any
    grace: bool = False  # a reopening within grace
    expires_s: int = 0  # of the code that was shown; 0 where none was

    def fold(self, state: State, at: Stamp) -> State:
        now = state.running_ms(at.mono_ms)
        opening = Opening(
            number=self.opening,
            door=self.door,
            purpose=self.purpose,
            authority=self.authority,
            boot=at.boot,
            parcels=self.parcels,
            grace=self.grace,
        )
        state = state.with_opening(opening).with_(next_opening=self.opening + 1)
        if self.authority.kind in BY_RESERVATION and self.authority.ref in state.reservations:
            right = state.reservations[self.authority.ref]
            recent = tuple(t for t in right.openings_ms if now - t < HOUR_MS)[-MAX_OPENINGS_KEPT:]
            latest = max(right.expires_s, self.expires_s)
            state = state.with_reservation(self.authority.ref, openings_ms=(*recent, now), expires_s=latest)
            if right.state is CredentialState.GOOD and not self.grace:
                state = state.with_reservation(self.authority.ref, state=CredentialState.RESERVED)
        if self.authority.kind is AuthorityKind.COMMAND:
            state = state.with_(brake_ms=(*(t for t in state.brake_ms if now - t < DAY_MS), now))
        if self.purpose in (Purpose.PICKUP, Purpose.COLLECTION):
            for parcel in self.parcels:
                record = state.parcels[parcel]
                if self.grace:
                    state = state.with_parcel(parcel, reopened=record.reopened + 1)
                elif record.state in HERE and record.state is not ParcelState.LEAVING:
                    state = state.with_parcel(parcel, rest=record.state, state=ParcelState.LEAVING)
        return state

    def sentence(self) -> str:
        return f"Opening {self.opening} of door {self.door} authorised for {self.purpose} by {self.authority.kind}."


class OpeningRetried(Event, frozen=True):
    """The door was read closed after the first pulse; a second one is authorised."""

    kind = "opening_retried"
    custody = True

    opening: int
    door: int
    attempt: int

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_opening(structs.replace(state.openings[self.opening], attempt=self.attempt))

    def sentence(self) -> str:
        return f"Door {self.door} was still closed; pulse {self.attempt} of opening {self.opening} authorised."


class DoorOpened(Event, frozen=True):
    """The feedback proved that the door is open (I5)."""

    kind = "door_opened"
    custody = True

    opening: int
    door: int
    attempt: int
    evidence: Evidence

    def fold(self, state: State, at: Stamp) -> State:
        opening = state.openings[self.opening]
        over = {f"board:door {self.door}", f"door_feedback:door {self.door}"}  # it does work
        return state.with_opening(
            structs.replace(
                opening, opened_ms=state.running_ms(at.mono_ms), closed=False, evidence=self.evidence, boot=at.boot
            )
        ).with_(faults={k: v for k, v in state.faults.items() if k not in over})

    def sentence(self) -> str:
        return f"Door {self.door} opened (seen by its {self.evidence})."


class DoorAdopted(Event, frozen=True):
    """Found open at start-up, with an opening of an earlier boot: it goes on, without a session."""

    kind = "door_adopted"
    custody = True

    opening: int
    door: int
    evidence: Evidence

    def fold(self, state: State, at: Stamp) -> State:
        opening = state.openings[self.opening]
        return state.with_opening(
            structs.replace(
                opening,
                opened_ms=state.running_ms(at.mono_ms),
                boot=at.boot,
                evidence=self.evidence,
                closed=False,
                adopted=True,
            )
        )

    def sentence(self) -> str:
        return f"Door {self.door} stood open at start-up; opening {self.opening} goes on."


class DoorClosed(Event, frozen=True):
    """The feedback proved that the door is closed again (I5)."""

    kind = "door_closed"
    custody = True

    opening: int
    door: int
    evidence: Evidence
    open_ms: int

    def fold(self, state: State, at: Stamp) -> State:
        opening = state.openings[self.opening]
        return state.with_opening(structs.replace(opening, closed=True, open_ms=self.open_ms)).with_(
            faults={k: v for k, v in state.faults.items() if k != f"door_left_open:{self.door}"}
        )

    def sentence(self) -> str:
        return f"Door {self.door} closed after {self.open_ms / 1000:.1f} s (seen by its {self.evidence})."


class OpeningLapsed(Event, frozen=True):
    """Ended before its door was seen open: late, cut off, refused, or the board is gone.  The credential is good."""

    kind = "opening_lapsed"
    custody = True

    opening: int
    door: int
    reason: str

    def fold(self, state: State, at: Stamp) -> State:
        return end_opening(state, self.opening)

    def sentence(self) -> str:
        return f"Opening {self.opening} of door {self.door} lapsed: {self.reason}."


class OpeningEnded(Event, frozen=True):
    """The door was open and is closed, and what that came to is known."""

    kind = "opening_ended"
    custody = True

    opening: int
    door: int
    outcome: str

    def fold(self, state: State, at: Stamp) -> State:
        return end_opening(state, self.opening)

    def sentence(self) -> str:
        return f"Opening {self.opening} of door {self.door} ended: {self.outcome}."


class DoorJammed(Event, frozen=True):
    """Pulsed as often as allowed and read closed after each.  Credential good, parcel stays, hold stopped (I3)."""

    kind = "door_jammed"
    custody = True

    opening: int
    door: int
    ticket: int

    def fold(self, state: State, at: Stamp) -> State:
        opening = state.openings[self.opening]
        state = end_opening(state, self.opening)
        state = state.with_compartment(self.door, state=CompartmentState.OUT_OF_SERVICE, reason="jammed")
        for parcel in dict.fromkeys((*opening.parcels, *state.compartments[self.door].parcels)):
            if parcel in state.parcels and state.parcels[parcel].state in HERE:
                state = stop_hold(state, parcel)
        return state.with_(faults={**state.faults, f"door_jammed:{self.door}": f"ticket {self.ticket}"})

    def sentence(self) -> str:
        return f"Door {self.door} is jammed; out of service, ticket {self.ticket}."


class DoorLeftOpen(Event, frozen=True):
    """Open for too long; the operator is told, the door stays watched."""

    kind = "door_left_open"

    opening: int
    door: int
    open_s: int

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(faults={**state.faults, f"door_left_open:{self.door}": f"{self.open_s} s"})

    def sentence(self) -> str:
        return f"Door {self.door} has stood open for {self.open_s} s."


class DoorForced(Event, frozen=True):
    """Went from closed to open without a live opening: wiring fault or tampering.  Alarm; quarantine (I7)."""

    kind = "door_forced"
    custody = True

    door: int
    evidence: Evidence
    during: int = 0  # an opening whose pulse had not begun

    def fold(self, state: State, at: Stamp) -> State:
        state = to_review(state, self.door, "forced")
        return state.with_(alarms={**state.alarms, f"door_forced:{self.door}": "open without an opening"})

    def sentence(self) -> str:
        return f"Door {self.door} went open although nobody was let in: alarm."


class DoorShut(Event, frozen=True):
    """A door that was forced, or found open without an opening, is closed again."""

    kind = "door_shut"
    custody = True  # what a door did is written from the reserve: a later pickup rests on it

    door: int
    evidence: Evidence

    def sentence(self) -> str:
        return f"Door {self.door} is closed again."

"""Customer pickup: presented, refused, collected, doubted, declined."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from edge.core.events.base import Epcis, Event
from edge.core.events.doors import end_opening, to_review
from edge.core.rows import Stamp
from edge.core.state import Shown, State
from edge.core.words import CompartmentState, CredentialState, Evidence, ParcelState

KEEP_EXPIRED_S: Final = 30 * 86400  # after the end of its code
KEEP_CONSUMED_S: Final = 120 * 86400  # for a pickup whose code we never saw: longer than any hold plus its codes


class CredentialRefused(Event, frozen=True):
    """Somebody presented something that opens nothing.  Repeats of one reason within a minute are one event."""

    kind = "credential_refused"

    reason: str
    source: str  # code, pin, badge
    count: int = 1
    reservation: str = ""  # only once the signature held

    def sentence(self) -> str:
        times = "" if self.count == 1 else f", {self.count} times"
        return f"A {self.source} was refused: {self.reason}{times}."


class CredentialRevoked(Event, frozen=True):
    """Up to and with this generation, the codes of a reservation open nothing."""

    kind = "credential_revoked"
    custody = True

    reservation: str
    generation: int
    until_s: int = 0  # no code of it can be valid any longer; 0: not known

    def fold(self, state: State, at: Stamp) -> State:
        up_to = max(self.generation, state.revoked.get(self.reservation, -1))
        state = state.with_(revoked={**state.revoked, self.reservation: up_to})
        state = _kept(state, at, self.reservation, self.until_s)
        right = state.reservations.get(self.reservation)
        if right is not None and right.generation <= up_to and right.state is not CredentialState.CONSUMED:
            state = state.with_reservation(self.reservation, state=CredentialState.REVOKED)
        return state

    def sentence(self) -> str:
        return f"The code of reservation {self.reservation} was revoked up to generation {self.generation}."


class CredentialSuperseded(Event, frozen=True):
    """A higher generation was announced, or seen on a good code: lower ones open nothing any more."""

    kind = "credential_superseded"
    custody = True

    reservation: str
    generation: int
    carriers: tuple[str, ...] = ()  # of the key that signed the code; it counts where nothing of the right is here yet
    until_s: int = 0

    def fold(self, state: State, at: Stamp) -> State:
        right = state.reservations.get(self.reservation)
        if right is None and self.carriers:
            shown = {**state.shown, self.reservation: Shown(self.generation, self.carriers)}
            return _kept(state.with_(shown=shown), at, self.reservation, self.until_s)
        if right is None or self.generation <= right.generation:
            return state
        if right.state is CredentialState.REVOKED and self.generation > state.revoked.get(self.reservation, -1):
            fresh = structs.replace(right, state=CredentialState.GOOD, generation=self.generation)
            return state.with_(reservations={**state.reservations, right.id: fresh})
        return state.with_reservation(self.reservation, generation=self.generation)

    def sentence(self) -> str:
        return f"Generation {self.generation} of reservation {self.reservation} is the only one that opens now."


def _kept(state: State, at: Stamp, reservation: str, until_s: int) -> State:
    """What is known of the codes of a reservation is remembered for as long as one of them may be valid."""
    until_s = max(until_s or state.floor_at(at.mono_ms) + KEEP_CONSUMED_S, state.forget_s.get(reservation, 0))
    return state.with_(forget_s={**state.forget_s, reservation: until_s})


class ParcelCollected(Event, frozen=True):
    """Taken by its recipient: open long enough, closed again, content gone where it is sensed."""

    kind = "parcel_collected"
    custody = True
    epcis = Epcis("departing", "in_transit")

    parcel: str
    reservation: str
    door: int
    opening: int
    evidence: Evidence  # sensor, person, or inferred (a complete pickup; free only after grace)
    expires_s: int = 0  # of the code, to know how long to remember that it is used up

    def fold(self, state: State, at: Stamp) -> State:
        keep = self.expires_s + KEEP_EXPIRED_S if self.expires_s else state.floor_at(at.mono_ms) + KEEP_CONSUMED_S
        state = state.with_(consumed={**state.consumed, f"{self.reservation}:{self.parcel}": keep})
        letting = state.compartments[self.door].letting
        state = state.with_parcel(
            self.parcel,
            state=ParcelState.COLLECTED,
            announced=False,
            ended_ms=state.running_ms(at.mono_ms),
            ended_boot=at.boot,
            ended_wall_s=at.wall_ms // 1000,
            ended_letting=letting,
            ended_door=self.door,
            reopened=0,
            door=0,
        )
        left = tuple(p for p in state.compartments[self.door].parcels if p != self.parcel)
        state = state.with_compartment(self.door, parcels=left)
        if not left:
            state = self._emptied(state)
        opening = state.openings.get(self.opening)
        if opening is not None:
            rest = tuple(p for p in opening.parcels if p != self.parcel)
            state = state.with_opening(structs.replace(opening, parcels=rest))
        if not state.here(self.reservation) and self.reservation in state.reservations:
            right = state.reservations[self.reservation]
            if right.state in (CredentialState.GOOD, CredentialState.RESERVED):
                if right.state is CredentialState.GOOD:
                    state = state.with_reservation(self.reservation, state=CredentialState.RESERVED)
                state = state.with_reservation(self.reservation, state=CredentialState.CONSUMED)
        return state

    def _emptied(self, state: State) -> State:
        """Seen empty: free at once.  Only concluded: in review, until grace has passed without a complaint (I6)."""
        record = state.compartments[self.door]
        if record.state is CompartmentState.OUT_OF_SERVICE:
            return state
        if self.evidence is Evidence.SENSOR:
            return state.with_compartment(self.door, state=CompartmentState.FREE, reason="", carrier="")
        # A person's "yes, I have it" ends the pickup, but says little about what else is inside: somebody looks.
        # Nor does a complete pickup where nobody knew before what was inside.
        sure = self.evidence is Evidence.INFERRED and record.state is CompartmentState.OCCUPIED
        reason = "grace" if sure else "answered" if self.evidence is Evidence.PERSON else record.reason
        return state.with_compartment(self.door, state=CompartmentState.REVIEW, reason=reason)

    def sentence(self) -> str:
        return f"Parcel {self.parcel} was collected from door {self.door} ({self.evidence})."


class ParcelUncertain(Event, frozen=True):
    """The parcel is here or not; nobody has looked.  Its code stays good, its hold stands still."""

    kind = "parcel_uncertain"
    custody = True

    parcel: str
    door: int
    reason: str
    opening: int = 0

    def fold(self, state: State, at: Stamp) -> State:
        record = state.parcels[self.parcel]
        if record.state is ParcelState.COLLECTED:  # a complaint within grace: it may be here after all
            inside = (*state.compartments[self.door].parcels, self.parcel)
            state = state.with_parcel(self.parcel, state=ParcelState.UNCERTAIN, door=self.door)
            state = state.with_compartment(self.door, parcels=inside)
            right = state.reservations.get(record.reservation)
            if right is not None and right.state is CredentialState.CONSUMED:
                state = state.with_reservation(record.reservation, state=CredentialState.GOOD)
            used = f"{record.reservation}:{self.parcel}"
            state = state.with_(consumed={k: v for k, v in state.consumed.items() if k != used})
        if self.opening:
            state = end_opening(state, self.opening)
        return to_review(state, self.door, self.reason)

    def sentence(self) -> str:
        return f"Whether parcel {self.parcel} is still behind door {self.door} is not known: {self.reason}."


class IncidentReported(Event, frozen=True):
    """A person says that something is wrong.  The incident number is what they read out on the telephone."""

    kind = "incident_reported"
    custody = True

    incident: int
    door: int
    complaint: str  # empty, wrong, damaged, occupied, dirty, cannot_reach
    opening: int = 0
    parcels: tuple[str, ...] = ()

    def fold(self, state: State, at: Stamp) -> State:
        opening = state.openings.get(self.opening)
        if opening is None:
            return state
        return state.with_opening(structs.replace(opening, said=self.complaint))

    def sentence(self) -> str:
        return f"Incident {self.incident} at door {self.door}: {self.complaint}."


class PersonSaid(Event, frozen=True):
    """What a courier said about an open compartment; it counts when the door is seen closed."""

    kind = "person_said"
    custody = True

    opening: int
    door: int
    said: str  # occupied, dirty, does_not_fit, cancel, undo, reopen, empty, parcel, something_else
    parcels: tuple[str, ...] = ()

    def fold(self, state: State, at: Stamp) -> State:
        opening = state.openings.get(self.opening)
        if opening is None:
            return state
        return state.with_opening(structs.replace(opening, said=self.said, parcels=self.parcels or opening.parcels))

    def sentence(self) -> str:
        return f"At door {self.door} somebody said: {self.said}."


class ParcelDeclined(Event, frozen=True):
    """The recipient does not want it: it goes back."""

    kind = "parcel_declined"
    custody = True
    epcis = Epcis("returning", "returned")

    parcel: str
    reservation: str
    door: int

    def fold(self, state: State, at: Stamp) -> State:
        record = state.parcels[self.parcel]
        if record.state is ParcelState.LEAVING:
            return state.with_parcel(self.parcel, rest=ParcelState.RETURNING)
        return state.with_parcel(self.parcel, state=ParcelState.RETURNING, rest=ParcelState.RETURNING)

    def sentence(self) -> str:
        return f"Parcel {self.parcel} behind door {self.door} was declined; it goes back."

"""Compartments: let, freed on evidence, in doubt, looked into, out of service and back."""

from __future__ import annotations

from edge.core.events.base import Event
from edge.core.events.doors import end_opening, resume_hold, stop_hold, to_review
from edge.core.events.rights import come_back, joined
from edge.core.rows import Stamp
from edge.core.state import HERE, Parcel, State
from edge.core.words import CompartmentState, Evidence, ParcelState, Size


class CompartmentLet(Event, frozen=True):
    """A free compartment is held for a parcel that is about to be put in, announced or not."""

    kind = "compartment_let"
    custody = True

    door: int
    carrier: str
    parcel: str
    reservation: str
    size: Size = Size.S
    parcel_kind: str = "pickup"
    announced: bool = False
    aside: str = ""

    def fold(self, state: State, at: Stamp) -> State:
        known = state.parcels.get(self.parcel)
        if known is None:
            fresh = Parcel(
                id=self.parcel,
                reservation=self.reservation,
                carrier=self.carrier,
                size=self.size,
                kind=self.parcel_kind,
            )
            state = state.with_new_parcel(fresh)
        elif known.state not in HERE:  # brought again after it was collected, taken back or called off
            state = come_back(state, self.parcel).with_parcel(self.parcel, cancelled="", kind=self.parcel_kind)
        letting = state.compartments[self.door].letting + 1
        return state.with_compartment(
            self.door, state=CompartmentState.HELD, carrier=self.carrier, letting=letting, reason="", parcels=()
        )

    def sentence(self) -> str:
        return f"Compartment {self.door} is held for parcel {self.parcel} of {self.carrier}."


def _not_behind(state: State, door: int, parcel: str, at: Stamp) -> State:
    """It was not found there: gone, unless it was found behind another door since, or may yet be behind one."""
    known = state.parcels.get(parcel)
    if known is None or known.state not in HERE or known.door != door:
        return state
    other = next((d for d, record in state.compartments.items() if d != door and parcel in record.parcels), 0)
    if other:
        return state.with_parcel(parcel, state=ParcelState.UNCERTAIN, door=other)
    return state.with_parcel(
        parcel, state=ParcelState.GONE, door=0, ended_ms=state.running_ms(at.mono_ms), ended_boot=at.boot
    )


class CompartmentFreed(Event, frozen=True):
    """Closed and empty, on the evidence named (I6)."""

    kind = "compartment_freed"
    custody = True

    door: int
    evidence: Evidence
    opening: int = 0

    def fold(self, state: State, at: Stamp) -> State:
        record = state.compartments[self.door]
        state = state.with_compartment(self.door, state=CompartmentState.FREE, reason="", carrier="", parcels=())
        for parcel in record.parcels:
            state = _not_behind(state, self.door, parcel, at)
        return state

    def sentence(self) -> str:
        return f"Compartment {self.door} is free ({self.evidence})."


class CompartmentToReview(Event, frozen=True):
    """What is inside is not known; somebody has to look."""

    kind = "compartment_to_review"
    custody = True

    door: int
    reason: str
    opening: int = 0
    maybe: tuple[str, ...] = ()  # parcels that may have been put in just before

    def fold(self, state: State, at: Stamp) -> State:
        if self.opening:
            state = end_opening(state, self.opening)
        inside = state.compartments[self.door].parcels
        for parcel in self.maybe:
            if parcel not in inside:
                state = come_back(state, parcel).with_parcel(parcel, state=ParcelState.UNCERTAIN, door=self.door)
                inside = (*inside, parcel)
                right = state.parcels[parcel].reservation
                state = joined(state, right, parcel, 0, False)
        return to_review(state.with_compartment(self.door, parcels=inside), self.door, self.reason)

    def sentence(self) -> str:
        return f"Somebody has to look into compartment {self.door}: {self.reason}."


class CompartmentReviewed(Event, frozen=True):
    """Somebody looked: these parcels are inside."""

    kind = "compartment_reviewed"
    custody = True

    door: int
    parcels: tuple[str, ...]
    evidence: Evidence
    opening: int = 0

    def fold(self, state: State, at: Stamp) -> State:
        gone = [p for p in state.compartments[self.door].parcels if p not in self.parcels]
        state = state.with_compartment(
            self.door, state=CompartmentState.OCCUPIED, parcels=tuple(self.parcels), reason=""
        )
        for parcel in gone:
            state = _not_behind(state, self.door, parcel, at)
        for parcel in self.parcels:
            state = come_back(state, parcel)
            record = state.parcels[parcel]
            rest = record.rest if record.rest is not ParcelState.UNCERTAIN else ParcelState.STANDING
            state = state.with_parcel(parcel, state=rest, door=self.door)
            state = joined(state, record.reservation, parcel, 0, False)
            if not state.parcels[parcel].hold_ends_ms and state.parcels[parcel].hold_left_ms < 0:
                ends = state.running_ms(at.mono_ms) + record.hold_ms
                state = state.with_parcel(parcel, hold_ends_ms=ends)
            state = resume_hold(state, parcel)
        return state

    def sentence(self) -> str:
        return f"Compartment {self.door} was looked into: {', '.join(self.parcels)} inside."


class CompartmentOutOfService(Event, frozen=True):
    """Not used until somebody says so; what stands inside cannot be collected, so its hold stands still."""

    kind = "compartment_out_of_service"

    door: int
    reason: str

    def fold(self, state: State, at: Stamp) -> State:
        for parcel in state.inside(self.door):
            if parcel.state in HERE:
                state = stop_hold(state, parcel.id)
        return state.with_compartment(self.door, state=CompartmentState.OUT_OF_SERVICE, reason=self.reason)

    def sentence(self) -> str:
        return f"Compartment {self.door} is out of service: {self.reason}."


class CompartmentInService(Event, frozen=True):
    """Used again: with its known parcels, or in review.  Never free without a look (I6)."""

    kind = "compartment_in_service"

    door: int

    def fold(self, state: State, at: Stamp) -> State:
        record = state.compartments[self.door]
        sure = [p for p in state.inside(self.door) if p.state in (ParcelState.STANDING, ParcelState.OVERDUE)]
        if record.parcels and len(sure) == len(record.parcels):
            state = state.with_compartment(self.door, state=CompartmentState.OCCUPIED, reason="")
            for parcel in record.parcels:
                state = resume_hold(state, parcel)
        else:  # their holds go on when somebody has looked
            state = state.with_compartment(self.door, state=CompartmentState.REVIEW, reason="back_in_service")
        fault = f"door_jammed:{self.door}"
        return state.with_(faults={k: v for k, v in state.faults.items() if k != fault})

    def sentence(self) -> str:
        return f"Compartment {self.door} is back in service."

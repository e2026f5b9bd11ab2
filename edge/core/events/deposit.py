"""Parcels on their way in and out by courier: announced, deposited, dropped off, called off, collected, overdue."""

from __future__ import annotations

from msgspec import structs

from edge.core.events.base import Epcis, Event
from edge.core.events.rights import come_back, joined, not_begun
from edge.core.rows import Stamp
from edge.core.state import HERE, Parcel, State
from edge.core.words import PARCEL_MOVES as MOVES
from edge.core.words import CompartmentState, Evidence, ParcelState, Purpose, Size, legal


class ParcelAnnounced(Event, frozen=True):
    """The cloud told us of a parcel.  What identifies its recipient travels beside, never in here (I11)."""

    kind = "parcel_announced"
    custody = True

    parcel: str
    reservation: str
    carrier: str
    generation: int = 0
    parcel_kind: str = "pickup"
    size: Size = Size.S
    heavy: bool = False
    reachable: bool = False
    second_factor: bool = False
    hold_s: int = 0
    aside: str = ""  # SHA-256(salt ‖ particulars), hex; empty when there are none

    def fold(self, state: State, at: Stamp) -> State:
        known = state.parcels.get(self.parcel)
        if known is not None and known.reservation != self.reservation:
            state = _left_right(state, known)
        if known is not None and known.state in HERE:
            state = self._caught_up(state)
        else:
            if known is not None:
                legal(MOVES, f"parcel {self.parcel}", known.state, ParcelState.ANNOUNCED)
            state = state.with_new_parcel(
                Parcel(
                    id=self.parcel,
                    reservation=self.reservation,
                    carrier=self.carrier,
                    kind=self.parcel_kind,
                    size=self.size,
                    heavy=self.heavy,
                    reachable=self.reachable,
                    announced=True,
                    hold_ms=self.hold_s * 1000,
                )
            )
        return joined(state, self.reservation, self.parcel, self.generation, self.second_factor)

    def _caught_up(self, state: State) -> State:
        """The announcement came after the deposit: the parcel moves under the announced right."""
        return state.with_parcel(
            self.parcel,
            reservation=self.reservation,
            announced=True,
            withheld=False,
            heavy=self.heavy,
            reachable=self.reachable,
        )

    def sentence(self) -> str:
        return f"Parcel {self.parcel} of {self.carrier} was announced for reservation {self.reservation}."


def _left_right(state: State, parcel: Parcel) -> State:
    """The parcel belongs to another right from now on: the codes of its old one open it no more."""
    old = state.reservations.get(parcel.reservation)
    if old is None:
        return state
    rest = tuple(p for p in old.parcels if p != parcel.id)
    rights = {r: record for r, record in state.reservations.items() if r != old.id}
    return state.with_(reservations={**rights, old.id: structs.replace(old, parcels=rest)} if rest else rights)


class ParcelCancelled(Event, frozen=True):
    """Must not be deposited here any more; one that stands here already goes back."""

    kind = "parcel_cancelled"
    custody = True
    epcis = Epcis("void_shipping", "in_transit")

    parcel: str
    reason: str  # cancelled, redirected

    def fold(self, state: State, at: Stamp) -> State:
        record = state.parcels[self.parcel]
        if record.state is ParcelState.ANNOUNCED:
            return state.with_parcel(
                self.parcel,
                state=ParcelState.GONE,
                cancelled=self.reason,
                ended_ms=state.running_ms(at.mono_ms),
                ended_boot=at.boot,
            )
        if record.state is ParcelState.LEAVING:
            return state.with_parcel(self.parcel, rest=ParcelState.RETURNING, cancelled=self.reason)
        if record.state in HERE:
            return state.with_parcel(
                self.parcel, state=ParcelState.RETURNING, rest=ParcelState.RETURNING, cancelled=self.reason
            )
        return state

    def sentence(self) -> str:
        return f"Parcel {self.parcel} was {self.reason}."


class ParcelDeposited(Event, frozen=True):
    """Inside, behind a door that is closed on evidence.  Only now is the recipient told."""

    kind = "parcel_deposited"
    custody = True
    epcis = Epcis("storing", "in_progress")

    parcel: str
    reservation: str
    carrier: str
    door: int
    opening: int
    evidence: Evidence  # that it is inside: sensor, or person where nothing senses
    generation: int = 0
    size: Size = Size.S
    purpose: Purpose = Purpose.DEPOSIT
    parcel_kind: str = "pickup"
    hold_s: int = 0
    withheld: bool = False
    badge: str = ""
    aside: str = ""

    def fold(self, state: State, at: Stamp) -> State:
        ends = state.running_ms(at.mono_ms) + self.hold_s * 1000
        known = state.parcels.get(self.parcel)
        called_off = known is not None and known.state is ParcelState.RETURNING
        new = ParcelState.RETURNING if called_off or self.purpose is Purpose.DROP_OFF else ParcelState.STANDING
        if known is None:
            fresh = Parcel(id=self.parcel, reservation=self.reservation, carrier=self.carrier)
            state = state.with_new_parcel(fresh)
        elif known.state is ParcelState.GONE:  # called off while its door stood open
            state = state.with_parcel(self.parcel, state=ParcelState.ANNOUNCED, erased=False)
        elif known.state is ParcelState.COLLECTED:  # brought again, and added to what stands there for its recipient
            state = come_back(state, self.parcel)
        state = state.with_parcel(
            self.parcel,
            reservation=self.reservation,
            state=new,
            rest=new,
            kind=self.parcel_kind,
            size=self.size,
            door=self.door,
            withheld=self.withheld,
            cancelled="",
            hold_ms=self.hold_s * 1000,
            hold_ends_ms=ends,
            hold_left_ms=-1,
            ended_ms=-1,
            reopened=0,
        )
        if new is ParcelState.STANDING:
            state = joined(state, self.reservation, self.parcel, self.generation, False)
        record = state.compartments[self.door]
        parcels = record.parcels if self.parcel in record.parcels else (*record.parcels, self.parcel)
        state = state.with_compartment(self.door, parcels=parcels, carrier=self.carrier)
        if record.state is CompartmentState.OUT_OF_SERVICE:  # taken out of service while its door stood open
            return state
        return state.with_compartment(self.door, state=CompartmentState.OCCUPIED, reason="")

    def sentence(self) -> str:
        how = "dropped off" if self.purpose is Purpose.DROP_OFF else "deposited"
        return f"Parcel {self.parcel} of {self.carrier} was {how} behind door {self.door} ({self.evidence})."


class ParcelWeighed(Event, frozen=True):
    """What the courier's scale showed, settled, when the parcel's label was scanned.  It moves nothing in the books."""

    kind = "parcel_weighed"

    parcel: str
    weight_g: int
    net: bool = False  # a tare had been taken off

    def sentence(self) -> str:
        net = " net" if self.net else ""
        return f"The scale showed {self.weight_g} g{net} when parcel {self.parcel} was scanned."


class DepositAbandoned(Event, frozen=True):
    """The parcel was not put in, or was taken out again; why is said.  Door 0: it was never brought at all."""

    kind = "deposit_abandoned"
    custody = True

    parcel: str
    door: int
    opening: int
    reason: str

    def fold(self, state: State, at: Stamp) -> State:
        known = state.parcels.get(self.parcel)
        if known is not None and known.state in HERE and known.door == self.door:
            left = tuple(p for p in state.compartments[self.door].parcels if p != self.parcel)
            state = state.with_parcel(self.parcel, state=ParcelState.GONE, door=0)
            state = not_begun(state.with_parcel(self.parcel, state=ParcelState.ANNOUNCED), self.parcel)
            state = state.with_compartment(self.door, parcels=left)
        elif known is not None and not self.door and known.state is ParcelState.ANNOUNCED:
            ended = state.running_ms(at.mono_ms)
            state = state.with_parcel(self.parcel, state=ParcelState.GONE, ended_ms=ended, ended_boot=at.boot)
        return state

    def sentence(self) -> str:
        where = f"behind door {self.door}" if self.door else "here"
        return f"Parcel {self.parcel} was not left {where}: {self.reason}."


class DepositRefused(Event, frozen=True):
    kind = "deposit_refused"

    parcel: str
    carrier: str
    reason: str

    def sentence(self) -> str:
        return f"Parcel {self.parcel} of {self.carrier} was not taken in: {self.reason}."


class ParcelOverdue(Event, frozen=True):
    kind = "parcel_overdue"
    custody = True

    parcel: str
    door: int

    def fold(self, state: State, at: Stamp) -> State:
        if state.parcels[self.parcel].state is ParcelState.LEAVING:
            return state.with_parcel(self.parcel, rest=ParcelState.OVERDUE)
        return state.with_parcel(self.parcel, state=ParcelState.OVERDUE, rest=ParcelState.OVERDUE)

    def sentence(self) -> str:
        return f"The hold of parcel {self.parcel} behind door {self.door} is over."


class HoldExtended(Event, frozen=True):
    kind = "hold_extended"
    custody = True

    parcel: str
    by_s: int

    def fold(self, state: State, at: Stamp) -> State:
        record = state.parcels[self.parcel]
        not_begun = not record.hold_ends_ms and record.hold_left_ms < 0  # it may be here: nobody has looked yet
        if record.state not in HERE or not_begun:
            return state.with_parcel(self.parcel, hold_ms=record.hold_ms + self.by_s * 1000)
        if record.hold_left_ms >= 0:
            state = state.with_parcel(self.parcel, hold_left_ms=record.hold_left_ms + self.by_s * 1000)
        else:
            begin = max(record.hold_ends_ms, state.running_ms(at.mono_ms))
            state = state.with_parcel(self.parcel, hold_ends_ms=begin + self.by_s * 1000)
        if record.state is ParcelState.OVERDUE:
            state = state.with_parcel(self.parcel, state=ParcelState.STANDING, rest=ParcelState.STANDING)
        elif record.rest is ParcelState.OVERDUE:
            state = state.with_parcel(self.parcel, rest=ParcelState.STANDING)
        return state

    def sentence(self) -> str:
        return f"The hold of parcel {self.parcel} was extended by {self.by_s // 3600} h."


class ParcelGone(Event, frozen=True):
    """Left the wall with a courier, or was found missing by somebody who looked."""

    kind = "parcel_gone"
    custody = True
    epcis = Epcis("shipping", "in_transit")

    parcel: str
    door: int
    opening: int
    reason: str  # collected, missing, moved
    evidence: Evidence

    def fold(self, state: State, at: Stamp) -> State:
        state = state.with_parcel(
            self.parcel,
            state=ParcelState.GONE,
            door=0,
            announced=state.parcels[self.parcel].announced and self.reason != "collected",
            ended_ms=state.running_ms(at.mono_ms),
            ended_boot=at.boot,
            ended_wall_s=at.wall_ms // 1000,
        )
        record = state.compartments[self.door]
        left = tuple(p for p in record.parcels if p != self.parcel)
        state = state.with_compartment(self.door, parcels=left)
        opening = state.openings.get(self.opening)
        if opening is not None:
            rest = tuple(p for p in opening.parcels if p != self.parcel)
            state = state.with_opening(structs.replace(opening, parcels=rest))
        return state

    def sentence(self) -> str:
        return f"Parcel {self.parcel} left compartment {self.door}: {self.reason} ({self.evidence})."


class ExtraFound(Event, frozen=True):
    """A courier scanned out something that the books do not have behind this door."""

    kind = "extra_found"
    custody = True

    parcel: str
    door: int
    opening: int

    def sentence(self) -> str:
        return f"Parcel {self.parcel}, not in the books, was found behind door {self.door}."


class ParcelFound(Event, frozen=True):
    """A courier looked into a compartment in review and found a parcel that the books do not know."""

    kind = "parcel_found"
    custody = True
    epcis = Epcis("inspecting", "in_progress")

    parcel: str
    carrier: str
    door: int
    aside: str = ""

    def fold(self, state: State, at: Stamp) -> State:
        if self.parcel in state.parcels:
            return state
        state = state.with_new_parcel(Parcel(id=self.parcel, reservation=self.parcel, carrier=self.carrier))
        return joined(state, self.parcel, self.parcel, 0, False)

    def sentence(self) -> str:
        return f"Parcel {self.parcel} of {self.carrier}, not in the books, was found in compartment {self.door}."


class CourierEntered(Event, frozen=True):
    kind = "courier_entered"

    badge: str
    carrier: str
    role: str = "courier"

    def sentence(self) -> str:
        return f"{self.role.capitalize()} {self.badge} of {self.carrier} entered."


class CourierLeft(Event, frozen=True):
    kind = "courier_left"

    badge: str
    deposited: int = 0
    collected: int = 0
    reason: str = "ended"

    def sentence(self) -> str:
        return f"Courier {self.badge} left: {self.deposited} in, {self.collected} out ({self.reason})."

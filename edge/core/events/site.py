"""The site itself: started, told the time, given documents and orders, short of space, at fault, under attack."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from edge.core.events.base import Event
from edge.core.events.deposit import ParcelDeposited
from edge.core.events.doors import end_opening, to_review
from edge.core.rows import Stamp
from edge.core.state import Compartment, State
from edge.core.words import CompartmentState, Evidence, ParcelState, Purpose, Size

# Signed time that was made when it came.  A document or an order may have waited for days: it raises the floor, and
# says nothing about how late it is now.
FRESH: Final = frozenset({"watermark"})


class Started(Event, frozen=True):
    """A boot began.  Doors that the books do not know start in review: nobody has looked into them (I6)."""

    kind = "started"
    custody = True

    version: str
    doors: tuple[int, ...]

    def fold(self, state: State, at: Stamp) -> State:
        began = state.boot_began_ms + (state.mono_ms if state.boot else 0)
        compartments = {door: state.compartments.get(door, Compartment(reason="unknown")) for door in self.doors}
        # A door that is no longer in the wall but holds something stays in the books, out of service.
        for door, record in state.compartments.items():
            if door not in compartments and (record.parcels or record.state is not CompartmentState.FREE):
                compartments[door] = structs.replace(
                    record, state=CompartmentState.OUT_OF_SERVICE, reason="not in the wall"
                )
        floor = state.floor_at(state.mono_ms)
        return state.with_(
            boot=at.boot,
            boot_began_ms=began,
            mono_ms=at.mono_ms,
            floor_s=floor,
            floor_mono_ms=at.mono_ms,
            compartments=compartments,
            stopped=False,
        )

    def sentence(self) -> str:
        return f"Started, release {self.version}, {len(self.doors)} doors."


class Stopped(Event, frozen=True):
    kind = "stopped"

    reason: str

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(stopped=True)

    def sentence(self) -> str:
        return f"Stopped: {self.reason}."


class EpochBegun(Event, frozen=True):
    """The first event of a life of the journal that is not the first: it names what it forked from (I4)."""

    kind = "epoch_begun"
    custody = True

    reason: str  # copied, beyond_head, foreign_hash, superseded
    old_epoch: str
    old_seq: int
    old_hash: str
    gap: bool = False  # events of the old epoch that the hub had were lost here

    def fold(self, state: State, at: Stamp) -> State:
        for number in tuple(state.openings):
            state = end_opening(state, number)
        for door, record in state.compartments.items():
            held = record.state is CompartmentState.HELD
            # Out of service it stays; but what the books have inside may be of an earlier day there as well.
            state = to_review(state, door, "interrupted" if held else "fork")
        return state.with_(restoring=True)

    def sentence(self) -> str:
        return f"A new epoch of the journal began ({self.reason}), after number {self.old_seq} of {self.old_epoch}."


class TimeSigned(Event, frozen=True):
    """Signed time that the floor may rest on (I9)."""

    kind = "time_signed"

    time_s: int
    source: str  # release, keys, roster, standing, order, watermark
    doubted: bool = False  # too far beyond the floor for one clock alone: a claim, and nothing rests on it yet

    def fold(self, state: State, at: Stamp) -> State:
        fault = "clock:cloud"
        if self.doubted:
            faults = {
                **state.faults,
                fault: f"the cloud says {self.time_s}, at least {state.floor_at(at.mono_ms)} is sure",
            }
            return state.with_(claim_s=self.time_s, claim_ms=state.running_ms(at.mono_ms), faults=faults)
        if self.source in FRESH:
            faults = {k: v for k, v in state.faults.items() if k != fault}
            state = state.with_(heard_ms=state.running_ms(at.mono_ms), claim_ms=-1, claim_s=0, faults=faults)
        if self.time_s <= state.floor_at(at.mono_ms):
            return state
        return state.with_(floor_s=self.time_s, floor_mono_ms=at.mono_ms)

    def sentence(self) -> str:
        if self.doubted:
            return (
                f"The cloud says that it is {self.time_s} s after 1970; no other clock does, so it does not count yet."
            )
        return f"It is at least {self.time_s} s after 1970, signed ({self.source})."


class TimeReset(Event, frozen=True):
    """The root lowered the floor.  Always an alarm."""

    kind = "time_reset"

    time_s: int
    version: int

    def fold(self, state: State, at: Stamp) -> State:
        state = state.with_(time_reset_version=self.version)
        alarms = {**state.alarms, "time_reset:site": f"floor lowered to {self.time_s}"}
        faults = {k: v for k, v in state.faults.items() if k != "clock:cloud"}
        state = state.with_(claim_s=0, claim_ms=-1, faults=faults)
        return state.with_(floor_s=self.time_s, floor_mono_ms=at.mono_ms, alarms=alarms)

    def sentence(self) -> str:
        return f"The floor of the clock was lowered to {self.time_s}: alarm."


class DocumentReceived(Event, frozen=True):
    """A signed document replaced its predecessor; its bytes lie beside the journal."""

    kind = "document_received"

    name: str  # keys, roster, standing
    version: int
    sha256: str
    issued_s: int = 0
    after_order: int = 0  # of a standing list: orders up to here are contained in it

    def fold(self, state: State, at: Stamp) -> State:
        state = state.with_(order=max(state.order, self.after_order))
        if self.name == "keys":
            return state.with_(keys_version=self.version)
        if self.name == "roster":
            age_ms = max(0, state.floor_at(at.mono_ms) - self.issued_s) * 1000 if self.issued_s else 0
            issued = state.running_ms(at.mono_ms) - age_ms
            return state.with_(roster_version=self.version, roster_ms=issued)
        return state.with_(standing_version=self.version, restoring=False)

    def sentence(self) -> str:
        return f"Version {self.version} of the {self.name} was received."


class StandingAdopted(Event, frozen=True):
    """On a new card: what the standing list says is behind this door is taken into the books."""

    kind = "standing_adopted"
    custody = True

    parcel: str
    reservation: str
    carrier: str
    door: int
    evidence: Evidence  # sensor where something is sensed inside, none where nothing senses
    generation: int = 0
    size: Size = Size.S
    parcel_kind: str = "pickup"
    returning: bool = False
    second_factor: bool = False
    hold_s: int = 0

    def fold(self, state: State, at: Stamp) -> State:
        record = state.compartments[self.door]
        if record.state is CompartmentState.REVIEW:
            state = state.with_compartment(self.door, state=CompartmentState.OCCUPIED, reason="")
        purpose = Purpose.DROP_OFF if self.returning else Purpose.DEPOSIT
        state = ParcelDeposited(
            parcel=self.parcel,
            reservation=self.reservation,
            carrier=self.carrier,
            door=self.door,
            opening=0,
            evidence=self.evidence,
            generation=self.generation,
            size=self.size,
            purpose=purpose,
            parcel_kind=self.parcel_kind,
            hold_s=self.hold_s,
        ).fold(state, at)
        if self.second_factor and self.reservation in state.reservations:
            state = state.with_reservation(self.reservation, second_factor=True)
        return state

    def sentence(self) -> str:
        return f"The standing list says that parcel {self.parcel} is behind door {self.door}; adopted."


class OrderHandled(Event, frozen=True):
    """A numbered command was carried out or refused; its number is used up either way."""

    kind = "order_handled"

    number: int
    order: str
    result: str  # done, or the reason of the refusal

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(order=max(state.order, self.number))

    def sentence(self) -> str:
        return f"Command {self.number} ({self.order}): {self.result}."


class ActDone(Event, frozen=True):
    """What a technician did, with their reason."""

    kind = "act_done"
    custody = True

    act: str
    user: str
    door: int
    reason: str

    def sentence(self) -> str:
        where = f" at door {self.door}" if self.door else ""
        return f"{self.user}: {self.act}{where}, because: {self.reason}."


class FaultRaised(Event, frozen=True):
    """Something is broken."""

    kind = "fault_raised"

    what: str
    which: str
    detail: str = ""

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(faults={**state.faults, f"{self.what}:{self.which}": self.detail})

    def sentence(self) -> str:
        return f"Fault: {self.what} at {self.which}. {self.detail}".rstrip()


class FaultCleared(Event, frozen=True):
    kind = "fault_cleared"

    what: str
    which: str

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(faults={k: v for k, v in state.faults.items() if k != f"{self.what}:{self.which}"})

    def sentence(self) -> str:
        return f"Fault over: {self.what} at {self.which}."


class AlarmRaised(Event, frozen=True):
    """Something is wrong with security."""

    kind = "alarm_raised"
    custody = True

    what: str
    which: str
    detail: str = ""

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(alarms={**state.alarms, f"{self.what}:{self.which}": self.detail})

    def sentence(self) -> str:
        return f"Alarm: {self.what} at {self.which}. {self.detail}".rstrip()


class AlarmCleared(Event, frozen=True):
    kind = "alarm_cleared"

    what: str
    which: str
    by: str

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(alarms={k: v for k, v in state.alarms.items() if k != f"{self.what}:{self.which}"})

    def sentence(self) -> str:
        return f"Alarm {self.what} at {self.which} cleared by {self.by}."


class SpaceMarked(Event, frozen=True):
    kind = "space_marked"
    custody = True  # what is refused rests on it, so it is written from the reserve

    mark: str  # ok, low, reserve, ballast, zero

    def fold(self, state: State, at: Stamp) -> State:
        return state.with_(space=self.mark)

    def sentence(self) -> str:
        return f"Space for the journal: {self.mark}."


class InputsDropped(Event, frozen=True):
    """More came in than the inbox holds; what was dropped is counted, never hidden."""

    kind = "inputs_dropped"

    what: str
    count: int

    def sentence(self) -> str:
        return f"{self.count} {self.what} came faster than they could be taken and were dropped."


class ParticularsErased(Event, frozen=True):
    """What identified a person is gone from this site."""

    kind = "particulars_erased"

    subjects: tuple[str, ...]

    def fold(self, state: State, at: Stamp) -> State:
        for parcel in self.subjects:
            if parcel in state.parcels:
                state = state.with_parcel(parcel, erased=True)
        return state

    def sentence(self) -> str:
        return f"The particulars of {len(self.subjects)} parcels were erased."


class Forgotten(Event, frozen=True):
    """Books kept short: parcels and used-up codes that can never matter again are forgotten."""

    kind = "forgotten"

    parcels: tuple[str, ...] = ()
    consumed: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()  # reservations whose revocation, or newest code, no code can ask for any more

    def fold(self, state: State, at: Stamp) -> State:
        drop = frozenset(self.consumed)
        gone = [p for p in self.parcels if state.parcels.get(p) and state.parcels[p].state in _ENDED]
        state = state.without_parcels(gone).with_(consumed={k: v for k, v in state.consumed.items() if k not in drop})
        over = frozenset(self.rights)
        return state.with_(
            revoked={r: g for r, g in state.revoked.items() if r not in over},
            shown={r: s for r, s in state.shown.items() if r not in over},
            forget_s={r: t for r, t in state.forget_s.items() if r not in over},
        )

    def sentence(self) -> str:
        codes = len(self.consumed) + len(self.rights)
        return f"{len(self.parcels)} ended parcels and {codes} codes that are over were forgotten."


_ENDED: Final = frozenset({ParcelState.COLLECTED, ParcelState.GONE})

"""The state of a site: what the journal adds up to.  Values only; every change returns a new one.

Times in here are *running* milliseconds: the time this site has been running, summed over its boots.  It stands still
while the power is off, so holds stop by themselves and nothing depends on the wall clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct, field, structs

from edge.core.words import (
    COMPARTMENT_MOVES,
    CREDENTIAL_MOVES,
    PARCEL_MOVES,
    AuthorityKind,
    CompartmentState,
    CredentialState,
    Evidence,
    ParcelState,
    Purpose,
    Size,
    legal,
)

FOLD_VERSION: Final = 6  # raised when the same rows would add up to another state; old snapshots are then ignored

HERE: Final = frozenset(
    {
        ParcelState.STANDING,
        ParcelState.OVERDUE,
        ParcelState.RETURNING,
        ParcelState.UNCERTAIN,
        ParcelState.LEAVING,
    }
)


class Authority(Struct, frozen=True, omit_defaults=True):
    """Who or what authorised an opening.  `ref`: reservation or badge (16 hex digits), order number, or user name."""

    kind: AuthorityKind
    ref: str
    generation: int = 0


class Compartment(Struct, frozen=True, omit_defaults=True):
    state: CompartmentState = CompartmentState.REVIEW
    reason: str = ""  # why it is out of service or in review
    parcels: tuple[str, ...] = ()  # what stands, or may stand, inside
    carrier: str = ""  # who has it let
    letting: int = 0  # how often it has been let; grace ends with the next letting


class Parcel(Struct, frozen=True, omit_defaults=True):
    """One parcel.  Its id is the hash of carrier and tracking number, 16 hex digits (docs/protocol.md)."""

    id: str
    reservation: str
    carrier: str
    state: ParcelState = ParcelState.ANNOUNCED
    rest: ParcelState = ParcelState.STANDING  # what it is again when an opening comes to nothing
    kind: str = "pickup"  # pickup, return (put in by a customer), or send
    size: Size = Size.S
    door: int = 0
    heavy: bool = False
    reachable: bool = False
    withheld: bool = False  # deposited unannounced where the carrier wants to hear of it first
    announced: bool = False  # the cloud has told of it, and it has not left again since
    cancelled: str = ""  # why it must not be deposited: cancelled, redirected
    hold_ms: int = 0  # how long it may wait
    hold_ends_ms: int = 0  # running time; meaningless while the hold is stopped; 0: it has not begun
    hold_left_ms: int = -1  # what is left of a stopped hold; -1: the hold runs
    ended_ms: int = -1  # running time when it was collected or gone
    ended_boot: int = 0
    ended_wall_s: int = 0  # a label for people
    ended_letting: int = 0
    ended_door: int = 0
    reopened: int = 0  # how often within grace
    erased: bool = False


class Reservation(Struct, frozen=True, omit_defaults=True):
    """One recipient's right.  (id, generation) is the code."""

    id: str
    state: CredentialState = CredentialState.GOOD
    generation: int = 0
    parcels: tuple[str, ...] = ()
    second_factor: bool = False
    expires_s: int = 0  # the latest `exp` seen on a code of it; 0: never seen
    openings_ms: tuple[int, ...] = ()  # running times of its openings in the last hour


class Shown(Struct, frozen=True):
    """The highest generation of a code that was shown before anything of its right was here, and for whose parcels."""

    generation: int
    carriers: tuple[str, ...]  # of the key that signed it: it supersedes nothing of anybody else's


class Opening(Struct, frozen=True, omit_defaults=True):
    """One authorised unlock that has not come to its end."""

    number: int
    door: int
    purpose: Purpose
    authority: Authority
    boot: int
    parcels: tuple[str, ...] = ()
    attempt: int = 1
    opened_ms: int = -1  # running time of the evidence; -1: none yet
    closed: bool = False  # closed again, content not yet judged
    evidence: Evidence = Evidence.NONE
    open_ms: int = 0
    grace: bool = False  # a reopening after its parcels were collected
    said: str = ""  # what a person said while it was under way; it counts when the door is closed
    adopted: bool = False  # its door was found open after a cut: nothing is inferred from its closing


class PinLimit(Struct, frozen=True, omit_defaults=True):
    """What is durable of the limiter of PIN entry (docs/protocol.md)."""

    failures: int = 0  # in a row
    waits: int = 0  # waits served since the last success
    wait_until_ms: int = 0  # running time
    day_began_ms: int = 0
    day_failures: int = 0


class State(Struct, frozen=True, omit_defaults=True):
    head: int = 0  # number of the last row folded in
    boot: int = 0
    boot_began_ms: int = 0  # running time when this boot began
    mono_ms: int = 0  # of the last row, since its boot
    floor_s: int = 0  # signed time at the anchor
    floor_mono_ms: int = 0  # where in this boot the anchor lies
    heard_ms: int = -1  # running time when signed time last came; -1: never
    claim_s: int = 0  # what the cloud says that it is, too far beyond the floor to count by itself
    claim_ms: int = -1  # running time since when it says so; -1: it does not
    compartments: dict[int, Compartment] = field(default_factory=dict)
    parcels: dict[str, Parcel] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    openings: dict[int, Opening] = field(default_factory=dict)
    next_opening: int = 1
    consumed: dict[str, int] = field(default_factory=dict)  # "reservation:parcel" → forget when the floor passes (s)
    revoked: dict[str, int] = field(default_factory=dict)  # reservation → up to and with this generation
    shown: dict[str, Shown] = field(default_factory=dict)  # reservation → newest code, of which nothing was here yet
    forget_s: dict[str, int] = field(default_factory=dict)  # reservation → both may go when the floor passes (s)
    pin: PinLimit = field(default_factory=PinLimit)
    brake_ms: tuple[int, ...] = ()  # running times of openings by command, last day
    order: int = 0  # highest order number handled
    keys_version: int = 0
    roster_version: int = 0
    roster_ms: int = 0  # running time when the roster was issued, as near as we know
    standing_version: int = 0
    restoring: bool = True  # a new or forked card: the books wait for a standing list
    time_reset_version: int = 0
    faults: dict[str, str] = field(default_factory=dict)  # "what:which" → detail
    alarms: dict[str, str] = field(default_factory=dict)
    space: str = "ok"
    stopped: bool = True  # the last boot ended in order

    # -- reading ----------------------------------------------------------------------------------------------------

    def running_ms(self, mono_ms: int) -> int:
        """Running time at `mono_ms` of the present boot."""
        return self.boot_began_ms + mono_ms

    def floor_at(self, mono_ms: int) -> int:
        """The earliest that it can be (UTC seconds): signed time plus what has run since.  0: no signed time yet."""
        return self.floor_s + max(0, mono_ms - self.floor_mono_ms) // 1000 if self.floor_s else 0

    def claimed_at(self, mono_ms: int) -> int:
        """What the cloud claims that it is now (UTC seconds); meaningless where no claim stands."""
        return self.claim_s + max(0, self.running_ms(mono_ms) - self.claim_ms) // 1000

    def live(self, door: int) -> Opening | None:
        """The opening under way at `door`."""
        return next((opening for opening in self.openings.values() if opening.door == door), None)

    def here(self, reservation: str) -> tuple[Parcel, ...]:
        """The parcels of `reservation` that stand, or may stand, in this wall; in the order they were put in."""
        right = self.reservations.get(reservation)
        if right is None:
            return ()
        known = (self.parcels[p] for p in right.parcels if p in self.parcels)
        return tuple(p for p in known if p.state in HERE and p.reservation == reservation)

    def inside(self, door: int) -> tuple[Parcel, ...]:
        return tuple(self.parcels[p] for p in self.compartments[door].parcels if p in self.parcels)

    # -- changing (returns a new State; illegal moves raise) ----------------------------------------------------------

    def with_(self, **changes: Any) -> State:
        return structs.replace(self, **changes)

    def with_compartment(self, door: int, **changes: Any) -> State:
        old = self.compartments.get(door, Compartment())
        if "state" in changes:
            legal(COMPARTMENT_MOVES, f"compartment {door}", old.state, changes["state"])
        return self.with_(compartments={**self.compartments, door: structs.replace(old, **changes)})

    def with_parcel(self, parcel: str, **changes: Any) -> State:
        old = self.parcels[parcel]
        if "state" in changes:
            legal(PARCEL_MOVES, f"parcel {parcel}", old.state, changes["state"])
        return self.with_(parcels={**self.parcels, parcel: structs.replace(old, **changes)})

    def with_new_parcel(self, parcel: Parcel) -> State:
        return self.with_(parcels={**self.parcels, parcel.id: parcel})

    def with_reservation(self, reservation: str, **changes: Any) -> State:
        old = self.reservations.get(reservation, Reservation(id=reservation))
        if "state" in changes:
            legal(CREDENTIAL_MOVES, f"credential of {reservation}", old.state, changes["state"])
        return self.with_(reservations={**self.reservations, reservation: structs.replace(old, **changes)})

    def with_opening(self, opening: Opening) -> State:
        return self.with_(openings={**self.openings, opening.number: opening})

    def without_opening(self, number: int) -> State:
        return self.with_(openings={n: o for n, o in self.openings.items() if n != number})

    def without_parcels(self, gone: Iterable[str]) -> State:
        """Forget parcels that ended long ago, and rights that have none left."""
        drop = frozenset(gone)
        rights = {
            r.id: structs.replace(r, parcels=tuple(p for p in r.parcels if p not in drop))
            for r in self.reservations.values()
        }
        return self.with_(
            parcels={p: record for p, record in self.parcels.items() if p not in drop},
            reservations={r: record for r, record in rights.items() if record.parcels},
        )

"""Holding a journal's rows against what must never happen, as far as rows alone can show it.  Pure.

Each check has a name that begins with its invariant.  A check looks at one row and at the books before it; where the
books are not known (the beginning was compacted), only what the row itself says is held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from edge.core import events
from edge.core.errors import LockerError
from edge.core.events import Event
from edge.core.fold import fold, thaw
from edge.core.rows import Epoch, Head, Row, Snapshot, Watermark, genesis, rehash
from edge.core.site import Policy
from edge.core.state import HERE, Opening, State
from edge.core.words import AuthorityKind, CompartmentState, CredentialState, Evidence, ParcelState

SEEN: Final = frozenset({Evidence.SWITCH, Evidence.LATCH})
EMPTY_ON: Final = frozenset({Evidence.SENSOR, Evidence.PERSON, Evidence.INFERRED})
BY_RESERVATION: Final = frozenset({AuthorityKind.CODE, AuthorityKind.PIN})
PULSES_AN_OPENING: Final = 2


class Violation(Struct, frozen=True):
    seq: int
    check: str
    text: str

    def __str__(self) -> str:
        return f"row {self.seq}: {self.check}: {self.text}"


class Looked(Struct, frozen=True):
    """One row with the books before it and the policy of the site; None: not known."""

    row: Row
    event: Event
    state: State | None
    policy: Policy | None


class Chain:
    """I4: dense numbers, each row hashed onto the one before, boots that never go back."""

    def __init__(self, site: int, epochs: list[Epoch], before: Head) -> None:
        self._starts: dict[int, bytes] = {}
        for life in epochs:  # a later life covers what it left behind
            self._starts = {seq: start for seq, start in self._starts.items() if seq < life.first_seq}
            self._starts[life.first_seq] = genesis(site, life.epoch)
        self._last, self._boot = before, 0

    def check(self, row: Row) -> Iterator[Violation]:
        previous = self._starts.get(row.seq, self._last.hash)
        if row.seq != self._last.seq + 1:
            yield Violation(row.seq, "i4_dense", f"follows row {self._last.seq}")
        elif rehash(previous, row) != row.hash:
            yield Violation(row.seq, "i4_chained", f"{row.kind} does not match its hash")
        if row.boot < self._boot:
            yield Violation(row.seq, "i4_boots_rise", f"boot {row.boot} after boot {self._boot}")
        self._last, self._boot = Head(row.seq, row.hash), row.boot


class Audit:
    """Feed it rows in order.  `state`: the books after the last row, None while they are not known."""

    def __init__(
        self, chain: Chain, first_seq: int, snapshots: list[Snapshot], fold_version: int, policy: Policy | None
    ) -> None:
        self.state: State | None = State() if first_seq == 1 else None
        self.folded_from = 1 if first_seq == 1 else 0  # the first row above known books; 0: none yet
        self.rows = 0
        self._chain, self._policy = chain, policy
        self._snapshots = {s.seq: s for s in snapshots if s.fold_version == fold_version}
        if self.state is None and first_seq - 1 in self._snapshots:
            self._begin(self._snapshots[first_seq - 1])

    def row(self, row: Row) -> list[Violation]:
        found = list(self._chain.check(row))
        self.rows += 1
        try:
            event = events.decode(row.kind, row.payload)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self.state = None
            return [*found, Violation(row.seq, "i4_readable", f"{row.kind}: {error}")]
        looked = Looked(row, event, self.state, self._policy)
        for name, check in CHECKS.items():
            found += [Violation(row.seq, name, text) for text in check(looked)]
        return [*found, *self._fold(row, event)]

    def _fold(self, row: Row, event: Event) -> list[Violation]:
        snapshot = self._snapshots.get(row.seq)
        if self.state is None:
            if snapshot is not None:
                self._begin(snapshot)
            return []
        try:
            self.state = fold(self.state, event, row.seq, row.stamp)
        except (LockerError, LookupError, TypeError, ValueError, AttributeError) as error:
            self.state = None
            return [Violation(row.seq, "state_legal_move", f"{row.kind}: {error}")]
        if snapshot is not None and thaw(snapshot.body) != self.state:
            self._begin(snapshot)
            return [Violation(row.seq, "state_is_the_fold", "the snapshot after it is not the fold of the rows")]
        return []

    def _begin(self, snapshot: Snapshot) -> None:
        self.state = thaw(snapshot.body)
        self.folded_from = self.folded_from or snapshot.seq + 1


def anchored(mark: Watermark | None, epochs: list[Epoch], rows: list[Row]) -> tuple[int, list[Violation]]:
    """Up to which row the hub holds a signed hash, and whether it is ours."""
    if mark is None or not epochs or mark.epoch != epochs[-1].epoch:
        return 0, []
    row = next((row for row in rows if row.seq == mark.seq), None)
    if row is not None and row.hash != mark.hash and mark.seq >= epochs[-1].first_seq:
        return 0, [Violation(mark.seq, "i4_anchored", "it is not the row that the hub has committed")]
    return mark.seq, []


# -- the checks -------------------------------------------------------------------------------------------------------


def _opening(looked: Looked) -> Opening | None:
    return looked.state.openings.get(looked.event.opening) if looked.state is not None else None  # type: ignore[attr-defined]


def _authority_first(looked: Looked) -> Iterator[str]:
    """What happens at a door by an opening, happens to one that was authorised and has not ended."""
    if isinstance(looked.event, OF_OPENINGS) and looked.state is not None and _opening(looked) is None:
        yield f"{looked.row.kind} of opening {looked.event.opening}, which nobody authorised, or which has ended"


def _one_authority_each(looked: Looked) -> Iterator[str]:
    event, state = looked.event, looked.state
    if isinstance(event, events.OpeningAuthorised) and state is not None and event.opening < state.next_opening:
        yield f"opening {event.opening} was authorised before; the next is {state.next_opening}"


def _pulses_counted(looked: Looked) -> Iterator[str]:
    event = looked.event
    if not isinstance(event, events.OpeningRetried):
        return
    opening = _opening(looked)
    if event.attempt > PULSES_AN_OPENING:
        yield f"pulse {event.attempt} of opening {event.opening}; {PULSES_AN_OPENING} are allowed"
    elif opening is not None and event.attempt != opening.attempt + 1:
        yield f"pulse {event.attempt} of opening {event.opening} after pulse {opening.attempt}"
    elif opening is not None and opening.opened_ms >= 0:
        yield f"opening {event.opening} is pulsed again after its door was seen open"


def _collected_once(looked: Looked) -> Iterator[str]:
    event, state = looked.event, looked.state
    if isinstance(event, events.ParcelCollected) and state is not None:
        known = state.parcels.get(event.parcel)
        if known is None or known.state not in HERE:
            was = "is not in the books" if known is None else f"is {known.state}"
            yield f"parcel {event.parcel} {was}, and cannot leave"


def _consumed_opens_nothing(looked: Looked) -> Iterator[str]:
    event, state = looked.event, looked.state
    if not isinstance(event, events.OpeningAuthorised) or state is None or event.authority.kind not in BY_RESERVATION:
        return
    right = state.reservations.get(event.authority.ref)
    if event.grace:
        yield from _grace(looked, event, state)
    elif right is not None and right.state in (CredentialState.CONSUMED, CredentialState.REVOKED):
        yield f"reservation {right.id} is {right.state}, and opens door {event.door}"


def _grace(looked: Looked, event: events.OpeningAuthorised, state: State) -> Iterator[str]:
    """Its own compartment, in the same boot, in time, as often as allowed, and not let again since."""
    row, policy = looked.row, looked.policy
    record = state.compartments.get(event.door)
    for parcel in event.parcels:
        known = state.parcels.get(parcel)
        if known is None or known.ended_door != event.door or record is None:
            yield f"parcel {parcel} was not collected from door {event.door}"
        elif known.ended_boot != row.boot:
            yield f"parcel {parcel} was collected in boot {known.ended_boot}"
        elif policy and state.running_ms(row.mono_ms) - known.ended_ms > policy.timers.grace_s * 1000:
            yield f"parcel {parcel} was collected more than {policy.timers.grace_s:g} s ago"
        elif policy and known.reopened >= policy.reopenings_in_grace:
            yield f"parcel {parcel}: reopened {known.reopened} times before"
        elif record.letting != known.ended_letting:
            yield f"compartment {event.door} was let again since"


def _consumed_on_evidence(looked: Looked) -> Iterator[str]:
    event, state = looked.event, looked.state
    if not isinstance(event, events.ParcelCollected) or state is None:
        return
    opening = state.openings.get(event.opening)
    if opening is None or opening.opened_ms < 0 or not opening.closed:
        yield f"parcel {event.parcel} is collected by opening {event.opening}, whose door was not seen open and shut"
    elif event.evidence is Evidence.NONE:
        yield f"parcel {event.parcel} is collected on no evidence"


def _seen(looked: Looked) -> Iterator[str]:
    event = looked.event
    if isinstance(event, SEEN_EVENTS) and event.evidence not in SEEN:
        yield f"{looked.row.kind} of door {event.door} on evidence {event.evidence}"


def _freed_on_evidence(looked: Looked) -> Iterator[str]:
    event, state = looked.event, looked.state
    if not isinstance(event, events.CompartmentFreed):
        return
    if event.evidence not in EMPTY_ON:
        yield f"compartment {event.door} is freed on evidence {event.evidence}"
    record = state.compartments.get(event.door) if state is not None else None
    if record is None or state is None:
        return
    live = state.live(event.door)
    if live is not None and live.opened_ms >= 0 and not live.closed:
        yield f"compartment {event.door} is freed while its door stands open"
    if event.evidence is Evidence.INFERRED and (record.state, record.reason) != (CompartmentState.REVIEW, "grace"):
        yield f"compartment {event.door} ({record.state}, {record.reason or 'no reason'}) is freed by inference"


def _let_when_free(looked: Looked) -> Iterator[str]:
    event, state = looked.event, looked.state
    if isinstance(event, events.CompartmentLet) and state is not None:
        record = state.compartments.get(event.door)
        if record is None or record.state is not CompartmentState.FREE:
            yield f"compartment {event.door} is let while it is {record.state if record else 'not in the wall'}"
        elif any(p.door == event.door and p.state in HERE for p in state.parcels.values()):
            yield f"compartment {event.door} is let while a parcel stands there"


def _door_named(looked: Looked) -> Iterator[str]:
    event = looked.event
    if isinstance(event, OF_OPENINGS):
        opening = _opening(looked)
        if opening is not None and opening.door != event.door:
            yield f"{looked.row.kind} of door {event.door}, but opening {opening.number} is of door {opening.door}"


def _parcel_leaves_its_own_door(looked: Looked) -> Iterator[str]:
    event, state = looked.event, looked.state
    if isinstance(event, events.ParcelCollected) and state is not None:
        known = state.parcels.get(event.parcel)
        if known is not None and known.state is not ParcelState.COLLECTED and known.door != event.door:
            yield f"parcel {event.parcel} is collected from door {event.door}, and stands behind door {known.door}"


OF_OPENINGS: Final = (
    events.OpeningRetried,
    events.DoorOpened,
    events.DoorAdopted,
    events.DoorClosed,
    events.DoorJammed,
    events.DoorLeftOpen,
    events.OpeningLapsed,
    events.OpeningEnded,
)
SEEN_EVENTS: Final = (
    events.DoorOpened,
    events.DoorAdopted,
    events.DoorClosed,
    events.DoorForced,
    events.DoorShut,
)
CHECKS: Final[dict[str, Callable[[Looked], Iterator[str]]]] = {
    "i1_authority_first": _authority_first,
    "i1_one_authority_each": _one_authority_each,
    "i1_pulses_counted": _pulses_counted,
    "i2_collected_once": _collected_once,
    "i2_consumed_opens_nothing": _consumed_opens_nothing,
    "i3_consumed_on_evidence": _consumed_on_evidence,
    "i5_seen": _seen,
    "i6_freed_on_evidence": _freed_on_evidence,
    "i6_let_when_free": _let_when_free,
    "i7_door_named": _door_named,
    "i7_parcel_leaves_its_own_door": _parcel_leaves_its_own_door,
}


def about(event: Event, *, door: int = 0, parcel: str = "", openings: Any = (), reservation: str = "") -> bool:
    """Whether an event tells of a door, or of a parcel: itself, its openings, its right."""
    if door:
        return bool(getattr(event, "door", 0) == door)
    named = {getattr(event, "parcel", ""), *getattr(event, "parcels", ()), *getattr(event, "maybe", ())}
    named |= set(getattr(event, "subjects", ()))
    by_opening = bool(getattr(event, "opening", 0)) and getattr(event, "opening", 0) in openings
    return parcel in named or by_opening or bool(reservation and getattr(event, "reservation", "") == reservation)

"""A believable past: event after event of parcels that came, stood, were collected and were forgotten."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from typing import Final

from edge.core import events
from edge.core.events import Event
from edge.core.fold import fold, freeze
from edge.core.rows import Entry, Stamp
from edge.core.state import Authority, State
from edge.core.words import AuthorityKind, Evidence, Purpose
from edge.journal import Journal
from tests.bench.wall import DOORS
from tests.credentials.known_keys import NOW_S

COURIER: Final = Authority(AuthorityKind.BADGE, "c0c0c0c0c0c0c0c0")
LIFE_MS: Final = 600_000  # a parcel every ten minutes
REMEMBERED: Final = 400  # parcels that ended and are still in the books: three days of them
GROUP: Final = 1000  # events in one transaction


def past() -> Iterator[Event]:
    """Without end.  Kinds, fields and lengths are what the core itself writes."""
    yield events.Started("1.0.0", tuple(DOORS))
    for door in DOORS:
        yield events.CompartmentFreed(door, Evidence.PERSON)
    for number in itertools.count():
        yield from _life(number)
        if number >= REMEMBERED:
            old = _parcel(number - REMEMBERED)
            yield events.ParticularsErased((old,))
            yield events.Forgotten((old,), (f"{old}:{old}",))


def stamp(index: int) -> Stamp:
    """When the event of that index was told."""
    ms = index * LIFE_MS // 15 + _scattered(index, 30_000)
    return Stamp(1, ms, NOW_S * 1000 + ms, "ntp")


def entries() -> Iterator[Entry]:
    """The same, as it is appended."""
    for index, event in enumerate(past()):
        yield Entry(event.kind, events.encode(event), stamp=stamp(index))


def append_folded(journal: Journal, count: int) -> None:
    """`count` events with their snapshots, as a runtime would have left them."""
    state, told = State(), enumerate(itertools.islice(past(), count))
    while group := list(itertools.islice(told, GROUP)):
        for index, event in group:
            state = fold(state, event, index + 1, stamp(index))
        rows = [Entry(event.kind, events.encode(event), stamp=stamp(index)) for index, event in group]
        journal.append(rows, stamp(group[-1][0]), snapshot=freeze(state))


def _scattered(number: int, span: int) -> int:
    """Below `span`, without a pattern that a compressor would find; the same in every run."""
    return number * 2_654_435_761 % 4_294_967_291 % span


def _parcel(number: int) -> str:
    return hashlib.sha256(number.to_bytes(8, "big")).hexdigest()[:16]


def _life(number: int) -> Iterator[Event]:
    """Announced, put in, taken out."""
    parcel, door = _parcel(number), DOORS[number % len(DOORS)]
    put, take = 2 * number + 1, 2 * number + 2
    customer = Authority(AuthorityKind.CODE, parcel)
    yield events.ParcelAnnounced(parcel, parcel, "dpd", hold_s=604_800, aside=hashlib.sha256(b"").hexdigest())
    yield events.OrderHandled(number + 1, "announce", "done")
    yield events.CourierEntered(COURIER.ref, "dpd", "courier")
    yield events.CompartmentLet(door, "dpd", parcel, parcel, announced=True)
    yield events.OpeningAuthorised(put, door, Purpose.DEPOSIT, COURIER, (parcel,), 35)
    yield events.DoorOpened(put, door, 1, Evidence.SWITCH)
    yield events.DoorClosed(put, door, Evidence.SWITCH, 3000 + _scattered(put, 9000))
    yield events.ParcelDeposited(parcel, parcel, "dpd", door, put, Evidence.SENSOR, hold_s=604_800, badge=COURIER.ref)
    yield events.OpeningEnded(put, door, "deposited")
    yield events.CourierLeft(COURIER.ref, 1)
    yield events.OpeningAuthorised(take, door, Purpose.PICKUP, customer, (parcel,), 35)
    yield events.DoorOpened(take, door, 1, Evidence.SWITCH)
    yield events.DoorClosed(take, door, Evidence.SWITCH, 3000 + _scattered(take, 9000))
    yield events.ParcelCollected(parcel, parcel, door, take, Evidence.SENSOR, NOW_S + 3_456_000)
    yield events.OpeningEnded(take, door, "collected")

"""A card that was put back hours later: what it concludes before it knows is not where the parcels stand (I2, I4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from edge.core.rows import Fork, Head, Row, Stamp, link
from sync.envelope import Gap, seal
from sync.hub.ingest import ingest
from sync.hub.lists import standing_list
from sync.hub.store import HubStore
from tests.sync.past import DEVICE, EPOCH, FOREIGN, LATER, SITE, batch_of, begin, end
from tests.sync.test_ingest import opened

NOW_S = 1_790_000_000
ANNA, BELA = "00112233aabbccdd", "8899aabbccddeeff"  # her parcel was put in as the card was copied; his came later
Told = tuple[str, dict[str, object]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HubStore]:
    store = opened(tmp_path / "hub")
    yield store
    store.close()


def put_in(parcel: str, opening: int, door: int = 5) -> Told:
    fields = {"parcel": parcel, "reservation": parcel, "carrier": "dpd", "door": door, "opening": opening}
    return "parcel_deposited", {**fields, "evidence": "sensor", "hold_s": 7200}


def taken_out(parcel: str, opening: int) -> Told:
    return "parcel_collected", {"parcel": parcel, "reservation": parcel, "door": 5, "opening": opening}


def opening(number: int, *, door: int = 5) -> Told:
    return "opening_authorised", {"opening": number, "door": door}


def rows(before: Head, *told: Told) -> tuple[Row, ...]:
    found: list[Row] = []
    for kind, fields in told:
        place = end(found) if found else before
        stamp = Stamp(boot=1, mono_ms=1000 * place.seq, wall_ms=NOW_S * 1000, trust="ntp")
        found.append(link(place.hash, place.seq + 1, stamp, kind, msgspec.json.encode(fields)))
    return tuple(found)


COMMON = rows(
    begin(), ("parcel_announced", {"parcel": ANNA, "carrier": "dpd"}), opening(48), ("door_opened", {"opening": 48})
)
LEARNED: Told = ("epoch_begun", {"reason": "beyond_head"})
LISTED: Told = ("document_received", {"name": "standing", "version": 7})
ENDED: Told = ("opening_ended", {"opening": 48, "door": 5, "outcome": "deposited"})
LOST: dict[str, list[Told]] = {
    "collected, and another parcel put in": [
        put_in(ANNA, 48),
        taken_out(ANNA, 49),
        put_in(BELA, 50),
    ],
    "given back, and another parcel put in": [
        ("deposit_abandoned", {"parcel": ANNA, "door": 5, "opening": 48}),
        put_in(BELA, 49),
    ],
    "seen empty, and another parcel put in": [
        put_in(ANNA, 48),
        ("compartment_freed", {"door": 5, "evidence": "person"}),
        put_in(BELA, 49),
    ],
    "looked into": [
        put_in(BELA, 47, door=6),
        ("compartment_reviewed", {"door": 5, "parcels": [BELA], "evidence": "person"}),
    ],
}
CONCLUDED: dict[str, list[Told]] = {
    "put in": [put_in(ANNA, 48), ENDED],
    "perhaps put in": [("compartment_to_review", {"door": 5, "opening": 48, "maybe": [ANNA]})],
    "overdue": [("parcel_overdue", {"parcel": ANNA, "door": 5})],
    "not sure": [("parcel_uncertain", {"parcel": ANNA, "door": 5, "reason": "no_answer", "opening": 48})],
    "put in, and the fork learned": [put_in(ANNA, 48), ENDED, LEARNED],
    "perhaps put in, as the fork itself has it": [
        LEARNED,
        ("compartment_to_review", {"door": 5, "reason": "fork", "maybe": [ANNA]}),
    ],
    "moved twice before anybody listened": [("epoch_begun", {"reason": "copied"}), put_in(ANNA, 48), LEARNED],
    "not brought": [("deposit_abandoned", {"parcel": BELA, "door": 0, "opening": 0, "reason": "not_brought"})],
}


def heard(store: HubStore, lost: list[Told], since: list[Told], *, at_once: bool = True) -> dict[str, int]:
    """The hub has the rows of the lost card, and then those of the one that was put back: who stands where."""
    gone = rows(end(COMMON), *lost)
    ingest(store, SITE, seal(batch_of((*COMMON, *gone), begin()), DEVICE), NOW_S)
    place = begin(LATER, COMMON[-1].seq)
    later = rows(place, *since)
    fork = Fork(EPOCH, COMMON[-1].seq, COMMON[-1].hash)
    for first in [0] if at_once else range(len(later)):
        some = later if at_once else later[first : first + 1]
        batch = batch_of(some, end(later[:first]) if first else place, LATER, fork)
        assert ingest(store, SITE, seal(batch, DEVICE), NOW_S).seq == some[-1].seq
    return listed(store)


def listed(store: HubStore) -> dict[str, int]:
    return {entry.parcel: entry.door for entry in standing_list(store, SITE, 1, NOW_S).parcels}


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "row by row"])
@pytest.mark.parametrize("concluded", CONCLUDED)
@pytest.mark.parametrize("lost", LOST)
def test_i2_what_a_card_that_was_put_back_concludes_of_an_old_opening_lists_nobody_for_the_door(
    store: HubStore, lost: str, concluded: str, at_once: bool
) -> None:
    assert heard(store, LOST[lost], [*CONCLUDED[concluded], LEARNED], at_once=at_once) == {BELA: 5}


def test_what_the_lost_card_did_not_tell_of_is_concluded_rightly(store: HubStore) -> None:
    assert heard(store, [("door_closed", {"opening": 48})], [*CONCLUDED["put in"], LEARNED]) == {ANNA: 5}


def test_what_people_did_on_the_card_that_was_put_back_counts_before_it_learned_and_after(store: HubStore) -> None:
    lost = [*LOST["collected, and another parcel put in"], put_in("00" * 8, 51, door=6)]
    anna = [LISTED, ("parcel_overdue", {"parcel": BELA, "door": 5}), put_in(ANNA, 52, door=3)]
    since = [*CONCLUDED["put in"], opening(49), put_in("00" * 8, 49, door=2), LEARNED, *anna]
    assert heard(store, lost, since) == {BELA: 5, "00" * 8: 2, ANNA: 3}


SAID: dict[str, tuple[list[Told], list[Told], tuple[str, int]]] = {
    "declined": (
        [put_in(ANNA, 48), ("parcel_overdue", {"parcel": ANNA, "door": 5})],
        [opening(49), ("parcel_declined", {"parcel": ANNA, "door": 5})],
        ("returning", 5),
    ),
    "missed within grace": (
        [put_in(ANNA, 48), ("parcel_overdue", {"parcel": ANNA, "door": 5})],
        [opening(49), taken_out(ANNA, 49), ("parcel_uncertain", {"parcel": ANNA, "door": 5, "reason": "empty"})],
        ("uncertain", 5),
    ),
    "scanned by somebody who looked, and left": (
        [("deposit_abandoned", {"parcel": ANNA, "door": 5, "opening": 48})],
        [opening(49), ("compartment_to_review", {"door": 5, "reason": "unanswered", "opening": 49, "maybe": [ANNA]})],
        ("uncertain", 5),
    ),
}


@pytest.mark.parametrize("said", SAID)
def test_what_people_say_on_the_card_that_was_put_back_counts(store: HubStore, said: str) -> None:
    lost, since, where = SAID[said]
    heard(store, lost, [*since, LEARNED])
    found = store.one("SELECT state, door FROM parcels WHERE parcel = ?", ANNA)
    assert found is not None
    assert (found["state"], found["door"]) == where


AGAIN: dict[str, tuple[list[Told], list[Told]]] = {
    "put in": ([opening(48), put_in(ANNA, 48)], [taken_out(ANNA, 49)]),
    "put in and freed": (
        [opening(48), put_in(ANNA, 48), opening(49), taken_out(ANNA, 49), ("compartment_freed", {"door": 5})],
        [],
    ),
}


@pytest.mark.parametrize("again", AGAIN)
def test_i4_rows_that_come_again_under_the_name_of_a_new_epoch_count_once(store: HubStore, again: str) -> None:
    """A card that was copied forks at the watermark that it knows; the hub has more of it, and of the other card."""
    shared, rest = AGAIN[again]
    gone = rows(end(COMMON), *shared, *rest, opening(50), put_in(BELA, 50))
    ingest(store, SITE, seal(batch_of((*COMMON, *gone), begin()), DEVICE), NOW_S)
    assert listed(store) == {BELA: 5}
    later = rows(begin(LATER, 3), *shared, ("epoch_begun", {"reason": "copied", "old_seq": 3}))
    fork = Fork(EPOCH, 3, COMMON[-1].hash)
    reply = ingest(store, SITE, seal(batch_of(later, begin(LATER, 3), LATER, fork), DEVICE), NOW_S)
    assert reply.seq == later[-1].seq
    assert listed(store) == {BELA: 5}


def test_i2_the_lost_card_may_itself_have_been_of_a_later_epoch(store: HubStore) -> None:
    """The hub's line has left the epoch from which the card that is put back comes."""
    ingest(store, SITE, seal(batch_of(COMMON, begin()), DEVICE), NOW_S)
    fork = Fork(EPOCH, COMMON[-1].seq, COMMON[-1].hash)
    line = rows(begin(LATER, 3), LEARNED, *LOST["collected, and another parcel put in"])
    ingest(store, SITE, seal(batch_of(line, begin(LATER, 3), LATER, fork), DEVICE), NOW_S)
    back = rows(begin(FOREIGN, 3), *CONCLUDED["put in"], LEARNED)
    reply = ingest(store, SITE, seal(batch_of(back, begin(FOREIGN, 3), FOREIGN, fork), DEVICE), NOW_S)
    assert reply.seq == back[-1].seq
    assert listed(store) == {BELA: 5}


def test_i4_a_gap_in_which_the_site_learned_of_it_ends_the_doubt(store: HubStore) -> None:
    lost = LOST["collected, and another parcel put in"]
    assert heard(store, lost, CONCLUDED["put in"]) == {BELA: 5}
    behind = Head(9, bytes(32))
    later = rows(behind, put_in(ANNA, 52, door=3))  # epoch and list lie in the gap
    batch = structs.replace(batch_of(later, behind, LATER), gap=Gap(5))
    assert ingest(store, SITE, seal(batch, DEVICE), NOW_S).seq == 10
    assert listed(store) == {BELA: 5, ANNA: 3}


DEEP = b"[" * 30_000 + b"]" * 30_000
STRANGE = [
    ("parcel_gone", b'{"parcel":["a"]}'),
    ("compartment_to_review", b'{"maybe":7,"door":[5]}'),
    ("document_received", b"no JSON"),
    ("opening_authorised", DEEP),
    ("parcel_overdue", DEEP),
]


@pytest.mark.parametrize(("kind", "payload"), STRANGE, ids=[f"{kind} {payload[:9]!r}" for kind, payload in STRANGE])
def test_i4_a_strange_row_is_taken_there_too(store: HubStore, kind: str, payload: bytes) -> None:
    heard(store, LOST["looked into"], [LEARNED])
    found = store.one("SELECT hash FROM events WHERE epoch = 2 ORDER BY seq DESC LIMIT 1")
    assert found is not None
    place = Head(4, bytes(found["hash"]))
    strange = link(place.hash, 5, Stamp(boot=1, mono_ms=9, wall_ms=9, trust="ntp"), kind, payload)
    assert ingest(store, SITE, seal(batch_of((strange,), place, LATER), DEVICE), NOW_S).seq == 5
    assert listed(store) == {BELA: 5}

"""I4 at the hub: only the next number onward, each once however often it is sent, committed before the answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from edge.core.errors import BadInput, NotAllowed
from edge.core.rows import Beside, Fork, Head, Row, Stamp, link
from sync.envelope import Batch, Gap, seal
from sync.hub import books
from sync.hub.ingest import current_mark, ingest
from sync.hub.store import HubStore
from sync.signed import public_of
from sync.watermark import NOTHING, Reply, TheirEpoch, WhyNot
from tests.sync.past import DEVICE, EPOCH, FOREIGN, LATER, SITE, batch_of, begin, end, follow

NOW_S = 1_790_000_000
ROWS = follow(begin(), 10)
FORK = Fork(EPOCH, 6, ROWS[5].hash)
LATER_ROWS = follow(begin(LATER, 6), 4)


def opened(directory: Path) -> HubStore:
    store = HubStore(directory)
    if not store.all("SELECT site FROM sites"):
        store.add_site(SITE, "Harbour Street", "", "[]")
        store.run("UPDATE sites SET device = ? WHERE site = ?", public_of(DEVICE), SITE)
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HubStore]:
    store = opened(tmp_path / "hub")
    yield store
    store.close()


def send(store: HubStore, batch: Batch) -> Reply:
    return ingest(store, SITE, seal(batch, DEVICE), NOW_S)


def rows(store: HubStore, first: int, last: int) -> Reply:
    """Send our rows `first` to `last`."""
    before = begin() if first == 1 else end(ROWS[: first - 1])
    return send(store, batch_of(ROWS[first - 1 : last], before))


def numbers(store: HubStore, epoch: bytes | None = None) -> list[int]:
    found = books.events(store, SITE, epoch.hex() if epoch else "", 0, 1000)
    return [record["seq"] for record in found]


def test_i4_rows_in_order_are_taken_and_answered_with_the_last_one(store: HubStore) -> None:
    assert rows(store, 1, 4).seq == 4
    reply = rows(store, 5, 10)
    assert (reply.seq, reply.hash, reply.why_not) == (10, ROWS[9].hash, WhyNot.TAKEN)
    assert numbers(store) == list(range(1, 11))


@pytest.mark.parametrize(("first", "last"), [(1, 10), (1, 5), (5, 10), (6, 10), (9, 10), (8, 8)])
def test_i4_what_came_already_is_not_taken_twice(store: HubStore, first: int, last: int) -> None:
    rows(store, 1, 8)
    reply = rows(store, first, last)
    assert (reply.seq, reply.why_not) == (max(8, last), WhyNot.TAKEN)
    assert numbers(store) == list(range(1, max(8, last) + 1))


@pytest.mark.parametrize("first", [3, 5, 10])
def test_i4_a_gap_is_not_taken_and_the_answer_says_where_to_begin(store: HubStore, first: int) -> None:
    rows(store, 1, 1)
    reply = rows(store, first, 10)
    assert (reply.seq, reply.why_not, reply.agrees) == (1, WhyNot.GAP, False)
    assert numbers(store) == [1]


def test_i4_batches_out_of_order_end_complete(store: HubStore) -> None:
    for first, last in [(5, 7), (1, 3), (8, 10), (4, 6), (3, 8), (7, 10)]:
        rows(store, first, last)
    assert numbers(store) == list(range(1, 11))


def test_i4_other_rows_with_the_same_numbers_are_refused(store: HubStore) -> None:
    rows(store, 1, 8)
    others = follow(end(ROWS[:5]), 4, kind="door_opened")
    reply = send(store, batch_of(others, end(ROWS[:5])))
    assert (reply.seq, reply.hash, reply.why_not, reply.agrees) == (8, ROWS[7].hash, WhyNot.OTHER_HASH, True)
    foreign = Head(5, bytes(32))
    assert send(store, batch_of(follow(foreign, 4), foreign)).why_not is WhyNot.OTHER_HASH
    assert numbers(store) == list(range(1, 9))


def test_an_empty_batch_asks_whether_the_hub_agrees(store: HubStore) -> None:
    assert send(store, batch_of((), begin())).agrees is False
    rows(store, 1, 8)
    assert send(store, batch_of((), begin())).agrees
    assert send(store, batch_of((), end(ROWS[:5]))).agrees
    assert not send(store, batch_of((), end(ROWS))).agrees
    assert not send(store, batch_of((), Head(5, bytes(32)))).agrees


def test_i4_a_new_epoch_that_names_its_fork_goes_on_there(store: HubStore) -> None:
    rows(store, 1, 10)
    reply = send(store, batch_of(LATER_ROWS, begin(LATER, 6), LATER, FORK))
    assert (reply.epoch, reply.seq, reply.theirs) == (LATER, 10, TheirEpoch.CURRENT)
    assert numbers(store, EPOCH) == list(range(1, 11))
    line = books.events(store, SITE, "", 0, 100)
    assert [record["hash"] for record in line] == [row.hash.hex() for row in (*ROWS[:6], *LATER_ROWS)]


def test_i4_the_epoch_that_was_left_is_not_continued(store: HubStore) -> None:
    rows(store, 1, 8)
    send(store, batch_of(LATER_ROWS, begin(LATER, 6), LATER, FORK))
    reply = rows(store, 9, 10)
    assert (reply.epoch, reply.theirs, reply.why_not) == (LATER, TheirEpoch.SUPERSEDED, WhyNot.SUPERSEDED)
    assert reply.agrees, "it can still say which rows both have"


REFUSED_EPOCHS = {
    "a fork that the hub never had": (Fork(EPOCH, 9, ROWS[8].hash), begin(LATER, 9), WhyNot.FORK_UNKNOWN),
    "a fork with another hash": (Fork(EPOCH, 6, bytes(32)), begin(LATER, 6), WhyNot.FORK_UNKNOWN),
    "a fork of an epoch that never came": (Fork(FOREIGN, 6, ROWS[5].hash), begin(LATER, 6), WhyNot.FORK_UNKNOWN),
    "no fork named, in the middle": (None, begin(LATER, 6), WhyNot.FORK_NOT_NAMED),
    "not from its beginning": (FORK, Head(7, bytes(32)), WhyNot.FORK_NOT_NAMED),
}


@pytest.mark.parametrize("what", REFUSED_EPOCHS)
def test_i4_a_new_epoch_out_of_nowhere_is_refused(store: HubStore, what: str) -> None:
    fork, before, why_not = REFUSED_EPOCHS[what]
    rows(store, 1, 8)
    reply = send(store, batch_of(follow(before, 3), before, LATER, fork))
    assert (reply.epoch, reply.seq, reply.theirs, reply.why_not) == (EPOCH, 8, TheirEpoch.UNKNOWN, why_not)


def test_i4_a_new_card_begins_anew_and_the_hub_says_so(store: HubStore) -> None:
    rows(store, 1, 8)
    fresh = follow(begin(FOREIGN), 3)
    assert send(store, batch_of(fresh, begin(FOREIGN), FOREIGN)).seq == 3
    assert [epoch["how"] for epoch in books.site(store, SITE)["epochs"]] == ["anew", "first"]


@pytest.mark.parametrize("repeated", [False, True])
def test_i4_a_declared_gap_is_taken_and_kept(store: HubStore, repeated: bool) -> None:
    rows(store, 1, 3)
    late = structs.replace(batch_of(ROWS[6:], end(ROWS[:6])), gap=Gap(3))
    assert send(store, late).why_not is WhyNot.TAKEN
    if repeated:
        assert send(store, late).seq == 10
    assert numbers(store) == [1, 2, 3, 7, 8, 9, 10]
    assert [(gap["after"], gap["first"]) for gap in books.site(store, SITE)["gaps"]] == [(3, 7)]
    assert send(store, batch_of((), end(ROWS[:6]))).agrees, "the place behind the gap is known"


def test_i4_a_gap_is_declared_from_the_watermark_or_not_at_all(store: HubStore) -> None:
    rows(store, 1, 3)
    assert send(store, structs.replace(batch_of(ROWS[6:], end(ROWS[:6])), gap=Gap(2))).why_not is WhyNot.GAP


def test_i4_an_empty_hub_takes_a_compacted_journal_as_a_declared_gap(store: HubStore) -> None:
    late = structs.replace(batch_of(ROWS[6:], end(ROWS[:6])), gap=Gap(0))
    assert send(store, late).seq == 10
    assert books.site(store, SITE)["gaps"][0]["first"] == 7


def test_i4_the_watermark_is_committed_before_it_is_told(store: HubStore, tmp_path: Path) -> None:
    reply = rows(store, 1, 8)
    shutil.copytree(store.path.parent, tmp_path / "after a power cut")  # with the file as it lies on the disk now
    found = opened(tmp_path / "after a power cut")
    assert current_mark(found, SITE) == reply.mark
    assert numbers(found) == list(range(1, 9))
    found.close()


def test_a_hub_without_rows_says_so(store: HubStore) -> None:
    assert current_mark(store, SITE) == NOTHING


def linked(*payloads: tuple[str, bytes]) -> tuple[Row, ...]:
    found: list[Row] = []
    previous = begin().hash
    for seq, (kind, payload) in enumerate(payloads, start=1):
        found.append(link(previous, seq, Stamp(1, seq, NOW_S * 1000, "ntp"), kind, payload))
        previous = found[-1].hash
    return tuple(found)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("something_of_a_later_release", b'{"new":1}'),
        ("parcel_deposited", b"not JSON"),
        ("parcel_deposited", b'["a", "list"]'),
        ("parcel_deposited", b'{"parcel":7,"door":"seven"}'),
        ("parcel_deposited", b'{"parcel":"00","door":1e308,"hold_s":99999999999999999999}'),
        ("order_handled", b'{"number":null}'),
        ("particulars_erased", b'{"subjects":"all"}'),
        ("\x00", b""),
    ],
)
def test_i4_what_a_row_says_is_never_a_reason_to_refuse_it(store: HubStore, kind: str, payload: bytes) -> None:
    strange = linked((kind, payload), ("door_closed", b"{}"))
    assert send(store, batch_of(strange, begin())).seq == 2
    assert books.events(store, SITE, "", 0, 9)[0]["kind"] == kind


PARCEL = "00112233aabbccdd"


def told(kind: str, **fields: object) -> tuple[str, bytes]:
    return kind, msgspec.json.encode({"parcel": PARCEL, **fields})


DEPOSITED = told("parcel_deposited", reservation=PARCEL, carrier="dpd", door=7, hold_s=86400, size="M")
LOOKED_AT = "compartment_reviewed", msgspec.json.encode({"door": 7, "parcels": [PARCEL], "evidence": "person"})
FOUND = "compartment_reviewed", msgspec.json.encode({"door": 9, "parcels": [PARCEL], "evidence": "person"})
STORIES: dict[str, tuple[list[tuple[str, bytes]], str, int]] = {
    "announced": ([told("parcel_announced", carrier="dpd")], "announced", 0),
    "deposited": ([DEPOSITED], "standing", 7),
    "dropped off": ([told("parcel_deposited", door=3, purpose="drop_off")], "returning", 3),
    "collected": ([DEPOSITED, told("parcel_collected", door=7)], "collected", 0),
    "overdue": ([DEPOSITED, told("parcel_overdue", door=7)], "overdue", 7),
    "extended": ([DEPOSITED, told("parcel_overdue", door=7), told("hold_extended", by_s=60)], "standing", 7),
    "uncertain": ([DEPOSITED, told("parcel_uncertain", door=7)], "uncertain", 7),
    "declined": ([DEPOSITED, told("parcel_declined", door=7)], "returning", 7),
    "taken back": ([DEPOSITED, told("parcel_gone", door=7)], "gone", 0),
    "cancelled before": ([told("parcel_announced"), told("parcel_cancelled")], "gone", 0),
    "cancelled inside": ([DEPOSITED, told("parcel_cancelled")], "returning", 7),
    "announced late": ([DEPOSITED, told("parcel_announced", reservation="ffff")], "standing", 7),
    "adopted": ([told("standing_adopted", door=9, carrier="gls")], "standing", 9),
    "seen to be empty": ([DEPOSITED, ("compartment_freed", b'{"door":7,"evidence":"person"}')], "gone", 0),
    "another one freed": ([DEPOSITED, ("compartment_freed", b'{"door":8,"evidence":"person"}')], "standing", 7),
    "looked at": ([DEPOSITED, told("parcel_uncertain", door=7), LOOKED_AT], "standing", 7),
    "found elsewhere": ([DEPOSITED, told("parcel_gone", door=7), FOUND], "standing", 9),
    "something else there": ([DEPOSITED, ("compartment_reviewed", b'{"door":7,"parcels":[]}')], "gone", 0),
    "going back, and looked at": ([DEPOSITED, told("parcel_declined", door=7), LOOKED_AT], "returning", 7),
    "perhaps put in": (
        [told("parcel_announced"), ("compartment_to_review", msgspec.json.encode({"door": 5, "maybe": [PARCEL]}))],
        "uncertain",
        5,
    ),
    "not put in": ([told("parcel_announced"), told("deposit_abandoned", door=7)], "announced", 0),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_books_say_where_a_parcel_stands(store: HubStore, story: str) -> None:
    payloads, state, door = STORIES[story]
    send(store, batch_of(linked(*payloads), begin()))
    [parcel] = books.parcels(store, SITE)
    assert (parcel["state"], parcel["door"]) == (state, door)


def test_i11_particulars_go_when_the_event_says_so(store: HubStore) -> None:
    beside = Beside(PARCEL, "particulars", bytes(16) + b'{"tracking":"JD0146-SECRET"}')
    strange = linked(DEPOSITED)
    send(store, structs.replace(batch_of(strange, begin()), besides=((1, beside),)))
    assert books.parcels(store, SITE)[0]["tracking"] == "JD0146-SECRET"
    both = linked(DEPOSITED, ("particulars_erased", msgspec.json.encode({"subjects": [PARCEL]})))
    send(store, batch_of(both[1:], end(both[:1])))
    assert books.parcels(store, SITE)[0]["tracking"] == ""
    store.run("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"SECRET" not in store.path.read_bytes()


def test_i11_particulars_erased_in_the_same_batch_are_not_kept(store: HubStore) -> None:
    beside = Beside(PARCEL, "particulars", bytes(16) + b'{"tracking":"JD0146"}')
    both = linked(DEPOSITED, ("particulars_erased", msgspec.json.encode({"subjects": [PARCEL]})))
    send(store, structs.replace(batch_of(both, begin()), besides=((1, beside),)))
    assert store.all("SELECT * FROM besides") == []


def test_faults_and_alarms_stand_until_they_are_cleared(store: HubStore) -> None:
    raised = [
        ("alarm_raised", b'{"what":"door_forced","which":"7"}'),
        ("fault_raised", b'{"what":"board","which":"a","detail":"silent"}'),
        ("fault_cleared", b'{"what":"board","which":"a"}'),
    ]
    send(store, batch_of(linked(*raised), begin()))
    assert [(t["class"], t["what"]) for t in books.troubles(store, SITE)] == [("alarm", "door_forced")]


def test_health_is_the_latest_and_no_event(store: HubStore) -> None:
    rows(store, 1, 3)
    for said in (b'{"doors":23}', b'{"doors":24}'):
        send(store, structs.replace(batch_of((), end(ROWS[:3])), health=said))
    assert books.site(store, SITE)["health"] == {"doors": 24}
    assert numbers(store) == [1, 2, 3]


def test_only_the_enrolled_device_of_that_site_is_heard(store: HubStore) -> None:
    sealed = seal(batch_of(ROWS, begin()), Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with pytest.raises(NotAllowed, match="signature"):
        ingest(store, SITE, sealed, NOW_S)
    store.add_site(SITE + 1, "", "", "[]")
    with pytest.raises(NotAllowed, match="not enrolled"):
        ingest(store, SITE + 1, seal(batch_of(ROWS, begin()), DEVICE), NOW_S)
    store.run("UPDATE sites SET device = ? WHERE site = ?", public_of(DEVICE), SITE + 1)
    with pytest.raises(BadInput, match=f"of site {SITE}, sent as site {SITE + 1}"):
        ingest(store, SITE + 1, seal(batch_of(ROWS, begin()), DEVICE), NOW_S)
    assert current_mark(store, SITE) == NOTHING


def test_a_second_hub_on_the_same_file_is_refused(store: HubStore) -> None:
    with pytest.raises(NotAllowed, match="in use by another hub"):
        HubStore(store.path.parent)

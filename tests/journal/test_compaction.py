"""Rows go only when nobody needs them here, the chain holds across the gap, and the space comes back."""

from __future__ import annotations

import pytest

from edge.core.errors import Refuse
from edge.core.rows import Stamp, Watermark
from edge.journal import Journal, JournalLimits
from tests.journal.card import KIB, PATH, STAMP, all_rows, event, events, fold_payloads, open_on, payloads, refold
from tests.sim.disk import SimDisk

ROOMY = JournalLimits(ballast=4 * KIB)


def _journal(disk: SimDisk, rows: int, every: int, *, limits: JournalLimits = ROOMY) -> Journal:
    journal = open_on(disk, limits=limits)
    state: bytes | None = None
    for first in range(1, rows + 1, every):
        group = events(first, every)
        state = fold_payloads(state, [entry.payload for entry in group])
        journal.append(group, STAMP, snapshot=state)
    return journal


def _anchor(journal: Journal, seq: int) -> None:
    place = journal.place(seq)
    assert place is not None
    journal.save_watermark(Watermark(journal.epoch, place.seq, place.hash))


def test_nothing_goes_that_the_hub_does_not_have() -> None:
    disk = SimDisk(1)
    journal = _journal(disk, 100, 10)
    assert journal.compact(keep_rows=0) == 0
    _anchor(journal, 37)
    assert journal.compact(keep_rows=0) == 37
    assert journal.compact(keep_rows=0) == 0
    assert journal.oldest_seq() == 38
    journal.close()


def test_nothing_goes_above_the_older_snapshot_nor_inside_retention() -> None:
    disk = SimDisk(1)
    journal = _journal(disk, 100, 10)
    _anchor(journal, 100)
    assert journal.compact(keep_rows=30) == 70
    assert journal.compact(keep_rows=0) == 20  # the older snapshot stands at row 90
    assert payloads(journal, 90) == [event(number).payload for number in range(91, 101)]
    journal.close()


def test_rows_that_are_young_enough_stay() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    for hour in range(20):
        stamp = Stamp(1, hour, hour * 3_600_000, "ntp")
        journal.append([event(hour)], stamp, snapshot=bytes([hour]))
    _anchor(journal, 20)
    assert journal.compact(keep_rows=0, keep_since_ms=10 * 3_600_000) == 10
    journal.close()


def test_the_chain_and_the_state_hold_across_compaction_and_start_up() -> None:
    disk = SimDisk(1)
    journal = _journal(disk, 100, 10)
    _anchor(journal, 85)
    journal.compact(keep_rows=0)
    report = journal.verify(refold)
    assert (report.whole, report.first_seq, report.rows, report.anchored_seq) == (True, 86, 15, 85)
    assert report.sentence.endswith("anchored to 85, 15 not yet")
    journal.close()
    journal = open_on(disk)
    snapshot = journal.newest_snapshot()
    assert snapshot is not None
    assert snapshot.seq == 100
    assert snapshot.body == fold_payloads(None, [event(number).payload for number in range(1, 101)])
    assert journal.append([event(101)], STAMP)[0].seq == 101
    journal.close()


def test_each_call_is_bounded_and_the_file_shrinks() -> None:
    disk = SimDisk(1)
    journal = _journal(disk, 6000, 500, limits=JournalLimits(ballast=4 * KIB, vacuum_pages_per_call=16))
    journal.checkpoint()
    before = disk.files.size(PATH) or 0
    _anchor(journal, 6000)
    assert [journal.compact(keep_rows=0) for _ in range(4)] == [2000, 2000, 1500, 0]
    for _ in range(20):
        journal.compact(keep_rows=0)
    journal.checkpoint()
    after = disk.files.size(PATH) or 0
    assert after < before * 0.4, (before, after)
    assert journal.verify(refold).whole
    assert len(all_rows(journal, 5500)) == 500
    journal.close()


def test_start_up_falls_back_on_the_older_snapshot_when_the_newest_is_damaged() -> None:
    disk = SimDisk(1)
    journal = _journal(disk, 50, 10)
    newest = journal.newest_snapshot()
    assert newest is not None
    journal.close()
    disk.flip_bit(PATH, disk.raw(PATH).index(newest.body) + 3)
    journal = open_on(disk)
    older = journal.newest_snapshot()
    assert older is not None
    assert older.seq == 40
    assert refold(older.body, all_rows(journal, 40)) == newest.body
    assert "snapshot at row 50 does not match its digest" in journal.verify(refold).sentence
    journal.close()


def test_only_the_newest_snapshots_are_kept() -> None:
    disk = SimDisk(1)
    journal = _journal(disk, 100, 10)
    assert journal.verify(refold).snapshots_refolded == 4 - 1 + 1  # from row 1 to the first, then between them
    assert not journal.snapshot_due(999)
    assert journal.snapshot_due(1000)
    journal.close()


def test_a_fold_reads_older_snapshots_and_never_newer_ones() -> None:
    disk = SimDisk(1)
    journal = _journal(disk, 40, 10)
    assert journal.newest_snapshot(2) is None  # all rows are here: fold from row 1
    newer = journal.newest_snapshot(9)
    assert newer is not None
    assert newer.seq == 40
    _anchor(journal, 40)
    journal.compact(keep_rows=0)
    with pytest.raises(Refuse, match="a newer release is needed"):
        journal.newest_snapshot(2)
    journal.close()
    with pytest.raises(Refuse, match="no snapshot for fold version 2 or older"):
        open_on(disk, fold_version=2)

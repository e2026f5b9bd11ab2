"""A full disk loses nothing, is named before it is full, and pickups go on with the ballast."""

from __future__ import annotations

import pytest

from edge.core.errors import JournalFull
from edge.core.rows import Fork, Watermark
from edge.journal import Journal, JournalLimits, Mark
from tests.journal.card import KIB, PATH, SMALL, STAMP, event, events, fold_payloads, open_on, payloads
from tests.sim.disk import SimDisk


def _fill(journal: Journal, *, custody: bool) -> int:
    """Append until it is full; how many were acknowledged."""
    done = 0
    try:
        while True:
            journal.append([event(journal.head.seq + 1, 900)], STAMP, custody=custody)
            done += 1
    except JournalFull:
        return done


def test_marks_go_from_ok_to_zero_as_the_disk_fills() -> None:
    disk = SimDisk(1, capacity=2048 * KIB)
    journal = open_on(disk)
    seen = [journal.space().mark]
    while True:
        mark = journal.space().mark
        if mark is not seen[-1]:
            seen.append(mark)
        try:
            journal.append([event(journal.head.seq + 1, 900)], STAMP, custody=True)
        except JournalFull:
            break
    seen.append(journal.space().mark)
    assert list(dict.fromkeys(seen)) == [Mark.OK, Mark.LOW, Mark.RESERVE, Mark.BALLAST, Mark.ZERO]
    journal.close()


def test_on_a_full_disk_nothing_acknowledged_is_lost_and_the_ballast_serves_custody() -> None:
    disk = SimDisk(1, capacity=1024 * KIB)
    journal = open_on(disk)
    ordinary = _fill(journal, custody=False)
    assert journal.space().ballast
    served = _fill(journal, custody=True)
    assert not journal.space().ballast
    assert served >= 5
    assert len(payloads(journal)) == ordinary + served
    assert journal.verify(None).whole
    journal.close()
    disk.cut_power()
    disk.power_on()
    again = open_on(disk)
    assert again.head.seq == ordinary + served
    again.close()


def test_a_fork_finds_its_epoch_in_the_ballast() -> None:
    disk = SimDisk(1, capacity=1024 * KIB)
    journal = open_on(disk)
    _fill(journal, custody=False)
    disk.capacity = disk.used
    head = journal.head.seq
    fork = Fork(journal.epoch, head, journal.head.hash)
    assert journal.space().ballast
    rows = journal.begin_epoch(b"epoch-02", fork, entries=[event(head + 1)], stamp=STAMP)
    assert [row.seq for row in rows] == [head + 1]
    assert not journal.space().ballast
    assert journal.verify(None).whole
    journal.close()


def test_a_boot_finds_its_number_in_the_ballast_and_without_any_room_it_is_written_with_its_first_row() -> None:
    disk = SimDisk(1, capacity=1024 * KIB)
    journal = open_on(disk)
    _fill(journal, custody=False)
    journal.abandon()
    journal = open_on(disk)
    assert journal.begin_boot() == 1
    _fill(journal, custody=True)
    assert not journal.space().ballast
    journal.abandon()
    disk.capacity = 0
    journal = open_on(disk)
    assert journal.begin_boot() == 2
    with pytest.raises(JournalFull):
        journal.append(events(1, 100, 900), STAMP, custody=True)
    journal.abandon()
    journal = open_on(disk)
    assert journal.begin_boot() == 2, "it stands in no row"
    disk.capacity = 2048 * KIB
    journal.append([event(1)], STAMP)
    journal.abandon()
    journal = open_on(disk)
    assert journal.boot == 2
    journal.close()


def test_a_group_that_finds_no_room_leaves_nothing_and_the_journal_stays_usable() -> None:
    disk = SimDisk(1, capacity=1024 * KIB)
    journal = open_on(disk)
    _fill(journal, custody=False)
    head = journal.head
    with pytest.raises(JournalFull, match=PATH):
        journal.append([event(1, 9000), event(2, 9000), event(3, 9000)], STAMP)
    assert journal.head == head
    assert len(payloads(journal)) == head.seq
    disk.capacity *= 2
    assert journal.append([event(1)], STAMP)[0].seq == head.seq + 1
    journal.close()


def test_the_soft_cap_holds_for_all_but_custody() -> None:
    limits = JournalLimits(
        soft_cap=512 * KIB, custody_extra=128 * KIB, ballast=64 * KIB, reserve=64 * KIB, out_of_order=16 * KIB
    )
    disk = SimDisk(1)
    journal = open_on(disk, limits=limits)
    _fill(journal, custody=False)
    assert journal.space().mark is Mark.BALLAST
    assert _fill(journal, custody=True) > 50
    assert journal.space().mark is Mark.ZERO
    assert journal.space().ballast  # our own cap is full, not the disk: the ballast would not help
    journal.close()


def test_space_comes_back_on_a_full_disk_when_the_hub_has_caught_up() -> None:
    disk = SimDisk(1, capacity=1536 * KIB)
    journal = open_on(disk)
    _fill(journal, custody=True)
    assert journal.space().mark is Mark.ZERO
    disk.capacity += 64 * KIB  # somebody's log was rotated
    for number in range(2):
        journal.append([event(number)], STAMP, snapshot=b"state", custody=True)
    place = journal.place(journal.head.seq)
    assert place is not None
    journal.save_watermark(Watermark(journal.epoch, place.seq, place.hash))
    while journal.compact(keep_rows=10):
        journal.checkpoint()
    for _ in range(10):
        journal.compact(keep_rows=10)
        journal.checkpoint()
    assert journal.fill_ballast()
    assert journal.space().mark in (Mark.OK, Mark.LOW)
    assert journal.append(events(1, 100), STAMP)
    journal.close()


def test_a_ballast_that_a_cut_left_half_is_laid_down_again() -> None:
    disk = SimDisk(1, image={f"{PATH}.ballast": b"half"})
    journal = open_on(disk)
    assert disk.files.size(f"{PATH}.ballast") == SMALL.ballast
    assert journal.release_ballast()
    assert not journal.release_ballast()
    assert not journal.space().ballast
    assert journal.fill_ballast()
    journal.close()


def test_no_ballast_is_laid_down_where_it_would_eat_the_reserve() -> None:
    disk = SimDisk(1, capacity=SMALL.reserve)
    journal = open_on(disk)
    assert not journal.space().ballast
    assert journal.space().mark is Mark.BALLAST
    journal.close()


def test_a_log_without_an_idle_moment_is_bounded() -> None:
    limits = JournalLimits(wal_idle_pages=16, wal_bound_pages=64)
    disk = SimDisk(1)
    journal = open_on(disk, limits=limits)
    largest = 0
    for number in range(400):
        journal.append([event(number, 900)], STAMP)
        largest = max(largest, disk.files.size(f"{PATH}-wal") or 0)
    assert largest < 80 * 4200
    due = journal.checkpoint_due
    assert journal.checkpoint()
    assert (due, journal.checkpoint_due) == (True, False)
    journal.close()


def test_one_append_is_one_fsync_and_a_group_is_one_too() -> None:
    disk = SimDisk(1)
    journal = open_on(disk, limits=JournalLimits(ballast=4 * KIB))
    journal.append([event(0)], STAMP)
    syncs, directory_syncs = disk.syncs, disk.directory_syncs
    for number in range(50):
        journal.append([event(number)], STAMP)
    journal.append(events(50, 50), STAMP, snapshot=fold_payloads(None, [b"x"]), custody=True)
    assert (disk.syncs - syncs, disk.directory_syncs - directory_syncs) == (51, 0)
    journal.close()

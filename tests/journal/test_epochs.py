"""I4 with a copied, moved or restored card: a new epoch names the fork, and what lies above it is sent again."""

from __future__ import annotations

from contextlib import suppress

import pytest

from edge.core.errors import BadInput
from edge.core.rows import Entry, Fork, Head, Row, Watermark, first_break, genesis
from edge.journal import Journal
from tests.journal.card import SITE, STAMP, all_rows, event, events, fold_payloads, open_on, payloads, refold
from tests.sim.disk import PowerCut, SimDisk

NEW = b"epoch-02"
BEGAN = Entry("epoch_began", b"{}")


def _anchor(journal: Journal, seq: int) -> Fork:
    place = journal.place(seq)
    assert place is not None
    journal.save_watermark(Watermark(journal.epoch, place.seq, place.hash))
    return Fork(journal.epoch, place.seq, place.hash)


def _site_with(seed: int, count: int, anchored: int) -> tuple[SimDisk, Fork]:
    disk = SimDisk(seed)
    journal = open_on(disk)
    for number in range(1, count + 1):
        state = fold_payloads(None, [event(n).payload for n in range(1, number + 1)]) if number % 10 == 0 else None
        journal.append([event(number)], STAMP, snapshot=state)
    fork = _anchor(journal, anchored)
    journal.close()
    return disk, fork


def test_a_copied_card_in_another_machine_begins_an_epoch_of_its_own() -> None:
    disk, fork = _site_with(1, 35, 20)
    other = SimDisk(2, image=disk.copy_card())
    journal = open_on(other, machine_id="machine-b")
    assert journal.found_on_other_machine
    before = payloads(journal)
    rows = journal.begin_epoch(NEW, fork, entries=[BEGAN], stamp=STAMP)
    assert [row.seq for row in rows] == [36]
    assert payloads(journal)[:-1] == before  # numbers, stamps and payloads stay
    assert journal.watermark == Watermark(NEW, 20, genesis(SITE, NEW))
    assert journal.verify(refold).whole
    journal.close()
    journal = open_on(other, machine_id="machine-b")
    assert not journal.found_on_other_machine
    assert journal.epoch_start.fork == fork
    journal.close()
    original = open_on(disk)
    assert not original.found_on_other_machine
    assert original.epoch == fork.epoch
    original.close()


def test_rows_above_the_fork_are_the_first_of_a_chain_that_the_hub_has_never_seen() -> None:
    disk, fork = _site_with(1, 35, 20)
    journal = open_on(disk)
    old = all_rows(journal)
    journal.begin_epoch(NEW, fork, entries=[BEGAN], stamp=STAMP)
    assert first_break(Head(20, genesis(SITE, NEW)), all_rows(journal, 20)) is None
    assert all_rows(journal)[:20] == old[:20]
    assert {row.hash for row in all_rows(journal, 20)}.isdisjoint(row.hash for row in old)
    assert journal.before(21) == Head(20, genesis(SITE, NEW))
    assert journal.place(20) == Head(20, genesis(SITE, NEW))
    journal.close()


def test_a_restored_card_whose_numbers_the_hub_already_has_forks_at_what_both_know() -> None:
    disk, fork = _site_with(1, 20, 20)
    backup = disk.copy_card()
    disk.power_on()
    journal = open_on(disk)
    journal.append(events(100, 15), STAMP)
    _anchor(journal, 35)
    journal.close()
    disk.insert_card(backup)
    journal = open_on(disk)
    journal.append(events(200, 3), STAMP)
    ours, known = journal.head, journal.watermark
    assert ours.seq == 23
    assert known == Watermark(fork.epoch, fork.seq, fork.hash)
    journal.begin_epoch(NEW, fork, entries=[BEGAN], stamp=STAMP)
    assert [row.kind for row in all_rows(journal, 20)] == ["door_opened"] * 3 + ["epoch_began"]
    journal.close()


def test_forks_may_follow_each_other_also_further_back() -> None:
    disk, first = _site_with(1, 35, 20)
    journal = open_on(disk)
    early = journal.place(10)
    assert early is not None
    journal.begin_epoch(NEW, first, entries=[BEGAN], stamp=STAMP)
    journal.append(events(50, 5), STAMP)
    late = journal.place(30)
    assert late is not None
    journal.begin_epoch(b"epoch-03", Fork(NEW, late.seq, late.hash), entries=[BEGAN], stamp=STAMP)
    assert journal.verify(refold).whole
    journal.begin_epoch(b"epoch-04", Fork(first.epoch, early.seq, early.hash), entries=[BEGAN], stamp=STAMP)
    assert journal.verify(refold).whole
    journal.append([event(1)], STAMP)
    journal.close()
    journal = open_on(disk)
    assert [life.first_seq for life in journal.epochs()] == [1, 21, 31, 11]
    assert first_break(Head(10, genesis(SITE, b"epoch-04")), all_rows(journal, 10)) is None
    journal.close()


def test_a_cut_while_an_epoch_begins_leaves_the_old_one_or_the_new_one() -> None:
    outcomes = set()
    for seed in range(25):
        disk, fork = _site_with(seed, 35, 20)
        disk.cut_power()
        disk.power_on()
        journal = open_on(disk, machine_id="machine-b")
        disk.cut_at_operation(seed + 1)
        rows: list[Row] = []
        with suppress(PowerCut):
            rows = journal.begin_epoch(NEW, fork, entries=[BEGAN], stamp=STAMP)
        disk.cut_power()
        journal.abandon()
        disk.power_on()
        journal = open_on(disk, machine_id="machine-b")
        new = journal.epoch == NEW
        assert new or not rows
        assert journal.found_on_other_machine is not new
        assert journal.head.seq == (36 if new else 35)
        assert journal.verify(refold).whole
        outcomes.add(new)
        journal.close()
    assert outcomes == {True, False}


def test_a_fork_that_is_no_place_in_this_journal_is_refused() -> None:
    disk, fork = _site_with(1, 35, 20)
    journal = open_on(disk)
    for wrong, why in (
        (Fork(fork.epoch, 36, fork.hash), "holds rows 0 to 35"),
        (Fork(fork.epoch, 19, fork.hash), "hash"),
        (Fork(b"nobody's", 20, fork.hash), "never had"),
    ):
        with pytest.raises(BadInput, match=why):
            journal.begin_epoch(NEW, wrong)
    with pytest.raises(BadInput, match="8 bytes"):
        journal.begin_epoch(b"short", fork)
    with pytest.raises(BadInput, match="none of this journal's"):
        journal.begin_epoch(journal.epoch, fork)
    with pytest.raises(BadInput, match="without a stamp"):
        journal.begin_epoch(NEW, fork, entries=[BEGAN])
    assert journal.head.seq == 35
    journal.close()


def test_a_watermark_that_is_no_place_in_this_journal_is_refused_and_a_lower_one_rewinds() -> None:
    disk, fork = _site_with(1, 35, 20)
    journal = open_on(disk)
    place = journal.place(30)
    assert place is not None
    for wrong, why in (
        (Watermark(fork.epoch, 36, place.hash), "rows 1 to 35"),
        (Watermark(fork.epoch, 29, place.hash), "not ours"),
        (Watermark(NEW, 30, place.hash), "epoch"),
    ):
        with pytest.raises(BadInput, match=why):
            journal.save_watermark(wrong)
    assert journal.watermark == Watermark(fork.epoch, 20, fork.hash)
    low = journal.place(0)
    assert low is not None
    journal.save_watermark(Watermark(fork.epoch, 0, low.hash))
    journal.close()
    journal = open_on(disk)
    assert journal.watermark == Watermark(fork.epoch, 0, genesis(SITE, fork.epoch))
    journal.close()

"""I4, nothing lost: whatever was acknowledged is there after any cut, in order, and a group whole or not at all.

Random cuts almost never hit "durable, but the caller never heard"; so some are aimed right behind an fsync.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from itertools import pairwise

import pytest

from edge.core.errors import JournalBroken
from edge.journal import Journal
from tests.journal.card import PATH, STAMP, event, open_on, payloads
from tests.journal.witness import Witness
from tests.sim.disk import PowerCut, SimDisk, SimFiles
from tests.sim.loop import SimLoop

LIVES = 12


def _live_until_cut(disk: SimDisk, witness: Witness) -> None:
    """One life; the journal's connection is let go of while the disk is dead."""
    journal: Journal | None = None
    with suppress(PowerCut):
        journal = open_on(disk)
        witness.look(journal)
        witness.live(journal)
    if journal is not None:
        journal.abandon()
    disk.power_on()


def _look_after(disk: SimDisk, witness: Witness) -> None:
    journal = open_on(disk)
    witness.look(journal)
    journal.close()


@pytest.mark.parametrize("seed", range(12))
def test_cuts_at_any_operation_lose_nothing_acknowledged(seed: int) -> None:
    disk, witness = SimDisk(seed), Witness(seed)
    for _ in range(LIVES):
        disk.cut_at_operation(witness.chance.randrange(1, 250))
        _live_until_cut(disk, witness)
    _look_after(disk, witness)


@pytest.mark.parametrize("seed", range(12))
def test_cuts_right_behind_an_fsync_find_what_the_caller_never_heard_of(seed: int) -> None:
    disk, witness = SimDisk(seed), Witness(seed)
    for _ in range(LIVES):
        disk.cut_after_sync(witness.chance.randrange(3, 20))
        _live_until_cut(disk, witness)
    _look_after(disk, witness)
    assert witness.unheard >= 2


@pytest.mark.parametrize("operation", range(1, 45))
def test_a_cut_at_each_operation_of_the_very_first_start_leaves_a_journal_or_none(operation: int) -> None:
    disk = SimDisk(operation)
    disk.cut_at_operation(operation)
    _live_until_cut(disk, Witness(operation))
    open_on(disk).close()


class _ForgetfulFiles(SimFiles):
    """A mutant: the directory is not synced."""

    def sync_directory_of(self, path: str) -> None:
        return


def test_mutant_without_the_directory_fsync_loses_acknowledged_commits() -> None:
    lost = 0
    for seed in range(20):
        disk = SimDisk(seed)
        journal = open_on(disk, files=_ForgetfulFiles(disk, disk.generation))
        journal.append([event(1)], STAMP)
        disk.cut_power()
        journal.abandon()
        disk.power_on()
        again = open_on(disk)
        lost += again.head.seq == 0
        again.close()
    assert lost > 0


@pytest.mark.parametrize("seed", range(20))
def test_after_a_failed_fsync_the_journal_serves_nothing_and_the_next_life_has_what_was_acknowledged(seed: int) -> None:
    disk, witness = SimDisk(seed), Witness(seed)
    journal = open_on(disk)
    disk.fail_sync(witness.chance.randrange(1, 12))
    with pytest.raises(JournalBroken, match="fsync"):
        witness.live(journal)
    with pytest.raises(JournalBroken, match="not used any more after"):
        journal.append([event(1)], STAMP)
    with pytest.raises(JournalBroken, match="not used any more after"):
        journal.rows(0)
    journal.close()
    disk.cut_power()
    disk.power_on()
    _look_after(disk, witness)


def _end_at_a_failed_fsync_and_lose_power_in_the_next_life(seed: int, files: type[SimFiles]) -> None:
    disk, witness = SimDisk(seed), Witness(seed)
    journal: Journal | None = open_on(disk)
    assert journal is not None
    disk.fail_sync(witness.chance.randrange(1, 12))
    with pytest.raises(JournalBroken):
        witness.live(journal)
    journal.abandon()
    disk.kill_process()
    disk.cut_at_operation(witness.chance.randrange(1, 60))
    journal = None
    with suppress(PowerCut):
        journal = open_on(disk, files=files(disk, disk.generation))
        witness.look(journal)
        witness.live(journal)
    if journal is not None:
        journal.abandon()
    disk.power_on()
    _look_after(disk, witness)


@pytest.mark.parametrize("seed", range(30))
def test_a_process_that_ends_at_a_failed_fsync_leaves_no_hole_for_a_later_cut(seed: int) -> None:
    """The kernel still shows what the failed fsync lost; the next life must not build on it unsaved."""
    _end_at_a_failed_fsync_and_lose_power_in_the_next_life(seed, SimFiles)


class _TrustingFiles(SimFiles):
    """A mutant: what readers see in the WAL is taken for durable."""

    def renew(self, path: str) -> None:
        return


def test_mutant_that_builds_on_an_unsaved_log_loses_acknowledged_commits() -> None:
    lost = 0
    for seed in range(10):
        try:
            _end_at_a_failed_fsync_and_lose_power_in_the_next_life(seed, _TrustingFiles)
        except (AssertionError, JournalBroken):
            lost += 1
    assert lost > 2


@pytest.mark.parametrize("seed", range(5))
def test_a_card_that_stalls_for_8_s_delays_the_answer_and_nothing_else(seed: int) -> None:
    disk = SimDisk(seed)
    loop = SimLoop(seed, stall_s=disk.take_stall_s)
    heard: list[float] = []
    ticks: list[float] = []

    async def scan(journal: Journal, number: int) -> None:
        await loop.run_in_executor("writer", partial(journal.append, [event(number)], STAMP))
        heard.append(loop.time())

    async def site() -> None:
        journal = open_on(disk)
        disk.stall_sync(2, 8.0)
        tasks = [loop.create_task(scan(journal, number)) for number in range(3)]
        while not all(task.done() for task in tasks):
            ticks.append(loop.time())
            await loop.run_in_executor("clock", int)
        assert len(payloads(journal)) == 3
        journal.close()

    loop.run_until_complete(site())
    assert heard[0] < 0.1
    assert all(8.0 <= moment < 8.2 for moment in heard[1:])
    assert max(after - before for before, after in pairwise(ticks)) < 0.1  # the loop never froze
    loop.close()


def test_the_name_of_the_file_stands_in_every_error() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    disk.fail_sync(1)
    with pytest.raises(JournalBroken, match=PATH):
        journal.append([event(1)], STAMP)
    journal.close()

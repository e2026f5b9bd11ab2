"""The simulated card loses what a real one may lose, and nothing that it promised to keep.

The settings that lose acknowledged commits must lose them here, or a test on this card proves nothing.
"""

from __future__ import annotations

from contextlib import suppress

import apsw
import pytest

from tests.sim.disk import SECTOR, PowerCut, SimDisk
from tests.sim.loop import SimLoop

PATH = "/card/test.db"


def _open(disk: SimDisk, journal_mode: str, synchronous: str) -> apsw.Connection:
    connection = apsw.Connection(PATH, vfs=disk.vfs)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    for pragma in ("locking_mode = EXCLUSIVE", f"journal_mode = {journal_mode}", f"synchronous = {synchronous}"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("PRAGMA wal_autocheckpoint = 20").fetchall()
    return connection


def _lost(seed: int, journal_mode: str, synchronous: str, *, name_synced: bool = True) -> int:
    """Commits until the power is cut at a random operation; how many acknowledged ones are gone afterwards."""
    disk = SimDisk(seed)
    connection = _open(disk, journal_mode, synchronous)
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, filling BLOB)")
    if name_synced:
        disk.files.sync_directory_of(PATH)
    disk.cut_at_operation(disk.chance.randrange(1, 400))
    acknowledged = 0
    with suppress(PowerCut):
        while True:
            connection.execute("INSERT INTO t VALUES (?, randomblob(200))", (acknowledged + 1,))
            acknowledged += 1
    with suppress(PowerCut):
        connection.close()
    disk.power_on()
    try:
        again = _open(disk, journal_mode, synchronous)
        kept: int = again.execute("SELECT count(*) FROM t").get
        whole = again.execute("PRAGMA integrity_check").get == "ok"
        again.close()
    except apsw.Error:
        return acknowledged
    return max(acknowledged - kept, 0 if whole else 1)


def test_write_ahead_and_full_keep_every_acknowledged_commit() -> None:
    assert [_lost(seed, "WAL", "FULL") for seed in range(60)] == [0] * 60


@pytest.mark.parametrize(("journal_mode", "synchronous"), [("WAL", "NORMAL"), ("WAL", "OFF"), ("DELETE", "OFF")])
def test_mutant_settings_lose_acknowledged_commits(journal_mode: str, synchronous: str) -> None:
    losses = [_lost(seed, journal_mode, synchronous) for seed in range(15)]
    assert sum(1 for lost in losses if lost) > 5, losses


def test_mutant_without_a_directory_fsync_loses_the_whole_file() -> None:
    assert any(_lost(seed, "WAL", "FULL", name_synced=False) for seed in range(15))


def test_an_unlink_without_a_directory_fsync_may_come_back() -> None:
    back = 0
    for seed in range(40):
        disk = SimDisk(seed, image={PATH: b"old"})
        disk.files.remove(PATH)
        disk.cut_power()
        disk.power_on()
        back += disk.files.size(PATH) == 3
        disk.files.remove(PATH) if disk.files.size(PATH) else None
        disk.files.sync_directory_of(PATH)
        disk.cut_power()
        disk.power_on()
        assert disk.files.size(PATH) is None
    assert 5 < back < 35


def test_a_write_tears_into_sectors_that_survive_each_by_itself() -> None:
    disk = SimDisk(1, image={PATH: bytes(8 * SECTOR)})
    inode = disk.inode(PATH)
    assert inode is not None
    disk.write(inode, 100, b"x" * 6 * SECTOR)
    disk.cut_power()
    disk.power_on()
    after = disk.raw(PATH)
    pieces = {after[start : start + SECTOR].count(b"x") for start in range(SECTOR, 6 * SECTOR, SECTOR)}
    assert pieces == {0, SECTOR}


def test_after_the_nth_fsync_the_bytes_are_safe_and_the_caller_never_hears() -> None:
    disk = SimDisk(1)
    inode = disk.create(PATH)
    disk.sync_directory()
    disk.cut_after_sync(2)
    disk.write(inode, 0, b"first")
    disk.sync(inode)
    disk.write(inode, 0, b"other")
    with pytest.raises(PowerCut):
        disk.sync(inode)
    disk.power_on()
    assert disk.raw(PATH) == b"other"


def test_after_a_failed_fsync_readers_see_what_the_next_life_will_not() -> None:
    gone = 0
    for seed in range(40):
        disk = SimDisk(seed, image={PATH: b"old"})
        inode = disk.inode(PATH)
        assert inode is not None
        disk.fail_sync(1)
        disk.write(inode, 0, b"new")
        with pytest.raises(apsw.IOError):
            disk.sync(inode)
        assert disk.raw(PATH) == b"new"
        disk.sync(inode)  # succeeds, and saves nothing
        disk.cut_power()
        disk.power_on()
        gone += disk.raw(PATH) == b"old"
    assert 5 < gone < 35


def test_a_full_card_refuses_growth_and_keeps_overwriting() -> None:
    disk = SimDisk(1, capacity=1000)
    inode = disk.create(PATH)
    disk.write(inode, 0, bytes(1000))
    with pytest.raises(apsw.FullError):
        disk.write(inode, 1000, b"x")
    disk.write(inode, 500, b"y" * 500)
    assert disk.files.room(PATH) == (0, 1000)


def test_a_forgotten_connection_cannot_touch_the_next_life() -> None:
    disk = SimDisk(1)
    forgotten = _open(disk, "WAL", "FULL")
    forgotten.execute("CREATE TABLE t (n)")
    disk.files.sync_directory_of(PATH)
    before = disk.files
    disk.cut_power()
    disk.power_on()
    with pytest.raises(PowerCut):
        forgotten.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(PowerCut):
        before.remove(PATH)
    forgotten.close()
    again = _open(disk, "WAL", "FULL")
    assert again.execute("SELECT count(*) FROM t").get == 0
    again.close()


def test_a_copied_card_goes_its_own_way_in_another_machine() -> None:
    disk = SimDisk(1, image={PATH: b"one"})
    other = SimDisk(2, image=disk.copy_card())
    other.files.remove(PATH)
    assert other.files.size(PATH) is None
    assert disk.files.size(PATH) == 3


def test_a_stall_is_time_that_the_loop_pays() -> None:
    disk = SimDisk(1, image={PATH: b"one"})
    loop = SimLoop(1, stall_s=disk.take_stall_s)
    inode = disk.inode(PATH)
    assert inode is not None
    disk.stall_sync(1, 8.0)

    async def save() -> None:
        await loop.run_in_executor(None, disk.sync, inode)

    loop.run_until_complete(save())
    assert 8.0 <= loop.time() < 8.1
    loop.close()


def test_a_killed_process_leaves_its_files_and_loses_its_lock() -> None:
    disk = SimDisk(1)
    disk.files.take("/card/lock", PATH)
    inode = disk.create(PATH)
    disk.write(inode, 0, b"cached")
    disk.kill_process()
    assert disk.raw(PATH) == b"cached"
    disk.files.take("/card/lock", PATH)


def test_volatile_sectors_of_one_file_survive_in_any_order() -> None:
    """The later of two writes may be there, and the earlier one not."""
    orders = set()
    for seed in range(40):
        disk = SimDisk(seed, image={PATH: bytes(2 * SECTOR)})
        inode = disk.inode(PATH)
        assert inode is not None
        disk.write(inode, 0, b"a" * SECTOR)
        disk.write(inode, SECTOR, b"b" * SECTOR)
        disk.cut_power()
        disk.power_on()
        after = disk.raw(PATH)
        orders.add((after[:1], after[SECTOR : SECTOR + 1]))
    assert orders == {(b"a", b"b"), (b"a", b"\0"), (b"\0", b"b"), (b"\0", b"\0")}


def test_a_file_that_was_truncated_may_be_long_again() -> None:
    lengths = set()
    for seed in range(20):
        disk = SimDisk(seed, image={PATH: bytes(2000)})
        inode = disk.inode(PATH)
        assert inode is not None
        disk.truncate(inode, 0)
        disk.cut_power()
        disk.power_on()
        lengths.add(disk.files.size(PATH))
    assert lengths == {0, 2000}


def test_a_new_file_and_a_new_name_may_be_gone_until_their_directory_is_synced() -> None:
    found = set()
    for seed in range(40):
        disk = SimDisk(seed, image={PATH: b"old"})
        inode = disk.create("/card/new")
        disk.write(inode, 0, b"new")
        disk.sync(inode)
        disk.rename("/card/new", PATH)
        disk.cut_power()
        disk.power_on()
        found.add(disk.raw(PATH) if disk.files.size(PATH) is not None else b"")
    assert {b"old", b"new"} <= found
    disk = SimDisk(1)
    disk.sync(disk.create("/card/new"))
    disk.sync_directory()
    disk.cut_power()
    disk.power_on()
    assert disk.files.size("/card/new") == 0


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_power_goes_at_the_nth_operation_and_nothing_works_after_it(number: int) -> None:
    disk = SimDisk(1, image={PATH: b""})
    inode = disk.inode(PATH)
    assert inode is not None
    done: list[int] = []
    disk.when_cut = lambda: done.append(-1)
    disk.cut_at_operation(number)
    with suppress(PowerCut):
        for step in range(10):
            disk.write(inode, step, b"x")
            done.append(step)
    assert done == [*range(number - 1), -1]
    with pytest.raises(PowerCut):
        disk.write(inode, 0, b"x")
    disk.power_on()
    assert disk.files.size(PATH) is not None


def test_a_failed_fsync_ends_the_journal_and_the_next_one_on_the_same_machine_keeps_its_word() -> None:
    for seed in range(30):
        disk = SimDisk(seed)
        connection = _open(disk, "WAL", "FULL")
        connection.execute("CREATE TABLE t (n)")
        disk.files.sync_directory_of(PATH)
        connection.execute("INSERT INTO t VALUES (1)")
        disk.fail_sync(1)
        with pytest.raises(apsw.IOError):
            connection.execute("INSERT INTO t VALUES (2)")
        disk.kill_process()
        disk.files.renew(f"{PATH}-wal")
        again = _open(disk, "WAL", "FULL")
        again.execute("INSERT INTO t VALUES (3)")
        disk.cut_power()
        with suppress(PowerCut):
            again.close()
        disk.power_on()
        last = _open(disk, "WAL", "FULL")
        assert {1, 3} <= {n for (n,) in last.execute("SELECT n FROM t")}
        last.close()


def test_a_slow_card_takes_its_time_at_each_fsync_and_stalls_come_on_top() -> None:
    disk = SimDisk(1, image={PATH: b"one"})
    disk.sync_takes_s = 0.5
    disk.stall_sync(2, 6.0)
    inode = disk.inode(PATH)
    assert inode is not None
    took = []
    for _ in range(3):
        disk.sync(inode)
        took.append(disk.take_stall_s())
    assert took == [0.5, 6.5, 0.5]
    disk.cut_power()
    disk.power_on()
    inode = disk.inode(PATH)
    assert inode is not None
    disk.sync(inode)
    assert disk.take_stall_s() == 0.5, "the same card is as slow after a power cut"


def test_a_full_card_leaves_the_journals_database_whole_and_takes_commits_again_with_room() -> None:
    disk = SimDisk(1, capacity=60_000)
    connection = _open(disk, "WAL", "FULL")
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, filling BLOB)")
    disk.files.sync_directory_of(PATH)
    kept = 0
    with suppress(apsw.FullError):
        for number in range(1000):
            connection.execute("INSERT INTO t VALUES (?, randomblob(300))", (number,))
            kept += 1
    assert 0 < kept < 1000
    disk.capacity = 1 << 30
    connection.execute("INSERT INTO t VALUES (5000, x'')")
    disk.cut_power()
    with suppress(PowerCut):
        connection.close()
    disk.power_on()
    again = _open(disk, "WAL", "FULL")
    assert again.execute("SELECT count(*) FROM t").get == kept + 1
    assert again.execute("PRAGMA integrity_check").get == "ok"
    again.close()


def test_an_earlier_copy_put_back_has_forgotten_what_came_after_it() -> None:
    disk = SimDisk(1, image={PATH: b"one"})
    backup = disk.copy_card()
    inode = disk.inode(PATH)
    assert inode is not None
    disk.write(inode, 0, b"two")
    disk.sync(inode)
    disk.cut_power()
    disk.insert_card(backup)
    assert disk.raw(PATH) == b"one"
    assert not disk.dead


def test_a_flipped_bit_is_one_bit() -> None:
    disk = SimDisk(1, image={PATH: b"\x00\x00"})
    disk.flip_bit(PATH, 1, 3)
    assert disk.raw(PATH) == bytes(disk.durable()[PATH]) == b"\x00\x08"

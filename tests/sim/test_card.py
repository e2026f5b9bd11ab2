"""The reader of the raw card finds what SQLite and the journal find, at any moment of a life with power cuts."""

from __future__ import annotations

import random
import struct
from contextlib import suppress

import pytest

from edge.core.rows import Entry, Stamp
from edge.core.state import FOLD_VERSION
from edge.journal import Journal
from tests.credentials.known_keys import SITE
from tests.sim.card import PATH, BrokenChain, CardReader, Row, canonical, chained, genesis, rows_above
from tests.sim.disk import PowerCut, SimDisk
from tests.sim.pages import checksum


def _open(disk: SimDisk) -> Journal:
    return Journal.open(
        PATH,
        site=SITE,
        fold_version=FOLD_VERSION,
        machine_id="machine-a",
        random_bytes=random.Random(0).randbytes,
        vfs=disk.vfs,
        files=disk.files,
    )


def _by_the_journal(disk: SimDisk) -> list[tuple[int, str, bytes, bytes]]:
    """What the product's own recovery makes of a copy of the card."""
    journal = _open(SimDisk(0, image=disk.copy_card()))
    found: list[tuple[int, str, bytes, bytes]] = []
    while more := journal.rows(found[-1][0] if found else journal.oldest_seq() - 1):
        found += [(row.seq, row.kind, row.payload, row.hash) for row, _ in more]
    journal.close()
    return found


def _entries(chance: random.Random) -> list[Entry]:
    sizes = (0, 30, 200, 4000, 9000, 60_000)
    return [
        Entry("door_opened", chance.randbytes(chance.choices(sizes, (5, 20, 20, 2, 1, 1))[0]))
        for _ in range(chance.randint(1, 6))
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_reader_finds_what_a_recovery_would_find_after_any_cut(seed: int) -> None:
    chance = random.Random(seed)
    disk = SimDisk(seed)
    reader = CardReader()
    for boot in range(4):
        disk.cut_at_operation(chance.randint(150, 600))
        with suppress(PowerCut):
            journal = _open(disk)
            while True:
                stamp = Stamp(boot + 1, chance.randrange(10**7), chance.randrange(-(10**6), 10**13), "ntp")
                journal.append(_entries(chance), stamp)
                if chance.random() < 0.02:
                    journal.checkpoint()
                if chance.random() < 0.1:
                    reader.rows_above(disk.durable(), 0)  # an earlier look takes nothing from a later one
        found = [(row.seq, row.kind, row.payload, row.hash) for row in reader.rows_above(disk.durable(), 0)]
        assert found == _by_the_journal(disk)
        assert len(found) > 0
        assert [row.seq for row in rows_above(disk.durable(), found[-1][0] - 3)] == [s for s, *_ in found[-3:]]
        disk.power_on()


def test_a_new_card_has_no_rows() -> None:
    assert rows_above({}, 0) == []
    assert rows_above({PATH: b"", f"{PATH}-wal": b""}, 0) == []


def test_an_altered_row_is_found_by_its_number() -> None:
    disk = SimDisk(1)
    journal = _open(disk)
    journal.append([Entry("door_opened", b"before"), Entry("door_closed", b"after")], Stamp(1, 1, 1, "ntp"))
    journal.checkpoint()
    at = disk.raw(PATH).index(b"before")
    disk.flip_bit(PATH, at)
    log = {PATH: disk.durable()[PATH]}
    with pytest.raises(BrokenChain, match="row 1"):
        rows_above(log, 0)


def test_the_chain_is_the_one_of_the_documentation() -> None:
    epoch = bytes.fromhex("0001020304050607")
    row = Row(epoch, 1, 3, 61_000, 1_800_000_000_123, "ntp", "door_opened", b'{"door":"7"}', b"")
    assert canonical(row).hex().startswith("87010319ee481b000001a3185c507b636e7470")
    assert genesis(4711, epoch).hex().startswith("631b2f0584556b95")
    assert chained(genesis(4711, epoch), row).hex().startswith("d859d271e93bf0d6")


@pytest.mark.parametrize("big_endian", [False, True])
def test_the_sum_of_the_log_is_sqlites_word_by_word(big_endian: bool) -> None:
    data = random.Random(3).randbytes(4096)
    words = struct.unpack(f"{'>' if big_endian else '<'}1024I", data)
    s0, s1 = 7, 0xFFFFFFF0
    for a, b in zip(words[::2], words[1::2], strict=True):
        s0 = (s0 + a + s1) & 0xFFFFFFFF
        s1 = (s1 + b + s0) & 0xFFFFFFFF
    assert checksum(data, (7, 0xFFFFFFF0), big_endian=big_endian) == (s0, s1)

"""I11: particulars lie beside the events and are gone, byte for byte, when they are erased."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from edge.core.rows import Beside, Entry, Watermark
from edge.journal import Journal, JournalLimits
from tests.journal.card import FOLD_VERSION, SITE, STAMP, deposit, event, events, open_on
from tests.sim.disk import SimDisk


def _collected(parcel: str) -> Entry:
    return Entry("particulars_erased", parcel.encode(), erase=(parcel,))


def test_they_travel_beside_their_row_and_outside_of_the_chain() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    journal.append([event(1), deposit("p1", b"Ada, Main Street 1"), event(2)], STAMP)
    assert [[beside.body for beside in besides] for _, besides in journal.rows(0)] == [[], [b"Ada, Main Street 1"], []]
    chain = [row.hash for row, _ in journal.rows(0)]
    journal.append([_collected("p1")], STAMP)
    assert [besides for _, besides in journal.rows(0)] == [(), (), (), ()]
    assert [row.hash for row, _ in journal.rows(0)][:3] == chain
    assert journal.verify(None).whole
    journal.close()


def test_a_later_body_of_the_same_name_replaces_the_earlier_and_survives_a_cut() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    for version in (b"roster 1", b"roster 2"):
        journal.append([Entry("roster_taken", version, beside=(Beside("site", "roster", version),))], STAMP)
    disk.cut_power()
    journal.abandon()
    disk.power_on()
    journal = open_on(disk)
    assert journal.besides() == [Beside("site", "roster", b"roster 2")]
    assert [len(besides) for _, besides in journal.rows(0)] == [0, 1]
    journal.close()


def test_an_entry_may_replace_everything_about_a_subject() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    journal.append([deposit("p1", b"old")], STAMP)
    new = Beside("p1", "label", b"new")
    journal.append([Entry("parcel_renamed", b"", beside=(new,), erase=("p1",))], STAMP)
    assert journal.besides() == [new]
    journal.close()


def _traces(folder: Path, secret: bytes) -> list[str]:
    return [file.name for file in folder.iterdir() if secret in file.read_bytes()]


@pytest.mark.parametrize("seed", range(16))
def test_after_erasure_and_an_idle_moment_no_byte_of_them_is_in_any_file(tmp_path: Path, seed: int) -> None:
    """Searched in the raw bytes, after pages were split, merged, overwritten, compacted and spilled to the log."""
    chance = random.Random(seed)
    journal = Journal.open(
        str(tmp_path / "journal.db"),
        site=SITE,
        fold_version=FOLD_VERSION,
        machine_id="m",
        random_bytes=chance.randbytes,
        limits=JournalLimits(ballast=4096),
    )
    alive: dict[str, bytes] = {}
    erased: list[bytes] = []
    for number in range(120):
        parcel = f"parcel {number}"
        alive[parcel] = b"secret %06d " % number + chance.randbytes(8).hex().encode()
        body = alive[parcel] * chance.choice((1, 3, 10, 300))
        journal.append([deposit(parcel, body), *events(number, chance.randrange(4))], STAMP)
        if chance.random() < 0.1:
            journal.checkpoint()
        while len(alive) > chance.choice((5, 20, 60)):
            gone = chance.choice(sorted(alive))
            erased.append(alive.pop(gone))
            journal.append([_collected(gone)], STAMP)
    gone, secret = alive.popitem()
    erased.append(secret)
    journal.append([_collected(gone)], STAMP)
    assert journal.checkpoint_due
    assert any(_traces(tmp_path, secret) for secret in erased)  # or this test could not fail
    journal.checkpoint()
    assert [secret for secret in erased if _traces(tmp_path, secret)] == []
    assert all(_traces(tmp_path, secret) == ["journal.db"] for secret in alive.values())
    journal.close()


def test_traces_that_a_cut_left_in_the_log_are_swept_in_the_next_life() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    journal.append([deposit("p1", b"secret name")], STAMP)
    journal.append([_collected("p1")], STAMP)
    disk.cut_power()
    journal.abandon()
    disk.power_on()
    files = list(disk.copy_card())
    assert any(b"secret name" in disk.raw(name) for name in files)
    journal = open_on(disk)
    assert journal.checkpoint_due
    journal.checkpoint()
    assert not any(b"secret name" in disk.raw(name) for name in files)
    journal.close()


def test_what_only_travels_goes_when_its_row_is_compacted() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    photo = Beside("p1", "photo", os.urandom(50), until_erased=False)
    kept = Beside("p1", "particulars", b"Ada")
    journal.append([Entry("parcel_deposited", b"", beside=(photo, kept))], STAMP, snapshot=b"1")
    journal.append([event(2)], STAMP, snapshot=b"2")
    journal.append([event(3)], STAMP, snapshot=b"3")
    journal.save_watermark(Watermark(journal.epoch, journal.head.seq, journal.head.hash))
    assert journal.compact(keep_rows=0) == 2
    assert journal.besides() == [kept]
    journal.close()

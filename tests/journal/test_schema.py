"""Which file a release opens, and what it says about the others: one clear line each."""

from __future__ import annotations

import os
from pathlib import Path

import apsw
import pytest

from edge.core.errors import BadInput, JournalBroken, Refuse
from edge.journal import Journal, JournalLimits
from tests.journal.card import STAMP, chance, event


def _open(path: Path, site: int = 7, limits: JournalLimits | None = None) -> Journal:
    small = limits or JournalLimits(ballast=4096)
    return Journal.open(str(path), site=site, fold_version=1, machine_id="m", random_bytes=chance(1), limits=small)


def _with_meta(path: Path, **values: int) -> None:
    _open(path).close()
    connection = apsw.Connection(str(path))
    for name, value in values.items():
        connection.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))
    connection.close()


def _meta(path: Path, name: str) -> int:
    connection = apsw.Connection(str(path))
    value: int = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).get
    connection.close()
    return value


def test_a_newer_schema_that_we_may_read_is_opened_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    _with_meta(path, schema=9, oldest_reader=1)
    journal = _open(path)
    journal.append([event(1)], STAMP)
    journal.close()
    assert _meta(path, "schema") == 9


def test_a_schema_that_needs_a_newer_release_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    _with_meta(path, schema=9, oldest_reader=8)
    with pytest.raises(Refuse, match="schema 9 and needs a release that reads schema 8; this one reads 1"):
        _open(path)
    assert _meta(path, "oldest_reader") == 8


def test_an_older_schema_is_expanded(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    _with_meta(path, schema=0, oldest_reader=0)
    _open(path).close()
    assert _meta(path, "schema") == 1


def test_another_sites_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    _open(path, site=7).close()
    with pytest.raises(BadInput, match="belongs to site 7; the configuration says site 8"):
        _open(path, site=8)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(JournalBroken, match=r"journal\.db.*not a database"):
        _open(path)


def test_somebody_elses_database_is_named_and_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA page_size = 4096; CREATE TABLE mine (a)")
    connection.close()
    with pytest.raises(JournalBroken, match="is a database, but not a journal"):
        _open(path)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalBroken, match="no such file or directory"):
        _open(tmp_path / "nowhere" / "journal.db")


def test_a_directory_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    with pytest.raises(JournalBroken, match=r"journal\.db"):
        _open(tmp_path / "journal.db")


def test_a_pragma_that_does_not_take_effect_stops_start_up(tmp_path: Path) -> None:
    """A database made with another page size cannot be what we need, whatever the pragma was told."""
    path = tmp_path / "journal.db"
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA page_size = 1024; CREATE TABLE t (a)")
    connection.close()
    with pytest.raises(JournalBroken, match="pragma page_size is 1024 after setting it; wanted 4096"):
        _open(path)


def test_limits_that_cannot_work_are_refused() -> None:
    with pytest.raises(BadInput, match="wal_kept"):
        JournalLimits(wal_kept=4096)
    with pytest.raises(BadInput, match="ballast is 0"):
        JournalLimits(ballast=0)
    with pytest.raises(BadInput, match="wal_bound_pages"):
        JournalLimits(wal_bound_pages=10)
    with pytest.raises(BadInput, match="snapshots_kept"):
        JournalLimits(snapshots_kept=1)


def test_a_new_journal_takes_its_epoch_from_chance_and_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal.open(
        str(path), site=7, fold_version=1, machine_id="m", random_bytes=os.urandom, limits=JournalLimits(ballast=4096)
    )
    epoch = journal.epoch
    assert (len(epoch), journal.boot, journal.head.seq) == (8, 0, 0)
    assert [journal.begin_boot(), journal.begin_boot()] == [1, 2]
    journal.close()
    again = _open(path)
    assert (again.epoch, again.boot) == (epoch, 2)
    again.close()

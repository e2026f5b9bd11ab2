"""What one durable event costs, beside a bare fsync and beside other ways to keep it."""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.core.rows import Entry
from edge.journal import Journal
from tests.bench.figures import Effort, Table, figure, in_turn_us
from tests.bench.history import entries, stamp
from tests.bench.wall import open_journal

PAGE = bytes(4096)


class Committer:
    """Commits one event after the other."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._past = entries()

    def one(self) -> None:
        """One event, one transaction, one fsync."""
        self.commit(next(self._past))

    def commit(self, entry: Entry) -> None:
        self.journal.append([entry], stamp(0), custody=True)

    def rest(self) -> None:
        """What an idle moment does."""
        if self.journal.checkpoint_due:
            self.journal.checkpoint()


@contextmanager
def committing(path: Path) -> Iterator[Committer]:
    journal = open_journal(path)
    try:
        yield Committer(journal)
    finally:
        journal.close()


@contextmanager
def bare_fsync(path: Path) -> Iterator[Callable[[], None]]:
    """Append one page to a file and fsync it: less than that no durable event costs."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def act() -> None:
        os.write(descriptor, PAGE)
        os.fsync(descriptor)

    try:
        yield act
    finally:
        os.close(descriptor)


@contextmanager
def bare_sqlite(path: Path, journal_mode: str, synchronous: str) -> Iterator[Callable[[], None]]:
    """The standard library's SQLite with one table and nothing around it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode = {journal_mode}")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("CREATE TABLE rows (seq INTEGER PRIMARY KEY, kind TEXT, payload BLOB)")
    payloads = itertools.cycle([entry.payload for entry in itertools.islice(entries(), 100)])

    def act() -> None:
        connection.execute("INSERT INTO rows (kind, payload) VALUES ('event', ?)", (next(payloads),))

    try:
        yield act
    finally:
        connection.close()


def commit(effort: Effort) -> list[Table]:
    where = effort.fresh("commit")
    with (
        committing(where / "journal.db") as ours,
        bare_fsync(where / "page") as fsync,
        bare_sqlite(where / "wal.db", "WAL", "FULL") as wal,
        bare_sqlite(where / "delete.db", "DELETE", "FULL") as default,
    ):
        taken = in_turn_us([ours.one, fsync, wal, default, ours.rest], effort.rounds * 2)
    figures = (
        figure("commit one event", taken[0]),
        figure("   floor: append one page to a file, fsync", taken[1]),
        figure("   peer: standard library, WAL, synchronous FULL", taken[2], note="no chain, nothing read back"),
        figure("   peer: the same with SQLite's own defaults", taken[3], note="rollback journal: four fsyncs"),
    )
    return [Table("commit, on disk", figures)]

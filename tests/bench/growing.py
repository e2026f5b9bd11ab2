"""What a commit costs when the journal has grown, and how many bytes an event takes on disk."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from edge.core.rows import Entry
from edge.journal import Journal, JournalLimits
from edge.journal.limits import MIB
from tests.bench.committing import Committer, bare_fsync
from tests.bench.figures import Effort, Figure, Table, figure, in_turn_us
from tests.bench.history import GROUP, entries, stamp
from tests.bench.wall import open_journal

# Ten million events are more than an ordinary site's journal may hold; its own cap would refuse them.
ROOMY = JournalLimits(soft_cap=8192 * MIB)


def commit_at_sizes(effort: Effort) -> list[Table]:
    where = effort.fresh("growing")
    path = where / "journal.db"
    past = entries()
    figures: list[Figure] = []
    journal = open_journal(path, limits=ROOMY)
    try:
        with bare_fsync(where / "page") as fsync:
            for size in effort.events:
                _grow_to(journal, past, size)
                committer = Committer(journal)
                ours, floor = in_turn_us([committer.one, fsync], effort.rounds)
                figures.append(figure(f"commit one event at {size:,} events", ours))
                figures.append(figure("   floor: append one page, fsync", floor))
                figures += _bytes_an_event(journal, path, size)
    finally:
        journal.close()
    return [Table("commit cost as the journal grows", tuple(figures))]


def _grow_to(journal: Journal, past: Iterator[Entry], size: int) -> None:
    """Append up to `size` events, a thousand to a transaction."""
    while missing := max(0, size - journal.head.seq):
        group = list(itertools.islice(past, min(GROUP, missing)))
        journal.append(group, stamp(0))
    journal.checkpoint()


def _bytes_an_event(journal: Journal, path: Path, size: int) -> list[Figure]:
    """Of the file after a checkpoint: rows, chain, and what SQLite adds."""
    if not size:
        return []
    journal.checkpoint()
    return [Figure("   bytes an event on disk", path.stat().st_size / journal.head.seq, "bytes", 1)]

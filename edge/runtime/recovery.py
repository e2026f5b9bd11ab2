"""From a journal to books: the newest snapshot and the rows above it.  Start-up, verification and tests use this."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.fold import fold_rows, freeze, thaw
from edge.core.rows import Row
from edge.core.shelf import EMPTY
from edge.core.state import State
from edge.core.turn import Books
from edge.journal import Journal
from edge.journal.limits import MAX_READ_ROWS


def recover(journal: Journal) -> Books:
    """The books as the journal has them.  Raises JournalBroken where it cannot be relied upon."""
    snapshot = journal.newest_snapshot()
    state = State() if snapshot is None else thaw(snapshot.body)
    after = 0 if snapshot is None else snapshot.seq
    while rows := journal.rows(after, MAX_READ_ROWS):
        state = fold_rows(state, (row for row, _ in rows))
        after = rows[-1][0].seq
    return Books(state, EMPTY.changed(journal.besides(), ()))


def refold(body: bytes | None, rows: Iterable[Row]) -> bytes:
    """The bytes of the snapshot that `rows` add up to, from an older snapshot's; for `verify`."""
    return freeze(fold_rows(State() if body is None else thaw(body), rows))

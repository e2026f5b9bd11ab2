"""Taking away rows that nobody needs here any more, and giving their space back to the disk."""

from __future__ import annotations

import apsw

from edge.journal import reading, schema
from edge.journal.limits import JournalLimits


def take_away(connection: apsw.Connection, keep_rows: int, keep_since_ms: int | None, bite: int) -> int:
    """Inside a transaction: delete up to `bite` of the oldest rows; return how many."""
    start = reading.base(connection).seq
    until = min(_dispensable(connection, keep_rows), start + bite)
    if keep_since_ms is not None:
        until = _older_than(connection, keep_since_ms, until)
    last = reading.row_at(connection, until) if until > start else None
    if last is None:
        return 0
    schema.put_meta(connection, "base_seq", last.seq)
    schema.put_meta(connection, "base_hash", last.hash)
    connection.execute("DELETE FROM rows WHERE seq <= ?", (last.seq,))
    gone = connection.changes()
    connection.execute("DELETE FROM besides WHERE until_erased = 0 AND seq <= ?", (last.seq,))
    connection.execute("DELETE FROM snapshots WHERE seq < ?", (last.seq,))
    return gone


def vacuum(connection: apsw.Connection, limits: JournalLimits) -> None:
    """Give pages back when a quarter of the file is unused; below that the next rows will use them (less wear)."""
    unused = connection.execute("PRAGMA freelist_count").get
    if unused * 4 > connection.execute("PRAGMA page_count").get:
        connection.execute(f"PRAGMA incremental_vacuum({limits.vacuum_pages_per_call})").fetchall()


def _dispensable(connection: apsw.Connection, keep_rows: int) -> int:
    """The highest row that the hub has, that start-up does not need, and that retention lets go."""
    watermark = reading.watermark(connection)
    if watermark is None or watermark.epoch != reading.epochs(connection)[-1].epoch:
        return 0
    snapshots = reading.good_snapshots(connection)
    if len(snapshots) < 2:
        return 0
    return min(watermark.seq, snapshots[1].seq, reading.last_seq(connection) - keep_rows)


def _older_than(connection: apsw.Connection, since_ms: int, until: int) -> int:
    """The last row at or below `until` before the first one that is young enough to be kept."""
    kept = connection.execute("SELECT min(seq) FROM rows WHERE seq <= ? AND wall_ms >= ?", (until, since_ms)).get
    return until if kept is None else kept - 1

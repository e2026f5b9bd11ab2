"""Reading a journal: rows with what lies beside them, snapshots, epochs.  The journal and its readers share it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import apsw

from edge.core.errors import BadInput, JournalBroken, Refuse
from edge.core.rows import Beside, Epoch, Fork, Head, Row, Snapshot, Watermark, genesis
from edge.journal import schema
from edge.journal.limits import MAX_READ_ROWS

_ROW = "seq, boot, mono_ms, wall_ms, trust, kind, payload, hash"


def rows(connection: apsw.Connection, after: int, limit: int = MAX_READ_ROWS) -> list[Row]:
    """Up to `limit` rows above `after`, ascending."""
    if not 0 < limit <= MAX_READ_ROWS:
        raise BadInput(f"limit is {limit} rows; 1 to {MAX_READ_ROWS} in one read")
    found = connection.execute(f"SELECT {_ROW} FROM rows WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))
    return [Row(*values) for values in found]


def rows_with_besides(
    connection: apsw.Connection, after: int, limit: int = MAX_READ_ROWS
) -> list[tuple[Row, tuple[Beside, ...]]]:
    read = rows(connection, after, limit)
    if not read:
        return []
    beside: dict[int, list[Beside]] = {}
    found = connection.execute(
        "SELECT seq, subject, name, body, until_erased FROM besides WHERE seq BETWEEN ? AND ? ORDER BY subject, name",
        (read[0].seq, read[-1].seq),
    )
    for seq, subject, name, body, until_erased in found:
        beside.setdefault(seq, []).append(Beside(subject, name, body, bool(until_erased)))
    return [(row, tuple(beside.get(row.seq, ()))) for row in read]


def every_row(connection: apsw.Connection, after: int, until: int) -> Iterator[Row]:
    """All rows in (after, until], read in bounded steps."""
    while after < until:
        step = [row for row in rows(connection, after) if row.seq <= until]
        if not step:
            return
        yield from step
        after = step[-1].seq


def besides(connection: apsw.Connection) -> list[Beside]:
    found = connection.execute("SELECT subject, name, body, until_erased FROM besides ORDER BY subject, name")
    return [Beside(subject, name, body, bool(until_erased)) for subject, name, body, until_erased in found]


def row_at(connection: apsw.Connection, seq: int) -> Row | None:
    found = connection.execute(f"SELECT {_ROW} FROM rows WHERE seq = ?", (seq,)).fetchone()
    return Row(*found) if found else None


def last_seq(connection: apsw.Connection) -> int:
    """The highest row that is or was here; 0 in an empty journal."""
    newest: int | None = connection.execute("SELECT max(seq) FROM rows").get
    return base(connection).seq if newest is None else newest


def epochs(connection: apsw.Connection) -> list[Epoch]:
    """Every life of this journal, oldest first; never empty."""
    found = connection.execute("SELECT epoch, first_seq, fork_epoch, fork_seq, fork_hash FROM epochs ORDER BY number")
    lives = [
        Epoch(epoch, first, None if fork is None else Fork(fork, fork_seq, fork_hash))
        for epoch, first, fork, fork_seq, fork_hash in found
    ]
    if not lives:
        raise JournalBroken("journal: its table of epochs is empty")
    return lives


def base(connection: apsw.Connection) -> Head:
    """The last row that compaction took away; (0, genesis of the first epoch) while all are here."""
    seq, digest = schema.get_meta(connection, "base_seq"), schema.get_meta(connection, "base_hash")
    if isinstance(seq, int) and isinstance(digest, bytes):
        return Head(seq, digest)
    return Head(0, genesis(schema.get_int(connection, "site"), epochs(connection)[0].epoch))


def before(connection: apsw.Connection, seq: int) -> Head | None:
    """The link that row `seq` continues: the genesis of an epoch, the row before, or the base; None when compacted."""
    life = next((life for life in reversed(epochs(connection)) if life.first_seq <= seq), None)
    return None if life is None else place_in(connection, life, seq - 1)


def place_in(connection: apsw.Connection, life: Epoch, seq: int) -> Head | None:
    """Row `seq` as epoch `life` knows it; its genesis stands one below its first row.  None when not here."""
    if seq == life.first_seq - 1:
        return Head(seq, genesis(schema.get_int(connection, "site"), life.epoch))
    start = base(connection)
    if seq == start.seq:
        return start
    row = row_at(connection, seq)
    return None if row is None else Head(row.seq, row.hash)


def head(connection: apsw.Connection) -> Head:
    """Where the next row will be linked."""
    newest = last_seq(connection)
    found = before(connection, newest + 1)
    if found is None:
        raise JournalBroken(f"journal: nothing to link row {newest + 1} to")
    return found


def watermark(connection: apsw.Connection) -> Watermark | None:
    epoch = schema.get_meta(connection, "watermark_epoch")
    seq = schema.get_meta(connection, "watermark_seq")
    digest = schema.get_meta(connection, "watermark_hash")
    if isinstance(epoch, bytes) and isinstance(seq, int) and isinstance(digest, bytes):
        return Watermark(epoch, seq, digest)
    return None


def snapshots_between(connection: apsw.Connection, first: int, last: int) -> list[tuple[Snapshot, bool]]:
    """Snapshots at rows `first` to `last`, ascending, each with whether its bytes are what was written."""
    found = connection.execute(
        "SELECT seq, hash, fold_version, body, digest FROM snapshots WHERE seq BETWEEN ? AND ? ORDER BY seq",
        (first, last),
    )
    return [
        (Snapshot(seq, chained, fold_version, body), hashlib.sha256(body).digest() == digest)
        for seq, chained, fold_version, body, digest in found
    ]


def good_snapshots(connection: apsw.Connection) -> list[Snapshot]:
    """Every snapshot whose bytes are what was written, newest first."""
    found = snapshots_between(connection, 0, 2**62)
    return [snapshot for snapshot, intact in reversed(found) if intact]


def newest_snapshot(connection: apsw.Connection, fold_version: int) -> Snapshot | None:
    """The newest good snapshot that fold `fold_version` can read: its own or an older fold's.

    None means: fold from row 1.  Refuse when there is none and row 1 has been compacted.
    """
    for snapshot in good_snapshots(connection):
        if snapshot.fold_version <= fold_version:
            return snapshot
    start = base(connection)
    if start.seq:
        raise Refuse(
            f"journal: no snapshot for fold version {fold_version} or older, "
            f"and rows up to {start.seq} have been compacted; a newer release is needed"
        )
    return None


def header(connection: apsw.Connection) -> dict[str, object]:
    """Whose journal it is and where its chain begins, so that an export can be checked by somebody else."""
    start, mark = base(connection), watermark(connection)
    return {
        "journal": schema.get_int(connection, "site"),
        "schema": schema.get_int(connection, "schema"),
        "epochs": [
            {
                "epoch": life.epoch.hex(),
                "first_seq": life.first_seq,
                "fork": None if life.fork is None else [life.fork.epoch.hex(), life.fork.seq, life.fork.hash.hex()],
            }
            for life in epochs(connection)
        ],
        "before": [start.seq, start.hash.hex()],
        "watermark": None if mark is None else [mark.epoch.hex(), mark.seq, mark.hash.hex()],
    }

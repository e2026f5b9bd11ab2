"""Showing a journal as plain values and lines: rows, an export for others, and verification of a file at rest.

The functions that take a path open the file only when no process owns it, change no byte of it, and keep the lock
meanwhile.  While the daemon runs they raise JournalHeld, and the command asks the daemon, which uses `row_as_dict`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import apsw
import msgspec

from edge.core.errors import JournalBroken, Refuse
from edge.core.rows import Epoch, Row
from edge.journal import reading, schema
from edge.journal.files import Files, RealFiles
from edge.journal.store import take
from edge.journal.verify import Refold, Verification, VerifyReport

# From kind and payload to something that JSON can say.
Decode = Callable[[str, bytes], object]


def row_as_dict(row: Row, lives: list[Epoch], decode: Decode) -> dict[str, object]:
    """One row for people and programs; bytes as hexadecimal."""
    return {
        "seq": row.seq,
        "epoch": _life_of(row.seq, lives).epoch.hex(),
        "boot": row.boot,
        "mono_ms": row.mono_ms,
        "wall_ms": row.wall_ms,
        "trust": row.trust,
        "kind": row.kind,
        "event": _decoded(row, decode),
        "hash": row.hash.hex(),
    }


def show(path: str, decode: Decode, *, after: int = 0, last: int | None = None) -> Iterator[dict[str, object]]:
    """Rows above `after`; with `last` only the newest so many of them."""
    with at_rest(path) as connection:
        head = reading.last_seq(connection)
        start = after if last is None else max(after, head - last)
        lives = reading.epochs(connection)
        for row in reading.every_row(connection, start, head):
            yield row_as_dict(row, lives, decode)


def export(path: str, decode: Decode) -> Iterator[str]:
    """The journal as JSON lines: one header, then every row.  Without particulars: those are not for files."""
    with at_rest(path) as connection:
        yield _line(reading.header(connection))
        lives = reading.epochs(connection)
        for row in reading.every_row(connection, 0, reading.last_seq(connection)):
            yield _line(row_as_dict(row, lives, decode))


def verify(path: str, refold: Refold | None, fold_version: int) -> VerifyReport:
    """Everything that can be checked on a file at rest: SQLite's own structure, then the journal's."""
    with at_rest(path) as connection:
        damage = [str(line) for (line,) in connection.execute("PRAGMA quick_check(10)") if line != "ok"]
        verification = Verification(connection, refold, fold_version)
        while verification.step():
            pass
        report = verification.report()
    return msgspec.structs.replace(report, faults=(*damage, *report.faults))


@contextmanager
def at_rest(path: str, files: Files | None = None) -> Iterator[apsw.Connection]:
    """The file for reading only.  Exclusive locking keeps SQLite from making a shared-memory file beside it."""
    files = files or RealFiles()
    if files.size(path) is None:
        raise JournalBroken(f"journal {path}: there is none")
    lock = take(files, path)
    try:
        with closing(apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            for pragma in ("locking_mode = EXCLUSIVE", "query_only = ON", "trusted_schema = OFF"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            schema.check(connection, path)
            yield connection
    except apsw.Error as error:
        raise JournalBroken(f"journal {path}: cannot be read: {type(error).__name__}: {error}") from error
    finally:
        lock.release()


def _life_of(seq: int, lives: list[Epoch]) -> Epoch:
    return next(life for life in reversed(lives) if life.first_seq <= seq)


def _decoded(row: Row, decode: Decode) -> object:
    try:
        return decode(row.kind, row.payload)
    except (Refuse, ValueError, msgspec.MsgspecError):
        return {"undecodable": row.payload.hex()}


def _line(value: dict[str, object]) -> str:
    return msgspec.json.encode(value).decode()

"""The database: its tables, its pragmas, and which release may open which file.

A file carries (schema, oldest_reader).  `schema` names the tables as they are; `oldest_reader` is the lowest schema
whose release still understands them.  A release opens a file when its own schema ≥ the file's oldest_reader.
Updates only add tables and columns, so `oldest_reader` rises only when an older release would get something wrong.
"""

from __future__ import annotations

from typing import Final

import apsw
import msgspec

from edge.core.errors import BadInput, JournalBroken, Refuse
from edge.core.rows import EPOCH_BYTES
from edge.journal.limits import PAGE_BYTES, JournalLimits

SCHEMA: Final = 1
OLDEST_READER: Final = 1  # written by this release into files that it creates or updates
APPLICATION: Final = 0x4C4B4A31  # "LKJ1", as `file` and sqlite3 show it

_TABLES: Final = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rows (
    seq INTEGER PRIMARY KEY, boot INTEGER NOT NULL, mono_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
    trust TEXT NOT NULL, kind TEXT NOT NULL, payload BLOB NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE TABLE besides (
    subject TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL, until_erased INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (subject, name)
) STRICT;
CREATE INDEX besides_by_seq ON besides (seq);
CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, fold_version INTEGER NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE epochs (
    number INTEGER PRIMARY KEY, epoch BLOB NOT NULL, first_seq INTEGER NOT NULL,
    fork_epoch BLOB, fork_seq INTEGER, fork_hash BLOB
) STRICT;
PRAGMA application_id = {APPLICATION};
"""

# (name, value to set, value to read back).  The order matters: exclusive locking before WAL means no shared memory;
# page size and vacuum mode count only before the first table.
_PRAGMAS: Final[tuple[tuple[str, str, object], ...]] = (
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("page_size", str(PAGE_BYTES), PAGE_BYTES),
    ("auto_vacuum", "INCREMENTAL", 2),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("secure_delete", "ON", 1),
    ("wal_autocheckpoint", "0", 0),  # checkpoints run when idle; the bound is ours, see Journal.append
    ("temp_store", "MEMORY", 2),  # nothing of a person in a temporary file
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
)
_AT_BIRTH: Final = ("page_size", "auto_vacuum")


class Identity(msgspec.Struct, frozen=True):
    """Whose journal a file is, where its chain begins, and the machine it last lived on."""

    site: int
    epoch: bytes
    machine_id: str


def set_pragmas(connection: apsw.Connection, path: str, limits: JournalLimits) -> None:
    """Set every pragma and read each back: a VFS may answer `delete` to WAL without a word."""
    wanted = (*_PRAGMAS, ("journal_size_limit", str(limits.wal_kept), limits.wal_kept))
    for name, value, _ in wanted:
        if name in _AT_BIRTH and not is_new(connection):
            continue  # setting it again would write, and a full disk could not even be opened
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
    for name, _, expected in wanted:
        actual = connection.execute(f"PRAGMA {name}").get
        if actual != expected:
            raise JournalBroken(f"journal {path}: pragma {name} is {actual!r} after setting it; wanted {expected!r}")


def is_new(connection: apsw.Connection) -> bool:
    """Without a table yet: just created, or cut off while it was being created."""
    return not connection.execute("SELECT count(*) FROM sqlite_schema").get


def create(connection: apsw.Connection, identity: Identity) -> None:
    """Inside a transaction: all tables and the first epoch."""
    connection.execute(_TABLES)
    put_meta(connection, "schema", SCHEMA)
    put_meta(connection, "oldest_reader", OLDEST_READER)
    put_meta(connection, "site", identity.site)
    put_meta(connection, "machine_id", identity.machine_id)
    put_meta(connection, "boot", 0)
    connection.execute("INSERT INTO epochs (number, epoch, first_seq) VALUES (1, ?, 1)", (identity.epoch,))


def check(connection: apsw.Connection, path: str) -> None:
    """Refuse a file that is not a journal or that needs a newer release; note our schema where ours is newer."""
    application = connection.execute("PRAGMA application_id").get
    if application != APPLICATION:
        raise JournalBroken(f"{path} is a database, but not a journal (application id {application:#x})")
    theirs, oldest = get_int(connection, "schema"), get_int(connection, "oldest_reader")
    if oldest > SCHEMA:
        raise Refuse(
            f"journal {path} has schema {theirs} and needs a release that reads schema {oldest}; "
            f"this one reads {SCHEMA}"
        )


def is_older(connection: apsw.Connection) -> bool:
    return get_int(connection, "schema") < SCHEMA


def expand(connection: apsw.Connection) -> None:
    """Inside a transaction: bring an older file to our schema by adding to it.

    A newer file, which we may read, is never touched: going back to an older release needs no step here.
    """
    put_meta(connection, "schema", SCHEMA)
    put_meta(connection, "oldest_reader", max(OLDEST_READER, get_int(connection, "oldest_reader")))


def check_site(connection: apsw.Connection, path: str, site: int) -> None:
    theirs = get_int(connection, "site")
    if theirs != site:
        raise BadInput(f"journal {path} belongs to site {theirs}; the configuration says site {site}")


def check_identity(identity: Identity) -> None:
    if not 0 <= identity.site < 2**32:
        raise BadInput(f"site is {identity.site}; limit: 0 to {2**32 - 1}")
    if len(identity.epoch) != EPOCH_BYTES:
        raise BadInput(f"epoch has {len(identity.epoch)} bytes; it must have {EPOCH_BYTES}")


def get_meta(connection: apsw.Connection, name: str) -> int | str | bytes | None:
    value: int | str | bytes | None = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).get
    return value


def get_int(connection: apsw.Connection, name: str) -> int:
    value = get_meta(connection, name)
    if not isinstance(value, int):
        raise JournalBroken(f"journal: meta {name} is {value!r}; it must be a number")
    return value


def put_meta(connection: apsw.Connection, name: str, value: int | str | bytes) -> None:
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

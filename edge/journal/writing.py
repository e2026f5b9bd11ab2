"""What one transaction of the journal writes.  Everything here runs inside a transaction of the caller."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import apsw

from edge.core.errors import BadInput
from edge.core.rows import (
    MAX_BESIDE_BYTES,
    MAX_KIND_CHARACTERS,
    MAX_PAYLOAD_BYTES,
    Entry,
    Head,
    Row,
    Stamp,
    link,
)
from edge.journal.limits import JournalLimits

_PUT_BESIDE: Final = "INSERT INTO besides (subject, name, seq, until_erased, body) VALUES (?, ?, ?, ?, ?)"


def check(entries: Sequence[Entry], limits: JournalLimits) -> None:
    """Refuse what is too large before anything is written."""
    if len(entries) > limits.entries_per_commit:
        raise BadInput(f"{len(entries)} entries in one append; limit {limits.entries_per_commit}")
    for entry in entries:
        if not 0 < len(entry.kind) <= MAX_KIND_CHARACTERS:
            raise BadInput(
                f"entry kind {entry.kind[:80]!r} has {len(entry.kind)} characters; 1 to {MAX_KIND_CHARACTERS}"
            )
        if len(entry.payload) > MAX_PAYLOAD_BYTES:
            raise BadInput(f"entry {entry.kind} has a payload of {len(entry.payload)} bytes; limit {MAX_PAYLOAD_BYTES}")
        for beside in entry.beside:
            if len(beside.body) > MAX_BESIDE_BYTES:
                raise BadInput(
                    f"{beside.name} beside {entry.kind} has {len(beside.body)} bytes; limit {MAX_BESIDE_BYTES}"
                )


def linked(head: Head, entries: Sequence[Entry], stamp: Stamp) -> list[Row]:
    """The rows that `entries` become after `head`."""
    rows: list[Row] = []
    previous = head
    for entry in entries:
        row = link(previous.hash, previous.seq + 1, entry.stamp or stamp, entry.kind, entry.payload)
        rows.append(row)
        previous = Head(row.seq, row.hash)
    return rows


def put_rows(connection: apsw.Connection, rows: Sequence[Row]) -> None:
    connection.executemany(
        "INSERT INTO rows (seq, boot, mono_ms, wall_ms, trust, kind, payload, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(r.seq, r.boot, r.mono_ms, r.wall_ms, r.trust, r.kind, r.payload, r.hash) for r in rows],
    )


def put_besides(connection: apsw.Connection, rows: Sequence[Row], entries: Sequence[Entry]) -> bool:
    """Erase and store what lies beside; True when bytes were erased or replaced, so that their traces need sweeping."""
    swept = False
    for row, entry in zip(rows, entries, strict=True):
        for subject in entry.erase:
            connection.execute("DELETE FROM besides WHERE subject = ?", (subject,))
            swept = swept or connection.changes() > 0
        for beside in entry.beside:
            connection.execute("DELETE FROM besides WHERE subject = ? AND name = ?", (beside.subject, beside.name))
            swept = swept or connection.changes() > 0
            connection.execute(
                _PUT_BESIDE,
                (beside.subject, beside.name, row.seq, int(beside.until_erased), beside.body),
            )
    return swept


def sweep(connection: apsw.Connection) -> None:
    """Write everything that lies beside anew.

    `secure_delete` overwrites a deleted cell and a freed page, but where pages were split or merged copies of a cell
    may stay behind in the unused middle of a page.  Emptying the table frees, and so overwrites, every page of it.
    """
    kept = connection.execute("SELECT subject, name, seq, until_erased, body FROM besides ORDER BY subject, name")
    rows = kept.fetchall()
    connection.execute("DELETE FROM besides")
    connection.executemany(_PUT_BESIDE, rows)


def put_snapshot(connection: apsw.Connection, head: Head, fold_version: int, body: bytes, keep: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO snapshots (seq, hash, fold_version, digest, body) VALUES (?, ?, ?, ?, ?)",
        (head.seq, head.hash, fold_version, hashlib.sha256(body).digest(), body),
    )
    connection.execute(
        "DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?)", (keep,)
    )

"""What lies on the desk: a bundle, or a journal at rest, in one shape."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from edge.app.incident.files import GZIP, read_lines
from edge.app.incident.form import HeadLine, Line, NoteLine, RowLine, SegmentLine, SnapshotLine, row_of, snapshot_of
from edge.core.errors import BadInput
from edge.core.rows import Epoch, Head, Row, Snapshot, Watermark
from edge.core.site import Policy
from edge.core.state import FOLD_VERSION
from edge.journal import reading, schema
from edge.journal.show import at_rest

__all__ = ["Evidence", "Recollection", "read"]

SQLITE: Final = b"SQLite format 3\x00"
MAX_ROWS_AT_REST: Final = 500_000  # the newest; more does not fit into the memory of a small desk

_LINE: Final = msgspec.json.Decoder(Line)


class Recollection(Struct):
    """A segment of a ring, and the notes that continue it."""

    start: SegmentLine
    notes: list[NoteLine]


class Evidence(Struct):
    """head: of a bundle; a journal alone has none.  policy: None where it is not known."""

    site: int
    epochs: list[Epoch]
    before: Head
    watermark: Watermark | None
    head: HeadLine | None = None
    rows: list[Row] = []
    snapshots: list[Snapshot] = []
    ring: list[Recollection] = []

    @property
    def policy(self) -> Policy | None:
        return self.head.site.policy if self.head is not None else None


def read(path: Path) -> Evidence:
    """BadInput in one line for what is neither, is cut off, damaged, of another form, or huge."""
    with path.open("rb") as file:
        begins = file.read(len(SQLITE))
    if begins.startswith(GZIP):
        return _bundle(path)
    if begins == SQLITE:
        return _journal(path)
    raise BadInput(f"{path}: neither an incident bundle nor a journal")


def _bundle(path: Path) -> Evidence:
    evidence: Evidence | None = None
    for place, text in enumerate(read_lines(path), 1):
        try:
            line = _LINE.decode(text)
            if evidence is None:
                evidence = _begun(path, line)
            else:
                _add(path, place, evidence, line)
        except (msgspec.DecodeError, ValueError) as error:
            raise BadInput(f"{path}: line {place}: {error}") from None
    if evidence is None:
        raise BadInput(f"{path}: no incident bundle")
    return evidence


def _begun(path: Path, line: Line) -> Evidence:
    if not isinstance(line, HeadLine):
        raise BadInput(f"{path}: no incident bundle")
    if line.fold_version != FOLD_VERSION:
        release = line.versions.get("locker-edge", "unknown")
        raise BadInput(
            f"{path}: of release {release}, whose books have version {line.fold_version}; here it is {FOLD_VERSION}"
        )
    return Evidence(line.site.number, list(line.epochs), line.before, line.watermark, line)


def _add(path: Path, place: int, evidence: Evidence, line: Line) -> None:
    match line:
        case RowLine():
            evidence.rows.append(row_of(line))
        case NoteLine() if evidence.ring:
            evidence.ring[-1].notes.append(line)
        case SegmentLine():
            evidence.ring.append(Recollection(line, []))
        case SnapshotLine():
            evidence.snapshots.append(snapshot_of(line))
        case _:
            raise BadInput(f"{path}: line {place}: a {line.__struct_config__.tag} does not belong there")


def _journal(path: Path) -> Evidence:
    with at_rest(str(path)) as connection:
        until = reading.last_seq(connection)
        first = max(reading.base(connection).seq + 1, until - MAX_ROWS_AT_REST + 1)
        return Evidence(
            site=schema.get_int(connection, "site"),
            epochs=reading.epochs(connection),
            before=reading.before(connection, first) or Head(first - 1, b""),
            watermark=reading.watermark(connection),
            rows=list(reading.every_row(connection, first - 1, until)),
            snapshots=reading.good_snapshots(connection)[::-1],
        )

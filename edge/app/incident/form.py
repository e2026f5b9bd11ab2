"""The form of an incident bundle: gzip over JSON lines, each with the name of what it is (docs/replay.md).

    head      which site, versions, configuration, health, epochs, where the rows begin
    segment   books and memory that the ring's next notes continue
    note      one input and what was decided on it
    snapshot  the state after a row
    row       one row of the journal
    end       how many lines there were before it: a bundle without it was cut off

A ring that a locker left behind when it failed has the same form: a head, segments, notes and an end.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from msgspec import Struct

from edge.core import effects, events, inputs
from edge.core.findings import Found
from edge.core.memory import Memory
from edge.core.ring import Note, Segment
from edge.core.rows import Epoch, Head, Row, Snapshot, Watermark
from edge.core.site import Site
from edge.core.turn import Books, TimerSet

FORM: Final = 1  # of the lines; another one is refused
MAX_ROWS: Final = 100_000  # the newest; some months of an ordinary site

AnyInput: TypeAlias = (
    inputs.Boot
    | inputs.Levels
    | inputs.Contents
    | inputs.Weighed
    | inputs.PulseBegan
    | inputs.PulseEnded
    | inputs.Scan
    | inputs.Typed
    | inputs.Chosen
    | inputs.Timer
    | inputs.Order
    | inputs.Document
    | inputs.SignedTime
    | inputs.Link
    | inputs.Health
    | inputs.Unread
    | inputs.Reach
    | inputs.Space
    | inputs.Dropped
    | inputs.Forked
    | inputs.Technical
    | inputs.Halt
)
AnyEffect: TypeAlias = (
    effects.Unlock
    | effects.ReadDoors
    | effects.ReadContent
    | effects.Light
    | effects.Beep
    | effects.ScanFormats
    | effects.AdjustScale
    | effects.Answer
)


class HeadLine(Struct, frozen=True, tag_field="line", tag="head"):
    """The first line."""

    form: int
    site: Site  # without its keys
    fold_version: int
    versions: dict[str, str]
    configuration: dict[str, Any]
    health: dict[str, Any] | None  # as `locker status` says it; None: no locker ran
    ring: str  # where the notes come from, or why there are none
    schema: int
    epochs: tuple[Epoch, ...] = ()
    before: Head = Head(0, b"")  # what the first row continues
    watermark: Watermark | None = None


class SegmentLine(Struct, frozen=True, tag_field="line", tag="segment"):
    """Where a part of the ring begins: decided by which release, of which site (without its keys)."""

    release: str
    site: Site
    books: Books
    memory: Memory


class NoteLine(Struct, frozen=True, omit_defaults=True, tag_field="line", tag="note"):
    """A note; of its events only how many: they are the rows up to `seq`.  Those of a lost note are in it."""

    told: AnyInput | None
    now: inputs.Moment | None
    seq: int
    count: int = 0
    effects: tuple[AnyEffect, ...] = ()
    timers: tuple[TimerSet, ...] = ()
    found: tuple[Found, ...] = ()
    wrote: bool = False
    raised: str = ""
    lost: tuple[tuple[str, str], ...] | None = None


class SnapshotLine(Struct, frozen=True, tag_field="line", tag="snapshot"):
    seq: int
    hash: bytes
    fold_version: int
    body: str


class RowLine(Struct, frozen=True, tag_field="line", tag="row"):
    seq: int
    boot: int
    mono_ms: int
    wall_ms: int
    trust: str
    kind: str
    payload: str  # JSON, as it was hashed
    hash: str


class EndLine(Struct, frozen=True, tag_field="line", tag="end"):
    lines: int


Line: TypeAlias = HeadLine | SegmentLine | NoteLine | SnapshotLine | RowLine | EndLine


def segment_line(segment: Segment, site: Site, release: str) -> SegmentLine:
    return SegmentLine(release, site, segment.books, segment.memory)


def note_line(note: Note) -> NoteLine:
    lost = tuple((e.kind, events.encode(e).decode()) for e in note.events) if note.lost else None
    return NoteLine(
        note.told,  # type: ignore[arg-type]  # every input is one of AnyInput: a test holds the two sets together
        note.now,
        note.seq,
        len(note.events),
        note.effects,  # type: ignore[arg-type]  # likewise
        note.timers,
        note.found,
        note.wrote,
        note.raised,
        lost,
    )


def note_of(line: NoteLine) -> Note:
    """The note without its events, which are rows; a lost one with them."""
    lost = line.lost or ()
    written = tuple(events.decode(kind, payload.encode()) for kind, payload in lost)
    return Note(
        line.told,
        line.now,
        line.seq,
        written,
        line.effects,
        line.timers,
        line.found,
        line.wrote,
        line.raised,
        line.lost is not None,
    )


def row_line(row: Row) -> RowLine:
    payload = row.payload.decode("utf-8", "replace")  # what was altered to no text does not match its hash anyway
    return RowLine(row.seq, row.boot, row.mono_ms, row.wall_ms, row.trust, row.kind, payload, row.hash.hex())


def row_of(line: RowLine) -> Row:
    return Row(
        line.seq,
        line.boot,
        line.mono_ms,
        line.wall_ms,
        line.trust,
        line.kind,
        line.payload.encode(),
        bytes.fromhex(line.hash),
    )


def snapshot_line(snapshot: Snapshot) -> SnapshotLine:
    return SnapshotLine(snapshot.seq, snapshot.hash, snapshot.fold_version, snapshot.body.decode("utf-8", "replace"))


def snapshot_of(line: SnapshotLine) -> Snapshot:
    return Snapshot(line.seq, line.hash, line.fold_version, line.body.encode())

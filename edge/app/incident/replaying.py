"""`locker replay BUNDLE|JOURNAL`: fold the rows, check them, decide the inputs again, and tell what happened."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from edge.app.incident.form import NoteLine, note_of
from edge.app.incident.reading import Evidence, read
from edge.core import events
from edge.core.audit import CHECKS, Audit, Chain, Violation, about, anchored
from edge.core.credential import parcel_id
from edge.core.documents import HexId
from edge.core.errors import BadInput
from edge.core.events import Event
from edge.core.redeciding import Difference, Redeciding
from edge.core.rows import Row
from edge.core.state import FOLD_VERSION, State

__all__ = ["Replayed", "replay", "run"]

TOLD_AT_MOST: Final = 20  # of violations; more say nothing new
CHAIN_CHECKS: Final = 5  # of Chain, of what cannot be read or folded, and of the anchor


class Replayed(Struct):
    """What came of it."""

    rows: tuple[int, int]  # first and last; (n + 1, n) where there are none
    folded_from: int  # 0: the books before any row are not known
    anchored_seq: int
    violations: list[Violation]
    inputs: int
    differences: list[Difference]
    state: State | None


def run(wanted: argparse.Namespace) -> int:
    """Exit code 1 at a violation or a difference."""
    evidence = read(Path(wanted.file))
    done = replay(evidence)
    told = list(_timeline(evidence, done, wanted.door, wanted.parcel)) if wanted.door or wanted.parcel else []
    if wanted.json:
        print(msgspec.json.encode(_as_fields(done, told)).decode())
    else:
        for row, event in told:
            print(_told(row, event))
        for line in _summary(evidence, done):
            print(line)
    return 1 if done.violations or done.differences else 0


def replay(evidence: Evidence) -> Replayed:
    first = evidence.rows[0].seq if evidence.rows else evidence.before.seq + 1
    chain = Chain(evidence.site, evidence.epochs, evidence.before)
    audit = Audit(chain, first, evidence.snapshots, FOLD_VERSION, evidence.policy)
    violations = [violation for row in evidence.rows for violation in audit.row(row)]
    mark, foreign = anchored(evidence.watermark, evidence.epochs, evidence.rows)
    return Replayed(
        rows=(first, evidence.rows[-1].seq if evidence.rows else first - 1),
        folded_from=audit.folded_from,
        anchored_seq=mark,
        violations=[*violations, *foreign],
        inputs=sum(len(part.notes) for part in evidence.ring),
        differences=list(_redecided(evidence)),
        state=audit.state,
    )


# -- deciding again ---------------------------------------------------------------------------------------------------


def _redecided(evidence: Evidence) -> Iterator[Difference]:
    """The first difference of each segment of the ring."""
    rows = {row.seq: row for row in evidence.rows}
    before = 0
    for part in evidence.ring:
        again = Redeciding(part.start.site, part.start.books, part.start.memory)
        for place, line in enumerate(part.notes, before + 1):
            note = note_of(line)
            found = again.step(note, note.events if note.lost else _events_of(line, rows))
            if found is not None:
                yield msgspec.structs.replace(found, place=place)
                break
        before += len(part.notes)


def _events_of(line: NoteLine, rows: dict[int, Row]) -> Sequence[Event] | None:
    """A note's events as they stand in the journal; None where those rows are not here."""
    wanted = range(line.seq - line.count + 1, line.seq + 1)
    if any(seq not in rows for seq in wanted):
        return None
    try:
        return [events.decode(rows[seq].kind, rows[seq].payload) for seq in wanted]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # said by the check of the rows


# -- telling ----------------------------------------------------------------------------------------------------------


def _timeline(evidence: Evidence, done: Replayed, door: int, parcel: str) -> Iterator[tuple[Row, Event]]:
    wanted = _ids(evidence, done, parcel) if parcel else frozenset()
    openings: set[int] = set()
    for row, event in _readable(evidence):
        if isinstance(event, events.OpeningAuthorised) and wanted & set(event.parcels):
            openings.add(event.opening)
        if about(event, door=door) if door else any(about(event, parcel=p, openings=openings) for p in wanted):
            yield row, event


def _readable(evidence: Evidence) -> Iterator[tuple[Row, Event]]:
    for row in evidence.rows:
        try:
            yield row, events.decode(row.kind, row.payload)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue  # said by the check of the rows


def _ids(evidence: Evidence, done: Replayed, label: str) -> frozenset[str]:
    """The ids that a label may have here: one for each carrier that the rows name."""
    try:
        return frozenset({msgspec.convert(label.lower(), HexId)})
    except msgspec.ValidationError:
        pass
    carriers = {parcel.carrier for parcel in done.state.parcels.values()} if done.state is not None else set()
    carriers |= {str(getattr(event, "carrier", "")) for _, event in _readable(evidence)}
    try:
        return frozenset(parcel_id(carrier, label).hex() for carrier in carriers if carrier)
    except BadInput as error:
        raise BadInput(f"--parcel: neither an id of 16 hexadecimal digits nor a label: {error}") from None


def _told(row: Row, event: Event) -> str:
    return f"{row.seq:>7}  {_when(row)}  {row.boot:>3}+{row.mono_ms / 1000:<10.1f}  {event.sentence()}"


def _when(row: Row) -> str:
    """The wall time, with a question mark where nothing stands behind it."""
    doubt = " " if row.trust in ("cloud", "ntp", "rtc") else "?"
    try:
        return datetime.fromtimestamp(row.wall_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S") + doubt
    except (OverflowError, ValueError, OSError):
        return f"{row.wall_ms:>19}{doubt}"


def _summary(evidence: Evidence, done: Replayed) -> Iterator[str]:
    head, (first, last) = evidence.head, done.rows
    name = f" ({head.site.name})" if head is not None and head.site.name else ""
    written = f", written by release {head.versions.get('locker-edge', '?')}" if head is not None else ""
    yield f"site {evidence.site}{name}{written}"
    boots = f", boots {evidence.rows[0].boot} to {evidence.rows[-1].boot}" if evidence.rows else ""
    yield f"rows {first} to {last} of {len(evidence.epochs)} epochs{boots}; {_folded(done)}"
    mark = min(done.anchored_seq, last)
    yield f"anchored to {mark}, {max(last - max(mark, first - 1), 0)} not yet"
    checks = len(CHECKS) + CHAIN_CHECKS
    yield f"{checks} checks: {len(done.violations) or 'no'} violations" + (":" if done.violations else "")
    for violation in done.violations[:TOLD_AT_MOST]:
        yield f"  {violation}"
    if len(done.violations) > TOLD_AT_MOST:
        yield f"  and {len(done.violations) - TOLD_AT_MOST} more"
    yield from _of_the_ring(evidence, done)


def _folded(done: Replayed) -> str:
    if done.folded_from:
        return f"folded from row {done.folded_from}"
    return "not folded: the beginning is compacted, and there is no snapshot"


def _of_the_ring(evidence: Evidence, done: Replayed) -> Iterator[str]:
    if not evidence.ring:
        why = evidence.head.ring if evidence.head is not None else "a journal has none"
        yield f"no inputs to decide again: {why}"
        return
    releases = {part.start.release for part in evidence.ring}
    by = f" of release {', '.join(sorted(releases))}"
    yield f"{done.inputs} inputs{by} decided again: {len(done.differences) or 'no'} differences"
    for difference in done.differences[:TOLD_AT_MOST]:
        yield f"  {difference}"


def _as_fields(done: Replayed, told: list[tuple[Row, Event]]) -> dict[str, Any]:
    return {
        "rows": done.rows,
        "folded_from": done.folded_from,
        "anchored": done.anchored_seq,
        "violations": [msgspec.to_builtins(one) for one in done.violations],
        "inputs": done.inputs,
        "differences": [str(one) for one in done.differences],
        "timeline": [
            {"seq": row.seq, "boot": row.boot, "mono_ms": row.mono_ms, "wall_ms": row.wall_ms, "kind": row.kind}
            | {"sentence": event.sentence()}
            for row, event in told
        ],
    }

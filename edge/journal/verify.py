"""Checking a journal: density, hashes, and each snapshot against the fold from the one before.

In bounded steps, so that on a live site the lane serves commits between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import apsw
import msgspec

from edge.core.errors import Refuse
from edge.core.rows import Row, Snapshot, genesis, rehash
from edge.journal import reading, schema

# From the bytes of a state (None: of nothing) and the rows after it to the bytes of the state after them.
Refold = Callable[[bytes | None, Iterable[Row]], bytes]

MAX_FAULTS: Final = 100  # more say nothing new; verification stops there


class VerifyReport(msgspec.Struct, frozen=True):
    first_seq: int
    last_seq: int  # first_seq − 1 when there are no rows
    rows: int
    snapshots_refolded: int
    snapshots_skipped: int  # of another fold version, or nothing to fold from
    anchored_seq: int  # the hub holds a signed hash up to here; 0: none yet
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not self.faults

    @property
    def sentence(self) -> str:
        not_yet = max(self.last_seq - max(self.anchored_seq, self.first_seq - 1), 0)
        anchor = f"anchored to {self.anchored_seq}, {not_yet} not yet"
        state = "whole" if self.whole else f"{len(self.faults)} faults, first: {self.faults[0]}"
        return (
            f"rows {self.first_seq} to {self.last_seq}: {state}; "
            f"{self.snapshots_refolded} snapshots refolded, {self.snapshots_skipped} skipped; {anchor}"
        )


class Verification:
    """Call `step` until it returns False, then `report`."""

    def __init__(
        self,
        connection: apsw.Connection,
        refold: Refold | None,
        fold_version: int,
        *,
        after: int | None = None,
        guard: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._connection = connection
        self._guard = guard
        self._faults: list[str] = []
        self._rows = 0
        with guard():
            base = reading.base(connection)
            self._seq = base.seq if after is None else max(after, base.seq)
            self._starts = _epoch_starts(connection)
            start = reading.before(connection, self._seq + 1)
            self._fold = _SnapshotCheck(connection, refold, fold_version, self._seq)
        self._first = self._seq + 1
        self._hash = start.hash if start else b""
        if start is None:
            self._faults.append(f"row {self._seq}, which row {self._first} continues, is missing")

    def step(self) -> bool:
        """Check up to 500 more rows; False when none are left or there are too many faults."""
        with self._guard():
            base = reading.base(self._connection)
            if base.seq > self._seq:  # compacted while we were waiting for the lane
                self._seq, self._hash = base.seq, base.hash
                self._fold.lose()
            rows = reading.rows(self._connection, self._seq)
            whole = [self._check(row) for row in rows]
            if all(whole):
                self._faults += self._fold.check(rows)
            else:
                self._fold.lose()  # what a damaged row would fold to says nothing
        return bool(rows) and len(self._faults) < MAX_FAULTS

    def report(self) -> VerifyReport:
        with self._guard():
            anchored = self._anchor()
        return VerifyReport(
            first_seq=self._first,
            last_seq=self._seq,
            rows=self._rows,
            snapshots_refolded=self._fold.refolded,
            snapshots_skipped=self._fold.skipped,
            anchored_seq=anchored,
            faults=tuple(self._faults[:MAX_FAULTS]),
        )

    def _check(self, row: Row) -> bool:
        faults = len(self._faults)
        previous = self._starts.get(row.seq, self._hash)
        if row.seq != self._seq + 1:
            self._faults.append(f"row {self._seq + 1} is missing; row {row.seq} follows row {self._seq}")
        elif rehash(previous, row) != row.hash:
            self._faults.append(f"row {row.seq} ({row.kind}) does not match its hash")
        # Go on from what stands there, so that one altered row is one fault.
        self._seq, self._hash = row.seq, row.hash
        self._rows += 1
        return len(self._faults) == faults

    def _anchor(self) -> int:
        watermark = reading.watermark(self._connection)
        life = reading.epochs(self._connection)[-1]
        if watermark is None or watermark.epoch != life.epoch:
            return 0
        place = reading.place_in(self._connection, life, watermark.seq)
        if place is not None and place.hash != watermark.hash:
            self._faults.append(f"row {watermark.seq} is not the one that the hub has committed")
            return 0
        return watermark.seq


class _SnapshotCheck:
    """Folds along with the rows and compares at each snapshot."""

    def __init__(self, connection: apsw.Connection, refold: Refold | None, fold_version: int, seq: int) -> None:
        self._connection = connection
        self._refold = refold
        self._fold_version = fold_version
        self._state: bytes | None = None
        self._known = refold is not None and seq == 0
        self.refolded = 0
        self.skipped = 0

    def lose(self) -> None:
        """The state is not known from here to the next snapshot."""
        self._known, self._state = False, None

    def check(self, rows: Sequence[Row]) -> list[str]:
        if self._refold is None or not rows:
            return []
        faults: list[str] = []
        rest = list(rows)
        for snapshot, intact in reading.snapshots_between(self._connection, rows[0].seq, rows[-1].seq):
            faults += self._advance([row for row in rest if row.seq <= snapshot.seq])
            faults += self._compare(snapshot, intact, next(row for row in rest if row.seq >= snapshot.seq))
            rest = [row for row in rest if row.seq > snapshot.seq]
        return faults + self._advance(rest)

    def _advance(self, rows: list[Row]) -> list[str]:
        if not self._known or self._refold is None or not rows:
            return []
        try:
            self._state = self._refold(self._state, rows)
        except (Refuse, ValueError, msgspec.MsgspecError) as error:
            self.lose()
            return [f"rows {rows[0].seq} to {rows[-1].seq} cannot be folded: {error}"]
        return []

    def _compare(self, snapshot: Snapshot, intact: bool, row: Row) -> list[str]:
        if not intact:
            self.lose()
            return [f"the snapshot at row {snapshot.seq} does not match its digest"]
        faults = []
        if row.hash != snapshot.hash:
            faults.append(f"the snapshot at row {snapshot.seq} was taken over another row")
        if snapshot.fold_version != self._fold_version or not self._known:
            self.skipped += 1
        elif self._state != snapshot.body:
            faults.append(f"the snapshot at row {snapshot.seq} is not the fold of the rows up to it")
        else:
            self.refolded += 1
        self._known = snapshot.fold_version == self._fold_version
        self._state = snapshot.body if self._known else None
        return faults


def _epoch_starts(connection: apsw.Connection) -> dict[int, bytes]:
    """The genesis that stands before a row, by the row's number; a later epoch covers what it left behind."""
    site = schema.get_int(connection, "site")
    starts: dict[int, bytes] = {}
    for life in reading.epochs(connection):
        starts = {seq: digest for seq, digest in starts.items() if seq < life.first_seq}
        starts[life.first_seq] = genesis(site, life.epoch)
    return starts

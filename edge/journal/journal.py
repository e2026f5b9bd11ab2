"""The journal: the append-only table of what happened, and the one place where anything becomes durable.

One connection, used by one thread at a time (the writer's lane).  An append is one transaction and one fsync.  After
any error but "full" nothing is known about the disk: the journal refuses every further call and the process ends;
start-up is the recovery.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from edge.core.errors import BadInput, Broken, JournalBroken, JournalFull, Refuse
from edge.core.rows import EPOCH_BYTES, Beside, Entry, Epoch, Fork, Head, Row, Snapshot, Stamp, Watermark
from edge.journal import compaction, epochs, reading, schema, space, writing
from edge.journal.files import Files, RealFiles
from edge.journal.limits import MAX_READ_ROWS, JournalLimits
from edge.journal.store import Store, take
from edge.journal.verify import Refold, Verification, VerifyReport


class Journal:
    """Use `Journal.open`.  Every method may raise JournalBroken; after that the journal is unusable."""

    def __init__(self, store: Store, identity: schema.Identity, fold_version: int) -> None:
        """Prepare an opened store; see `open`."""
        self._store = store
        self._fold_version = fold_version
        self._machine_id = identity.machine_id
        with store.acting("open"):
            if schema.is_new(store.connection):
                with store.transaction():
                    schema.create(store.connection, identity)
            schema.check(store.connection, store.path)
            schema.check_site(store.connection, store.path, identity.site)
            if schema.is_older(store.connection):
                with store.transaction():
                    schema.expand(store.connection)
            self._take_stock()
            self._check_tail()
            space.fill_ballast(store.path, store.files, store.limits)

    @classmethod
    def open(
        cls,
        path: str,
        *,
        site: int,
        fold_version: int,
        machine_id: str,
        random_bytes: Callable[[int], bytes],
        limits: JournalLimits | None = None,
        vfs: str | None = None,
        files: Files | None = None,
    ) -> Journal:
        """Create or open the journal at `path` and check what start-up will rely on.

        JournalHeld names the process that owns it; JournalBroken says what is wrong with it; Refuse (BadInput) says
        that it is whole but not ours to open: another site's, or a newer release's.
        """
        files = files or RealFiles()
        identity = schema.Identity(site, random_bytes(EPOCH_BYTES), machine_id)
        schema.check_identity(identity)
        store = Store(path, take(files, path), files, limits or JournalLimits())
        try:
            store.connect(vfs)
            return cls(store, identity, fold_version)
        except (Broken, Refuse):
            store.abandon()
            raise

    # -- what is known without reading

    @property
    def limits(self) -> JournalLimits:
        return self._store.limits

    @property
    def epoch(self) -> bytes:
        return self._epoch.epoch

    @property
    def epoch_start(self) -> Epoch:
        """This life of the journal: its first row, and where it left the life before."""
        return self._epoch

    @property
    def head(self) -> Head:
        """The last durable row, or the genesis of the epoch."""
        return self._head

    @property
    def boot(self) -> int:
        """The last boot that was begun; 0 before the first."""
        return self._boot

    @property
    def found_on_other_machine(self) -> bool:
        """The card was copied or moved: start-up begins a new epoch before anything is appended."""
        return self._found_on_other_machine

    @property
    def checkpoint_due(self) -> bool:
        """An idle moment should be used for a checkpoint."""
        return self._store.checkpoint_due

    def snapshot_due(self, coming: int = 0) -> bool:
        """With `coming` more rows, the next append should carry a snapshot."""
        return self._head.seq + coming - self._snapshot_seq >= self._store.limits.snapshot_every_rows

    # -- writing

    def begin_boot(self) -> int:
        """Count one more life of the runtime; return its number.

        It is durable at once; on a card without any room, and without ballast, together with the first row that bears
        it.  A life that never found room for a row leaves its number to the next one.
        """
        self._boot += 1
        with contextlib.suppress(JournalFull), self._store.acting("begin boot"):
            self._put({"boot": self._boot})
        return self._boot

    def append(
        self, entries: Sequence[Entry], stamp: Stamp, *, snapshot: bytes | None = None, custody: bool = False
    ) -> list[Row]:
        """Make `entries` durable in one transaction with one fsync, in order; return their rows.

        `snapshot` is the folded state after the last of them.  `custody` appends (a parcel moves, an opening goes on)
        may use the room above the soft cap, and release the ballast when the disk is full.
        JournalFull: nothing of this call is kept, everything before it is, and the journal stays usable.
        """
        writing.check(entries, self._store.limits)
        with self._store.acting("append"):
            self._store.cap(custody)
            if not custody and space.for_custody_only(self._store.path, self._store.files, self._store.limits):
                raise JournalFull(f"journal {self._store.path}: the room that is left is for custody events only")
            rows = writing.linked(self._head, entries, stamp)
            return self._store.finding_room(lambda: self._commit(rows, entries, snapshot), ballast=custody)

    def save_watermark(self, watermark: Watermark) -> None:
        """Remember what the hub has committed, durably.  Refuse one that is not a place in this journal.

        A lower one is taken: the hub was restored, and everything above it will be sent again.
        """
        with self._store.acting("save watermark"):
            self._check_watermark(watermark)
            self._put(epochs.watermark_meta(watermark.epoch, Head(watermark.seq, watermark.hash)))

    def begin_epoch(
        self,
        new_epoch: bytes,
        fork: Fork,
        *,
        entries: Sequence[Entry] = (),
        stamp: Stamp | None = None,
        snapshot: bytes | None = None,
    ) -> list[Row]:
        """Leave the present life of the journal at `fork`, on this machine from now on; one transaction.

        Rows above the fork keep number, stamp and payload and are linked anew behind the new genesis; `entries` (the
        event that says so) follow them.  The watermark is set to the fork: those rows will be sent under the new name.
        It may use the ballast: until it is done, nothing more can be sent.
        """
        writing.check(entries, self._store.limits)
        if entries and stamp is None:
            raise BadInput("begin_epoch was given entries without a stamp")
        with self._store.acting("begin epoch"):
            epochs.check_fork(self._store.connection, new_epoch, fork)
            self._store.cap(custody=True)
            leave = partial(self._leave, new_epoch, fork, entries, stamp, snapshot)
            return self._store.finding_room(leave, ballast=True)

    def compact(self, *, keep_rows: int, keep_since_ms: int | None = None) -> int:
        """Delete a bounded number of old rows and give space back; return how many rows went (0: nothing to do).

        A row goes only when the hub has it, the older snapshot covers it, at least `keep_rows` newer ones stay, and,
        if given, its wall time is before `keep_since_ms`.
        """
        with self._store.acting("compact"):
            bite = self._store.limits.compact_rows_per_call
            while True:
                try:
                    return self._compact(keep_rows, keep_since_ms, bite)
                except JournalFull:
                    # Deleting needs room in the log for every page it touches; a smaller bite needs less of it.
                    if bite == 1:
                        raise
                    bite = max(bite // 10, 1)

    def checkpoint(self) -> bool:
        """Move the WAL into the database; for idle moments (two or three fsyncs).  False: no room for it now.

        After an erasure it writes anew what still lies beside and empties the log, so that no copy of the erased bytes
        is left in either file; the caller may gather erasures for one sweep.
        """
        with self._store.acting("checkpoint"):
            return self._store.checkpoint()

    # -- reading

    def rows(self, after: int, limit: int = MAX_READ_ROWS) -> list[tuple[Row, tuple[Beside, ...]]]:
        """Up to `limit` (≤ 500) rows above `after`, ascending, each with what lies beside it now."""
        with self._store.acting("read rows"):
            return reading.rows_with_besides(self._store.connection, after, limit)

    def besides(self) -> list[Beside]:
        """Everything that lies beside, for start-up."""
        with self._store.acting("read besides"):
            return reading.besides(self._store.connection)

    def newest_snapshot(self, fold_version: int | None = None) -> Snapshot | None:
        """The newest good snapshot that this fold (or `fold_version`) reads; None: fold from row 1."""
        with self._store.acting("read snapshot"):
            wanted = self._fold_version if fold_version is None else fold_version
            return reading.newest_snapshot(self._store.connection, wanted)

    def snapshots(self) -> list[Snapshot]:
        """Every good snapshot, oldest first."""
        with self._store.acting("read snapshots"):
            return list(reversed(reading.good_snapshots(self._store.connection)))

    @property
    def watermark(self) -> Watermark | None:
        with self._store.acting("read watermark"):
            return reading.watermark(self._store.connection)

    def oldest_seq(self) -> int:
        """The first row that is still here; what lies before it was compacted (a rewound hub gets a declared gap)."""
        with self._store.acting("read base"):
            return reading.base(self._store.connection).seq + 1

    def before(self, seq: int) -> Head | None:
        """The link that row `seq` continues, as the envelope carries it; None when it was compacted or is to come."""
        with self._store.acting("read link"):
            return reading.before(self._store.connection, seq)

    def place(self, seq: int) -> Head | None:
        """Row `seq` of this epoch with its hash; its genesis stands one below its first row."""
        with self._store.acting("read place"):
            return reading.place_in(self._store.connection, self._epoch, seq)

    def epochs(self) -> list[Epoch]:
        with self._store.acting("read epochs"):
            return reading.epochs(self._store.connection)

    def header(self) -> dict[str, object]:
        """The first line of an export."""
        with self._store.acting("read header"):
            return reading.header(self._store.connection)

    def verification(self, refold: Refold | None) -> Verification:
        """Verify in bounded steps, between which the lane serves others: call `step()` until it returns False."""
        guard = partial(self._store.acting, "verify")
        return Verification(self._store.connection, refold, self._fold_version, guard=guard)

    def verify(self, refold: Refold | None) -> VerifyReport:
        """Chain, density, hashes, and every snapshot against the fold from the one before, in one go."""
        verification = self.verification(refold)
        while verification.step():
            pass
        return verification.report()

    # -- room

    def space(self) -> space.Space:
        with self._store.acting("measure space"):
            return space.measure(self._store.connection, self._store.path, self._store.files, self._store.limits)

    def fill_ballast(self) -> bool:
        """Lay the ballast down again when there is room; for idle moments.  True when it lies there."""
        with self._store.acting("fill ballast"):
            return space.fill_ballast(self._store.path, self._store.files, self._store.limits)

    def release_ballast(self) -> bool:
        """Give the ballast's blocks to the journal now; custody appends do it by themselves when they need it."""
        with self._store.acting("release ballast"):
            return space.release_ballast(self._store.path, self._store.files)

    def close(self) -> None:
        """Checkpoint if all is well, and let go of file and lock."""
        self._store.close()

    def abandon(self) -> None:
        """Let go of file and lock without another byte written, as a dying process does."""
        self._store.abandon()

    # -- details

    def _take_stock(self) -> None:
        """Read what is kept in memory."""
        connection = self._store.connection
        self._head = reading.head(connection)
        self._epoch = reading.epochs(connection)[-1]
        self._boot = schema.get_int(connection, "boot")
        self._found_on_other_machine = schema.get_meta(connection, "machine_id") != self._machine_id
        snapshots = reading.good_snapshots(connection)
        self._snapshot_seq = snapshots[0].seq if snapshots else 0

    def _check_tail(self) -> None:
        """The rows that start-up will fold are the unaltered continuation of the snapshot, and of the row below it."""
        snapshot = reading.newest_snapshot(self._store.connection, self._fold_version)
        after = max(0, snapshot.seq - 1) if snapshot else 0
        tail = Verification(self._store.connection, None, self._fold_version, after=after)
        while tail.step():
            pass
        faults = tail.report().faults
        if faults:
            raise JournalBroken(f"journal {self._store.path}: {faults[0]}")

    def _commit(self, rows: list[Row], entries: Sequence[Entry], snapshot: bytes | None) -> list[Row]:
        with self._store.transaction():
            self._write(self._head, rows, entries, snapshot)
        if rows:
            self._head = Head(rows[-1].seq, rows[-1].hash)
        if snapshot is not None:
            self._snapshot_seq = self._head.seq
        return rows

    def _leave(
        self, new_epoch: bytes, fork: Fork, entries: Sequence[Entry], stamp: Stamp | None, snapshot: bytes | None
    ) -> list[Row]:
        with self._store.transaction():
            head = epochs.leave_at(self._store.connection, new_epoch, fork)
            rows = writing.linked(head, entries, stamp) if stamp is not None else []
            self._write(head, rows, entries, snapshot)
            schema.put_meta(self._store.connection, "machine_id", self._machine_id)
        self._take_stock()
        return rows

    def _put(self, values: Mapping[str, int | str | bytes]) -> None:
        """Small values that start-up and compaction live on: they may use the ballast."""

        def put() -> None:
            with self._store.transaction():
                for name, value in values.items():
                    schema.put_meta(self._store.connection, name, value)

        self._store.cap(custody=True)
        self._store.finding_room(put, ballast=True)

    def _write(self, before: Head, rows: list[Row], entries: Sequence[Entry], snapshot: bytes | None) -> None:
        connection = self._store.connection
        if schema.get_int(connection, "boot") < self._boot:  # there was no room when it began
            schema.put_meta(connection, "boot", self._boot)
        writing.put_rows(connection, rows)
        if writing.put_besides(connection, rows, entries):
            self._store.traces = True
        if snapshot is not None:
            head = Head(rows[-1].seq, rows[-1].hash) if rows else before
            keep = self._store.limits.snapshots_kept
            writing.put_snapshot(connection, head, self._fold_version, snapshot, keep)

    def _compact(self, keep_rows: int, keep_since_ms: int | None, bite: int) -> int:
        connection = self._store.connection

        def compact() -> int:
            with self._store.transaction():
                gone = compaction.take_away(connection, keep_rows, keep_since_ms, bite)
                compaction.vacuum(connection, self._store.limits)
            return gone

        return self._store.finding_room(compact, ballast=True)

    def _check_watermark(self, watermark: Watermark) -> None:
        if watermark.epoch != self.epoch:
            raise BadInput(f"watermark names epoch {watermark.epoch.hex()}; this journal lives in {self.epoch.hex()}")
        first, last = self._epoch.first_seq, self._head.seq
        if not first - 1 <= watermark.seq <= last:
            raise BadInput(f"watermark names row {watermark.seq}; this epoch has rows {first} to {last}")
        ours = reading.place_in(self._store.connection, self._epoch, watermark.seq)
        if ours is not None and ours.hash != watermark.hash:
            raise BadInput(f"watermark names row {watermark.seq} with a hash that is not ours")

"""The connection below the journal: one process, one transaction at a time, and what happens when the disk fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import apsw

from edge.core.errors import JournalBroken, JournalFull, Refuse, machine_says
from edge.journal import schema, space, writing
from edge.journal.files import Files, Lock
from edge.journal.limits import JournalLimits

T = TypeVar("T")

_IN_THE_WAY: Final = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError)


def take(files: Files, path: str) -> Lock:
    """The lock of a journal.  JournalHeld names its owner."""
    try:
        return files.take(f"{path}.pid", path)
    except _IN_THE_WAY as error:
        raise JournalBroken(f"journal {path}: cannot be opened: {machine_says(error)}") from error


class Store:
    """Owns lock and connection.  After an error other than "full" it serves nothing but `close`."""

    def __init__(self, path: str, lock: Lock, files: Files, limits: JournalLimits) -> None:
        self.path = path
        self.files = files
        self.limits = limits
        # Erased bytes may lie in a WAL that the last life left behind.
        self.traces = bool(files.size(f"{path}-wal"))
        self.wal_pages = 0
        self._lock = lock
        self._connection: apsw.Connection | None = None
        self._failed: str | None = None
        self._named = False  # the names of database and WAL survive a power cut
        self._cap_pages = 0

    @property
    def connection(self) -> apsw.Connection:
        if self._connection is None:
            raise JournalBroken(f"journal {self.path}: is closed")
        return self._connection

    def connect(self, vfs: str | None) -> None:
        with self.acting("open"):
            if self.traces:
                self.files.renew(f"{self.path}-wal")
            self._connection = apsw.Connection(self.path, vfs=vfs)
            # Closing does no I/O of its own: a broken journal must not be checkpointed on its way out.
            self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            schema.set_pragmas(self._connection, self.path, self.limits)
            self._connection.set_wal_hook(self._committed)
            self.cap(custody=True)

    @contextmanager
    def acting(self, what: str) -> Iterator[None]:
        """One act on the database.  Whatever interrupts it, but a refusal or "full", leaves the store unusable."""
        if self._failed is not None:
            raise JournalBroken(f"journal {self.path}: not used any more after: {self._failed}")
        self._failed = f"{what} was interrupted"
        try:
            yield
        except (JournalFull, Refuse):
            self._failed = None
            raise
        except apsw.FullError as error:
            self._failed = None
            raise JournalFull(f"journal {self.path}: no room to {what}") from error
        except JournalBroken as error:
            self._failed = str(error)
            raise
        except (apsw.Error, OSError) as error:
            self._failed = f"{what}: {type(error).__name__}: {error}"
            raise JournalBroken(f"journal {self.path}: {self._failed}") from error
        else:
            self._failed = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when left.  "Full" and refusals roll back; after other errors nothing is known."""
        self._bound_wal()
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("COMMIT")
        except (apsw.FullError, Refuse) as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, Refuse):
                raise
            raise JournalFull(f"journal {self.path}: no room for a transaction") from error
        if not self._named:
            self.files.sync_directory_of(self.path)
            self._named = True

    def cap(self, custody: bool) -> None:
        """Bound the database: custody events may use the extra above the soft cap."""
        pages = self.limits.hard_pages if custody else self.limits.soft_pages
        if pages != self._cap_pages:
            # SQLite answers with the pages in use where those are more; then only unused pages can be written.
            self.connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
            self._cap_pages = pages

    def finding_room(self, act: Callable[[], T], *, ballast: bool) -> T:
        """Do `act`; without room for it once more after a checkpoint, and at last, with `ballast`, in its blocks."""
        try:
            return act()
        except JournalFull:
            if not self._move_log(apsw.SQLITE_CHECKPOINT_PASSIVE) and not ballast:
                raise
        try:
            return act()
        except JournalFull:
            # Where our own cap is full and not the disk, the ballast's blocks would not help.
            if not ballast or self._at_cap() or not space.release_ballast(self.path, self.files):
                raise
        self._move_log(apsw.SQLITE_CHECKPOINT_PASSIVE)
        return act()

    @property
    def checkpoint_due(self) -> bool:
        return self.traces or self.wal_pages >= self.limits.wal_idle_pages

    def checkpoint(self) -> bool:
        """Move the log into the database, and sweep the traces of what was erased.  False: no room for it now."""
        return self._sweep() if self.traces else self._move_log(apsw.SQLITE_CHECKPOINT_PASSIVE)

    def close(self) -> None:
        """Checkpoint if all is well, and let go of file and lock."""
        try:
            if self._failed is None and self._connection is not None:
                with self.acting("close"):
                    self.checkpoint()
                    self._move_log(apsw.SQLITE_CHECKPOINT_TRUNCATE)  # an empty log need not be renewed at the start
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of file and lock without another byte written."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._failed = self._failed or "it was closed"
        self._lock.release()

    def _at_cap(self) -> bool:
        pages: int = self.connection.execute("PRAGMA page_count").get
        return pages >= self._cap_pages

    def _sweep(self) -> bool:
        """First the tables, then the log: emptied, for what it held is still in its blocks."""
        try:
            with self.transaction():
                writing.sweep(self.connection)
        except JournalFull:
            return False
        if not self._move_log(apsw.SQLITE_CHECKPOINT_TRUNCATE):
            return False
        self.traces = False
        return True

    def _move_log(self, mode: int) -> bool:
        try:
            self.connection.wal_checkpoint(mode=mode)
        except apsw.FullError:
            return False
        self.wal_pages = 0
        return True

    def _bound_wal(self) -> None:
        # When no idle moment came for a checkpoint, it is done here rather than let the log grow on.
        if self.wal_pages >= self.limits.wal_bound_pages:
            self._move_log(apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _committed(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self.wal_pages = pages
        return apsw.SQLITE_OK

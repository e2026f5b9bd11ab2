"""The limits of the journal, each with the reason for its number and what happens there (table: docs/journal.md)."""

from __future__ import annotations

from typing import Final

import msgspec

from edge.core.errors import BadInput

KIB: Final = 1024
MIB: Final = 1024 * KIB

PAGE_BYTES: Final = 4096
MAX_READ_ROWS: Final = 500  # a longer job would keep a scan's commit waiting behind it in the lane


class JournalLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes unless the name says otherwise."""

    entries_per_commit: int = 4096  # twice the most that one input says: a group is cut where it would hold more
    snapshot_every_rows: int = 1000  # keeps start-up to a thousand folds
    snapshots_kept: int = 4  # the newest, one older to fall back on, two more for `verify` to refold between
    soft_cap: int = 1024 * MIB  # of the database; about 7 million rows
    custody_extra: int = 64 * MIB  # above the soft cap, for custody events only
    ballast: int = 2 * MIB  # gives some 400 commits when the partition is full
    reserve: int = 32 * MIB  # below it no new parcel is taken in
    out_of_order: int = 256 * KIB  # less than a group commit needs with its page copies
    low_percent: int = 20  # of the partition, or of the soft cap
    wal_kept: int = 4 * MIB  # blocks the WAL keeps, so that a commit on a full disk finds room
    wal_idle_pages: int = 256  # from here an idle moment is used for a checkpoint
    wal_bound_pages: int = 1024  # 4 MiB, as `wal_kept`: from here the next append checkpoints first, idle or not
    rows_kept: int = 100_000  # some months of an ordinary site, for whoever asks what happened
    compact_rows_per_call: int = 2000  # about 20 ms of the lane
    vacuum_pages_per_call: int = 256  # one MiB given back to the disk at a time

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value <= 0:
                raise BadInput(f"journal limit {name} is {value}; it must be above 0")
        if self.wal_kept < 4 * MIB:
            raise BadInput(
                f"journal limit wal_kept is {self.wal_kept}; at least {4 * MIB} keeps commits alive when full"
            )
        if self.wal_bound_pages <= self.wal_idle_pages:
            raise BadInput(
                f"journal limit wal_bound_pages is {self.wal_bound_pages}; "
                f"it must be above wal_idle_pages {self.wal_idle_pages}"
            )
        if not self.out_of_order < min(self.custody_extra, self.reserve):
            raise BadInput(
                f"journal limit out_of_order is {self.out_of_order}; "
                f"it must be below custody_extra {self.custody_extra} and reserve {self.reserve}"
            )
        if self.snapshots_kept < 2:
            raise BadInput(f"journal limit snapshots_kept is {self.snapshots_kept}; a second one is the fall-back")

    @property
    def soft_pages(self) -> int:
        return self.soft_cap // PAGE_BYTES

    @property
    def hard_pages(self) -> int:
        return (self.soft_cap + self.custody_extra) // PAGE_BYTES

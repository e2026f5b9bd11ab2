"""What the sender is handed: rows to read, somebody to tell, a line to the hub.  The roof connects them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from edge.core.rows import Beside, Fork, Head, Row, Watermark
from sync.envelope import Gap
from sync.watermark import ForkReason, Past

__all__ = ["FoundFork", "Line", "Outbox", "PollFacts", "Reports"]


class FoundFork(Struct, frozen=True):
    """The journal has to begin a new epoch.

    fork: the last row that both have, in an epoch of ours; rows after it are to be linked anew.
    gap: not even the oldest row that we still have is known to the hub; `fork` is then that row.
    mark: what the hub said that it has.
    """

    reason: ForkReason
    fork: Fork
    mark: Watermark
    gap: bool = False


class PollFacts(Struct, frozen=True):
    """What a question for orders tells of the site."""

    after: int = 0  # number of the last order that was handled
    nonce: bytes = b""  # 16 bytes, made within the last minute; empty: no order to open is wanted now
    keys_version: int = 0
    keys: tuple[bytes, ...] = ()  # ids of the keys in the bundle


class Outbox(Protocol):
    """The journal as the sender reads it, through the journal's own lane.  Errors end the process, not the sender."""

    async def past(self) -> tuple[Past, int]:
        """The epochs and bounds of the journal, and the watermark that counts (a row number).

        Where none was ever saved, that is the number below the first row of the present epoch.
        """
        ...

    async def before(self, seq: int) -> Head | None:
        """The link that row `seq` continues; None when it is compacted or lies beyond the next row."""
        ...

    async def rows(self, after: int, limit: int) -> Sequence[tuple[Row, tuple[Beside, ...]]]:
        """Up to `limit` (≤ 500) rows above `after`, ascending, with what lies beside them."""
        ...


class Reports(Protocol):
    """What the sender tells.  Each call is awaited before the sender goes on."""

    async def watermark(self, mark: Watermark) -> None:
        """`mark` counts: the hub has everything up to it.  It lies in the present epoch."""
        ...

    async def rewound(self, mark: Watermark, gap: Gap | None) -> None:
        """The hub has only up to `mark`; nothing above it may be compacted.

        `mark` lies in the present epoch; below its first row when the hub has not even that.

        `gap` is set when rows that it lacks are compacted already: they are declared lost.
        """
        ...

    async def forked(self, found: FoundFork) -> None:
        """A new epoch is needed; once this returns, the outbox has it."""
        ...

    async def order(self, signed: bytes) -> None:
        """A signed order, unverified.  Returns when it is safely in the inbox, in the order of the numbers."""
        ...

    async def signed_time(self, at_s: int) -> None:
        """The hub signed that it is at least `at_s` (seconds since 1970)."""
        ...

    async def link(self, up: bool, reason: str) -> None:
        """The cloud can be reached, or not any more; told on change."""
        ...


class Line(Protocol):
    """A blocking line to the hub, such as `sync.uplink.Uplink`.  Raises Retry or Refuse."""

    def send(self, site: int, sealed: bytes) -> bytes: ...

    def poll(self, site: int, question: bytes) -> bytes: ...

"""When a batch leaves, and what is in it.  Pure.

It leaves when enough rows wait, enough bytes, the oldest is old enough, or something bears on custody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from edge.core.rows import Beside, Row

__all__ = ["MAX_ROWS", "Batching", "Cut", "Waiting", "cut", "travels"]

MAX_ROWS: Final = 500  # one read of the journal's lane; the hub refuses more
MAX_CUT_BYTES: Final = 160 * 1024  # stays below the limit of an envelope even where nothing can be compressed
_ROW_OVERHEAD_BYTES: Final = 96  # numbers, times, kind and heads of CBOR
OF_THE_SITE: Final = "site"  # subject of documents that the hub itself signed: they do not travel back

Travels = Callable[[Beside], bool]


class Batching(Struct, frozen=True, forbid_unknown_fields=True):
    """The policy.  A batch leaves as soon as one of the first three is reached, or a custody event waits."""

    rows: int = 100
    bytes: int = 64 * 1024  # payloads as journaled, before compression
    age_s: float = 60.0  # of the oldest row that waits; monotonic
    heartbeat_s: float = 900.0  # with nothing to send, an empty batch carries the health

    def __post_init__(self) -> None:
        if not 1 <= self.rows <= MAX_ROWS:
            raise ValueError(f"batching rows: {self.rows}, must be 1 to {MAX_ROWS}")


class Waiting(Struct, frozen=True):
    """What waits to be sent, as far as somebody told us."""

    rows: int = 0
    bytes: int = 0
    since_s: float = 0.0  # monotonic instant at which the oldest was committed; meaningless without rows
    at_once: bool = False

    def with_row(self, size: int, now_s: float, *, at_once: bool) -> Waiting:
        """One more row of `size` bytes, committed at `now_s`."""
        return Waiting(
            rows=self.rows + 1,
            bytes=self.bytes + size,
            since_s=self.since_s if self.rows else now_s,
            at_once=self.at_once or at_once,
        )

    def due_s(self, policy: Batching, now_s: float, last_sent_s: float) -> float:
        """The instant at which the next batch is due; `now_s` or earlier: at once."""
        if self.at_once or self.rows >= policy.rows or self.bytes >= policy.bytes:
            return now_s
        if self.rows:
            return self.since_s + policy.age_s
        return last_sent_s + policy.heartbeat_s


class Cut(Struct, frozen=True):
    """What goes into one envelope.  `left_out`: (row, what) for things beside a row that would never fit."""

    rows: tuple[Row, ...] = ()
    besides: tuple[tuple[int, Beside], ...] = ()
    left_out: tuple[tuple[int, Beside], ...] = ()


def travels(beside: Beside) -> bool:
    """Particulars travel; what the hub itself signed does not go back to it."""
    return beside.subject != OF_THE_SITE


def cut(read: Sequence[tuple[Row, tuple[Beside, ...]]], goes: Travels = travels, limit: int = MAX_CUT_BYTES) -> Cut:
    """Take as many rows from the front as fit into `limit` bytes, and at least one.

    A row always fits by itself (`edge.core.rows` bounds it); what lies beside it may not, and is then left out,
    which the envelope declares: one large thing never stops the queue.
    """
    rows: list[Row] = []
    besides: list[tuple[int, Beside]] = []
    left_out: list[tuple[int, Beside]] = []
    room = limit
    for row, beside in read:
        row_size, wanted = _size(row), [thing for thing in beside if goes(thing)]
        if rows and row_size + sum(len(thing.body) for thing in wanted) > room:
            break
        rows.append(row)
        room -= row_size
        for thing in wanted:
            fits = len(thing.body) <= room
            (besides if fits else left_out).append((row.seq, thing))
            room -= len(thing.body) if fits else 0
    return Cut(tuple(rows), tuple(besides), tuple(left_out))


def _size(row: Row) -> int:
    return len(row.payload) + _ROW_OVERHEAD_BYTES

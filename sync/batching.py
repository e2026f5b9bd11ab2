"""When a batch leaves: enough rows, enough bytes, old enough, or something that bears on custody.  Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

__all__ = ["MAX_ROWS", "Batching", "Waiting"]

MAX_ROWS: Final = 500  # one read of the journal's lane; the hub refuses more


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

    def with_row(self, size: int, now_s: float, at_once: bool) -> Waiting:
        """One more row of `size` bytes, committed at `now_s`."""
        return Waiting(
            rows=self.rows + 1,
            bytes=self.bytes + size,
            since_s=self.since_s if self.rows else now_s,
            at_once=self.at_once or at_once,
        )

    def due_s(self, policy: Batching, now_s: float, last_sent_s: float) -> float:
        """The instant at which the next batch is due; in the past or now: at once."""
        if self.at_once or self.rows >= policy.rows or self.bytes >= policy.bytes:
            return now_s
        if self.rows:
            return self.since_s + policy.age_s
        return last_sent_s + policy.heartbeat_s

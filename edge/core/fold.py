"""The one form of the state: what the rows add up to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core import events
from edge.core.errors import BadInput
from edge.core.events.site import Started
from edge.core.rows import Row, Stamp
from edge.core.state import State


def fold(state: State, event: events.Event, seq: int, at: Stamp) -> State:
    """The state after `event` was committed as row `seq`.  Pure."""
    # `started` needs the end of the boot before, and so does a fork that is written in front of it.
    if not isinstance(event, Started) and at.boot == state.boot:
        state = state.with_(mono_ms=at.mono_ms)
    return event.fold(state, at).with_(head=seq)


def fold_rows(state: State, rows: Iterable[Row]) -> State:
    """Fold journal rows, oldest first."""
    for row in rows:
        state = fold(state, events.decode(row.kind, row.payload), row.seq, row.stamp)
    return state


def freeze(state: State) -> bytes:
    """The bytes of a snapshot; the same state always gives the same bytes."""
    books = {name: getattr(state, name) for name in state.__struct_fields__}
    in_order = {name: dict(sorted(book.items())) for name, book in books.items() if isinstance(book, dict)}
    return msgspec.json.encode(state.with_(**in_order))


def thaw(body: bytes) -> State:
    """The state in the bytes of a snapshot.  BadInput when they are none."""
    try:
        return msgspec.json.decode(body, type=State)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"snapshot: {len(body)} bytes that are none: {error}") from None

"""What the books say stands in the wall: commissioning opens doors that nobody journals, so nothing may."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from edge.core.fold import fold_rows, thaw
from edge.core.state import FOLD_VERSION, State
from edge.core.words import ParcelState
from edge.journal import reading
from edge.journal.show import at_rest

__all__ = ["doors_with_parcels"]

_INSIDE: Final = frozenset(
    {
        ParcelState.STANDING,
        ParcelState.LEAVING,
        ParcelState.OVERDUE,
        ParcelState.RETURNING,
        ParcelState.UNCERTAIN,
    }
)


def doors_with_parcels(journal: Path) -> tuple[int, ...]:
    """The doors behind which something stands, or may, by the journal at rest; none where there is no journal.

    JournalHeld names the process that runs the locker; other errors as for any journal that cannot be read.
    """
    if not journal.exists():
        return ()
    with at_rest(str(journal)) as connection:
        snapshot = reading.newest_snapshot(connection, FOLD_VERSION)
        state = State() if snapshot is None else thaw(snapshot.body)
        after = 0 if snapshot is None else snapshot.seq
        state = fold_rows(state, reading.every_row(connection, after, reading.last_seq(connection)))
    inside = {parcel.door for parcel in state.parcels.values() if parcel.door and parcel.state in _INSIDE}
    return tuple(sorted(inside))

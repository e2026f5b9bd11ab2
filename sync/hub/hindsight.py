"""What a locker concluded on a card that had been put back, before it learned of that.

After a power cut a locker concludes from its sensor how an opening ended that it finds in its books.  On a card that
was put back hours later, that opening ended long ago, the rows that say how came from the card that is lost, and what
stands behind the door now may be another parcel.  So of a parcel that the lost card told more of, only what people did
at openings of the new epoch counts.  The locker itself takes all of its own back when it forks: it waits for the
standing list, and nobody's code opens on a conclusion of that kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from edge.core.rows import Row
from sync.hub.lines import line
from sync.hub.store import HubStore

__all__ = ["believed"]

_LEARNED: Final = "epoch_begun"
_BEGUN: Final = "opening_authorised"
_OF_PARCELS: Final = frozenset(
    {
        "parcel_deposited",
        "standing_adopted",
        "parcel_collected",
        "parcel_gone",
        "parcel_uncertain",
        "parcel_declined",
        "parcel_overdue",
        "deposit_abandoned",
        "compartment_to_review",
    }
)
_OF_DOORS: Final = frozenset({"compartment_freed", "compartment_reviewed"})  # whatever is booked behind them


def believed(store: HubStore, site: int, number: int, rows: Sequence[Row]) -> list[Row]:
    """Those of `rows`, stored in epoch `number`, that the books may follow."""
    learned = _learned(store, number)
    if learned is not None and rows[0].seq > learned:
        return list(rows)
    known = _told_by_the_lost_card(store, site, number)
    own = _openings(store, number, rows[-1].seq) if known else set()
    until = rows[-1].seq if learned is None else learned
    return [row for row in rows if row.seq > until or not _is_overtaken(row, own, known)]


def _learned(store: HubStore, number: int) -> int | None:
    """The row of that epoch from which on the site knew; 0 where it is its first life here, None: it does not yet.

    Where the row that says so lies in a declared gap, the site knew behind the gap at the latest.
    """
    epoch = store.one("SELECT fork_seq FROM epochs WHERE number = ?", number)
    if epoch is None or epoch["fork_seq"] is None:
        return 0
    gap = store.one("SELECT before_seq AS seq FROM gaps WHERE epoch = ? ORDER BY before_seq LIMIT 1", number)
    sql = "SELECT seq FROM events WHERE epoch = ? AND kind = ? ORDER BY seq LIMIT 1"
    begun = store.one(sql, number, _LEARNED)
    return min((int(found["seq"]) for found in (gap, begun) if found is not None), default=None)


def _openings(store: HubStore, number: int, until: int) -> set[int]:
    """The openings that were authorised in that epoch: somebody stood there."""
    found = _rows_of(store, number, 0, until, (_BEGUN,))
    return {_number(fields, "opening") for _, fields in found} - {0}


def _is_overtaken(row: Row, own: set[int], known: set[int | str]) -> bool:
    if row.kind not in _OF_PARCELS:
        return False
    fields = _fields(row.payload)
    if _number(fields, "opening") in own:
        return False
    return not known.isdisjoint({_number(fields, "door"), *_parcels(fields)})


def _told_by_the_lost_card(store: HubStore, site: int, number: int) -> set[int | str]:
    """The parcels, and the doors behind which somebody looked, of which the line that was left tells after the fork."""
    before = store.one("SELECT max(number) AS number FROM epochs WHERE site = ? AND number < ?", site, number)
    last = before and store.one("SELECT number, seq FROM epochs WHERE number = ?", before["number"])
    if not last:
        return set()
    shared = {life.number: life.until for life in line(store, site, number, 2**53)}
    told: set[int | str] = set()
    for life in line(store, site, last["number"], last["seq"]):
        after = shared.get(life.number, 0)
        for kind, fields in _rows_of(store, life.number, after, life.until, (*_OF_PARCELS, *_OF_DOORS)):
            told.update(_parcels(fields))
            if kind in _OF_DOORS:
                told.add(_number(fields, "door"))
    return told - {0}


def _rows_of(
    store: HubStore, number: int, after: int, until: int, kinds: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Kind and fields of the rows of those kinds in that stretch."""
    sql = (
        "SELECT kind, payload FROM events WHERE epoch = ? AND seq > ? AND seq <= ?"
        f" AND kind IN ({','.join('?' * len(kinds))}) ORDER BY seq"
    )
    found = store.all(sql, number, after, until, *kinds)
    return [(record["kind"], _fields(record["payload"])) for record in found]


def _fields(payload: bytes) -> dict[str, Any]:
    try:
        fields = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _number(fields: dict[str, Any], name: str) -> int:
    """0 where it is none."""
    value = fields.get(name)
    return value if type(value) is int else 0


def _parcels(fields: dict[str, Any]) -> Iterator[str]:
    """The parcels that an event names, each as text."""
    for name in ("parcel", "parcels", "maybe"):
        value = fields.get(name)
        yield from (item for item in (value if isinstance(value, list) else (value,)) if isinstance(item, str))

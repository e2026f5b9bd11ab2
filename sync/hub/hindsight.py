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
    epoch = store.one("SELECT fork_seq, before_seq FROM epochs WHERE number = ?", number)
    if epoch is None or epoch["fork_seq"] is None:
        return list(rows)
    so_far = _rows_of(store, number, epoch["before_seq"], rows[-1].seq)
    learned = next((seq for seq, kind, _ in so_far if kind == _LEARNED), rows[-1].seq + 1)
    if rows[0].seq > learned:
        return list(rows)
    own = {_number(fields, "opening") for seq, kind, fields in so_far if kind == _BEGUN and seq < learned}
    known = _told_by_the_lost_card(store, site, number)
    return [row for row in rows if row.seq > learned or not _is_overtaken(row, own, known)]


def _is_overtaken(row: Row, own: set[int], known: set[int | str]) -> bool:
    if row.kind not in _OF_PARCELS:
        return False
    fields = _fields(row.payload)
    if _number(fields, "opening") in own - {0}:
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
        for _, kind, fields in _rows_of(store, life.number, shared.get(life.number, 0), life.until):
            if kind in _OF_DOORS:
                told.add(_number(fields, "door"))
            if kind in _OF_PARCELS or kind in _OF_DOORS:
                told.update(_parcels(fields))
    return told - {0}


def _rows_of(store: HubStore, number: int, after: int, until: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Number, kind and fields of what matters here."""
    kinds = sorted(_OF_PARCELS | _OF_DOORS | {_LEARNED, _BEGUN})
    sql = (
        "SELECT seq, kind, payload FROM events WHERE epoch = ? AND seq > ? AND seq <= ?"
        f" AND kind IN ({','.join('?' * len(kinds))}) ORDER BY seq"
    )
    found = store.all(sql, number, after, until, *kinds)
    return [(record["seq"], record["kind"], _fields(record["payload"])) for record in found]


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

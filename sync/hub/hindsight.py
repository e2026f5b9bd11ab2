"""What a locker concluded on a card that had been put back: of openings and parcels of an earlier day.

After a power cut a locker concludes from its sensor how an opening ended that it finds in its books.  On a card that
was put back hours later, that opening ended long ago, the rows that say how came from the card that is lost, and what
stands behind the door now may be another parcel.  So the books do not follow what is concluded of a parcel that the
lost card told more of, until the locker has the standing list: only what people did and said in the new epoch counts.

Nor do they follow twice what they have followed: a fork may lie far below what the hub has, and the rows above it come
again under the name of the new epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from edge.core.rows import Row
from sync.hub.lines import line
from sync.hub.store import HubStore

__all__ = ["believed"]

_FORK_LEARNED: Final = "epoch_begun"
_DOCUMENT: Final = "document_received"
_AUTHORISED: Final = "opening_authorised"
_CONCLUDED: Final = frozenset(
    {
        "parcel_deposited",
        "standing_adopted",
        "parcel_collected",
        "parcel_gone",
        "parcel_uncertain",
        "parcel_overdue",
        "deposit_abandoned",
        "compartment_to_review",
    }
)
_SEEN: Final = frozenset({"compartment_freed", "compartment_reviewed"})  # whatever is booked behind that door
_TOLD: Final = _CONCLUDED | _SEEN | {"parcel_declined"}


def believed(store: HubStore, site: int, epoch: int, rows: Sequence[Row]) -> list[Row]:
    """Those of `rows`, stored as rows of `epoch` (the hub's number), that the books may follow."""
    first, last = rows[0].seq, rows[-1].seq
    until = _doubted_until(store, epoch, last)
    if first > until:
        return list(rows)
    again = _told_again(store, site, epoch, last)
    own = _openings(store, epoch, again, last)
    doubted = [row for row in rows if again < row.seq <= until and _is_concluded(row, own)]
    known = _told_by_the_lost_card(store, site, epoch, again) if doubted else set()
    overtaken = {row.seq for row in doubted if not known.isdisjoint(_named(_fields(row.payload)))}
    return [row for row in rows if row.seq > again and row.seq not in overtaken]


def _doubted_until(store: HubStore, epoch: int, last: int) -> int:
    """The row of that epoch in which the site, having learned of its fork, took a standing list; `last`: not yet.

    Where that lies in a declared gap, it was behind the gap at the latest.  0: the epoch left no other.
    """
    left = store.one("SELECT fork_seq FROM epochs WHERE number = ?", epoch)
    if left is None or left["fork_seq"] is None:
        return 0
    gap = store.one("SELECT before_seq AS seq FROM gaps WHERE epoch = ? ORDER BY before_seq LIMIT 1", epoch)
    kind = "SELECT seq FROM events WHERE epoch = ? AND kind = ? ORDER BY seq LIMIT 1"
    learned = store.one(kind, epoch, _FORK_LEARNED)
    listed = learned and store.one(
        "SELECT seq FROM events WHERE epoch = ? AND seq > ? AND kind = ?"
        """ AND instr(payload, CAST('"name":"standing"' AS BLOB)) > 0 ORDER BY seq LIMIT 1""",
        epoch,
        learned["seq"],
        _DOCUMENT,
    )
    return min((int(found["seq"]) for found in (gap, listed) if found), default=last)


def _told_again(store: HubStore, site: int, epoch: int, last: int) -> int:
    """Up to here the rows of that epoch came before, as rows of another; the place before its first row: none did."""
    sql = (
        "SELECT n.seq FROM events n WHERE n.epoch = ?1 AND n.seq <= ?3 AND NOT EXISTS ("
        " SELECT 1 FROM epochs e JOIN events o ON o.epoch = e.number AND o.seq = n.seq"
        " WHERE e.site = ?2 AND e.number < ?1 AND (o.boot, o.mono_ms, o.wall_ms, o.kind, o.payload)"
        " = (n.boot, n.mono_ms, n.wall_ms, n.kind, n.payload)) ORDER BY n.seq LIMIT 1"
    )
    new = store.one(sql, epoch, site, last)
    return last if new is None else int(new["seq"]) - 1


def _openings(store: HubStore, epoch: int, after: int, last: int) -> set[int]:
    """The openings that were authorised in that epoch: somebody stood there."""
    found = _rows_of(store, epoch, after, last, (_AUTHORISED,))
    return {_number(fields, "opening") for _, fields in found} - {0}


def _is_concluded(row: Row, own: set[int]) -> bool:
    """Neither done at an opening of the new epoch nor said by a person there."""
    if row.kind not in _CONCLUDED:
        return False
    fields = _fields(row.payload)
    opening = _number(fields, "opening")
    complaint = row.kind == "parcel_uncertain" and not opening  # in grace, at the screen
    return opening not in own and not complaint


def _told_by_the_lost_card(store: HubStore, site: int, epoch: int, again: int) -> set[int | str]:
    """The parcels, and the doors behind which somebody looked, of which the line that was left tells after the fork."""
    sql = "SELECT number, seq FROM epochs WHERE site = ? AND number < ? ORDER BY number DESC LIMIT 1"
    left = store.one(sql, site, epoch)
    if left is None:
        return set()
    shared = {life.number: life.until for life in line(store, site, epoch, 2**53)}
    told: set[int | str] = set()
    for life in line(store, site, left["number"], left["seq"]):
        after = max(again, shared.get(life.number, 0))
        for kind, fields in _rows_of(store, life.number, after, life.until, sorted(_TOLD)):
            told |= _named(fields) if kind in _SEEN else set(_parcels(fields))
    return told


def _rows_of(
    store: HubStore, epoch: int, after: int, until: int, kinds: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and fields of the rows of those kinds in that stretch."""
    sql = (
        "SELECT kind, payload FROM events WHERE epoch = ? AND seq > ? AND seq <= ?"
        f" AND kind IN ({','.join('?' * len(kinds))}) ORDER BY seq"
    )
    for record in store.all(sql, epoch, after, until, *kinds):
        yield record["kind"], _fields(record["payload"])


def _fields(payload: bytes) -> dict[str, Any]:
    try:
        fields = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _number(fields: dict[str, Any], name: str) -> int:
    """0 where it is none."""
    value = fields.get(name)
    return value if type(value) is int else 0


def _named(fields: dict[str, Any]) -> set[int | str]:
    """The parcels that an event names, and its door."""
    door = _number(fields, "door")
    parcels: set[int | str] = set(_parcels(fields))
    return parcels | {door} if door else parcels


def _parcels(fields: dict[str, Any]) -> Iterator[str]:
    for name in ("parcel", "parcels", "maybe"):
        value = fields.get(name)
        yield from (item for item in (value if isinstance(value, list) else (value,)) if isinstance(item, str))

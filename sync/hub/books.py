"""Reading the books, for the administrator and the pages: plain values, bounded."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from edge.core.errors import BadInput
from sync.hub.ingest import current_mark
from sync.hub.lines import Life, line
from sync.hub.store import HubStore, Record

__all__ = ["MOST_EVENTS", "events", "orders", "parcels", "site", "sites", "troubles"]

MOST_EVENTS: Final = 1000  # of one answer
_MOST_ROWS: Final = 2000
_SALT_BYTES: Final = 16  # before the particulars that come beside an event


def sites(store: HubStore) -> list[Record]:
    """Every site: number, name, when it was heard of, how many parcels stand there."""
    return store.all(
        "SELECT s.site, s.name, s.address, s.enrolled_at, s.seen_at, s.seq,"
        " (SELECT count(*) FROM parcels p WHERE p.site = s.site AND p.door > 0) AS standing,"
        " (SELECT count(*) FROM troubles t WHERE t.site = s.site) AS troubles"
        " FROM sites s ORDER BY s.site LIMIT ?",
        _MOST_ROWS,
    )


def site(store: HubStore, number: int) -> dict[str, Any]:
    """One site: watermark, health, epochs, declared gaps, what is wrong."""
    record = store.site(number)
    mark = current_mark(store, number)
    epochs = store.all(
        "SELECT number, hex(epoch) AS epoch, before_seq, seq, hex(fork_epoch) AS fork_epoch, fork_seq, began_at, how"
        " FROM epochs WHERE site = ? ORDER BY number DESC LIMIT 50",
        number,
    )
    gaps = store.all(
        "SELECT hex(e.epoch) AS epoch, g.after, g.before_seq + 1 AS first, g.declared_at FROM gaps g"
        " JOIN epochs e ON e.number = g.epoch WHERE e.site = ? ORDER BY g.declared_at DESC LIMIT 50",
        number,
    )
    return {
        "site": number,
        "name": record["name"],
        "address": record["address"],
        "enrolled": record["device"] is not None,
        "seen_at": record["seen_at"],
        "watermark": {"epoch": mark.epoch.hex(), "seq": mark.seq, "hash": mark.hash.hex()},
        "keys": msgspec.json.decode(record["keys"]),
        "last_order": record["last_order"],
        "handled_order": record["handled_order"],
        "health": _health(bytes(record["health"])),
        "epochs": epochs,
        "gaps": gaps,
        "troubles": troubles(store, number),
    }


def troubles(store: HubStore, number: int) -> list[Record]:
    return store.all("SELECT class, what, which, detail FROM troubles WHERE site = ? ORDER BY class, what", number)


def parcels(store: HubStore, number: int) -> list[Record]:
    """Every parcel of a site, those in the wall first.  The tracking number is there until it is erased."""
    store.site(number)
    found = store.all(
        "SELECT p.parcel, p.reservation, p.carrier, p.state, p.door, p.size, p.parcel_kind, p.hold_until, p.told_ms,"
        " coalesce(q.tracking, '') AS tracking, b.body AS beside, r.generation IS NOT NULL AS issued"
        " FROM parcels p LEFT JOIN particulars q ON q.site = p.site AND q.parcel = p.parcel"
        " LEFT JOIN besides b ON b.site = p.site AND b.subject = p.parcel AND b.name = 'particulars'"
        " LEFT JOIN reservations r ON r.site = p.site AND r.reservation = p.reservation"
        " WHERE p.site = ? ORDER BY p.door = 0, p.door, p.told_ms DESC LIMIT ?",
        number,
        _MOST_ROWS,
    )
    for record in found:
        beside = record.pop("beside")
        record["tracking"] = record["tracking"] or _tracking(bytes(beside or b""))
    return found


def orders(store: HubStore, number: int) -> list[Record]:
    store.site(number)
    return store.all(
        "SELECT number, kind, issued_at, expires_at, result FROM orders WHERE site = ? ORDER BY number DESC LIMIT 200",
        number,
    )


def events(store: HubStore, number: int, epoch: str, after: int, limit: int) -> list[dict[str, Any]]:
    """Rows above `after`, as they were journaled: of one epoch (in hexadecimal), or of the line that goes on.

    The line is the present epoch, below its first row the epoch that it left at its fork, and so on: each number once.
    """
    lives = [_life(store, number, epoch)] if epoch else _present_line(store, number)
    found: list[dict[str, Any]] = []
    for life in lives:
        found += store.all(
            "SELECT seq, boot, mono_ms, wall_ms, trust, kind, payload, hash, received_at FROM events"
            " WHERE epoch = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
            life.number,
            after,
            life.until,
            min(limit, MOST_EVENTS) - len(found),
        )
    return [record | {"payload": _text(record["payload"]), "hash": bytes(record["hash"]).hex()} for record in found]


def newest_events(store: HubStore, number: int, most: int) -> list[dict[str, Any]]:
    """The last rows of the present epoch, newest first."""
    seq = int(store.site(number)["seq"])
    return list(reversed(events(store, number, "", max(0, seq - most), most)))


def _life(store: HubStore, number: int, epoch: str) -> Life:
    try:
        wanted = bytes.fromhex(epoch)
    except ValueError:
        raise BadInput(f"epoch: {epoch[:20]!r} is not hexadecimal") from None
    found = store.one("SELECT number, seq FROM epochs WHERE site = ? AND epoch = ?", number, wanted)
    if found is None:
        raise BadInput(f"epoch: {epoch} never came from site {number}")
    return Life(found["number"], found["seq"])


def _present_line(store: HubStore, number: int) -> list[Life]:
    record = store.site(number)
    return line(store, number, record["epoch"], record["seq"])


def _text(payload: bytes) -> str:
    return bytes(payload).decode(errors="backslashreplace")


def _health(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data or b"{}")
    except msgspec.DecodeError:
        return {}


def _tracking(beside: bytes) -> str:
    """The tracking number in what lies beside an event: JSON behind a salt."""
    try:
        known = msgspec.json.decode(beside[_SALT_BYTES:] or b"{}")
    except msgspec.DecodeError:
        return ""
    return str(known.get("tracking", ""))[:64] if isinstance(known, dict) else ""

"""Taking rows in: only the next number onward, only when the chain holds, committed before the answer.

What a row *says* is never a reason to refuse it: kinds that this hub does not know are stored as they came.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from edge.core.errors import BadInput
from edge.core.rows import Head, Row, Watermark, genesis
from sync.envelope import Batch, split, unseal
from sync.hub.hindsight import believed
from sync.hub.projection import erase_beside, project
from sync.hub.store import HubStore, Record
from sync.signed import digest
from sync.watermark import NOTHING, Reply, TheirEpoch, WhyNot

__all__ = ["current_mark", "ingest"]

_MAX_BESIDE_NAMES: Final = 16  # of one subject; more is no particulars of ours


class _Judged(Struct, frozen=True):
    """What becomes of a batch.  `skip`: so many of its first rows are here already, identical."""

    why_not: WhyNot = WhyNot.TAKEN
    skip: int = 0
    how: str = ""  # begins an epoch: first, fork, anew, gap


def ingest(store: HubStore, site: int, sealed: bytes, now_s: int) -> Reply:
    """Take the batch in, or say why not; the answer carries the watermark either way.

    Raises BadInput for what is no sound envelope, NotAllowed for an unknown site or a wrong signature.
    """
    batch = unseal(sealed, store.device_of(site))
    if batch.site != site:
        raise BadInput(f"batch: of site {batch.site}, sent as site {site}")
    with store.transaction():
        epoch = store.one("SELECT * FROM epochs WHERE site = ? AND epoch = ?", site, batch.epoch)
        agrees = epoch is not None and _has_place(store, epoch, batch.before)
        judged = _judge(store, batch, epoch, agrees=agrees)
        if judged.why_not is WhyNot.TAKEN and len(batch.rows) > judged.skip:
            _append(store, batch, epoch, judged, split(sealed)[0], now_s)
        if judged.why_not is WhyNot.TAKEN:
            _put_health(store, batch, now_s)
        return _reply(store, batch, sealed, now_s, agrees=agrees, why_not=judged.why_not)


def current_mark(store: HubStore, site: int) -> Watermark:
    record = store.site(site)
    epoch = store.one("SELECT epoch FROM epochs WHERE number = ?", record["epoch"])
    return NOTHING if epoch is None else Watermark(bytes(epoch["epoch"]), record["seq"], bytes(record["hash"]))


def _judge(store: HubStore, batch: Batch, epoch: Record | None, *, agrees: bool) -> _Judged:
    site = store.site(batch.site)
    if epoch is None:
        return _judge_new_epoch(store, batch, site)
    if epoch["number"] != site["epoch"]:
        return _Judged(WhyNot.SUPERSEDED)
    if batch.before.seq > epoch["seq"]:
        declared = batch.gap is not None and batch.gap.after == epoch["seq"]
        return _Judged() if declared else _Judged(WhyNot.GAP)
    if not agrees:
        return _Judged(WhyNot.OTHER_HASH)
    here = [row for row in batch.rows if row.seq <= epoch["seq"]]
    same = all(_hash_of(store, epoch["number"], row.seq) == row.hash for row in here)
    return _Judged(skip=len(here)) if same else _Judged(WhyNot.OTHER_HASH)


def _judge_new_epoch(store: HubStore, batch: Batch, site: Record) -> _Judged:
    begins = batch.before.hash == genesis(batch.site, batch.epoch)
    if batch.gap is not None and batch.gap.after in (0, site["seq"]):
        return _Judged(how="gap")
    if batch.fork is not None and begins:
        left = store.one("SELECT * FROM epochs WHERE site = ? AND epoch = ?", batch.site, batch.fork.epoch)
        known = left is not None and _has_place(store, left, Head(batch.fork.seq, batch.fork.hash))
        if known:
            return _Judged(how="fork")
        return _Judged(WhyNot.FORK_UNKNOWN)
    if batch.fork is None and begins and batch.before.seq == 0:
        return _Judged(how="anew" if site["epoch"] else "first")
    return _Judged(WhyNot.FORK_NOT_NAMED)


def _has_place(store: HubStore, epoch: Record, place: Head) -> bool:
    """A place is a row, or what stands before the first row of an epoch or behind a gap."""
    if place.seq == epoch["before_seq"]:
        return bool(place.hash == epoch["before_hash"])
    if _hash_of(store, epoch["number"], place.seq) == place.hash:
        return True
    sql = "SELECT 1 AS n FROM gaps WHERE epoch = ? AND before_seq = ? AND before_hash = ?"
    return store.one(sql, epoch["number"], place.seq, place.hash) is not None


def _hash_of(store: HubStore, epoch_number: int, seq: int) -> bytes | None:
    found = store.one("SELECT hash FROM events WHERE epoch = ? AND seq = ?", epoch_number, seq)
    return None if found is None else bytes(found["hash"])


def _append(store: HubStore, batch: Batch, epoch: Record | None, judged: _Judged, head: bytes, now_s: int) -> None:
    """Inside the transaction: rows, epoch, watermark, what lies beside, and what the rows add up to."""
    end = batch.end
    number = _begin_epoch(store, batch, judged, head, now_s) if epoch is None else int(epoch["number"])
    if batch.gap is not None:
        before = batch.before
        store.run("INSERT INTO gaps VALUES (?, ?, ?, ?, ?)", number, batch.gap.after, before.seq, before.hash, now_s)
    fresh = batch.rows[judged.skip :]
    for row in fresh:
        _insert(store, number, row, now_s)
    store.run("UPDATE epochs SET seq = ?, hash = ?, anchor = ? WHERE number = ?", end.seq, end.hash, head, number)
    store.run("UPDATE sites SET epoch = ?, seq = ?, hash = ? WHERE site = ?", number, end.seq, end.hash, batch.site)
    for seq, beside in batch.besides:
        if seq >= fresh[0].seq and beside.until_erased:
            _put_beside(store, batch.site, beside.subject, beside.name, beside.body)
    # After what lies beside: an erasure in the same batch is the last word.
    for row in believed(store, batch.site, number, fresh):
        project(store, batch.site, row)


def _begin_epoch(store: HubStore, batch: Batch, judged: _Judged, head: bytes, now_s: int) -> int:
    epoch, seq = _left(store, batch)
    store.run(
        "INSERT INTO epochs"
        " (site, epoch, before_seq, before_hash, seq, hash, fork_epoch, fork_seq, began_at, how, anchor)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        batch.site,
        batch.epoch,
        batch.before.seq,
        batch.before.hash,
        batch.end.seq,
        batch.end.hash,
        epoch,
        seq,
        now_s,
        judged.how,
        head,
    )
    found = store.one("SELECT number FROM epochs WHERE site = ? AND epoch = ?", batch.site, batch.epoch)
    return int(found["number"]) if found else 0


def _left(store: HubStore, batch: Batch) -> tuple[bytes | None, int | None]:
    """The epoch that this one goes on from, and its last row that both have.

    Where the fork lies in the declared gap, that is what the hub has of the site up to the gap.
    """
    fork, gap = batch.fork, batch.gap
    known = fork and store.one("SELECT 1 AS n FROM epochs WHERE site = ? AND epoch = ?", batch.site, fork.epoch)
    if not known and gap is not None and gap.after:
        return current_mark(store, batch.site).epoch, gap.after
    return (fork.epoch, fork.seq) if fork else (None, None)


def _insert(store: HubStore, epoch_number: int, row: Row, now_s: int) -> None:
    store.run(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        epoch_number,
        row.seq,
        row.boot,
        row.mono_ms,
        row.wall_ms,
        row.trust,
        row.kind,
        row.payload,
        row.hash,
        now_s,
    )


def _put_beside(store: HubStore, site: int, subject: str, name: str, body: bytes) -> None:
    names = store.all("SELECT name FROM besides WHERE site = ? AND subject = ?", site, subject)
    if len(names) >= _MAX_BESIDE_NAMES:
        erase_beside(store, site, subject)
    store.run("INSERT OR REPLACE INTO besides VALUES (?, ?, ?, ?)", site, subject, name, body)


def _put_health(store: HubStore, batch: Batch, now_s: int) -> None:
    store.run("UPDATE sites SET seen_at = ? WHERE site = ?", now_s, batch.site)
    if batch.health:
        store.run("UPDATE sites SET health = ? WHERE site = ?", batch.health, batch.site)


def _reply(store: HubStore, batch: Batch, sealed: bytes, now_s: int, *, agrees: bool, why_not: WhyNot) -> Reply:
    mark = current_mark(store, batch.site)
    theirs = TheirEpoch.CURRENT if mark.epoch == batch.epoch else TheirEpoch.UNKNOWN
    if theirs is TheirEpoch.UNKNOWN and store.one(
        "SELECT 1 AS n FROM epochs WHERE site = ? AND epoch = ?", batch.site, batch.epoch
    ):
        theirs = TheirEpoch.SUPERSEDED
    return Reply(
        site=batch.site,
        epoch=mark.epoch,
        seq=mark.seq,
        hash=mark.hash,
        to=digest(sealed),
        issued_at=now_s,
        theirs=theirs,
        agrees=agrees,
        why_not=why_not,
    )

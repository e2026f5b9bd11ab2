"""A new life of the journal, after its card was copied, restored or moved to another machine.

Two sites that run from one copied card would both write row 4712, and a restored card would write numbers that the
hub already has.  So a new epoch leaves the old one at a fork: the last row that both have in common.  Rows up to the
fork stay as they are.  Rows above it keep their numbers, stamps and payloads, and are linked anew behind the genesis
of the new epoch, so that the hub takes them as the first rows of a journal it has never seen.
"""

from __future__ import annotations

import apsw

from edge.core.errors import BadInput
from edge.core.rows import EPOCH_BYTES, Epoch, Fork, Head, genesis, rehash
from edge.journal import reading, schema


def check_fork(connection: apsw.Connection, epoch: bytes, fork: Fork) -> None:
    """Refuse a fork that is not a place in this journal."""
    lives = {life.epoch: life for life in reading.epochs(connection)}
    if len(epoch) != EPOCH_BYTES or epoch in lives:
        raise BadInput(f"new epoch {epoch.hex()} must have {EPOCH_BYTES} bytes and be none of this journal's")
    life = lives.get(fork.epoch)
    if life is None:
        raise BadInput(f"fork names epoch {fork.epoch.hex()}, which this journal never had")
    place = reading.place_in(connection, life, fork.seq)
    if place is None:
        first, head = reading.base(connection).seq, reading.head(connection).seq
        raise BadInput(f"fork names row {fork.seq}; this journal holds rows {first} to {head}")
    if place.hash != fork.hash:
        raise BadInput(f"fork names row {fork.seq} with hash {fork.hash.hex()[:16]}…; ours is {place.hash.hex()[:16]}…")


def leave_at(connection: apsw.Connection, epoch: bytes, fork: Fork) -> Head:
    """Inside a transaction: begin `epoch` at `fork`, link the rows above it anew, return the new head."""
    site = schema.get_int(connection, "site")
    life = Epoch(epoch, fork.seq + 1, fork)
    connection.execute(
        "INSERT INTO epochs (epoch, first_seq, fork_epoch, fork_seq, fork_hash) VALUES (?, ?, ?, ?, ?)",
        (life.epoch, life.first_seq, fork.epoch, fork.seq, fork.hash),
    )
    head = Head(fork.seq, genesis(site, epoch))
    # The hub has, or never will have, everything up to the fork under the old name; its watermark begins here.
    for name, value in watermark_meta(epoch, head).items():
        schema.put_meta(connection, name, value)
    for row in reading.every_row(connection, fork.seq, reading.last_seq(connection)):
        digest = rehash(head.hash, row)
        connection.execute("UPDATE rows SET hash = ? WHERE seq = ?", (digest, row.seq))
        connection.execute("UPDATE snapshots SET hash = ? WHERE seq = ?", (digest, row.seq))
        head = Head(row.seq, digest)
    return head


def watermark_meta(epoch: bytes, head: Head) -> dict[str, int | str | bytes]:
    """What `reading.watermark` reads back."""
    return {"watermark_epoch": epoch, "watermark_seq": head.seq, "watermark_hash": head.hash}

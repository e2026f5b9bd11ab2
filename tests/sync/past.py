"""Journals of a few rows, made by rule, for tests of the sync: no file, real hashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.core.rows import Beside, Epoch, Fork, Head, Row, Stamp, genesis, link
from sync.envelope import Batch
from sync.watermark import Past

SITE: Final = 4711
EPOCH: Final = bytes.fromhex("0a0b0c0d0e0f0001")
LATER: Final = bytes.fromhex("0a0b0c0d0e0f0002")
FOREIGN: Final = bytes.fromhex("ffffffffffffff01")
DEVICE: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HUB: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
HUB_KID: Final = b"\x00\x09"


def follow(before: Head, count: int, kind: str = "door_closed", payload: bytes = b'{"door":7}') -> tuple[Row, ...]:
    """`count` rows after `before`."""
    rows: list[Row] = []
    previous = before.hash
    for seq in range(before.seq + 1, before.seq + 1 + count):
        stamp = Stamp(boot=1, mono_ms=1000 * seq, wall_ms=1_770_000_000_000 + 1000 * seq, trust="ntp")
        rows.append(link(previous, seq, stamp, kind, payload))
        previous = rows[-1].hash
    return tuple(rows)


def begin(epoch: bytes = EPOCH, seq: int = 0) -> Head:
    """The place before the first row of an epoch that begins after row `seq`."""
    return Head(seq, genesis(SITE, epoch))


def end(rows: Sequence[Row]) -> Head:
    return Head(rows[-1].seq, rows[-1].hash)


def past_of(rows: Sequence[Row], *, first: int = 1) -> Past:
    """A site with one epoch whose rows below `first` are compacted."""
    base = begin() if first == 1 else Head(rows[first - 2].seq, rows[first - 2].hash)
    return Past(SITE, (Epoch(EPOCH, 1),), base, end(rows))


def forked(common: Sequence[Row], later: Sequence[Row]) -> Past:
    """A site that left EPOCH after `common` and has written `later` since."""
    fork = Fork(EPOCH, common[-1].seq, common[-1].hash)
    lives = (Epoch(EPOCH, 1), Epoch(LATER, fork.seq + 1, fork))
    return Past(SITE, lives, begin(), end(later))


def batch_of(rows: Sequence[Row], before: Head, epoch: bytes = EPOCH, fork: Fork | None = None) -> Batch:
    return Batch(site=SITE, epoch=epoch, before=before, rows=tuple(rows), fork=fork, sent_at_s=1_770_000_900)


def with_beside(rows: Sequence[Row], before: Head, body: bytes = b"tracking JD014600039921") -> Batch:
    beside = (rows[0].seq, Beside("00112233aabbccdd", "particulars", body))
    return Batch(site=SITE, epoch=EPOCH, before=before, rows=tuple(rows), besides=(beside,), health=b'{"doors":24}')

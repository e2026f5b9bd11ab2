"""The batch: rows of the journal on their way to the hub, with what proves them.

    sealed = [ head, body ]                       canonical CBOR, two byte strings
    head   = COSE_Sign1 by the device key over {site, epoch, first, before, last, after, body, sent_at, fork?, gap?}
    body   = zstd of canonical CBOR {rows, besides?, left_out?, health?};   head.body = SHA-256 of these bytes

`before` and `after` are the hashes of the chain before the first row and after the last; rows travel without theirs,
and without their numbers, which are dense.  The head alone proves what a site had at `last`: the hub keeps it, while
particulars in the body are erased when their time comes.  Reading checks in the order of cost: size, signature,
digest, then the bounded decompression, then the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta, Struct

from edge.core import cose
from edge.core.errors import BadInput
from edge.core.rows import (
    EPOCH_BYTES,
    HASH_BYTES,
    MAX_BESIDE_BYTES,
    MAX_KIND_CHARACTERS,
    MAX_PAYLOAD_BYTES,
    Beside,
    Fork,
    Head,
    Row,
    Stamp,
    first_break,
    genesis,
    link,
)
from sync.batching import MAX_ROWS
from sync.signed import DIGEST_BYTES, MessageType, digest, only, plain, read_signed, shaped, sign

__all__ = [
    "MAX_RAW_BYTES",
    "MAX_SEALED_BYTES",
    "Batch",
    "Gap",
    "LeftOut",
    "TooLarge",
    "seal",
    "site_of",
    "split",
    "unseal",
]

MAX_SEALED_BYTES: Final = 256 * 1024  # passes the narrowest of the transports, and a mobile link in seconds
MAX_RAW_BYTES: Final = 4 * 1024 * 1024  # what a body may grow to; sixteen times the sealed limit
MAX_HEALTH_BYTES: Final = 16 * 1024
_MAX_HEAD_BYTES: Final = 1024
_LEVEL: Final = 3  # of zstd: higher levels cost CPU and gain nothing on rows this small
_MAX_WINDOW_BYTES: Final = MAX_RAW_BYTES

Seq = Annotated[int, Meta(ge=0, lt=2**62)]
Milliseconds = Annotated[int, Meta(ge=-(2**62), lt=2**62)]
EpochId = Annotated[bytes, Meta(min_length=EPOCH_BYTES, max_length=EPOCH_BYTES)]
Hash = Annotated[bytes, Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]


class TooLarge(BadInput):
    """More than an envelope takes; fewer rows would fit."""


class Gap(Struct, frozen=True):
    """Declared: rows after `after`, up to the first of this batch, exist no more.

    `after` is the hub's watermark; 0 where an epoch leaves another at a row that the hub never had.
    """

    after: Seq


class LeftOut(Struct, frozen=True, array_like=True):
    """Declared: something beside row `seq` that was too large to travel."""

    seq: Seq
    subject: str
    name: str


class Batch(Struct, frozen=True, kw_only=True):
    """Rows of one epoch, dense, with the chain's hash on both sides.

    A batch may be empty: it then says where the site stands, and carries the health.
    """

    site: int
    epoch: bytes
    before: Head  # the place before the first row
    rows: tuple[Row, ...] = ()
    besides: tuple[tuple[int, Beside], ...] = ()  # number of the row, and what lies beside it
    left_out: tuple[LeftOut, ...] = ()
    fork: Fork | None = None  # where the epoch left another; told where its first row, or a gap, is in the batch
    gap: Gap | None = None
    sent_at_s: int = 0  # the site's wall clock, a label
    health: bytes = b""  # JSON, the latest wins; not an event

    @property
    def first(self) -> int:
        """The number of the first row; of the next one, where the batch is empty."""
        return self.before.seq + 1

    @property
    def end(self) -> Head:
        """The place after the last row."""
        return Head(self.rows[-1].seq, self.rows[-1].hash) if self.rows else self.before


class _ForkWire(Struct, frozen=True):
    epoch: EpochId
    seq: Seq
    hash: Hash


class _HeadWire(Struct, frozen=True, omit_defaults=True, kw_only=True):
    site: Annotated[int, Meta(ge=1, lt=2**32)]
    epoch: EpochId
    first: Annotated[int, Meta(ge=1, lt=2**62)]
    before: Hash
    last: Seq
    after: Hash
    body: Annotated[bytes, Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]
    sent_at: Annotated[int, Meta(ge=0, lt=2**62)] = 0
    fork: _ForkWire | None = None
    gap: Gap | None = None


class _RowWire(Struct, frozen=True, array_like=True):
    boot: Seq
    mono_ms: Milliseconds
    wall_ms: Milliseconds
    trust: Annotated[str, Meta(max_length=16)]
    kind: Annotated[str, Meta(min_length=1, max_length=MAX_KIND_CHARACTERS)]
    payload: Annotated[bytes, Meta(max_length=MAX_PAYLOAD_BYTES)]


class _BesideWire(Struct, frozen=True, array_like=True):
    seq: Seq
    subject: Annotated[str, Meta(max_length=64)]
    name: Annotated[str, Meta(max_length=64)]
    body: Annotated[bytes, Meta(max_length=MAX_BESIDE_BYTES)]
    until_erased: bool


class _BodyWire(Struct, frozen=True, omit_defaults=True, kw_only=True):
    rows: Annotated[list[_RowWire], Meta(max_length=MAX_ROWS)] = []
    besides: Annotated[list[_BesideWire], Meta(max_length=4 * MAX_ROWS)] = []
    left_out: Annotated[list[LeftOut], Meta(max_length=4 * MAX_ROWS)] = []
    health: Annotated[bytes, Meta(max_length=MAX_HEALTH_BYTES)] = b""


def seal(batch: Batch, key: Ed25519PrivateKey) -> bytes:
    """Return the envelope of `batch`, signed by the device's `key`.

    Raises TooLarge beyond the limits, BadInput for rows that are not the dense continuation of `before`.
    """
    if len(batch.rows) > MAX_ROWS:
        raise TooLarge(f"batch: {len(batch.rows)} rows, limit {MAX_ROWS}")
    _check_chain(batch)
    raw = cose.encode(plain(_body_of(batch)))
    if len(raw) > MAX_RAW_BYTES:
        raise TooLarge(f"batch: {len(raw)} bytes before compression, limit {MAX_RAW_BYTES}")
    body = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(raw)
    sealed = cose.encode([sign(_head_of(batch, digest(body)), MessageType.BATCH, key), body])
    if len(sealed) > MAX_SEALED_BYTES:
        raise TooLarge(f"batch: {len(sealed)} bytes, limit {MAX_SEALED_BYTES}")
    return sealed


def unseal(sealed: bytes, device_public: bytes) -> Batch:
    """Return the batch in `sealed` when everything about it holds; raise BadInput or NotAllowed otherwise."""
    head_bytes, body_bytes = split(sealed)
    head = read_signed(head_bytes, MessageType.BATCH, _HeadWire, only(device_public), _MAX_HEAD_BYTES)
    if digest(body_bytes) != head.body:
        raise BadInput("batch: the body is not the one that was signed")
    body = shaped(cose.decode(_unpacked(body_bytes), MAX_RAW_BYTES), _BodyWire, "batch body")
    batch = _batch_of(head, body)
    if head.last != batch.end.seq:
        raise BadInput(f"batch: {len(batch.rows)} rows from {head.first}, but it says that the last is {head.last}")
    if head.after != batch.end.hash:
        raise BadInput(f"batch: the chain from row {head.first} to {head.last} does not end in the hash that it says")
    _check_bounds(batch)
    return batch


def split(sealed: bytes) -> tuple[bytes, bytes]:
    """The signed head and the packed body, neither of them believed yet."""
    if len(sealed) > MAX_SEALED_BYTES:
        raise TooLarge(f"batch: {len(sealed)} bytes, limit {MAX_SEALED_BYTES}")
    parts = cose.decode(sealed, MAX_SEALED_BYTES)
    if not (isinstance(parts, list) and len(parts) == 2 and all(isinstance(part, bytes) for part in parts)):
        raise BadInput("batch: not a list of two byte strings")
    return parts[0], parts[1]


def site_of(sealed: bytes) -> int:
    """The site that an envelope claims to come from: to find the key to check it with, nothing else."""
    head = cose.read_sign1(split(sealed)[0], _MAX_HEAD_BYTES, MessageType.BATCH)
    return shaped(cose.decode(head.payload, _MAX_HEAD_BYTES), _HeadWire, "batch head").site


def _unpacked(body: bytes) -> bytes:
    """Decompress, but never to more than the frame says, nor more than the limit (a small bomb makes gigabytes)."""
    try:
        frame = zstandard.get_frame_parameters(body)
        if frame.content_size > MAX_RAW_BYTES:  # an unknown size reads as 2**64 - 1
            raise TooLarge(f"batch body: unpacks to {frame.content_size} bytes, limit {MAX_RAW_BYTES}")
        unpacker = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES)
        return unpacker.decompress(body, max_output_size=MAX_RAW_BYTES, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise BadInput(f"batch body: not zstd: {error}") from None


def _check_chain(batch: Batch) -> None:
    if broken := first_break(batch.before, batch.rows):
        raise BadInput(f"batch: {broken}")


def _check_bounds(batch: Batch) -> None:
    """What signature and chain do not say."""
    inside = range(batch.first, batch.end.seq + 1)
    stray: Sequence[int] = [seq for seq, _ in batch.besides if seq not in inside]
    if stray:
        raise BadInput(f"batch: something lies beside row {stray[0]}, which is not in it ({batch.first} onward)")
    begins = batch.before.hash == genesis(batch.site, batch.epoch)
    if batch.fork is not None and begins and batch.first != batch.fork.seq + 1:
        raise BadInput(f"batch: epoch begins with row {batch.first}, but left another at row {batch.fork.seq}")
    if batch.gap is not None and batch.gap.after >= batch.before.seq:
        raise BadInput(f"batch: declares a gap after row {batch.gap.after}, but begins with row {batch.first}")


def _head_of(batch: Batch, body_digest: bytes) -> _HeadWire:
    fork = batch.fork
    return _HeadWire(
        site=batch.site,
        epoch=batch.epoch,
        first=batch.first,
        before=batch.before.hash,
        last=batch.end.seq,
        after=batch.end.hash,
        body=body_digest,
        sent_at=batch.sent_at_s,
        fork=_ForkWire(fork.epoch, fork.seq, fork.hash) if fork else None,
        gap=batch.gap,
    )


def _body_of(batch: Batch) -> _BodyWire:
    return _BodyWire(
        rows=[_RowWire(r.boot, r.mono_ms, r.wall_ms, r.trust, r.kind, r.payload) for r in batch.rows],
        besides=[_BesideWire(seq, b.subject, b.name, b.body, b.until_erased) for seq, b in batch.besides],
        left_out=list(batch.left_out),
        health=batch.health,
    )


def _batch_of(head: _HeadWire, body: _BodyWire) -> Batch:
    """Number the rows and hash them from `before` on."""
    rows: list[Row] = []
    before = Head(head.first - 1, head.before)
    previous = before.hash
    for seq, wire in enumerate(body.rows, start=head.first):
        stamp = Stamp(wire.boot, wire.mono_ms, wire.wall_ms, wire.trust)
        rows.append(link(previous, seq, stamp, wire.kind, wire.payload))
        previous = rows[-1].hash
    return Batch(
        site=head.site,
        epoch=head.epoch,
        before=before,
        rows=tuple(rows),
        besides=tuple((b.seq, Beside(b.subject, b.name, b.body, b.until_erased)) for b in body.besides),
        left_out=tuple(body.left_out),
        fork=Fork(head.fork.epoch, head.fork.seq, head.fork.hash) if head.fork else None,
        gap=head.gap,
        sent_at_s=head.sent_at,
        health=body.health,
    )

"""What a journal is made of: rows in a chain of hashes, and what travels beside them.

    hash(row) = SHA-256( hash(row before) ‖ canonical(row) )        the first row of an epoch follows its genesis

The chain makes the journal tamper-evident; particulars lie *beside* a row, outside of the chain, so that they can be
erased without touching it.  Site, hub and verifier share this file, so that they cannot disagree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

import cbor2
import msgspec

EPOCH_BYTES: Final = 8
HASH_BYTES: Final = 32

# A row is read, hashed and sent whole; these keep one of them far below one envelope and one SQLite page chain.
MAX_KIND_CHARACTERS: Final = 64
MAX_PAYLOAD_BYTES: Final = 64 * 1024
MAX_BESIDE_BYTES: Final = 512 * 1024  # the largest is a roster or a standing list


class Stamp(msgspec.Struct, frozen=True):
    """When something was told to the runtime."""

    boot: int  # number of this life of the runtime, from 1, durable
    mono_ms: int  # monotonic, since the start of this boot
    wall_ms: int  # Unix time as the clock had it; only as good as `trust`
    trust: str  # a ClockTrust


class Row(msgspec.Struct, frozen=True):
    """One event as it stands in the journal."""

    seq: int  # from 1, dense
    boot: int
    mono_ms: int
    wall_ms: int
    trust: str
    kind: str
    payload: bytes
    hash: bytes

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.boot, self.mono_ms, self.wall_ms, self.trust)


class Beside(msgspec.Struct, frozen=True):
    """Particulars or a document that lie beside an event: outside of the chain, erasable.

    One body per (subject, name); a later one replaces it.  With `until_erased` it stays until an entry erases its
    subject; without, it only travels with its row and goes when the row is compacted.
    """

    subject: str  # whom or what it is about: a parcel's id, or "site"
    name: str  # "particulars", "roster", …
    body: bytes
    until_erased: bool = True


class Entry(msgspec.Struct, frozen=True):
    """One event on its way into the journal, with what lies beside it and whose particulars it erases."""

    kind: str
    payload: bytes
    beside: tuple[Beside, ...] = ()
    erase: tuple[str, ...] = ()  # subjects; erased before `beside` of the same entry is stored
    stamp: Stamp | None = None  # its own, where one commit holds what was told at several moments


class Head(msgspec.Struct, frozen=True):
    """A place in the chain: the number of a row and the hash up to it."""

    seq: int
    hash: bytes


class Watermark(msgspec.Struct, frozen=True):
    """The highest row that the hub has committed, and of which life of the journal."""

    epoch: bytes
    seq: int
    hash: bytes


class Fork(msgspec.Struct, frozen=True):
    """Where a new epoch leaves an old one: the last row that both have in common."""

    epoch: bytes
    seq: int
    hash: bytes


class Epoch(msgspec.Struct, frozen=True):
    """One life of the journal.  Numbers go on across epochs: an epoch with a fork begins at fork.seq + 1."""

    epoch: bytes
    first_seq: int
    fork: Fork | None = None


class Snapshot(msgspec.Struct, frozen=True):
    """The folded state after row `seq`."""

    seq: int
    hash: bytes
    fold_version: int
    body: bytes


def genesis(site: int, epoch: bytes) -> bytes:
    """The hash before the first row of an epoch.  `site` below 2³², `epoch` of 8 bytes."""
    return hashlib.sha256(b"locker-edge journal" + site.to_bytes(4, "big") + epoch).digest()


def canonical(seq: int, stamp: Stamp, kind: str, payload: bytes) -> bytes:
    """The one byte form of a row: a CBOR array of shortest integers, texts and one byte string."""
    return cbor2.dumps([seq, stamp.boot, stamp.mono_ms, stamp.wall_ms, stamp.trust, kind, payload])


def chain(previous: bytes, canonical_row: bytes) -> bytes:
    return hashlib.sha256(previous + canonical_row).digest()


def link(previous: bytes, seq: int, stamp: Stamp, kind: str, payload: bytes) -> Row:
    """The row that follows `previous`."""
    return Row(
        seq=seq,
        boot=stamp.boot,
        mono_ms=stamp.mono_ms,
        wall_ms=stamp.wall_ms,
        trust=stamp.trust,
        kind=kind,
        payload=payload,
        hash=chain(previous, canonical(seq, stamp, kind, payload)),
    )


def rehash(previous: bytes, row: Row) -> bytes:
    """The hash that `row` ought to have after `previous`."""
    return chain(previous, canonical(row.seq, row.stamp, row.kind, row.payload))


def first_break(before: Head, rows: Iterable[Row]) -> str | None:
    """The first place where `rows` are not the dense, unaltered continuation of `before`; None when they are."""
    seq, digest = before.seq, before.hash
    for row in rows:
        if row.seq != seq + 1:
            return f"row {seq + 1} is missing; row {row.seq} follows row {seq}"
        if rehash(digest, row) != row.hash:
            return f"row {row.seq} ({row.kind}) does not match its hash"
        seq, digest = row.seq, row.hash
    return None

"""A journal on a simulated card, with a small fold of its own: what every test of the journal starts from."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable

from edge.core.rows import Beside, Entry, Row, Stamp
from edge.journal import Files, Journal, JournalLimits
from tests.sim.disk import SimDisk

PATH = "/card/journal.db"
SITE = 4711
FOLD_VERSION = 3
STAMP = Stamp(boot=1, mono_ms=1000, wall_ms=1_800_000_000_000, trust="ntp")

KIB = 1024
# A card of a few hundred KiB, so that a test can fill it.
SMALL = JournalLimits(
    ballast=64 * KIB,
    reserve=256 * KIB,
    out_of_order=32 * KIB,
    soft_cap=4096 * KIB,
    custody_extra=256 * KIB,
    wal_idle_pages=16,
    wal_bound_pages=32,
)


def chance(seed: int) -> Callable[[int], bytes]:
    return random.Random(seed).randbytes


def open_on(
    disk: SimDisk,
    *,
    site: int = SITE,
    machine_id: str = "machine-a",
    limits: JournalLimits = SMALL,
    fold_version: int = FOLD_VERSION,
    files: Files | None = None,
) -> Journal:
    return Journal.open(
        PATH,
        site=site,
        fold_version=fold_version,
        machine_id=machine_id,
        random_bytes=disk.chance.randbytes,
        limits=limits,
        vfs=disk.vfs,
        files=files or disk.files,
    )


def event(number: int, size: int = 20) -> Entry:
    return Entry("door_opened", f"{number:0{size}d}".encode())


def events(first: int, count: int, size: int = 20) -> list[Entry]:
    return [event(number, size) for number in range(first, first + count)]


def deposit(parcel: str, particulars: bytes) -> Entry:
    return Entry("parcel_deposited", parcel.encode(), beside=(Beside(parcel, "particulars", particulars),))


def refold(state: bytes | None, rows: Iterable[Row]) -> bytes:
    """A fold that depends on every payload and on the order."""
    return fold_payloads(state, (row.payload for row in rows))


def fold_payloads(state: bytes | None, payloads: Iterable[bytes]) -> bytes:
    state = state or bytes(32)
    for payload in payloads:
        state = hashlib.sha256(state + payload).digest()
    return state


def all_rows(journal: Journal, after: int = 0) -> list[Row]:
    rows: list[Row] = []
    while step := journal.rows(rows[-1].seq if rows else after):
        rows += [row for row, _ in step]
    return rows


def payloads(journal: Journal, after: int = 0) -> list[bytes]:
    return [row.payload for row in all_rows(journal, after)]

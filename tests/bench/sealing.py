"""Sync: bytes and processor time an event, sealed as it travels, beside plain ways to write the same rows."""

from __future__ import annotations

import gzip
import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from edge.core.rows import Head, Row, genesis, link
from sync.batching import MAX_ROWS
from sync.envelope import Batch, seal
from tests.bench.figures import Effort, Figure, Table
from tests.bench.history import entries, stamp
from tests.credentials.known_keys import SITE, private

EPOCH = bytes(8)
SIZES = (1, 10, 100, 1000)
SKIPPED = 600  # the first events of a journal are not the ordinary ones


def seal_batches(effort: Effort) -> list[Table]:
    rows = _rows(SKIPPED + max(SIZES))
    ways: dict[str, Callable[[Sequence[Row]], int]] = {
        "sealed: CBOR, zstd, signed by the device": lambda some: _sealed_bytes(rows, some),
        "   peer: JSON": lambda some: len(_json(some)),
        "   peer: JSON, gzip 6": lambda some: len(gzip.compress(_json(some), 6)),
    }
    tables = []
    for size in SIZES:
        some = rows[SKIPPED : SKIPPED + size]
        figures = [line for name, way in ways.items() for line in _figures(name, way, some, effort)]
        tables.append(Table(f"sync, {size:,} events", tuple(figures), remark=_remark(size)))
    return tables


def _remark(size: int) -> str:
    envelopes = -(-size // MAX_ROWS)
    return "" if envelopes == 1 else f"{envelopes} envelopes: one holds {MAX_ROWS} rows at most."


def _figures(
    name: str, way: Callable[[Sequence[Row]], int], some: Sequence[Row], effort: Effort
) -> tuple[Figure, Figure]:
    rounds = max(3, effort.rounds // 10)
    began_ns = time.process_time_ns()
    sizes = [way(some) for _ in range(rounds)]
    cpu_us = (time.process_time_ns() - began_ns) / 1000 / rounds / len(some)
    return (
        Figure(f"{name}, an event", sizes[0] / len(some), "bytes", rounds),
        Figure("      its processor time, an event", cpu_us, "µs", rounds),
    )


def _rows(count: int) -> list[Row]:
    rows: list[Row] = []
    previous = genesis(SITE, EPOCH)
    for index, entry in enumerate(itertools.islice(entries(), count)):
        rows.append(link(previous, index + 1, entry.stamp or stamp(index), entry.kind, entry.payload))
        previous = rows[-1].hash
    return rows


def _sealed_bytes(every: Sequence[Row], some: Sequence[Row]) -> int:
    total = 0
    for start in range(0, len(some), MAX_ROWS):
        part = tuple(some[start : start + MAX_ROWS])
        before = every[part[0].seq - 2]
        batch = Batch(site=SITE, epoch=EPOCH, before=Head(before.seq, before.hash), rows=part, sent_at_s=1_790_000_000)
        total += len(seal(batch, private("device")))
    return total


def _json(rows: Sequence[Row]) -> bytes:
    return msgspec.json.encode([_as_json(row) for row in rows])


def _as_json(row: Row) -> dict[str, Any]:
    """Without the hash, as rows travel in an envelope too."""
    return {
        "seq": row.seq,
        "boot": row.boot,
        "mono_ms": row.mono_ms,
        "wall_ms": row.wall_ms,
        "trust": row.trust,
        "kind": row.kind,
        "payload": msgspec.Raw(row.payload),
    }

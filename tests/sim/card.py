"""What is durable on a simulated card at this very moment, read from its raw bytes by a reader of its own.

    for row in rows_above(disk.durable(), 4711):
        ...

Nothing of the product is used: pages and cells are read as SQLite's file format says, rows and their chain as
docs/journal.md says.  So neither can a fault of the journal hide what it did, nor does a look change anything.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from tests.credentials.known_keys import SITE
from tests.sim.pages import Card, NoDatabase, Pages

PATH: Final = "/card/journal.db"
INTERIOR, LEAF = 5, 13
OVERFLOW_AT: Final = 35  # a cell's payload of more than a page without so many bytes goes on in other pages

Value = int | str | bytes | None


class Row(Struct, frozen=True):
    """One event as it stands on the card.  `epoch`: of the life of the journal in which it is chained."""

    epoch: bytes
    seq: int
    boot: int
    mono_ms: int
    wall_ms: int
    trust: str
    kind: str
    payload: bytes
    hash: bytes


class Epoch(Struct, frozen=True):
    """One life of the journal; `fork_epoch`, `fork_seq`, `fork_hash` where it left an older one, else empty and 0."""

    epoch: bytes
    first_seq: int
    fork_epoch: bytes
    fork_seq: int
    fork_hash: bytes


class BrokenChain(ValueError):
    """Rows on the card that are not the dense, unaltered continuation of each other."""


class CardReader:
    """Reads one journal again and again; a look costs what was written since the one before."""

    def __init__(self, path: str = PATH, site: int = SITE) -> None:
        self._path, self._site = path, site
        self._pages = Pages()

    def rows_above(self, card: Card, seq: int) -> list[Row]:
        """Every durable row above `seq`, in order; none when there is no journal yet.  BrokenChain."""
        roots = self._roots(card)
        if "rows" not in roots:
            return []
        epochs = self._epochs_at(roots)
        rows = [self._row(epochs, *cell) for cell in self._cells(roots["rows"], seq)]
        self._check(epochs, rows)
        return rows

    def epochs(self, card: Card) -> list[Epoch]:
        """The lives of this journal, oldest first."""
        return self._epochs_at(self._roots(card))

    def _roots(self, card: Card) -> dict[str, int]:
        """Where each table begins."""
        try:
            self._pages.look(card, self._path)
            tables = [values for _, values in self._cells(1, 0)]
        except NoDatabase:
            return {}
        return {str(name): root for kind, name, _, root, _ in tables if kind == "table" and isinstance(root, int)}

    def _epochs_at(self, roots: dict[str, int]) -> list[Epoch]:
        if "epochs" not in roots:
            return []
        lives = [values for _, values in self._cells(roots["epochs"], 0)]
        return [
            Epoch(_bytes(epoch), _int(first_seq), _bytes(fork or b""), _int(fork_seq or 0), _bytes(fork_hash or b""))
            for _, epoch, first_seq, fork, fork_seq, fork_hash in lives
        ]

    @staticmethod
    def _row(epochs: list[Epoch], seq: int, values: list[Value]) -> Row:
        _, boot, mono_ms, wall_ms, trust, kind, payload, digest = values
        life = [known for known in epochs if known.first_seq <= seq][-1]
        return Row(
            life.epoch,
            seq,
            _int(boot),
            _int(mono_ms),
            _int(wall_ms),
            str(trust),
            str(kind),
            _bytes(payload),
            _bytes(digest),
        )

    def _check(self, epochs: list[Epoch], rows: list[Row]) -> None:
        """The first of `rows` is believed when something stands before it that was not asked for."""
        first_seqs = {life.epoch: life.first_seq for life in epochs}
        before: Row | None = None
        for row in rows:
            if before is not None and row.seq != before.seq + 1:
                raise BrokenChain(f"row {before.seq + 1} is missing; row {row.seq} follows row {before.seq}")
            first = row.seq == first_seqs[row.epoch]
            digest = genesis(self._site, row.epoch) if first else before.hash if before is not None else b""
            if digest and chained(digest, row) != row.hash:
                raise BrokenChain(f"row {row.seq} ({row.kind}) does not match its hash")
            before = row

    # -- the b-trees

    def _cells(self, root: int, above: int) -> Iterator[tuple[int, list[Value]]]:
        """(rowid, record) of a table's rows above a rowid, in order."""
        page = self._pages.page(root)
        header = 100 if root == 1 else 0
        kind, count = page[header], int.from_bytes(page[header + 3 : header + 5], "big")
        if kind == LEAF:
            for at in struct.unpack_from(f">{count}H", page, header + 8):
                size, at = _varint(page, at)
                rowid, at = _varint(page, at)
                if rowid > above:
                    yield rowid, _record(self._payload(page, at, size))
        elif kind == INTERIOR:
            for at in struct.unpack_from(f">{count}H", page, header + 12):
                if _varint(page, at + 4)[0] > above:
                    yield from self._cells(int.from_bytes(page[at : at + 4], "big"), above)
            yield from self._cells(int.from_bytes(page[header + 8 : header + 12], "big"), above)
        else:
            raise BrokenChain(f"page {root} of the database has kind {kind}")

    def _payload(self, page: bytes, at: int, size: int) -> bytes:
        usable = self._pages.page_size  # the journal reserves nothing at the end of its pages
        if size <= usable - OVERFLOW_AT:
            return page[at : at + size]
        least = (usable - 12) * 32 // 255 - 23
        here = least + (size - least) % (usable - 4)
        here = here if here <= usable - OVERFLOW_AT else least
        found = page[at : at + here]
        following = int.from_bytes(page[at + here : at + here + 4], "big")
        while len(found) < size:
            more = self._pages.page(following)
            found += more[4 : 4 + min(size - len(found), usable - 4)]
            following = int.from_bytes(more[:4], "big")
        return found


def rows_above(card: Card, seq: int) -> list[Row]:
    """One look; see CardReader.rows_above."""
    return CardReader().rows_above(card, seq)


# -- records


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """(value, where the next byte stands)."""
    value = 0
    for _ in range(8):
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
    return value << 8 | data[at], at + 1


INTEGERS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type → bytes


def _record(payload: bytes) -> list[Value]:
    end, at = _varint(payload, 0)
    body = end
    values: list[Value] = []
    while at < end:
        kind, at = _varint(payload, at)
        size = INTEGERS[kind] if kind in INTEGERS else (kind - 12) // 2 if kind >= 12 else 0
        values.append(_value(kind, payload[body : body + size]))
        body += size
    return values


def _value(kind: int, data: bytes) -> Value:
    if kind >= 12:
        return data.decode() if kind % 2 else data
    if kind in INTEGERS:
        return int.from_bytes(data, "big", signed=True)
    return {8: 0, 9: 1}.get(kind)


def _int(value: Value) -> int:
    if not isinstance(value, int):
        raise BrokenChain(f"{value!r} stands where a number should")
    return value


def _bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise BrokenChain(f"{value!r} stands where bytes should")
    return value


# -- the chain, as docs/journal.md says


def genesis(site: int, epoch: bytes) -> bytes:
    return hashlib.sha256(b"locker-edge journal" + site.to_bytes(4, "big") + epoch).digest()


def chained(previous: bytes, row: Row) -> bytes:
    """The hash that `row` ought to have after `previous`."""
    return hashlib.sha256(previous + canonical(row)).digest()


def canonical(row: Row) -> bytes:
    """One CBOR array of the first seven columns."""
    numbers = b"".join(_cbor_int(number) for number in (row.seq, row.boot, row.mono_ms, row.wall_ms))
    trust, kind = row.trust.encode(), row.kind.encode()
    texts = _cbor_head(3, len(trust)) + trust + _cbor_head(3, len(kind)) + kind
    return b"\x87" + numbers + texts + _cbor_head(2, len(row.payload)) + row.payload


def _cbor_int(number: int) -> bytes:
    return _cbor_head(0, number) if number >= 0 else _cbor_head(1, -1 - number)


def _cbor_head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major << 5 | number,))
    for code, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if number < 1 << 8 * struct.calcsize(form):
            return bytes((major << 5 | code,)) + struct.pack(form, number)
    raise ValueError(f"{number} has more than 64 bits")

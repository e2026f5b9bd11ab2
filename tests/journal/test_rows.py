"""The bytes that site, hub and anybody's verifier must agree on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.errors import BadInput
from edge.core.rows import Beside, Entry, Head, Stamp, canonical, chain, first_break, genesis, link
from edge.journal import JournalLimits
from tests.journal.card import STAMP, event, open_on
from tests.sim.disk import SimDisk

EPOCH = bytes(range(8))


def test_the_vector() -> None:
    """The example in docs/journal.md."""
    stamp = Stamp(boot=3, mono_ms=61_000, wall_ms=1_800_000_000_123, trust="ntp")
    row = canonical(1, stamp, "door_opened", b'{"door":"7"}')
    assert row.hex() == "87010319ee481b000001a3185c507b636e74706b646f6f725f6f70656e65644c7b22646f6f72223a2237227d"
    start = genesis(4711, EPOCH)
    assert start == hashlib.sha256(b"locker-edge journal" + bytes.fromhex("00001267") + EPOCH).digest()
    assert chain(start, row) == hashlib.sha256(start + row).digest()


@given(
    st.integers(1, 2**63 - 1),
    st.builds(Stamp, st.integers(0, 2**31), st.integers(0, 2**53), st.integers(-(2**53), 2**53), st.text(max_size=8)),
    st.text(min_size=1, max_size=64),
    st.binary(max_size=300),
)
def test_the_form_is_deterministic_cbor(seq: int, stamp: Stamp, kind: str, payload: bytes) -> None:
    encoded = canonical(seq, stamp, kind, payload)
    fields = [seq, stamp.boot, stamp.mono_ms, stamp.wall_ms, stamp.trust, kind, payload]
    assert cbor2.loads(encoded) == fields
    assert encoded == cbor2.dumps(fields, canonical=True)


def test_any_change_and_any_gap_breaks_the_chain() -> None:
    start = Head(0, genesis(1, EPOCH))
    rows, previous = [], start.hash
    for seq in (1, 2, 3):
        rows.append(link(previous, seq, STAMP, "door_opened", b"%d" % seq))
        previous = rows[-1].hash
    assert first_break(start, rows) is None
    assert first_break(Head(1, rows[0].hash), rows[1:]) is None
    assert first_break(start, rows[1:]) == "row 1 is missing; row 2 follows row 0"
    assert first_break(Head(0, genesis(2, EPOCH)), rows) == "row 1 (door_opened) does not match its hash"


def test_what_is_too_large_is_refused_before_anything_is_written() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    for entries, why in (
        ([Entry("", b"")], "1 to 64"),
        ([Entry("k" * 65, b"")], "1 to 64"),
        ([event(1), Entry("door_opened", bytes(65_537))], "limit 65536"),
        ([Entry("door_opened", b"", beside=(Beside("p", "photo", bytes(524_289)),))], "limit 524288"),
        ([event(1)] * 4097, "limit 4096"),
    ):
        with pytest.raises(BadInput, match=why):
            journal.append(entries, STAMP)
    with pytest.raises(BadInput, match="1 to 500"):
        journal.rows(0, 501)
    assert journal.head.seq == 0
    journal.append([event(1)], STAMP)
    journal.close()


def test_an_append_of_nothing_may_carry_a_snapshot() -> None:
    disk = SimDisk(1)
    journal = open_on(disk)
    assert journal.append([], STAMP, snapshot=b"empty") == []
    journal.append([event(1)], STAMP)
    journal.append([], STAMP, snapshot=b"one")
    snapshot = journal.newest_snapshot()
    assert snapshot is not None
    assert (snapshot.seq, snapshot.hash, snapshot.body) == (1, journal.head.hash, b"one")
    journal.close()


def test_the_page_on_the_journal_shows_this_vector_and_these_limits() -> None:
    page = (Path(__file__).parents[2] / "docs" / "journal.md").read_text("utf-8")
    row = canonical(1, Stamp(3, 61_000, 1_800_000_000_123, "ntp"), "door_opened", b'{"door":"7"}')
    start = genesis(4711, EPOCH)
    for value in (row, start, chain(start, row)):
        assert value.hex() in page
    for name in JournalLimits.__struct_fields__:
        lines = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        amount = getattr(JournalLimits(), name)
        assert any(f"| {form}" in line for line in lines for form in (f"{amount:,}", _bytes(amount))), name


def _bytes(value: int) -> str:
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if value % size == 0:
            return f"{value // size} {unit}"
    return f"{value:,}"

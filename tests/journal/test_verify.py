"""Tampering and rot are found and named; a journal that cannot be trusted is set aside whole."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from edge.core.errors import JournalBroken, JournalHeld, NotAllowed
from edge.core.rows import Entry, Head, Row, Watermark, first_break, genesis, link
from edge.journal import Journal, JournalLimits, show
from edge.journal.aside import set_aside
from tests.journal.card import FOLD_VERSION, SITE, STAMP, chance, deposit, event, events, fold_payloads, refold


def _open(path: Path) -> Journal:
    return Journal.open(
        str(path),
        site=SITE,
        fold_version=FOLD_VERSION,
        machine_id="m",
        random_bytes=chance(1),
        limits=JournalLimits(ballast=4096),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Forty rows with snapshots at 20 and 30, anchored to 25."""
    path = tmp_path / "journal.db"
    journal = _open(path)
    state: bytes | None = None
    for first in range(1, 40, 10):
        group = [*events(first, 9), deposit(f"p{first}", b"Ada")]
        state = fold_payloads(state, [entry.payload for entry in group])
        journal.append(group, STAMP, snapshot=state if first in (11, 21) else None)
    place = journal.place(25)
    assert place is not None
    journal.save_watermark(Watermark(journal.epoch, place.seq, place.hash))
    journal.close()
    return path


def _tamper(path: Path, statement: str, *bindings: object) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(statement, bindings)


def _report(path: Path) -> tuple[str, ...]:
    return show.verify(str(path), refold, FOLD_VERSION).faults


def test_a_whole_journal_says_how_far_it_is_anchored(path: Path) -> None:
    report = show.verify(str(path), refold, FOLD_VERSION)
    assert report.sentence == ("rows 1 to 40: whole; 2 snapshots refolded, 0 skipped; anchored to 25, 15 not yet")


def test_one_flipped_byte_of_a_payload_is_one_fault(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.index(event(7).payload) + 5] ^= 1
    path.write_bytes(raw)
    assert _report(path) == ("row 7 (door_opened) does not match its hash",)


@pytest.mark.parametrize(
    ("column", "value"),
    [("boot", 2), ("mono_ms", 0), ("wall_ms", 0), ("trust", "cloud"), ("kind", "door_closed"), ("hash", bytes(32))],
)
def test_every_column_is_in_the_chain(path: Path, column: str, value: object) -> None:
    _tamper(path, f"UPDATE rows SET {column} = ? WHERE seq = 33", value)
    assert any("row 33" in fault for fault in _report(path))


def test_a_row_taken_out_is_found(path: Path) -> None:
    _tamper(path, "DELETE FROM rows WHERE seq = 15")
    assert _report(path)[0] == "row 15 is missing; row 16 follows row 14"


def test_the_first_rows_taken_out_are_found(path: Path) -> None:
    _tamper(path, "DELETE FROM rows WHERE seq < 5")
    assert _report(path)[0] == "row 1 is missing; row 5 follows row 0"


def test_a_forged_snapshot_is_found_by_folding_again(path: Path) -> None:
    forged = bytes(32)
    _tamper(path, "UPDATE snapshots SET body = ?, digest = ? WHERE seq = 30", forged, hashlib.sha256(forged).digest())
    assert _report(path) == ("the snapshot at row 30 is not the fold of the rows up to it",)


def test_a_chain_forged_as_a_whole_is_found_by_its_anchor(path: Path) -> None:
    journal = _open(path)
    rows = [row for row, _ in journal.rows(0)]
    site_genesis = Head(0, genesis(SITE, journal.epoch))
    journal.close()
    previous = site_genesis.hash
    forged: list[Row] = []
    for row in rows:
        forged.append(link(previous, row.seq, row.stamp, row.kind, b"forged" if row.seq == 3 else row.payload))
        previous = forged[-1].hash
    assert first_break(site_genesis, forged) is None
    for row in forged:
        _tamper(path, "UPDATE rows SET payload = ?, hash = ? WHERE seq = ?", row.payload, row.hash, row.seq)
    assert any("row 25 is not the one that the hub has committed" in fault for fault in _report(path))


def test_start_up_refuses_rows_it_would_have_to_fold_and_passes_those_below_the_snapshot(path: Path) -> None:
    _tamper(path, "UPDATE rows SET payload = x'00' WHERE seq = 12")
    _open(path).close()
    _tamper(path, "UPDATE rows SET payload = x'00' WHERE seq = 35")
    with pytest.raises(JournalBroken, match=r"row 35 \(door_opened\) does not match its hash"):
        _open(path)


def test_start_up_refuses_the_altered_row_that_the_next_one_would_be_chained_to(path: Path) -> None:
    journal = _open(path)
    head = journal.append([event(41)], STAMP, snapshot=b"state")[-1].seq
    journal.close()
    _tamper(path, "UPDATE rows SET payload = x'00' WHERE seq = ?", head)
    with pytest.raises(JournalBroken, match=rf"row {head} \(door_opened\) does not match its hash"):
        _open(path)


def test_a_journal_that_cannot_be_trusted_is_set_aside_whole_and_a_new_one_begins(path: Path) -> None:
    _tamper(path, "UPDATE rows SET payload = x'00' WHERE seq = 35")
    for number in (1, 2, 3):
        aside = set_aside(str(path))
        assert aside == f"{path}.aside.{number}"
        journal = _open(path)
        assert journal.head.seq == 0
        journal.close()
    with pytest.raises(NotAllowed, match="3 journals are set aside already"):
        set_aside(str(path))
    assert any("row 35" in fault for fault in _report(Path(f"{path}.aside.1")))


def test_a_journal_in_use_is_not_set_aside(path: Path) -> None:
    journal = _open(path)
    with pytest.raises(JournalHeld):
        set_aside(str(path))
    journal.close()


def _in_hexadecimal(_kind: str, payload: bytes) -> object:
    return payload.hex()


def _decode(kind: str, payload: bytes) -> object:
    return {"kind": kind, "text": payload.decode()}


def test_rows_are_shown_as_plain_values(path: Path) -> None:
    last = list(show.show(str(path), _decode, last=2))
    assert [row["seq"] for row in last] == [39, 40]
    assert last[0]["event"] == {"kind": "door_opened", "text": event(39).payload.decode()}
    assert len(list(show.show(str(path), _decode))) == 40
    assert [row["seq"] for row in show.show(str(path), _decode, after=38)] == [39, 40]


def test_an_export_can_be_checked_by_somebody_else_and_holds_no_particulars(path: Path) -> None:
    lines = list(show.export(str(path), _in_hexadecimal))
    assert not any("Ada" in line or "416461" in line for line in lines)
    head, *rows = (json.loads(line) for line in lines)
    assert (head["journal"], head["before"][0], len(rows)) == (SITE, 0, 40)
    rebuilt = [
        Row(
            seq=row["seq"],
            boot=row["boot"],
            mono_ms=row["mono_ms"],
            wall_ms=row["wall_ms"],
            trust=row["trust"],
            kind=row["kind"],
            payload=bytes.fromhex(row["event"]),
            hash=bytes.fromhex(row["hash"]),
        )
        for row in rows
    ]
    assert first_break(Head(0, bytes.fromhex(head["before"][1])), rebuilt) is None


def test_a_payload_that_cannot_be_decoded_is_shown_in_hexadecimal(path: Path) -> None:
    journal = _open(path)
    journal.append([Entry("door_opened", b"\xff\xfe")], STAMP)
    journal.close()
    (row,) = show.show(str(path), _decode, last=1)
    assert row["event"] == {"undecodable": "fffe"}


def test_looking_changes_no_byte_and_leaves_no_file(path: Path) -> None:
    journal = _open(path)
    journal.append(events(1, 5), STAMP)
    journal.abandon()  # as a killed process: the last rows are only in the log
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if not file.name.endswith(".pid")}
    assert len(list(show.show(str(path), _decode))) == 45
    assert show.verify(str(path), refold, FOLD_VERSION).rows == 45
    after = {file.name: file.read_bytes() for file in path.parent.iterdir() if not file.name.endswith(".pid")}
    assert after == before


def test_no_journal_is_said_in_one_line_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(JournalBroken, match="there is none"):
        list(show.show(str(tmp_path / "journal.db"), _decode))
    assert list(tmp_path.iterdir()) == []


def test_damage_below_the_rows_is_a_fault_of_the_report(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096 * 3 + 8 : 4096 * 3 + 200] = bytes(192)
    path.write_bytes(raw)
    assert not show.verify(str(path), refold, FOLD_VERSION).whole


def test_in_steps_it_lets_others_commit_and_compact_between(path: Path) -> None:
    journal = _open(path)
    for first in range(100, 2100, 1000):
        journal.append(events(first, 1000), STAMP, snapshot=b"not checked")
    verification = journal.verification(None)
    assert verification.step()
    journal.append(events(5000, 10), STAMP)
    place = journal.place(1040)
    assert place is not None
    journal.save_watermark(Watermark(journal.epoch, place.seq, place.hash))
    assert journal.compact(keep_rows=0) == 1040
    while verification.step():
        pass
    report = verification.report()
    assert (report.whole, report.last_seq) == (True, 2050)
    journal.close()

"""Scanners that give text, and Honeywell's trigger."""

from __future__ import annotations

import pytest

from hal.readers.dialect import MAX_LINE_BYTES, PAUSE_S, Code, Oddity
from hal.readers.kinds import KINDS, HoneywellOptions
from hal.readers.lines import Lines
from hal.readers.trigger import TRIGGER_S


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"ONE\r", [b"ONE"]),
        (b"ONE\n", [b"ONE"]),
        (b"ONE\r\nTWO\r\n", [b"ONE", b"TWO"]),
        (b"\r\n\r\n", []),
        (b"\x00\x00ONE\r", [b"ONE"]),
        (b"\xff\xfe\r", [b"\xff\xfe"]),
        (b"A" * MAX_LINE_BYTES + b"\r", [b"A" * MAX_LINE_BYTES]),
        (b"A" * (MAX_LINE_BYTES + 1) + b"TAIL\rNEXT\r", [b"NEXT"]),
    ],
)
def test_text_is_cut_at_its_ends(data: bytes, codes: list[bytes]) -> None:
    assert list(Lines().feed(data, 0.0).codes) == [Code(code) for code in codes]


def test_a_silence_cuts_off_what_has_no_end() -> None:
    lines = Lines()
    lines.feed(b"JD0146", 0.0)
    assert lines.due(PAUSE_S).codes == ()
    assert lines.feed(b"000012\r", 1.0).codes == (Code(b"000012"),)
    lines.feed(b"JD0146", 2.0)
    assert lines.feed(b"WHOLE\r", 3.0).codes == (Code(b"WHOLE"),)
    assert lines.counts == {Oddity.HALF: 2}


def test_a_silence_ends_a_scan_where_it_should() -> None:
    lines = Lines(by_pause=True)
    lines.feed(b"JD01", 0.0)
    lines.feed(b"46", 0.1)
    assert lines.due(0.1 + PAUSE_S / 2).codes == ()
    assert lines.due(0.2 + PAUSE_S).codes == (Code(b"JD0146"),)
    assert lines.feed(b"ENTER\r", 2.0).codes == (Code(b"ENTER"),)


def test_what_was_half_when_the_line_went_away_is_forgotten() -> None:
    lines = Lines(by_pause=True)
    lines.feed(b"HALF", 0.0)
    lines.opened(0.1)
    assert lines.feed(b"WHOLE\r", 0.2).codes == (Code(b"WHOLE"),)


def test_honeywell_is_triggered_with_its_published_bytes() -> None:
    dialect = KINDS["honeywell"].dialect(HoneywellOptions("/dev/null", trigger="host"))
    on = bytes.fromhex("16 54 0D")
    assert dialect.opened(0.0) == on
    assert dialect.feed(b"ONE\r", 1.0).send == on
    assert dialect.due(1.0 + TRIGGER_S / 2).send == b""
    assert dialect.due(1.0 + TRIGGER_S).send == on
    assert dialect.closing() == bytes.fromhex("16 55 0D")


def test_honeywell_that_triggers_by_itself_is_told_nothing() -> None:
    dialect = KINDS["honeywell"].dialect(HoneywellOptions("/dev/null"))
    assert (dialect.opened(0.0), dialect.due(100.0).send, dialect.closing()) == (b"", b"", b"")

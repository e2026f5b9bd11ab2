"""Simple Serial Interface, byte by byte."""

from __future__ import annotations

import pytest

from hal.readers.dialect import Code, Oddity
from hal.readers.ssi import ACK, DISABLE, ENABLE, START, STOP, Ssi, frame
from hal.readers.talk import ANSWER_S, TRIES
from hal.readers.trigger import TRIGGER_S, Trigger

PUBLISHED = [
    ("start", START, "04 E4 04 00 FF 14"),
    ("stop", STOP, "04 E5 04 00 FF 13"),
    ("enable", ENABLE, "04 E9 04 00 FF 0F"),
    ("disable", DISABLE, "04 EA 04 00 FF 0E"),
    ("acknowledge", ACK, "04 D0 04 00 FF 28"),
    ("light on", frame(0xE7, b"\x01"), "05 E7 04 00 01 FF 0F"),
]
SCANNER_ACK = bytes.fromhex("04 D0 00 00 FF 2C")
QR = bytes.fromhex("0C F3 00 00 1C") + b"LK1:ABC"
QR += (-sum(QR) & 0xFFFF).to_bytes(2, "big")


def decoded(text: bytes, *, kind: int = 0x1C, opcode: int = 0xF3, status: int = 0) -> bytes:
    return frame(opcode, bytes([kind]) + text, source=0, status=status)


def listening(trigger: Trigger | None = None) -> Ssi:
    dialect = Ssi(trigger=trigger)
    dialect.opened(0.0)
    dialect.feed(SCANNER_ACK, 0.0)
    return dialect


@pytest.mark.parametrize(("made", "published"), [(m, p) for _, m, p in PUBLISHED], ids=[n for n, _, _ in PUBLISHED])
def test_a_command_is_the_published_one(made: bytes, published: str) -> None:
    assert made == bytes.fromhex(published)


def test_a_code_is_told_with_its_symbology_and_acknowledged() -> None:
    assert decoded(b"LK1:ABC") == QR
    heard = listening().feed(QR, 1.0)
    assert (heard.codes, heard.send) == ((Code(b"LK1:ABC", "QRCode"),), ACK)


@pytest.mark.parametrize(
    ("kind", "symbology"),
    [
        (0x01, "Code39"),
        (0x03, "Code128"),
        (0x06, "ITF"),
        (0x0A, "EAN8"),
        (0x0B, "EAN13"),
        (0x0F, "Code128"),
        (0x11, "PDF417"),
        (0x1B, "DataMatrix"),
        (0x1C, "QRCode"),
        (0x2D, "Aztec"),
        (0x7F, "unknown"),
    ],
)
def test_each_kind_of_code_has_its_name(kind: int, symbology: str) -> None:
    (code,) = listening().feed(decoded(b"1234", kind=kind), 1.0).codes
    assert code.symbology == symbology


def test_a_code_that_is_said_again_is_acknowledged_again_and_told_once() -> None:
    dialect = listening()
    assert dialect.feed(decoded(b"ONE"), 1.0).codes
    again = dialect.feed(decoded(b"ONE", status=1), 2.0)
    assert (again.codes, again.send) == ((), ACK)
    assert dialect.counts[Oddity.RESENT] == 1
    assert dialect.feed(decoded(b"TWO", status=1), 3.0).codes == (Code(b"TWO", "QRCode"),)


@pytest.mark.parametrize("opcode", [0xF3, 0xF4])
def test_a_code_in_parts_is_told_when_its_last_part_is_there(opcode: int) -> None:
    dialect = listening()
    first = dialect.feed(decoded(b"LK1:", opcode=opcode, status=2), 1.0)
    assert (first.codes, first.send) == ((), ACK)
    assert dialect.feed(decoded(b"ABC", opcode=opcode), 1.2).codes == (Code(b"LK1:ABC", "QRCode"),)


def test_parts_whose_last_never_comes_are_dropped() -> None:
    dialect = listening()
    dialect.feed(decoded(b"HALF", status=2), 1.0)
    dialect.due(5.0)
    assert dialect.feed(decoded(b"WHOLE"), 6.0).codes == (Code(b"WHOLE", "QRCode"),)
    assert dialect.counts[Oddity.HALF] == 1


def test_parts_without_end_are_dropped_whole() -> None:
    dialect = listening()
    for at in range(20):
        assert dialect.feed(decoded(b"A" * 100, status=2), 1.0 + at / 10).codes == ()
    assert dialect.feed(decoded(b"A"), 3.1).codes == ()
    assert dialect.counts[Oddity.TOO_LONG] == 1
    assert dialect.feed(decoded(b"NEXT"), 3.2).codes == (Code(b"NEXT", "QRCode"),)


@pytest.mark.parametrize("at", range(len(QR)))
def test_a_frame_with_one_wrong_byte_is_not_told_and_not_acknowledged(at: int) -> None:
    spoilt = bytearray(QR)
    spoilt[at] ^= 0x21
    dialect = listening()
    heard = dialect.feed(bytes(spoilt), 1.0)
    assert (heard.codes, heard.send) == ((), b"")
    assert dialect.feed(QR, 2.0).codes == (Code(b"LK1:ABC", "QRCode"),)


@pytest.mark.parametrize("noise", [b"\x00", b"\xff\xff", b"\x02\x00", b"garbage", QR[:-1] + b"\x00"])
def test_a_frame_after_noise_in_the_same_breath_is_found(noise: bytes) -> None:
    assert listening().feed(noise + QR, 1.0).codes == (Code(b"LK1:ABC", "QRCode"),)


def test_half_a_frame_is_forgotten_after_a_silence() -> None:
    dialect = listening()
    dialect.feed(QR[:6], 1.0)
    assert dialect.feed(QR, 2.0).codes == (Code(b"LK1:ABC", "QRCode"),)
    assert dialect.counts[Oddity.HALF] == 1


def test_frames_come_in_pieces() -> None:
    dialect = listening()
    pieces = [dialect.feed(QR[at : at + 1], 1 + at / 1000) for at in range(len(QR))]
    assert [heard.codes for heard in pieces if heard.codes] == [(Code(b"LK1:ABC", "QRCode"),)]


def test_an_event_is_no_code() -> None:
    dialect = listening()
    assert dialect.feed(frame(0xF6, b"\x01", source=0), 1.0).codes == ()
    assert dialect.counts[Oddity.GARBAGE] == 1


def test_a_scanner_is_enabled_and_one_that_does_not_answer_is_a_fault() -> None:
    dialect = Ssi()
    assert dialect.opened(0.0) == ENABLE
    for second in range(1, TRIES + 1):
        dialect.due(second * ANSWER_S)
    assert "does not answer" in (dialect.fault or "")
    working = Ssi()
    working.opened(0.0)
    assert not working.settled
    working.feed(SCANNER_ACK, 0.1)
    assert (working.settled, working.fault) == (True, None)


def test_a_scanner_that_looks_when_told_is_told_at_once_after_each_code_and_now_and_then() -> None:
    trigger = Trigger(START, STOP)
    dialect = Ssi(trigger=trigger)
    assert dialect.opened(0.0) == ENABLE
    assert dialect.feed(SCANNER_ACK, 0.1).send == START
    assert dialect.feed(SCANNER_ACK, 0.2).send == b""
    assert dialect.feed(QR, 1.0).send == ACK + START
    assert dialect.due(1.1).send == b""
    assert dialect.due(1.0 + TRIGGER_S).send == START
    assert dialect.closing() == STOP

"""GM65 and its kin, byte by byte."""

from __future__ import annotations

import pytest

from hal.readers.dialect import UNKNOWN, Code, Oddity
from hal.readers.gm65 import SAVE, WANTED, Gm65, command, crc16, read_zone, write_zone
from hal.readers.talk import ANSWER_S, PROBE_S, TRIES

FACTORY = {0x00: 0xD4, 0x0D: 0xA1, 0x2C: 0x05, 0x60: 0x01}
DONE = bytes.fromhex("02 00 00 01 00 33 31")

FRAMES = [
    ("read baud", read_zone(0x2A, 2), "7E 00 07 01 00 2A 02 D8 0F"),
    ("soft trigger", write_zone(0x02, 1), "7E 00 08 01 00 02 01 02 DA"),
    ("soft trigger, unchecked", command(8, 0x02, b"\x01", checked=False), "7E 00 08 01 00 02 01 AB CD"),
    ("save to flash", SAVE, "7E 00 09 01 00 00 00 DE C8"),
    ("factory reset", write_zone(0xD9, 0x50), "7E 00 08 01 00 D9 50 81 D3"),
    ("sleep", write_zone(0xD9, 0xA5), "7E 00 08 01 00 D9 A5 3E 69"),
    ("wake", write_zone(0xD9, 0x00), "7E 00 08 01 00 D9 00 DB 26"),
    ("heartbeat", command(0x0A, 0, b"\x00"), "7E 00 0A 01 00 00 00 30 1A"),
    ("baud 9600", command(8, 0x2A, b"\x39\x01"), "7E 00 08 02 00 2A 39 01 A7 EA"),
]

REPLIES = [
    ("baud", bytes.fromhex("02 00 00 02 39 01 C1 4C")),
    ("done", DONE),
    ("a zone of one byte", bytes.fromhex("02 00 00 01 01 23 10")),
    ("heartbeat", bytes.fromhex("03 00 00 01 00 33 31")),
]


def zone_says(value: int) -> bytes:
    body = bytes([0, 0, 1, value])
    return b"\x02" + body + crc16(body).to_bytes(2, "big")


def listening() -> Gm65:
    """A dialect whose scanner has nothing to be asked."""
    dialect = Gm65({})
    dialect.opened(0.0)
    dialect.feed(REPLIES[0][1], 0.0)
    return dialect


def odd(dialect: Gm65) -> dict[str, int]:
    return dict(dialect.counts)


@pytest.mark.parametrize(("frame", "published"), [(f, p) for _, f, p in FRAMES], ids=[name for name, _, _ in FRAMES])
def test_a_command_is_the_published_one(frame: bytes, published: str) -> None:
    assert frame == bytes.fromhex(published)


@pytest.mark.parametrize("reply", [reply for _, reply in REPLIES], ids=[name for name, _ in REPLIES])
def test_a_published_reply_holds_and_is_no_code(reply: bytes) -> None:
    dialect = Gm65({})
    dialect.opened(0.0)
    assert dialect.feed(reply, 0.1).codes == ()
    assert (dialect.settled, dialect.fault, odd(dialect)) == (True, None, {})


@pytest.mark.parametrize("reply", [reply for _, reply in REPLIES], ids=[name for name, _ in REPLIES])
@pytest.mark.parametrize("at", [-3, -2, -1])
def test_a_reply_whose_checksum_does_not_hold_answers_nothing(reply: bytes, at: int) -> None:
    spoilt = bytearray(reply)
    spoilt[at] ^= 0x55
    dialect = Gm65({})
    dialect.opened(0.0)
    assert dialect.feed(bytes(spoilt), 0.1).codes == ()
    assert not dialect.settled
    assert dialect.counts[Oddity.BAD_SUM] == 1


def test_an_unchecked_reply_is_taken() -> None:
    dialect = Gm65({})
    dialect.opened(0.0)
    dialect.feed(bytes.fromhex("02 00 00 02 39 01 AB CD"), 0.1)
    assert dialect.settled


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"8711218972875\r", [b"8711218972875"]),
        (b"LK1:ABC\r\n", [b"LK1:ABC"]),
        (b"ONE\rTWO\r", [b"ONE", b"TWO"]),
        (b"\r\n\x00\x00ONE\r", [b"ONE"]),
        (bytes.fromhex("03 00 0A 30 33 32 31 35 36 33 38 34 30"), [b"0321563840"]),
        (bytes.fromhex("03 00 03 41 0D 42 03 00 01 43"), [b"A\rB", b"C"]),
        (bytes.fromhex("03 00 03 41 42 43 0D") + b"TEXT\r", [b"ABC", b"TEXT"]),
        (bytes.fromhex("03 00 04 41 42 43 0D 03 00 03 44 0D 0A"), [b"ABC", b"D"]),  # where the length counts the end
        (b"ONE\r" + DONE + bytes.fromhex("03 00 03 54 57 4F") + DONE + b"THREE\r", [b"ONE", b"TWO", b"THREE"]),
        (b"\x02abc\r", [b"\x02abc"]),
    ],
)
def test_codes_are_cut_out_of_what_comes_whole_or_in_pieces(data: bytes, codes: list[bytes]) -> None:
    expected = [Code(code, UNKNOWN) for code in codes]
    assert list(listening().feed(data, 1.0).codes) == expected
    dialect = listening()
    in_pieces = [code for at in range(len(data)) for code in dialect.feed(data[at : at + 1], 1.0 + at / 1000).codes]
    assert in_pieces == expected


@pytest.mark.parametrize("half", [b"LK1:AB", b"\x03\x00\x09LK", b"\x02\x00\x00\x05\x01", b"\x03", b"\x02\x00"])
def test_what_a_silence_cuts_off_is_never_joined_to_the_next(half: bytes) -> None:
    dialect = listening()
    assert dialect.feed(half, 1.0).codes == ()
    assert dialect.feed(b"WHOLE\r", 2.0).codes == (Code(b"WHOLE"),)
    assert odd(dialect) == {Oddity.HALF: 1}


def test_a_text_without_end_is_dropped_whole() -> None:
    dialect = listening()
    assert dialect.feed(b"A" * 2000, 1.0).codes == ()
    assert dialect.feed(b"TAIL\rNEXT\r", 1.1).codes == (Code(b"NEXT"),)
    assert odd(dialect) == {Oddity.TOO_LONG: 1}


class Scanner:
    """A scanner's zones at the other end of a dialect."""

    def __init__(self, dialect: Gm65, zones: dict[int, int]) -> None:
        self.dialect, self.zones, self.flash = dialect, dict(zones), dict(zones)
        self.heard: list[bytes] = []

    def converse(self, question: bytes, now_s: float) -> None:
        while question:
            self.heard.append(question)
            question = self.dialect.feed(self.answer(question), now_s).send

    def answer(self, question: bytes) -> bytes:
        kind, zone, value = question[2], question[5], question[6]
        assert question[-2:] == crc16(question[2:-2]).to_bytes(2, "big")
        if kind == 7:
            return zone_says(self.zones[zone])
        if kind == 8:
            self.zones[zone] = value
        else:
            self.flash = dict(self.zones)
        return DONE


def test_zones_are_written_only_where_they_differ_and_the_flash_is_left_alone() -> None:
    dialect = Gm65()
    scanner = Scanner(dialect, {**WANTED, 0x60: 0x01})
    scanner.converse(dialect.opened(0.0), 0.0)
    assert scanner.zones == WANTED
    assert [frame for frame in scanner.heard if frame[2] != 7] == [write_zone(0x60, 0x81)]
    assert scanner.flash[0x60] == 0x01
    scanner.heard.clear()
    scanner.converse(dialect.due(PROBE_S).send, PROBE_S)
    assert [frame[2] for frame in scanner.heard] == [7] * len(WANTED)


def test_the_flash_is_written_once_in_a_life_and_only_after_a_change() -> None:
    unchanged = Scanner(Gm65(save=True), dict(WANTED))
    unchanged.converse(unchanged.dialect.opened(0.0), 0.0)
    assert SAVE not in unchanged.heard
    changed = Scanner(Gm65(save=True), FACTORY)
    changed.converse(changed.dialect.opened(0.0), 0.0)
    assert changed.heard[-1] == SAVE
    changed.zones = dict(FACTORY)  # it forgets, again and again
    changed.converse(changed.dialect.opened(100.0), 100.0)
    assert (changed.heard.count(SAVE), changed.zones) == (1, WANTED)


def test_codes_stay_on_the_port_where_somebody_sent_them() -> None:
    over_usb = Scanner(Gm65(), {**WANTED, 0x0D: 0xA3})
    over_usb.converse(over_usb.dialect.opened(0.0), 0.0)
    assert over_usb.zones[0x0D] == 0xA3


def test_settings_that_are_to_be_left_are_not_even_read() -> None:
    assert Gm65({}).opened(0.0) == read_zone(0x2A, 2)


def test_a_scanner_that_does_not_answer_is_a_fault_and_is_asked_again_later() -> None:
    dialect = Gm65()
    now_s, asked = 0.0, [dialect.opened(0.0)]
    while dialect.fault is None:
        now_s += ANSWER_S
        asked.append(dialect.due(now_s).send)
    assert asked == [read_zone(0)] * TRIES + [b""]
    assert "does not answer" in dialect.fault
    assert dialect.due(now_s + PROBE_S).send == read_zone(0)
    dialect.feed(zone_says(0xD6), now_s + PROBE_S)
    assert dialect.fault is None

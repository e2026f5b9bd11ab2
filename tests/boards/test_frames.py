"""Every published example frame of the boards: made by the codec, or read by it, or never made at all."""

from __future__ import annotations

import pytest

from edge.core.words import PulseOutcome
from hal.boards.codec import Codec, Status, xor
from hal.boards.cu16 import Cu16
from hal.boards.cu48 import Cu48
from hal.boards.waveshare import MOST_TENTHS, Waveshare, crc16
from hal.boards.winnsen import Winnsen
from hal.boards.wkly import Wkly
from hal.boards.ys import Ys


def frame(text: str) -> bytes:
    return bytes.fromhex(text)


def shorted(*locks: int, of: int) -> dict[int, bool]:
    return {lock: lock in locks for lock in range(1, of + 1)}


def all_but(*locks: int, of: int) -> dict[int, bool]:
    return {lock: lock not in locks for lock in range(1, of + 1)}


UNLOCKS = [
    (Ys(1, 24), 1, "8A 01 01 11 9B"),
    (Ys(1, 24), 2, "8A 01 02 11 98"),
    (Ys(2, 24), 1, "8A 02 01 11 98"),
    (Cu16(0), 1, "02 00 31 03 36"),
    (Cu16(0), 16, "02 0F 31 03 45"),
    (Cu16(1), 1, "02 10 31 03 46"),
    (Cu48(0), 1, "02 00 00 61 03 66"),
    (Cu48(0), 5, "02 00 04 61 03 6A"),
    (Winnsen(1), 3, "90 06 05 01 03 03"),
    (Wkly(0, 1), 3, "57 4B 4C 59 09 00 82 03 81"),
    (Wkly(0, 0), 4, "57 4B 4C 59 09 00 82 03 81"),
    (Wkly(0, 1), 1, "57 4B 4C 59 09 00 82 01 83"),
]

FLASHES = [
    (1, 700, "01 05 02 00 00 07 8D B0"),
    (2, 800, "01 05 02 01 00 08 9C 74"),
    (1, 200, "01 05 02 00 00 02 4D B3"),
    (1, 101, "01 05 02 00 00 02 4D B3"),
]

QUESTIONS = [
    (Ys(1, 24), "80 01 00 33 B2"),
    (Ys(1, 8), "80 01 00 33 B2"),
    (Cu16(0), "02 00 30 03 35"),
    (Cu16(1), "02 10 30 03 45"),
    (Cu48(0), "02 00 00 60 03 65"),
    (Winnsen(1), "90 06 12 01 03 03"),
    (Wkly(0, 1), "57 4B 4C 59 08 00 84 85"),
    (Waveshare(1), "01 02 00 00 00 08 79 CC"),
]

ANSWERS = [
    (Ys(1, 24), "80 01 FF FF FD 33 4F", all_but(2, of=24), {}),
    (Ys(1, 24), "80 01 01 01 01 33 B3", shorted(1, 9, 17, of=24), {}),
    (Ys(2, 12), "80 02 05 03 33 B7", shorted(1, 2, 9, 11, of=12), {}),
    (Ys(1, 8), "80 01 00 33 B2", shorted(of=8), {}),
    (Cu16(0), "02 00 35 FF FF 00 00 03 38", all_but(of=16), shorted(of=16)),
    (Cu16(0), "02 00 35 FE FF 00 00 03 37", all_but(1, of=16), shorted(of=16)),
    (Cu16(0), "02 00 35 EF FF 00 00 03 28", all_but(5, of=16), shorted(of=16)),
    (Cu48(0), "02 00 00 75 EF FF FF FF FF FF 00 00 00 00 00 00 03 64", all_but(5, of=48), shorted(of=48)),
    (Winnsen(1), "90 07 92 01 00 03 03", {3: True}, {}),
    (Winnsen(1), "90 07 92 01 01 03 03", {3: False}, {}),
    (Wkly(0, 1), "57 4B 4C 59 0E 00 84 00 04 00 01 01 00 87", shorted(2, 3, of=4), {}),
    (Waveshare(1), "01 02 01 20 A0 50", shorted(6, of=8), {}),
    (Waveshare(1), "01 02 01 00 A1 88", shorted(of=8), {}),
]

OUTCOMES = [
    (Ys(1, 24), 1, "8A 01 01 00 8A", PulseOutcome.DONE),
    (Ys(1, 24), 1, "8A 01 01 11 9B", PulseOutcome.DONE),  # still locked afterwards; the coil was driven all the same
    (Winnsen(1), 3, "90 07 85 01 03 01 03", PulseOutcome.DONE),
    (Winnsen(1), 3, "90 07 85 01 03 00 03", PulseOutcome.UNKNOWN),
    (Winnsen(1), 3, "90 07 85 01 03 02 03", PulseOutcome.REFUSED),
    (Wkly(0, 1), 1, "57 4B 4C 59 0B 00 82 00 01 00 81", PulseOutcome.DONE),
    (Wkly(0, 1), 1, "57 4B 4C 59 0B 00 82 FF 01 00 7E", PulseOutcome.UNKNOWN),
    (Waveshare(1), 1, "01 05 02 00 00 07 8D B0", PulseOutcome.DONE),
    (Waveshare(1), 1, "01 85 02 C3 51", PulseOutcome.BROKEN),
]

# Opening all, opening by mask, holding an output on, plain on and off, and other makes' orders: sound, and left out.
NEVER_SENT = {
    xor: ["8A 01 00 11 9A", "90 01 02 02 02 93", "9A 01 01 11 8B", "9B 01 01 11 8A"],
    sum: ["02 F0 32 03 27", "02 00 33 03 38", "02 00 30 61 03 96"],
    crc16: ["01 05 00 00 FF 00 8C 3A", "01 05 00 00 00 00 CD CA", "01 06 00 01 05 00 DB 5A"],
}


@pytest.mark.parametrize(("codec", "channel", "text"), UNLOCKS)
def test_an_unlock_is_the_published_frame(codec: Codec, channel: int, text: str) -> None:
    assert codec.unlock(channel, 300).request == frame(text)


@pytest.mark.parametrize(("channel", "ms", "text"), FLASHES)
def test_a_flash_is_the_published_frame(channel: int, ms: int, text: str) -> None:
    assert Waveshare(1).unlock(channel, ms).request == frame(text)


@pytest.mark.parametrize("ms", [0, 1, 1000, 1001, 60_000, 0xFF00 * 100])
def test_i8_a_flash_is_never_longer_than_a_second(ms: int) -> None:
    hundreds, tenths = Waveshare(1).unlock(1, ms).request[4:6]
    assert hundreds == 0
    assert 1 <= tenths <= MOST_TENTHS == 10


@pytest.mark.parametrize(("codec", "text"), QUESTIONS)
def test_a_question_is_the_published_frame(codec: Codec, text: str) -> None:
    assert [one.request for one in codec.status((3,))] == [frame(text)]


def test_a_question_about_one_lock_of_a_ys_board() -> None:
    asked = Ys(1, 24).status_of_one(1)
    assert asked.request == frame("80 01 01 33 B3")
    assert asked.find is not None
    assert asked.find(frame("80 01 01 11 91")) == Status({1: True})
    assert asked.find(frame("80 01 01 00 80")) == Status({1: False})
    assert asked.find(asked.request) is None  # so that an echo of it shows itself


@pytest.mark.parametrize(("codec", "text", "contacts", "present"), ANSWERS)
def test_a_published_answer_is_read(
    codec: Codec, text: str, contacts: dict[int, bool], present: dict[int, bool]
) -> None:
    find = codec.status((3,))[0].find
    assert find is not None
    assert find(frame(text)) == Status(contacts, present)


@pytest.mark.parametrize(("codec", "channel", "text", "outcome"), OUTCOMES)
def test_a_published_answer_to_an_unlock_is_read(codec: Codec, channel: int, text: str, outcome: PulseOutcome) -> None:
    find = codec.unlock(channel, 700).find
    assert find is not None
    assert find(frame(text)) is outcome


@pytest.mark.parametrize("text", ["8A 01 01 00 8A", "80 01 FF FF FD 33 4F", *NEVER_SENT[xor]])
def test_published_xor_checks(text: str) -> None:
    assert xor(frame(text)[:-1]) == frame(text)[-1]


@pytest.mark.parametrize(
    "text", ["02 00 36 00 00 00 00 03 3B", "02 10 36 00 00 00 00 03 4B", "F5 00 70 00 00 5F C4", *NEVER_SENT[sum]]
)
def test_published_sums(text: str) -> None:
    assert sum(frame(text)[:-1]) & 0xFF == frame(text)[-1]


@pytest.mark.parametrize("text", ["01 85 02 C3 51", "01 05 00 FF 00 00 FD FA", *NEVER_SENT[crc16]])
def test_published_crcs(text: str) -> None:
    assert crc16(frame(text)[:-2]) == frame(text)[-2:]


@pytest.mark.parametrize("text", ["02 10 30 03 3E", "02 0F 31 03 49"])
def test_published_frames_with_wrong_sums_are_not_ours(text: str) -> None:
    wrong = frame(text)
    assert wrong not in {Cu16(1).status(())[0].request, Cu16(0).unlock(16, 300).request}
    assert wrong[:-1] in {Cu16(1).status(())[0].request[:-1], Cu16(0).unlock(16, 300).request[:-1]}


def test_nothing_dangerous_can_be_sent() -> None:
    """Over all channels of all makes: no unlock is one of the orders that are left out."""
    codecs: list[Codec] = [Ys(1, 50), Cu16(0), Cu48(0), Waveshare(1), Wkly(0, 1), Winnsen(1)]
    sent = {codec.unlock(channel, 300).request for codec in codecs for channel in range(1, codec.channels + 1)}
    assert not sent & {frame(text) for texts in NEVER_SENT.values() for text in texts}
    assert len(sent) == sum(codec.channels for codec in codecs)


def test_swapped_board_and_lock_are_not_the_same() -> None:
    """8A 01 02 and 8A 02 01 have the same check: only the fields tell them apart."""
    find = Ys(1, 24).unlock(2, 300).find
    assert find is not None
    assert find(frame("8A 02 01 11 98")) is None
    assert find(frame("8A 01 02 11 98")) is PulseOutcome.DONE

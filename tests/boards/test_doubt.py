"""Whatever comes in on a line: no codec raises, and none believes a frame that is not sound, or not the board's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import xor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.words import PulseOutcome
from hal.boards.codec import Codec
from hal.boards.cu16 import Cu16
from hal.boards.cu48 import Cu48
from hal.boards.waveshare import Waveshare, crc16
from hal.boards.winnsen import Winnsen
from hal.boards.wkly import Wkly
from hal.boards.ys import Ys
from hal.bus import Exchange
from tests.boards.makes import (
    Board,
    Cu16Board,
    Cu48Board,
    WaveshareBoard,
    WinnsenBoard,
    WklyBoard,
    YsBoard,
)

Find = Callable[[bytes], object]

PAIRS: list[tuple[Codec, type[Board]]] = [
    (Ys(1, 8), YsBoard),
    (Ys(1, 24), YsBoard),
    (Cu16(1), Cu16Board),
    (Cu48(1), Cu48Board),
    (Waveshare(1), WaveshareBoard),
    (Wkly(1, 1), WklyBoard),
    (Winnsen(1), WinnsenBoard),
]
CHECKED = [pair for pair in PAIRS if pair[1] is not WinnsenBoard]  # one changed byte cannot hide from a check
PIECES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from(
        [b"WKLY", b"\x8a\x01", b"\x80\x01", b"\x02\x10", b"\x02\x01\x00\x75", b"\x90\x07", b"\x01\x02\x01"]
    ),
)


def finds(codec: Codec) -> list[tuple[Find, bytes]]:
    """Every answer that it looks for, with the request before it."""
    asked: list[Exchange[Any]] = [*codec.status((1, 2)), codec.unlock(2, 100)]
    if isinstance(codec, Ys):
        asked.append(codec.status_of_one(1))
    return [(one.find, one.request) for one in asked if one.find is not None]


def board_like(codec: Codec, kind: type[Board], address: int = 1) -> Board:
    return kind(address, codec.channels) if kind in (YsBoard, Cu16Board, Cu48Board) else kind(address)


@settings(max_examples=60)
@given(pieces=st.lists(PIECES, max_size=12))
@pytest.mark.parametrize(("codec", "_kind"), PAIRS)
def test_i5_no_bytes_make_a_codec_raise_or_believe_an_unsound_frame(
    codec: Codec, _kind: type[Board], pieces: list[bytes]
) -> None:
    heard = b"".join(pieces)
    for find, _ in finds(codec):
        if find(heard) is not None:
            assert any(sound(codec, heard[at:end]) for at in range(len(heard)) for end in range(at + 5, len(heard) + 1))


def sound(codec: Codec, frame: bytes) -> bool:
    """By the makes' documents: whether a stretch is a frame of the board with address 1, check and all."""
    match codec:
        case Ys():
            return frame[0] in (0x80, 0x8A) and frame[1] == 1 and not reduce(xor, frame)
        case Cu16():
            return frame[:2] == b"\x02\x10" and frame[-2] == 3 and sum(frame[:-1]) % 256 == frame[-1]
        case Cu48():
            return frame[:2] == b"\x02\x01" and frame[-2] == 3 and sum(frame[:-1]) % 256 == frame[-1]
        case Waveshare():
            return frame[0] == 1 and crc16(frame) == b"\0\0"
        case Wkly():
            return frame[:4] == b"WKLY" and frame[4] == len(frame) and frame[5] == 1 and not reduce(xor, frame)
        case _:
            return frame[:2] == b"\x90\x07" and frame[3] == 1 and frame[-1] == 3 and len(frame) == 7


@given(place=st.integers(0, 200), change=st.integers(1, 255))
@pytest.mark.parametrize(("codec", "kind"), CHECKED)
def test_i5_an_answer_with_any_one_byte_changed_is_not_believed(
    codec: Codec, kind: type[Board], place: int, change: int
) -> None:
    for find, request in finds(codec):
        answer = bytearray(board_like(codec, kind).hear(request))
        assert find(bytes(answer)) is not None
        answer[place % len(answer)] ^= change
        assert find(bytes(answer)) is None


@pytest.mark.parametrize(("codec", "kind"), PAIRS)
def test_i5_no_part_of_an_answer_is_believed(codec: Codec, kind: type[Board]) -> None:
    for find, request in finds(codec):
        answer = board_like(codec, kind).hear(request)
        assert all(find(answer[:end]) is None for end in range(len(answer)))
        assert all(find(answer[start:]) is None for start in range(1, len(answer) + 1))


@pytest.mark.parametrize(("codec", "kind"), PAIRS)
def test_i5_a_sound_answer_of_another_address_is_not_believed(codec: Codec, kind: type[Board]) -> None:
    others: dict[type[Board], Codec] = {
        YsBoard: Ys(2, codec.channels),
        Cu16Board: Cu16(2),
        Cu48Board: Cu48(2),
        WaveshareBoard: Waveshare(2),
        WklyBoard: Wkly(2, 1),
        WinnsenBoard: Winnsen(2),
    }
    other = others[kind]
    for (find, _), (theirs, request) in zip(finds(codec), finds(other), strict=True):
        answer = board_like(codec, kind, address=2).hear(request)
        assert theirs(answer) is not None
        assert find(answer) is None


@pytest.mark.parametrize(("codec", "kind"), PAIRS)
def test_i7_an_answer_about_another_lock_is_not_believed(codec: Codec, kind: type[Board]) -> None:
    ours, theirs = codec.unlock(2, 100), codec.unlock(3, 100)
    if ours.find is not None:
        assert ours.find(board_like(codec, kind).hear(theirs.request)) is None


@settings(max_examples=60)
@given(before=st.binary(max_size=30), after=st.binary(max_size=30))
@pytest.mark.parametrize(("codec", "kind"), PAIRS)
def test_a_sound_answer_is_found_wherever_it_lies(codec: Codec, kind: type[Board], before: bytes, after: bytes) -> None:
    for find, request in finds(codec):
        answer = board_like(codec, kind).hear(request)
        assert find(before + answer + after) is not None


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6, 8, 0, 255])
def test_a_refusal_that_does_not_say_that_nothing_was_driven_is_unknown(code: int) -> None:
    """Modbus: 1, 2 and 3 are about the request.  4 is a failure while obeying, 5 is "accepted, and under way"."""
    body = bytes((1, 0x85, code))
    find = Waveshare(1).unlock(2, 100).find
    assert find is not None
    assert find(body + crc16(body)) is (PulseOutcome.BROKEN if code in (1, 2, 3) else PulseOutcome.UNKNOWN)


@given(data=st.binary(max_size=40))
def test_i5_an_unlocks_answer_of_another_length_is_not_believed(data: bytes) -> None:
    """Sound in all else: a codec that raised here would take the whole port with it."""
    body = b"WKLY" + bytes((8 + len(data), 1, 0x82)) + data
    find = Wkly(1, 1).unlock(2, 100).find
    assert find is not None
    assert find(body + bytes((reduce(xor, body),))) is None or len(data) == 3

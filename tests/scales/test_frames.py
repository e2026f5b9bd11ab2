"""Frames out of any stream of bytes: the whole ones are found, nothing else is, and little is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hal.scales.frames import Cutter
from hal.scales.options import ScaleOptions, protocol_of
from hal.scales.parse import Reader
from hal.scales.protocol import FRAME_LIMIT_BYTES
from hal.scales.table import PROTOCOLS

CONTINUOUS = bytes.fromhex("022C30203030313233343030303030300D2B")
WHOLE = {
    "mt-sics": b"S S     100.00 g\r\n",
    "toledo-8217": b"\x02006.50\r",
    "toledo-continuous": CONTINUOUS,
    "nci": b"\n0012.50lb\r\n00\r\x03",
    "cas": b"ST,GS,\x01\xc4,  12.345 kg\r\n",
}
PIECES = st.lists(st.binary(max_size=90), max_size=12)


def cutter(kind: str, *, in_step: bool = True) -> Cutter:
    row = protocol_of(ScaleOptions(kind, "p", unit="" if PROTOCOLS[kind].unit_told else "lb"))
    return Cutter(row.framing, Reader(row, row.compiled(), 150_000, "lb").fits, in_step=in_step)


@given(kind=st.sampled_from(sorted(WHOLE)), pieces=PIECES)
def test_whatever_comes_only_whole_frames_are_found_and_little_is_kept(kind: str, pieces: list[bytes]) -> None:
    one = cutter(kind)
    fits = cutter(kind)._fits
    for piece in pieces:
        assert all(fits(frame) for frame in one.feed(piece))
        assert len(one._held) <= FRAME_LIMIT_BYTES


@given(
    kind=st.sampled_from(sorted(WHOLE)), noise=st.binary(max_size=200), cuts=st.lists(st.integers(1, 20), max_size=9)
)
def test_after_any_noise_the_third_frame_is_found(kind: str, noise: bytes, cuts: list[int]) -> None:
    """The first may be swallowed by what the noise began, the second by what that left."""
    stream, one, found = noise + WHOLE[kind] * 3, cutter(kind, in_step=False), []
    for size in (*cuts, len(stream)):
        found += one.feed(stream[:size])
        stream = stream[size:]
    assert WHOLE[kind] in found


@given(noise=st.binary(max_size=60))
def test_a_frame_with_a_checksum_is_found_right_after_any_noise_without_its_first_byte(noise: bytes) -> None:
    quiet = noise.replace(b"\x02", b"")
    assert cutter("toledo-continuous").feed(quiet + CONTINUOUS) == [CONTINUOUS]


def test_a_line_that_is_too_long_is_passed_over_to_its_end() -> None:
    one = cutter("mt-sics")
    assert one.feed(b"x" * 5000) == []
    assert one.feed(WHOLE["mt-sics"]) == []  # still that line
    assert one.feed(WHOLE["mt-sics"]) == [WHOLE["mt-sics"]]

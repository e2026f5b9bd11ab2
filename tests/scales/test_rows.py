"""Every row of the table: what its maker's example says, byte for byte, and what it never says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.ports import Weighing
from edge.core.words import ScaleState
from hal.scales.options import ScaleOptions, protocol_of
from hal.scales.parse import Reader
from hal.scales.table import PROTOCOLS

STABLE, MOVING, OVER, UNDER, ERROR, UNKNOWN = ScaleState

CONTINUOUS = bytes.fromhex("02 2C 30 20 30 30 31 32 33 34 30 30 30 30 30 30 0D 2B")


def reader(kind: str, unit: str = "", capacity_g: int = 150_000) -> Reader:
    row = protocol_of(ScaleOptions(kind, "/dev/null", capacity_g, unit))
    return Reader(row, row.compiled(), capacity_g, unit)


def said(kind: str, frame: bytes, unit: str = "") -> Weighing:
    """What the frame says, with the mask of its protocol."""
    mask = PROTOCOLS[kind].mask
    return reader(kind, unit).read(bytes(byte & mask for byte in frame), 7.0)


def ohaus(sign: str, weight: str, unit: str, settled: str, legend: str) -> bytes:
    """Sign, blank, seven places, blank, five letters, a question mark while it moves, three letters."""
    return f"{sign} {weight:>7} {unit:<5}{settled}{legend}\r\n".encode()


def sbi(sign: str, weight: str, unit: str) -> bytes:
    """Sign, blank, eight places, blank, three letters: sixteen with the end."""
    return f"{sign} {weight:>8} {unit:<3}\r\n".encode()


def sma(status: str, kind: str, motion: str, weight: str, unit: str) -> bytes:
    """Status, range, gross or net, motion, a spare field, ten places, three letters."""
    return f"\n{status}1{kind}{motion} {weight:>10}{unit:<3}\r".encode()


EXAMPLES: list[tuple[str, bytes, ScaleState, int | None]] = [
    ("mt-sics", b"S S     100.00 g\r\n", STABLE, 100),
    ("mt-sics", b"S D     100.00 g\r\n", MOVING, 100),
    ("mt-sics", b"S S      12.34 kg\r\n", STABLE, 12_340),
    ("mt-sics", b"S S      -1.50 g\r\n", STABLE, -2),
    ("mt-sics", b"S S       1.00 lb\r\n", STABLE, 454),
    ("mt-sics", b"S I\r\n", UNKNOWN, None),
    ("mt-sics", b"S +\r\n", OVER, None),
    ("mt-sics", b"S -\r\n", UNDER, None),
    ("mt-sics", b"ES\r\n", ERROR, None),
    ("mt-sics", b"ET\r\n", ERROR, None),
    ("mt-sics", b"EL\r\n", ERROR, None),
    ("mt-sics", b"S S     100.00 PCS\r\n", UNKNOWN, None),
    ("mt-sics", b"S S    100.00 g\r\n", UNKNOWN, None),  # one place is lost
    ("mt-sics", b"s s     100.00 g\r\n", UNKNOWN, None),
    ("toledo-continuous", CONTINUOUS, STABLE, 12_340),
    ("toledo-continuous", bytes.fromhex("022C38203030313233343030303030300D23"), MOVING, 12_340),
    ("toledo-continuous", bytes.fromhex("022C3420") + b"      000000\r\x11", OVER, None),
    ("toledo-continuous", CONTINUOUS[:-1] + b"\x2c", UNKNOWN, None),
    ("toledo-continuous-plain", CONTINUOUS[:-1], STABLE, 12_340),
    ("toledo-continuous-plain", b"\x02\x2a\x30\x20000012000000\r", STABLE, 12_000),  # tens and ones
    ("toledo-continuous-plain", b"\x02\x28\x30\x20000001000000\r", STABLE, 100_000),  # hundreds
    ("toledo-continuous-plain", b"\x02\x2d\x30\x20001234000000\r", STABLE, 1234),
    ("toledo-continuous-plain", b"\x02\x2c\x20\x20000100000000\r", STABLE, 454),  # pounds
    ("toledo-continuous-plain", b"\x02\x2c\x10\x20001234000000\r", STABLE, 12_340),  # bit 5 is not set on some
    ("toledo-continuous-plain", b"\x02\x2c\x32\x20001234000000\r", STABLE, -12_340),
    ("toledo-continuous-plain", b"\x02\x2c\x30\x21001234000000\r", UNKNOWN, None),  # grams, on some
    ("nci", b"\n0012.50lb\r\n00\r\x03", STABLE, 5670),
    ("nci", b"\n0012.50lb\r\n10\r\x03", MOVING, 5670),
    ("nci", b"\n  12.50kg\r\n20\r\x03", STABLE, 12_500),
    ("nci", b"\n^^^^^^^lb\r\n02\r\x03", OVER, None),
    ("nci", b"\n^^^^\r\n02\r\x03", OVER, None),
    ("nci", b"\n____\r\n01\r\x03", UNDER, None),
    ("nci", b"\n----\r\n00\r\x03", ERROR, None),
    ("nci", b"\n0012.50lb\r\n02\r\x03", OVER, None),  # the status says more than the digits
    ("nci", b"\n?\r\x03", UNKNOWN, None),
    ("sma", sma(" ", "G", " ", "12.345", "kg"), STABLE, 12_345),
    ("sma", sma("Z", "G", " ", "0.000", "kg"), STABLE, 0),
    ("sma", sma(" ", "G", "M", "12.345", "kg"), MOVING, 12_345),
    ("sma", sma(" ", "N", " ", "1.000", "lb"), STABLE, 454),
    ("sma", sma("O", "G", " ", "-" * 10, "kg"), OVER, None),
    ("sma", sma("U", "G", " ", "-" * 10, "kg"), UNDER, None),
    ("sma", sma("E", "G", " ", "0.000", "kg"), ERROR, None),
    ("sma", sma("I", "G", " ", "0.000", "kg"), ERROR, None),
    ("sma", sma("T", "G", " ", "0.000", "kg"), ERROR, None),
    ("sma", sma(" ", "T", " ", "1.000", "kg"), UNKNOWN, None),  # the tare itself
    ("sma", b"\n?\r", UNKNOWN, None),
    ("sma", b"\n!\r", UNKNOWN, None),
    ("a-and-d", b"ST,+001234.5  g\r\n", STABLE, 1234),
    ("a-and-d", b"US,+001234.5  g\r\n", MOVING, 1234),
    ("a-and-d", b"ST,-000012.3 kg\r\n", STABLE, -12_300),
    ("a-and-d", b"ST,OK,+001234.5  g\r\n", STABLE, 1234),
    ("a-and-d", b"QT,+00000012 PC\r\n", UNKNOWN, None),
    ("a-and-d", b"OL,+999999.9  g\r\n", OVER, None),
    ("a-and-d", b"OL,-999999.9  g\r\n", UNDER, None),
    ("a-and-d", b"OL,+9999999E+19\r\n", OVER, None),
    ("a-and-d", b"ST,+9999999E+19\r\n", UNKNOWN, None),
    ("ohaus", ohaus("-", "1.234", "kg", " ", "NET"), STABLE, -1234),
    ("ohaus", ohaus(" ", "12.345", "kg", "?", "   "), MOVING, 12_345),
    ("ohaus", ohaus(" ", "12.345", "kg", " ", "G  "), STABLE, 12_345),
    ("ohaus", ohaus(" ", "12.345", "kg", " ", "G  ")[1:], UNKNOWN, None),
    ("ohaus", b"   192.21 g ?\r\n", MOVING, 192),
    ("ohaus", b"   192.21 g\r\n", STABLE, 192),
    ("ohaus", b"  192.21 g\r\n", UNKNOWN, None),  # its beginning is lost
    ("ohaus", b"ES\r\n", ERROR, None),
    ("cas", b"ST,GS,\x01\xc4,  12.345 kg\r\n", STABLE, 12_345),
    ("cas", b"US,GS,\x01\x84,  12.345 kg\r\n", MOVING, 12_345),
    ("cas", b"ST,NT,\x01\xc6,   1.000 kg\r\n", STABLE, 1000),
    ("cas", b"ST,GS,\x2c\xac,  12.345 kg\r\n", MOVING, 12_345),  # an id that is a comma; the lamp is not on
    ("cas", b"ST,GS,\x01\xd4,  12.345 kg\r\n", UNKNOWN, None),  # held
    ("cas", b"OL,GS,\x01\x80,         kg\r\n", OVER, None),
    ("cas", b"ST,GS,\x01\x44,  12.345 kg\r\n", UNKNOWN, None),  # no lamp byte
    ("sbi", sbi("+", "1234.5", "g"), STABLE, 1234),
    ("sbi", sbi("-", "12.5", "kg"), STABLE, -12_500),
    ("sbi", sbi("+", "1234.5", ""), MOVING, None),  # it has not settled
    ("sbi", b"N     " + sbi("+", "12.00", "kg"), STABLE, 12_000),
    ("sbi", b"G#    " + sbi(" ", "0.000", "kg"), STABLE, 0),
    ("sbi", sbi("+", "1234.5", "g")[1:], UNKNOWN, None),
    ("sbi", b"Stat       H  \r\n", OVER, None),
    ("sbi", b"Stat       L  \r\n", UNDER, None),
    ("sbi", b"Stat      --  \r\n", UNKNOWN, None),
    ("sbi", b"Err 101       \r\n", ERROR, None),
]


@pytest.mark.parametrize(("kind", "frame", "state", "weight_g"), EXAMPLES)
def test_an_example_says(kind: str, frame: bytes, state: ScaleState, weight_g: int | None) -> None:
    weighing = said(kind, frame)
    assert (weighing.state, weighing.weight_g, weighing.at_s) == (state, weight_g, 7.0), weighing


@pytest.mark.parametrize(
    ("frame", "state", "weight_g"),
    [
        (b"\x02006.50\r", STABLE, 2948),
        (b"\x02000.00\r", STABLE, 0),
        (b"\x02?A\r", MOVING, None),
        (b"\x02?B\r", OVER, None),
        (b"\x02?D\r", UNDER, None),
        (b"\x02?H\r", ERROR, None),
        (b"\x02?P\r", STABLE, 0),
        (b"\x02?Q\r", MOVING, None),  # at its zero, and moving
        (b"\x02?p\r", UNKNOWN, None),  # at its zero beneath a tare: what it would show is another thing
        (b"\x02?@\r", UNKNOWN, None),  # nothing is said
        (b"\x02?\x00\r", UNKNOWN, None),  # bit 6 is always set: this is no status
        (b"\x02?\x01\r", UNKNOWN, None),
        (b"\x02006.5\x00\r", UNKNOWN, None),
        (b"\x0200650\r", UNKNOWN, None),
    ],
)
def test_an_8217_says(frame: bytes, state: ScaleState, weight_g: int | None) -> None:
    weighing = said("toledo-8217", frame, "lb")
    assert (weighing.state, weighing.weight_g) == (state, weight_g)


def even(frame: bytes) -> bytes:
    """As seven bits and even parity look to a port of eight bits."""
    return bytes(byte | (byte.bit_count() & 1) << 7 for byte in frame)


@pytest.mark.parametrize(("kind", "frame"), [(k, f) for k, f, *_ in EXAMPLES if PROTOCOLS[k].mask == 0x7F])
def test_parity_in_the_highest_bit_changes_nothing(kind: str, frame: bytes) -> None:
    assert said(kind, even(frame)) == said(kind, frame)


def test_an_8217_status_with_parity_is_read_like_one_without() -> None:
    assert said("toledo-8217", even(b"\x02?A\r"), "lb").state is MOVING


@pytest.mark.parametrize(
    ("kind", "frame"),
    [
        ("toledo-continuous-plain", b"\x02\x2c\x31\x20001234000000\r"),
        ("cas", b"ST,NT,\x01\xc6,   1.000 kg\r\n"),
        ("sma", sma(" ", "N", " ", "1.000", "lb")),
        ("ohaus", ohaus(" ", "1.000", "kg", " ", "NET")),
        ("sbi", b"N     " + sbi("+", "12.00", "kg")),
    ],
)
def test_a_tare_that_is_taken_off_is_told(kind: str, frame: bytes) -> None:
    assert said(kind, frame).net


def test_a_weight_beyond_the_capacity_is_none() -> None:
    weighing = reader("mt-sics", capacity_g=50).read(b"S S     100.00 g\r\n", 0.0)
    assert (weighing.state, weighing.weight_g) == (UNKNOWN, None)
    assert weighing.detail == "shows 100 g, capacity is 50 g"


@pytest.mark.parametrize("kind", PROTOCOLS)
@given(frame=st.binary(max_size=80))
def test_no_bytes_make_a_reader_fail(kind: str, frame: bytes) -> None:
    assert reader(kind, "lb").read(frame, 0.0).state in ScaleState


def broken(frame: bytes) -> st.SearchStrategy[bytes]:
    """The frame with one byte changed, in its seven bits."""
    places = st.tuples(st.integers(0, len(frame) - 1), st.integers(1, 127))
    return places.map(lambda at: frame[: at[0]] + bytes([frame[at[0]] ^ at[1]]) + frame[at[0] + 1 :])


@given(frame=broken(CONTINUOUS))
def test_a_frame_that_its_checksum_does_not_fit_never_weighs(frame: bytes) -> None:
    weighing = said("toledo-continuous", frame)
    assert (weighing.state, weighing.weight_g) == (UNKNOWN, None)


@pytest.mark.parametrize(("kind", "frame", "state"), [example[:3] for example in EXAMPLES])
def test_a_frame_that_has_lost_its_end_or_its_beginning_never_weighs(
    kind: str, frame: bytes, state: ScaleState
) -> None:
    for cut in range(1, len(frame)):
        assert said(kind, frame[:cut]).state is not STABLE
        assert said(kind, frame[cut:]).state is not STABLE or frame[:cut] == b"N     " or frame[:cut] == b"G#    "


@given(frame=st.binary(max_size=80))
def test_only_a_stable_or_moving_weight_has_a_number(frame: bytes) -> None:
    weighing = reader("toledo-continuous-plain").read(frame, 0.0)
    assert weighing.weight_g is None or weighing.state in (STABLE, MOVING)

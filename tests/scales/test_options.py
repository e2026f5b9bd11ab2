"""`[scale]`: what it may say, and patterns that a technician writes."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.words import ScaleState
from hal.scales.generic import pattern_faults
from hal.scales.options import KINDS, ScaleOptions, faults_of, make_scale, protocol_of
from hal.scales.parse import Reader
from hal.scales.protocol import FRAME_LIMIT_BYTES, LineSettings
from hal.scales.table import PROTOCOLS

STABLE, MOVING, OVER, UNDER, ERROR, UNKNOWN = ScaleState
GOOD = "(?:(?P<stable>ST)|(?P<moving>US)|(?P<over>OL)),GS,(?P<weight>[ +0-9.-]{8}) (?P<unit>kg|lb)"


def faults(**told: Any) -> list[str]:
    return [f"{key}: {why}" for key, why in faults_of(ScaleOptions(**told))]


def test_without_a_kind_there_is_no_scale() -> None:
    assert faults() == []
    assert faults(port="/dev/ttyUSB0") == ["port: says nothing without a kind"]


@pytest.mark.parametrize("kind", sorted({*PROTOCOLS} - {"toledo-8217"}))
def test_a_row_of_the_table_needs_a_port_only(kind: str) -> None:
    assert faults(kind=kind, port="/dev/ttyUSB0") == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"kind": "mt-sic", "port": "p"}, f"kind: must be one of: {', '.join(KINDS)}"),
        ({"kind": "mt-sics"}, "port: is missing; must be the path of a serial port, best under /dev/serial/by-id"),
        (
            {"kind": "toledo-8217", "port": "p"},
            "unit: is missing: toledo-8217 tells none; must be one of: g, kg, lb, oz",
        ),
        ({"kind": "nci", "port": "p", "unit": "kg"}, "unit: nci tells its unit itself"),
        ({"kind": "nci", "port": "p", "ask": "W"}, "ask: is only for kind generic"),
        ({"kind": "hid", "baud": 9600}, "baud: a scale on USB has none"),
        (
            {"kind": "nci", "port": "p", "baud": 9601},
            "baud: must be one of: 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200",
        ),
        ({"kind": "nci", "port": "p", "bits": 5}, "bits: must be 7 or 8"),
        ({"kind": "generic", "port": "p"}, "pattern: must name the weight: (?P<weight>…)"),
        (
            {"kind": "generic", "port": "p", "pattern": "(?P<weight>[0-9]+)(?P<stable>)"},
            "unit: is missing: the pattern names none",
        ),
    ],
)
def test_what_cannot_be_is_said(told: dict[str, Any], said: str) -> None:
    assert said in faults(**told)


def test_a_line_may_be_set_otherwise_than_by_its_maker() -> None:
    told = ScaleOptions("ohaus", "p", baud=2400, bits=7, parity="N", stop=2)
    assert protocol_of(told).line == LineSettings(2400, 7, "N", 2)
    assert protocol_of(ScaleOptions("toledo-8217", "p", unit="lb")).line == LineSettings(9600, 7, "E", 1)


def test_a_scale_is_made_without_touching_its_port() -> None:
    make_scale(ScaleOptions("mt-sics", "/dev/no-such-port")).close()
    make_scale(ScaleOptions("hid")).close()


# -- patterns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "state", "weight_g"),
    [
        (b"ST,GS,+  12.34 kg\r\n", STABLE, 12_340),
        (b"US,GS,+  12.34 kg\r\n", MOVING, 12_340),
        (b"OL,GS,+  12.34 kg\r\n", OVER, None),
        (b"ST,GS,+  12.34 kt\r\n", UNKNOWN, None),
        (b"ST,GS,+  12.34 kg\r", UNKNOWN, None),
    ],
)
def test_a_pattern_says(line: bytes, state: ScaleState, weight_g: int | None) -> None:
    assert pattern_faults(GOOD) == []
    row = protocol_of(ScaleOptions("generic", "p", pattern=GOOD))
    weighing = Reader(row, row.compiled(), 150_000).read(line, 0.0)
    assert (weighing.state, weighing.weight_g) == (state, weight_g)


def test_a_weight_that_is_not_said_to_move_has_settled_only_where_that_is_said() -> None:
    row = protocol_of(ScaleOptions("generic", "p", pattern=r"(?P<weight>[0-9.]+) g(?P<moving> \?)?", unit="g"))
    reader = Reader(row, row.compiled(), 150_000, "g")
    assert reader.read(b"12 g ?\r\n", 0.0).state is MOVING
    assert reader.read(b"12 g\r\n", 0.0).state is UNKNOWN


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?P<weight>(?:[0-9]+)+)(?P<stable>)", "a group, or what is repeated already, must not be repeated"),
        ("(?P<weight>[0-9]+)*(?P<stable>)", "a group, or what is repeated already, must not be repeated"),
        ("(?P<weight>.*.*.*.*)(?P<stable>)", "can be tried in"),
        ("(?P<weight>(?:a|a)(?:a|a)(?:a|a)(?:a|a).*.*.*)(?P<stable>)", "can be tried in"),
        (r"(?P<weight>.)\1(?P<stable>)", "is not allowed"),
        ("(?=x)(?P<weight>.)(?P<stable>)", "is not allowed"),
        ("(?P=weight)(?P<stable>)", "is not allowed"),
        ("^(?P<weight>.)(?P<stable>)$", "is not allowed"),
        ("(?P<weight>[0-9)(?P<stable>)", "is not allowed"),
        ("(?P<weight>[0-9]", "is no regular expression"),
        ("(?P<weight>[[a])(?P<stable>)", "is no regular expression"),
        ("(?P<weight>.)", "must name what tells"),
        ("(?P<weight>.)(?P<stabel>)", "names stabel"),
        ("(?P<weight>.)(?P<stable>€)", "must have characters of one byte each"),
        ("", "must name the weight"),
    ],
)
def test_a_pattern_that_says_too_little_or_could_take_long_is_refused(pattern: str, why: str) -> None:
    (fault,) = pattern_faults(pattern)
    assert why in fault


PIECES = st.sampled_from(["a", ".", "[ab]", "(?:a|b)", "(?:ab)?", "*", "+", "?", "{0,9}", "{3}", "|", "(", ")", "(?:"])


@given(st.lists(PIECES, max_size=20).map("".join), st.sampled_from([b"a", b"ab", b"b"]))
def test_a_pattern_that_is_taken_is_quick_on_any_line(middle: str, letters: bytes) -> None:
    pattern = f"(?P<weight>{middle})(?P<stable>)"
    if pattern_faults(pattern):
        return
    line = (letters * FRAME_LIMIT_BYTES)[:FRAME_LIMIT_BYTES] + b"!"
    began_s = time.thread_time()
    re.compile(pattern.encode(), re.DOTALL).fullmatch(line)
    assert time.thread_time() - began_s < 2.0


@given(st.text(max_size=60))
def test_no_pattern_makes_the_check_fail(pattern: str) -> None:
    assert isinstance(pattern_faults(pattern), list)

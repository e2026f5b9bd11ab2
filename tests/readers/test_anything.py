"""No bytes whatever make a dialect raise, hold on to more than it may, or miss the next whole code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.readers.dialect import MAX_LINE_BYTES, Code, Dialect, Heard
from hal.readers.gm65 import Gm65
from hal.readers.keys import Keys
from hal.readers.lines import Lines
from hal.readers.ssi import ACK, Ssi, frame
from hal.readers.trigger import HONEYWELL_OFF, HONEYWELL_ON, Trigger
from tests.readers.typing import ENTER, event, press, typed

KINDS: dict[str, tuple[Callable[[], Dialect], bytes]] = {
    "gm65": (Gm65, b"WHOLE\r"),
    "gm65, length": (Gm65, b"\x03\x00\x05WHOLE"),
    "ssi": (Ssi, frame(0xF3, b"\x1cWHOLE", source=0)),
    "lines": (Lines, b"WHOLE\r"),
    "lines, pause": (lambda: Lines(by_pause=True), b"WHOLE\r"),
    "honeywell": (lambda: Lines(trigger=Trigger(HONEYWELL_ON, HONEYWELL_OFF)), b"WHOLE\r"),
    "wedge": (Keys, typed("WHOLE") + press(ENTER)),
}

TOKENS = [
    b"\x02\x00\x00", b"\x03\x00", b"\x03\x00\x00", b"\x7e", b"\r", b"\n", b"\x00", b"\xff", b"LK1:", ACK, b"\x06",
    bytes.fromhex("02 00 00 01 00 33 31"), bytes.fromhex("0C F3 00"), frame(0xF4, b"\x1cA", source=0, status=2),
    event(0, 3, 0), event(0, 0, 0), event(1, 42, 1), event(1, 30, 1),
]  # fmt: skip
SOMETHING = st.one_of(st.binary(max_size=40), st.sampled_from(TOKENS))
STREAMS = st.lists(st.tuples(SOMETHING, st.sampled_from([0.0, 0.01, 0.4, 5.0])), max_size=40)


@pytest.mark.parametrize("name", KINDS)
@given(stream=STREAMS)
def test_anything_may_come(name: str, stream: list[tuple[bytes, float]]) -> None:
    make, whole = KINDS[name]
    dialect, now_s = make(), 0.0
    dialect.opened(now_s)
    for data, pause_s in stream:
        now_s += pause_s
        for heard in (dialect.feed(data, now_s), dialect.due(now_s)):
            assert isinstance(heard, Heard)
            assert all(len(code.data) <= MAX_LINE_BYTES for code in heard.codes)
    now_s += 10
    dialect.due(now_s)
    if name == "wedge":  # a broken event shifts all that follow; the line gives whole ones, and opening begins anew
        dialect.opened(now_s)
    codes = dialect.feed(whole, now_s).codes
    assert [code.data for code in codes] == [b"WHOLE"]
    assert isinstance(codes[0], Code)

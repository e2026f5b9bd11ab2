"""The serial line on a pseudo-terminal: what goes through it, and how each trouble of a port ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.core.errors import BadInput, HardwareFault
from hal.serial_line import BAUDS, REOPEN_S, SerialLine
from tests.boards.wire import LIMIT_S, Wire


class Clock:
    """Seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture
def line(wire: Wire) -> Iterator[SerialLine]:
    line = SerialLine(wire.path, 9600)
    yield line
    line.close()


def test_every_byte_goes_through_as_it_is(wire: Wire, line: SerialLine) -> None:
    every = bytes(range(256))
    line.send(every)
    assert wire.hear(256) == every
    wire.say(every)
    came = b""
    while len(came) < 256:
        came += line.receive(LIMIT_S)
    assert came == every


def test_nothing_comes_in_time(line: SerialLine) -> None:
    assert line.receive(0.01) == b""
    assert line.receive(0.0) == b""


def test_dropped_input_is_not_received(wire: Wire, line: SerialLine) -> None:
    line.open()
    wire.say(b"old")
    assert line.receive(LIMIT_S)[:1] == b"o"
    wire.say(b"old")
    line.drop_input()
    wire.say(b"new")
    assert line.receive(LIMIT_S) == b"new"


def test_a_port_that_is_not_there_is_tried_at_most_once_a_second(tmp_path: Path) -> None:
    clock = Clock()
    path = tmp_path / "ttyUSB7"
    line = SerialLine(str(path), 9600, clock=clock)
    with pytest.raises(HardwareFault, match=str(path)):
        line.open()
    with Wire() as wire:
        path.symlink_to(wire.path)
        clock.now_s += REOPEN_S / 2
        with pytest.raises(HardwareFault, match="No such file"):
            line.send(b"x")
        clock.now_s += REOPEN_S / 2
        line.send(b"x")
        assert wire.hear(1) == b"x"
    line.close()


def test_a_port_has_one_owner(wire: Wire, line: SerialLine) -> None:
    line.open()
    other = SerialLine(wire.path, 9600)
    with pytest.raises(HardwareFault, match="exclusively"):
        other.open()
    line.send(b"mine")
    assert wire.hear(4) == b"mine"


CALLS: dict[str, Callable[[SerialLine], object]] = {
    "send": lambda line: line.send(b"x"),
    "receive": lambda line: line.receive(LIMIT_S),
    "drop_input": lambda line: line.drop_input(),
}


@pytest.mark.parametrize("call", CALLS)
def test_an_unplugged_port_is_a_fault_and_comes_back(call: str, tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "by-id"
    line = SerialLine(str(path), 19200, clock=clock)
    with Wire() as wire:
        path.symlink_to(wire.path)
        line.open()
    with pytest.raises(HardwareFault, match=str(path)):
        CALLS[call](line)
    with Wire() as wire:
        path.unlink()
        path.symlink_to(wire.path)
        clock.now_s += REOPEN_S
        line.send(b"again")
        assert wire.hear(5) == b"again"
    line.close()


def test_a_port_that_takes_no_bytes_is_stuck_within_its_limit(wire: Wire) -> None:
    line = SerialLine(wire.path, 9600)
    with pytest.raises(HardwareFault, match="bytes are not taken"):
        line.send(bytes(300_000))  # more than the kernel keeps, and nobody reads
    line.close()


def test_what_a_stuck_port_did_not_send_is_not_sent_later(wire: Wire) -> None:
    clock = Clock()
    line = SerialLine(wire.path, 9600, clock=clock)
    with pytest.raises(HardwareFault, match="bytes are not taken"):
        line.send(bytes(300_000))
    clock.now_s += REOPEN_S
    line.open()  # the port is there again: what it was to send before is no order any more
    assert len(wire.hear(300_000, within_s=0.2)) < 4096  # the kernel's page that was on its way already
    line.close()


def test_a_closed_line_stays_closed(line: SerialLine) -> None:
    line.close()
    with pytest.raises(HardwareFault, match="it is closed"):
        line.open()


@pytest.mark.parametrize("baud", [0, 9601, 250_000])
def test_an_odd_baud_is_refused(baud: int) -> None:
    with pytest.raises(BadInput, match=str(baud)):
        SerialLine("/dev/ttyS0", baud)


def test_odd_characters_are_refused() -> None:
    for bits, parity, stop in ((5, "N", 1), (8, "M", 1), (8, "N", 3)):
        with pytest.raises(BadInput):
            SerialLine("/dev/ttyS0", BAUDS[0], bits=bits, parity=parity, stop=stop)

"""Readers on a pseudo-terminal, with pyserial at their end and the tests' own bytes at the other."""

from __future__ import annotations

import contextlib
import os
import queue
import select
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from hal.readers.dialect import Oddity
from hal.readers.gm65 import crc16
from hal.readers.kinds import Gm65Options, HoneywellOptions, LinesOptions, SsiOptions, make_reader
from hal.readers.reader import Reader

WITHIN_S = 20.0
ACK = bytes.fromhex("04 D0 04 00 FF 28")
SCANNER_ACK = bytes.fromhex("04 D0 00 00 FF 2C")
QR = bytes.fromhex("0C F3 00 00 1C 4C 4B 31 3A 41 42 43")  # LK1:ABC
QR += (-sum(QR) & 0xFFFF).to_bytes(2, "big")


class Port:
    """A serial port under a name that stays: plugged in, pulled out, plugged in again."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "usb-Scanner-if00"
        self._ends: tuple[int, ...] = ()

    @property
    def _far(self) -> int:
        return self._ends[0]

    def plug_in(self) -> None:
        self._ends = os.openpty()
        tty.setraw(self._ends[1])
        self.path.symlink_to(os.ttyname(self._ends[1]))

    def unplug(self) -> None:
        self.path.unlink()
        self.close()

    def say(self, data: bytes) -> None:
        assert os.write(self._far, data) == len(data)

    def hear(self, length: int) -> bytes:
        heard = b""
        while len(heard) < length:
            assert select.select([self._far], [], [], WITHIN_S)[0], f"after {heard.hex(' ')}"
            heard += os.read(self._far, length - len(heard))
        return heard

    def close(self) -> None:
        for end in self._ends:
            os.close(end)
        self._ends = ()


class Told:
    """What a reader told, in order; waited for by reading."""

    def __init__(self) -> None:
        self._told: queue.Queue[tuple[str, str] | str | None] = queue.Queue()

    def code(self, text: str, symbology: str) -> None:
        self._told.put((text, symbology))

    def state(self, fault: str | None) -> None:
        self._told.put(fault)

    def next(self) -> tuple[str, str] | str | None:
        return self._told.get(timeout=WITHIN_S)

    def soon(self) -> tuple[str, str] | str | None:
        """None when nothing is told soon."""
        try:
            return self._told.get(timeout=0.2)
        except queue.Empty:
            return None

    @property
    def nothing_more(self) -> bool:
        return self._told.empty()


@contextlib.contextmanager
def running(reader: Reader) -> Iterator[Reader]:
    stopping = threading.Event()
    thread = threading.Thread(target=reader.run, args=(stopping,))
    thread.start()
    try:
        yield reader
    finally:
        stopping.set()
        thread.join(WITHIN_S)
        assert not thread.is_alive()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[Port]:
    made = Port(tmp_path)
    yield made
    made.close()


@pytest.fixture
def told() -> Told:
    return Told()


def lines(port: Port, told: Told) -> Reader:
    return make_reader("lines", LinesOptions(str(port.path)), told.code, told.state)


def test_lines_are_told_whatever_came_before(port: Port, told: Told) -> None:
    port.plug_in()
    with running(lines(port, told)) as reader:
        assert told.next() is None
        port.say(b"\x00\xff\xfe\x9a garbage\r" + b"A" * 600 + b"\r" + b"LK1:ABC\r")
        assert told.next() == ("LK1:ABC", "unknown")
        port.say(b"LK1:ABC\r" * 3 + b"JD0146000012\r\n")
        assert told.next() == ("JD0146000012", "unknown")
        odd = reader.status.odd
        assert (odd[Oddity.CHARACTERS], odd[Oddity.TOO_LONG], odd[Oddity.REPEATED]) == (1, 1, 3)
        assert (reader.status.codes, reader.status.fault) == (2, None)


def test_a_port_that_is_not_there_is_a_fault_until_it_is(port: Port, told: Told) -> None:
    with running(lines(port, told)):
        fault = told.next()
        assert isinstance(fault, str)
        assert str(port.path) in fault
        port.plug_in()
        assert told.next() is None
        port.say(b"ONE\r")
        assert told.next() == ("ONE", "unknown")


def test_a_scanner_pulled_out_in_the_middle_of_a_code_comes_back_and_the_half_is_lost(port: Port, told: Told) -> None:
    port.plug_in()
    with running(lines(port, told)):
        assert told.next() is None
        port.say(b"JD01460000")
        port.unplug()
        assert isinstance(told.next(), str)
        port.plug_in()
        assert told.next() is None
        port.say(b"12\rJD0146000013\r")
        assert told.next() == ("12", "unknown")
        assert told.next() == ("JD0146000013", "unknown")


def test_ssi_acknowledges_each_code_and_tells_one_that_comes_again_once(port: Port, told: Told) -> None:
    port.plug_in()
    with running(make_reader("ssi", SsiOptions(str(port.path)), told.code, told.state)) as reader:
        assert port.hear(6) == bytes.fromhex("04 E9 04 00 FF 0F")
        port.say(SCANNER_ACK)
        assert told.next() is None
        port.say(QR)
        assert told.next() == ("LK1:ABC", "QRCode")
        assert port.hear(6) == ACK
        port.say(b"\xff\xff\x00" + QR[:7])  # half a frame; the silence after it is noticed by the reader
        while not reader.status.odd.get(Oddity.HALF):
            threading.Event().wait(0.01)
        again = bytearray(QR)
        again[3], again[-1] = 1, again[-1] - 1
        port.say(bytes(again))
        assert port.hear(6) == ACK
        assert told.nothing_more


def test_gm65_is_brought_to_its_settings_and_its_codes_may_hold_any_byte(port: Port, told: Told) -> None:
    port.plug_in()
    zones = {0x00: 0xD6, 0x0D: 0xA0, 0x2C: 0x05, 0x60: 0x81}
    with running(make_reader("gm65", Gm65Options(str(port.path)), told.code, told.state)) as reader:
        written = []
        for _ in range(len(zones) + 1):
            frame = port.hear(9)
            kind, zone, value = frame[2], frame[5], frame[6]
            if kind == 8:
                written.append((zone, value))
            said = zones[zone] if kind == 7 else 0
            body = bytes([0, 0, 1, said])
            port.say(b"\x02" + body + crc16(body).to_bytes(2, "big"))
        assert written == [(0x2C, 0x02)]
        assert told.next() is None
        port.say(b"\x03\x00\x07LK1:ABC" + b"\x03\x00\x03A\rB" + b"\x03\x00\x02OK")
        assert told.next() == ("LK1:ABC", "unknown")
        assert told.next() == ("OK", "unknown")
        assert reader.status.odd[Oddity.CHARACTERS] == 1


def test_a_scanner_behind_its_adapter_that_does_not_answer_is_a_fault(port: Port, told: Told) -> None:
    port.plug_in()
    with running(make_reader("gm65", Gm65Options(str(port.path)), told.code, told.state)):
        fault = told.next()
        assert isinstance(fault, str)
        assert "does not answer" in fault


def test_a_scanner_that_looks_when_told_is_let_go_at_the_end(port: Port, told: Told) -> None:
    port.plug_in()
    options = HoneywellOptions(str(port.path), trigger="host")
    with running(make_reader("honeywell", options, told.code, told.state)):
        assert port.hear(3) == bytes.fromhex("16 54 0D")
    assert port.hear(3) == bytes.fromhex("16 55 0D")

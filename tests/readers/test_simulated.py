"""The shipped scanner without a scanner, at the other end of the real readers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import Struct

from edge.core.errors import BadInput
from hal.readers.dialect import Oddity
from hal.readers.kinds import Gm65Options, HoneywellOptions, LinesOptions, SsiOptions, make_reader
from hal.readers.reader import Reader
from hal.readers.simulated import SIMULATED, SimulatedScanner
from tests.readers.test_on_a_line import Told, running

CODE = "LK1:6BFOXN%TSMAHN-H%5RMC5/V" + "0" * 127  # as long as a plain pickup code


def options_of(kind: str, path: Path) -> Struct:
    return {
        "gm65": Gm65Options(str(path)),
        "ssi": SsiOptions(str(path)),
        "honeywell": HoneywellOptions(str(path), trigger="host"),
        "lines": LinesOptions(str(path)),
    }[kind]


@contextmanager
def simulated(kind: str, folder: Path) -> Iterator[SimulatedScanner]:
    scanner = SimulatedScanner(kind, folder / "scanner")
    try:
        yield scanner
    finally:
        scanner.close()


def reading(kind: str, scanner: SimulatedScanner, told: Told) -> Reader:
    return make_reader(kind, options_of(kind, scanner.path), told.code, told.state)


@pytest.mark.parametrize("kind", SIMULATED)
def test_a_code_is_told_once_however_often_it_is_read_and_after_it_was_unplugged(kind: str, tmp_path: Path) -> None:
    told = Told()
    with simulated(kind, tmp_path) as scanner, running(reading(kind, scanner, told)) as reader:
        assert told.next() is None
        until_it_looks(scanner, told, CODE)
        scanner.again(3)
        scanner.unplug()
        assert isinstance(told.next(), str)
        scanner.plug_in()
        assert told.next() is None
        until_it_looks(scanner, told, "ANOTHER")
        assert reader.status.fault is None


def until_it_looks(scanner: SimulatedScanner, told: Told, text: str) -> None:
    """A scanner that is not set up or triggered yet says nothing of a code."""
    for _ in range(100):
        scanner.show(text)
        got = told.soon()
        if got is not None:
            assert got[0] == text
            return
    raise AssertionError(f"{text} is not read")


def test_an_ssi_scanner_says_a_code_again_until_it_is_acknowledged(tmp_path: Path) -> None:
    with simulated("ssi", tmp_path) as scanner, scanner.path.open("rb+", buffering=0) as port:
        scanner.show("ONE")
        first = port.read(10)
        again = port.read(10)
        assert (first[:4], again[:4]) == (bytes.fromhex("08 F3 00 00"), bytes.fromhex("08 F3 00 01"))
        port.write(bytes.fromhex("04 D0 04 00 FF 28") + bytes.fromhex("04 EA 04 00 FF 0E"))
        assert port.read(6) == bytes.fromhex("04 D0 00 00 FF 2C")
        scanner.show("NOT ENABLED")
        port.write(bytes.fromhex("04 E9 04 00 FF 0F"))
        assert port.read(6) == bytes.fromhex("04 D0 00 00 FF 2C")


def test_a_gm65_forgets_what_was_not_saved_and_is_written_once_when_it_should_be(tmp_path: Path) -> None:
    for save, saved in ((False, 0), (True, 1)):
        told = Told()
        with simulated("gm65", tmp_path) as scanner:
            options = Gm65Options(str(scanner.path), save=save)
            with running(make_reader("gm65", options, told.code, told.state)):
                for number in range(2):
                    assert told.next() is None
                    until_it_looks(scanner, told, f"CODE {number}")
                    scanner.unplug()
                    assert isinstance(told.next(), str)
                    scanner.plug_in()
                assert told.next() is None
                until_it_looks(scanner, told, "LAST")
            assert vars(scanner.manners)["saved"] == saved


def test_noise_costs_no_code_after_it(tmp_path: Path) -> None:
    told = Told()
    with simulated("lines", tmp_path) as scanner, running(reading("lines", scanner, told)) as reader:
        assert told.next() is None
        scanner.garble(b"\xff\x00\x55\r")
        scanner.show("AFTER")
        assert told.next() == ("AFTER", "unknown")
        assert reader.status.odd[Oddity.CHARACTERS] == 1


def test_it_is_driven_from_standard_input(tmp_path: Path) -> None:
    told, path = Told(), tmp_path / "scanner"
    process = subprocess.Popen(
        [sys.executable, "-m", "hal.readers.simulated", "lines", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == f"lines at {path}\n"
        with running(make_reader("lines", LinesOptions(str(path)), told.code, told.state)):
            assert told.next() is None
            process.stdin.write("ONE\n")
            process.stdin.flush()
            assert told.next() == ("ONE", "unknown")
            process.stdin.write(":again\n:garble\n:unplug\n")  # what is on the line when it is pulled out is lost
            process.stdin.flush()
            assert isinstance(told.next(), str)
            process.stdin.write(":plug\n")
            process.stdin.flush()
            assert told.next() is None
    finally:
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert not path.is_symlink()


def test_a_kind_that_there_is_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="must be one of gm65, ssi"):
        SimulatedScanner("telepathy", tmp_path / "scanner")

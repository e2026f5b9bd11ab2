"""`locker bench-top` as a process of its own: what it says, what its device answers, and how it ends."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import serial

from edge.app import configuration

ENDS_S = 20
LINE_S = 10


@contextmanager
def bench_top(*arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Output]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "edge.app.cli", "bench-top", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with process:
        try:
            yield process, Output(process.stdout.fileno())
        finally:
            process.kill()


class Output:
    """What comes out of a file descriptor, within good time."""

    def __init__(self, fd: int) -> None:
        self._fd, self.all = fd, ""
        self._seen = 0

    def until(self, words: str) -> str:
        """The rest of the line that has them; whatever comes before is passed over."""
        ends_s = time.monotonic() + LINE_S
        while words not in self.all[self._seen :] or "\n" not in self.all[self.all.index(words, self._seen) :]:
            left_s = ends_s - time.monotonic()
            assert left_s > 0, f"never {words!r} in {self.all[-3000:]!r}"
            assert select.select([self._fd], [], [], left_s)[0], f"never {words!r} in {self.all[-3000:]!r}"
            self.all += os.read(self._fd, 65536).decode(errors="replace")
        begins = self.all.index(words, self._seen)
        self._seen = self.all.index("\n", begins)
        return self.all[begins : self._seen].rstrip()

    def to_the_end(self) -> None:
        """Until it is closed at the other end."""
        with contextlib.suppress(OSError):  # so it is with a terminal
            while select.select([self._fd], [], [], LINE_S)[0] and (more := os.read(self._fd, 65536)):
                self.all += more.decode(errors="replace")


def told(process: subprocess.Popen[bytes], order: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{order}\n".encode())
    process.stdin.flush()


def test_without_a_terminal_it_says_where_the_board_is_and_a_line_for_what_happens(tmp_path: Path) -> None:
    link = tmp_path / "board"
    with bench_top("--board", "ys", "--link", str(link)) as (process, output):
        assert f"a fake ys board at address 1, 24 doors, 9600 8N1: {link} -> /dev/" in output.until("bench-top: ")
        output.until("max_on_ms")
        with serial.Serial(str(link), 9600, timeout=LINE_S, exclusive=True) as port:
            port.write(bytes.fromhex("8A 01 05 11 9F"))
            assert port.read(5).hex(" ").upper() == "8A 01 05 00 8E"
        assert output.until("→") == "→ 8A 01 05 11 9F  open lock 5"
        assert output.until("#") == "#  door 5: coil on"
        assert output.until("←") == "← 8A 01 05 00 8E  lock 5: contact open"
        process.terminate()
        assert process.wait(ENDS_S) == 0
    assert not link.is_symlink()


def test_orders_move_doors_and_mistakes_are_told(tmp_path: Path) -> None:
    with bench_top("--board", "cu16", "--link", str(tmp_path / "board")) as (process, output):
        for order, said in (
            ("open 3", "door 3: the latch holds; opened with the mechanical key"),
            ("put 3", "door 3: parcel 1 put in"),
            ("shut 3", "door 3: pushed shut"),
            ("take 3", "door 3: it is shut"),
            ("open 99", "door 99: the wall has 24 doors"),
            ("jam 4", "door 4: jam"),
            ("jam 4", "door 4: mended"),
            ("cross 1 2", "their coils are swapped"),
            ("dead 17", "the board of door 17: dead"),
            ("slow x", "how many seconds?"),
            ("unplug", "the adapter is out"),
            ("mend", "all mended: 2 faults"),
            ("fly", "'fly' is no order"),
        ):
            told(process, order)
            assert said in output.until(" >  ")
        told(process, "quit")
        assert process.wait(ENDS_S) == 0


@pytest.mark.parametrize("make", ["ys", "cu16", "cu48", "waveshare", "wkly", "winnsen"])
def test_the_tables_that_it_prints_are_a_configuration_of_our_drivers(make: str, tmp_path: Path) -> None:
    with bench_top("--board", make, "--link", str(tmp_path / "board"), "--doors", "24") as (process, output):
        output.until("bench-top: ")
        told(process, "quit")
        assert process.stdout is not None
        tables = output.all.partition("\n")[2] + process.stdout.read().decode()
    columns = "".join(f'[[column]]\nfirst_door = {n}\nsizes = ["S", "S", "S", "S", "S", "S"]\n' for n in (1, 7, 13, 19))
    file = tmp_path / "locker.toml"
    file.write_text(f"[site]\nnumber = 7\n{columns}{tables}")
    banks: list[dict[str, Any]] = tomllib.loads(tables)["bank"]
    assert [bank.driver for bank in configuration.load(file).banks] == [make] * len(banks)


def test_on_a_terminal_it_draws_the_doors_and_takes_what_is_typed(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "edge.app.cli", "bench-top", "--board", "ys", "--link", str(tmp_path / "board")],
        stdin=theirs,
        stdout=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"},
    )
    os.close(theirs)
    output = Output(ours)
    try:
        output.until("nothing yet")
        output.until("24 shut")
        os.write(ours, b"open 7x\x7f\n")
        output.until("7 open")
        output.until("door 7: the latch holds")
        os.write(ours, b"quit\n")
        output.to_the_end()
        assert process.wait(ENDS_S) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert not (tmp_path / "board").is_symlink()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--board", "winnsen", "--doors", "200"), "address 5, must be 1 to 4"),
        (("--board", "ys", "--address", "0"), "address 0, must be 1 to 32"),
        (("--board", "ys", "--doors", "0"), "0 doors"),
    ],
)
def test_what_cannot_be_set_up_is_refused_in_one_line(arguments: tuple[str, ...], why: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "edge.app.cli", "bench-top", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert why in done.stderr

"""A served world that carries fake boards: one process, several lines, gone when it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import serial

from edge.app.plugging import as_argument, parse, ranges
from edge.core.errors import BadInput
from hal.bench.make import Contact
from hal.sim.client import WorldClient

ANSWER_S = 5


@contextmanager
def world(*boards: str) -> Iterator[Path]:
    """With `{}` in a board for the folder."""
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        plugged = [word for board in boards for word in ("--board", board.format(folder))]
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "edge.app.cli", "world", "--doors", "24"),
                *("--socket", str(folder / "world"), *plugged),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        with process:
            try:
                assert "doors at" in process.stdout.readline()
                yield folder
                process.terminate()
                assert process.wait(20) == 0
                assert list(folder.iterdir()) == []
            finally:
                process.kill()


def asked(link: Path, baud: int, request: str, size: int) -> str:
    with serial.Serial(str(link), baud, timeout=ANSWER_S, exclusive=True) as port:
        port.write(bytes.fromhex(request))
        return port.read(size).hex(" ").upper()


def test_a_board_opens_the_worlds_door_and_its_faults_are_the_boards() -> None:
    with world("ys:{}/a:1:1-12", "ys:{}/a:2:13-24:closed_when_open") as folder:
        with closing(WorldClient(folder / "world")) as client:
            assert asked(folder / "a", 9600, "8A 02 03 11 9A", 5) == "8A 02 03 11 9A"
            assert client.doors()[15]["position"] == "ajar"
            client.set_fault("board_mute", 15)
            client.do("shut", door=15)
            assert asked(folder / "a", 9600, "80 01 01 33 B3", 5) == "80 01 01 11 91"
            client.clear_fault()
            answers = (asked(folder / "a", 9600, "80 02 03 33 B2", 5) for _ in range(20))  # until the contact rests
            assert "80 02 03 00 81" in answers


def test_lines_of_different_makes_stand_beside_each_other() -> None:
    with world("cu16:{}/a:0:1-16", "waveshare:{}/b:1:17-24") as folder:
        assert asked(folder / "a", 19200, "02 00 30 03 35", 9) == "02 00 35 FF FF 00 00 03 38"
        assert asked(folder / "b", 9600, "01 02 00 00 00 08 79 CC", 6) == "01 02 01 FF E1 C8"


def test_a_board_in_words_is_read_back_as_it_was_written() -> None:
    for text in ("ys:/tmp/a:1:1-12,14", "cu16:board:0:3", "waveshare:/x/y:7:1-8:closed_when_open:echo"):
        assert as_argument(parse(text)) == text
    assert parse("ys:/a:1:1-3:closed_when_open").contact is Contact.CLOSED_WHEN_OPEN
    assert ranges([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"


@pytest.mark.parametrize(
    "text",
    ["ys", "ys:/a", "ys:/a:1", "ys:/a:x:1-2", "ys:/a:1:two", "ys:/a:1:1-2:loud", "kerong:/a:1:1-2", "ys:/a:77:1"],
)
def test_a_board_in_other_words_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse(text)


def test_a_board_with_a_door_that_the_wall_has_not_is_refused() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "edge.app.cli", "world", "--doors", "6", "--socket", "nowhere"),
            *("--board", "ys:nowhere-a:1:1-12"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "locker: world: a board has door 7, which the wall has not\n")

"""`locker config new` writes a file that a technician can read and that passes the check as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.app.cli import main
from edge.app.configuration import load
from edge.app.hardware.boards import BOARDS, FILL_IN
from edge.app.hardware.template import template
from edge.core.errors import BadInput

# The most doors that each has on one port or bus, as its addresses allow, and a few that do not fill a board.
WALLS = [
    *((make, doors) for make in BOARDS for doors in (1, 7)),
    *((make, 24) for make in BOARDS if make != "gpio"),
    ("ys", 25),
    ("cu16", 100),
    ("cu48", 300),
    ("gpio", 14),
    ("mcp23017", 64),
    ("winnsen", 64),
]


@pytest.mark.parametrize(("make", "doors"), WALLS)
def test_the_file_passes_the_check_as_it_is(make: str, doors: int, tmp_path: Path) -> None:
    file = tmp_path / "locker.toml"
    assert main(["config", "new", "--board", make, "--doors", str(doors), "--out", str(file)]) == 0
    told = load(file)
    assert sorted(plan.door for plan in told.compartments) == list(range(1, doors + 1))
    assert {bank.driver for bank in told.banks} == {make}
    assert len(told.banks) == -(-doors // BOARDS[make].doors)


@pytest.mark.parametrize("make", BOARDS)
def test_no_line_is_longer_than_a_page_is_wide(make: str) -> None:
    assert max(map(len, template(make, 7, "/dev/ttyUSB0").splitlines())) <= 118


@pytest.mark.parametrize("make", [make for make in BOARDS if make != "sim"])
def test_polarity_is_marked_and_learn_is_named_where_it_is(make: str) -> None:
    lines = template(make, 7, "/dev/ttyUSB0").splitlines()
    marked = [line for line in lines if FILL_IN[2:] in line and "learn" in line]
    assert len(marked) == 1
    assert "contact" in marked[0] or "closed" in marked[0]


def test_boards_of_one_port_have_different_addresses(tmp_path: Path) -> None:
    text = template("cu16", 40, "/dev/serial/by-id/adapter")
    assert [line.split()[2] for line in text.splitlines() if line.startswith("address =")][1:] == ["0", "1", "2"]
    assert text.count('port = "/dev/serial/by-id/adapter"') == 3


def test_a_file_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "locker.toml"
    file.write_text("mine")
    assert main(["config", "new", "--board", "ys", "--doors", "8", "--out", str(file)]) == 1
    assert capsys.readouterr().err == f"locker: {file}: is there already; a file is never overwritten\n"
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("make", "doors", "said"),
    [
        ("abus", 8, "--board abus: must be one of ys, cu16"),
        ("gpio", 15, "--doors 15: the Pi's own pins on one port or bus have 1 to 14"),
        ("ys", 0, "--doors 0"),
        ("winnsen", 65, "1 to 64"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    make: str, doors: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "new", "--board", make, "--doors", str(doors)]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("port", ["", 'a"b', "a\nb", "a\\b"])
def test_a_port_that_no_configuration_could_hold_is_refused(port: str) -> None:
    with pytest.raises(BadInput, match=r"--port .*: must be the path of a device"):
        template("ys", 4, port)

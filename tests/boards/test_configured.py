"""Lock boards in a configuration: what is accepted, and what is said about what cannot be."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.app.configuration import load
from edge.app.drivers import find_driver
from edge.core.errors import ConfigurationError
from edge.core.words import Feedback, Level
from hal.boards.bank import BoardBank
from hal.boards.options import MAKES, BoardOptions
from hal.coil import CoilGuard

WALL = """
[site]
number = 7

[[column]]
first_door = 1
sizes = ["M", "M", "M", "M"]
feedback = "latch"
content = "CONTENT"
"""
BANK = """
[[bank]]
name = "NAME"
driver = "DRIVER"
doors = "DOORS"
port = "/dev/ttyUSB0"
address = ADDRESS
contact = "closed_when_shut"
evidence = "latch"
"""


def bank(driver: str = "ys", name: str = "a", doors: str = "1-4", address: int = 1, more: str = "") -> str:
    text = BANK
    for word, value in {"NAME": name, "DRIVER": driver, "DOORS": doors, "ADDRESS": address}.items():
        text = text.replace(word, str(value))
    return text + more


def told(tmp_path: Path, *banks: str, content: str = "none") -> Path:
    path = tmp_path / "locker.toml"
    path.write_text(WALL.replace("CONTENT", content) + "".join(banks))
    return path


def wrong(path: Path) -> str:
    with pytest.raises(ConfigurationError) as error:
        load(path)
    return str(error.value)


@pytest.mark.parametrize("driver", MAKES)
def test_a_board_of_each_make(tmp_path: Path, driver: str) -> None:
    (plan,) = load(told(tmp_path, bank(driver))).banks
    assert isinstance(plan.options, MAKES[driver])
    assert plan.doors == (1, 2, 3, 4)
    found = find_driver(driver)
    assert found is not None
    assert found.feedback(plan.options, 1) is Feedback.LATCH


@pytest.mark.parametrize("key", ["port", "address", "contact", "evidence"])
def test_what_cannot_be_guessed_must_be_given(tmp_path: Path, key: str) -> None:
    without = "\n".join(line for line in bank().splitlines() if not line.startswith(key))
    assert f"bank[1].{key}: is missing" in wrong(told(tmp_path, without))


@pytest.mark.parametrize(
    ("driver", "more", "why"),
    [
        ("ys", "baud = 19200\n", "must be one of: 9600"),
        ("ys", "size = 10\n", "must be one of: 0, 8, 12, 18, 24, 36, 50"),
        ("cu16", "first_id = 1\n", "unknown key"),
        ("wkly", "first_id = 2\n", "must be one of: 0, 1"),
        ("waveshare", "pulse_ms = 250\n", "steps of 100 ms"),
        ("waveshare", "channels = [1, 2, 3, 9]\n", "channel 9: this board has 8"),
        ("winnsen", "channels = [1, 2]\n", "there are 2, but 4 doors"),
        ("ys", "pulse_ms = 500\n", "at most coils.max_on_ms"),
    ],
)
def test_what_a_board_cannot_have(tmp_path: Path, driver: str, more: str, why: str) -> None:
    assert why in wrong(told(tmp_path, bank(driver, more=more)))


def test_one_board_is_one_bank(tmp_path: Path) -> None:
    said = wrong(told(tmp_path, bank(doors="1, 2"), bank(name="b", doors="3, 4")))
    assert "/dev/ttyUSB0, address 1" in said
    assert "is bank a's already" in said


def test_i7_one_board_is_one_bank_under_whatever_names_of_its_port(tmp_path: Path) -> None:
    """Else two doors are one lock, and a customer stands before another's parcel."""
    device, name = tmp_path / "ttyUSB0", tmp_path / "by-id"
    device.touch()
    name.symlink_to(device)
    one = bank(doors="1, 2").replace("/dev/ttyUSB0", str(device))
    other = bank(name="b", doors="3, 4").replace("/dev/ttyUSB0", str(name))
    assert one != other
    assert "is bank a's already" in wrong(told(tmp_path, one, other))


def test_boards_on_one_port_have_one_baud(tmp_path: Path) -> None:
    said = wrong(told(tmp_path, bank(doors="1, 2"), bank("cu16", name="b", doors="3, 4", address=2)))
    assert "bank[2].baud = 19200: bank a runs the same port at 9600" in said


def test_compartments_on_an_infrared_board(tmp_path: Path) -> None:
    load(told(tmp_path, bank("cu48", more="infrared = true\n"), content="infrared"))
    assert "does not sense" in wrong(told(tmp_path, bank("cu48"), content="infrared"))
    assert "does not sense" in wrong(told(tmp_path, bank("cu48", more="infrared = true\n"), content="scale"))
    assert "does not sense" in wrong(told(tmp_path, bank("ys"), content="infrared"))


def test_feedback_is_what_the_wall_says(tmp_path: Path) -> None:
    switch = bank().replace('evidence = "latch"', 'evidence = "switch"')
    assert "wired for feedback switch, its compartment says latch" in wrong(told(tmp_path, switch))


def test_every_make_is_a_driver_under_its_name() -> None:
    for name, options in MAKES.items():
        driver = find_driver(name)
        assert driver is not None
        assert driver.options is options
        assert issubclass(options, BoardOptions)


def test_a_port_that_is_not_there_is_the_trouble_that_the_locker_tells() -> None:
    told = {"port": "/nowhere/tty", "address": 1, "contact": "closed_when_shut", "evidence": "latch"}
    with CoilGuard() as guard:
        silent = BoardBank("a", msgspec.convert(told, MAKES["ys"]), (1,), guard)
        assert silent.read()[1].level is Level.UNKNOWN
        assert silent.trouble.startswith("port /nowhere/tty: ")
        silent.close()

"""Load cells, supply, lights and buzzer in the configuration: a line for each thing that does not hold together."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.app.configuration import load
from edge.core.errors import ConfigurationError
from hal.loadcell.options import Hx711IioCell, Nau7802Cell

HOUSE = """
[site]
number = 7
[[compartment]]
door = 1
content = "scale"
[[compartment]]
door = 2
content = "scale"
[[compartment]]
door = 3
[[bank]]
name = "pins"
driver = "gpio"
factory = "mock"
cutoff = "monostable"
doors = [
  { door = 1, lock_pin = 9, feedback_pin = 2 },
  { door = 2, lock_pin = 10, feedback_pin = 3 },
  { door = 3, lock_pin = 11, feedback_pin = 4 },
]
[[load_cell]]
door = 1
kind = "nau7802"
bus = "/dev/i2c-1"
tare_counts = 12000
counts_per_gram = 40
limit_g = 20000
[[load_cell]]
door = 2
kind = "hx711_iio"
directory = "/dev/scale-2"
scale = "0.000000476"
tare_counts = -3000
counts_per_gram = 21.5
limit_g = 20000
[supply]
temperature = "/sys/class/thermal/thermal_zone0/temp"
rail_pin = 26
rail_good = "high"
factory = "mock"
[indicator]
factory = "mock"
buzzer_pin = 18
lights = [{ door = 1, pin = 5 }, { door = 3, pin = 6 }]
"""


def test_a_wall_with_cells_supply_and_lights_holds_together(tmp_path: Path) -> None:
    file = tmp_path / "locker.toml"
    file.write_text(HOUSE)
    told = load(file)
    first, second = told.load_cells
    assert isinstance(first, Nau7802Cell)
    assert isinstance(second, Hx711IioCell)
    assert (told.supply.rail_pin, told.indicator.buzzer_pin) == (26, 18)


LINES: list[tuple[str, str, str]] = [
    (
        'kind = "nau7802"',
        'kind = "beam"',
        'load_cell[1].kind = "beam": must be one of: nau7802, hx711_iio, hx711_gpio',
    ),
    ('kind = "nau7802"', "", "load_cell[1].kind: must be one of: nau7802, hx711_iio, hx711_gpio"),
    ("limit_g = 20000", "limit_g = 0", "load_cell[1].limit_g = 0: must be a whole number from 1 to 500000"),
    ('bus = "/dev/i2c-1"', "mux = 0x78", "load_cell[1].mux = 120: must be a whole number from 112 to 119"),
    ('bus = "/dev/i2c-1"', "mux = 0x70", "load_cell[1]: mux and branch: both or neither"),
    ('bus = "/dev/i2c-1"', 'directory = "/x"', 'load_cell[1].directory = "/x": unknown key; known here: branch, bus, '),
    (
        "counts_per_gram = 40",
        "counts_per_gram = 0",
        "load_cell[1]: counts_per_gram 0: a gram must be 0.01 counts or more",
    ),
    ("door = 1\nkind", "door = 9\nkind", "load_cell[1].door = 9: the wall has no such door"),
    (
        "door = 1\nkind",
        "door = 3\nkind",
        'load_cell[1].door = 3: its compartment says content = "none", must be "scale"',
    ),
    ("door = 2\nkind", "door = 1\nkind", "load_cell[2]: door 1 has the cell of door 1 already"),
    ('rail_good = "high"\n', "", "supply.rail_pin: rail_good (high or low) and factory must be given with it"),
    ("rail_pin = 26", "rail_pin = 18", "indicator.buzzer_pin = 18: this pin has the sense of the rail already"),
    ("rail_pin = 26", "rail_pin = 9", "supply.rail_pin = 9: this pin has a door of bank pins already"),
    ("pin = 6 }]", "pin = 5 }]", "indicator.lights = 5: this pin has the light of door 1 already"),
    ("{ door = 3, pin = 6 }]", "{ door = 8, pin = 6 }]", "indicator.lights = 8: the wall has no such door"),
    (
        'temperature = "/sys',
        'throttled = "vcgencmd"\ntemperature = "/sys',
        "supply.throttled: must be a file, or command:vcgencmd",
    ),
    (
        '[indicator]\nfactory = "mock"',
        "[indicator]",
        "indicator.factory: must be given: the library that drives the pins",
    ),
]


@pytest.mark.parametrize(("old", "new", "line"), LINES)
def test_what_does_not_hold_together_is_said_in_one_line(tmp_path: Path, old: str, new: str, line: str) -> None:
    file = tmp_path / "locker.toml"
    assert old in HOUSE
    file.write_text(HOUSE.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as error:
        load(file)
    assert any(said.startswith(f"{file}: {line}") for said in error.value.lines), error.value.lines


def test_a_scale_that_nothing_weighs_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "locker.toml"
    start, end = HOUSE.index("[[load_cell]]\ndoor = 1"), HOUSE.index("[[load_cell]]\ndoor = 2")
    file.write_text(HOUSE[:start] + HOUSE[end:])
    with pytest.raises(ConfigurationError) as error:
        load(file)
    assert error.value.lines == [f"{file}: bank[1].doors: door 1 has content scale, which driver gpio does not sense"]

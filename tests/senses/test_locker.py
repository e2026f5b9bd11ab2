"""The whole daemon with load cells, a thermometer and the firmware's bits, all of them files."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from hal.sim.hx711 import write_iio
from tests.app.street import Street
from tests.senses.bench import iio_cell

TABLES = f"""{iio_cell(1)}{iio_cell(2)}[supply]
throttled = "{{folder}}/get_throttled"
temperature = "{{folder}}/temp"
[indicator]
factory = "mock"
buzzer_pin = 18
lights = [{{{{ door = 1, pin = 5 }}}}]
"""


@pytest.fixture
def street() -> Iterator[Street]:
    with Street() as made:
        made.add(TABLES.format(folder=made.folder))
        (made.folder / "get_throttled").write_text("0\n")
        (made.folder / "temp").write_text("51000\n")
        write_iio(made.folder / "iio-1", str(0x800000 + 12_000))
        write_iio(made.folder / "iio-2", str(0x800000 + 12_000 + 40 * 750))
        yield made


def faults(street: Street) -> dict[str, str]:
    return {one["fault"]: one["detail"] for one in street.ask("status")["faults"]}


def inside(street: Street) -> dict[int, tuple[str, int | None]]:
    told = street.ask("doors")
    return {one["door"]: (one["content"], one["weight_g"]) for one in told}


def test_the_cells_weigh_and_what_is_too_hot_is_a_fault_until_a_life_that_is_cool(street: Street) -> None:
    (street.folder / "temp").write_text("91000\n")
    (street.folder / "get_throttled").write_text("4\n")
    daemon = street.run(WATCHDOG_USEC="1000000")
    street.until(lambda: {"machine:temperature", "machine:throttled"} <= set(faults(street)))
    assert faults(street) == {"machine:temperature": "91 °C, limit 80", "machine:throttled": "throttled"}
    assert inside(street)[1] == ("empty", 0)
    assert inside(street)[2] == ("present", 750)
    street.ended(daemon, signal.SIGTERM)
    (street.folder / "temp").write_text("51000\n")
    (street.folder / "get_throttled").write_text("0\n")
    street.run(WATCHDOG_USEC="1000000")
    street.until(lambda: not faults(street))


NOT_TO_BE_HAD = """
[[load_cell]]
door = 1
kind = "hx711_gpio"
factory = "rpigpio"
clock_pin = 20
data_pin = 21
tare_counts = 0
counts_per_gram = 40
limit_g = 20000
[supply]
rail_pin = 26
rail_good = "high"
factory = "rpigpio"
[indicator]
factory = "rpigpio"
buzzer_pin = 18
lights = [{ door = 1, pin = 5 }]
"""


def test_a_locker_whose_other_pins_cannot_be_had_starts_and_opens_doors_and_says_what_is_missing() -> None:
    with Street(world=True) as street:
        street.add(NOT_TO_BE_HAD)
        street.run(WATCHDOG_USEC="1000000")
        wanted = {"power:rail_sense", "indicator:pins"}
        street.until(lambda: wanted <= set(faults(street)))
        told = faults(street)
        assert all("pin factory rpigpio" in told[name] for name in wanted), told
        street.until(lambda: inside(street)[1] == ("unknown", None))
        opened = street.locker("open", "2", "--reason", "a test")
        assert opened.returncode == 0, opened

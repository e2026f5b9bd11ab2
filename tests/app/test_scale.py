"""The courier's scale at a locker that runs: what it shows is told, a technician zeroes it, its cable may be pulled."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from edge.app.configuration import load
from edge.app.weigher import DRIFT_S, Drift, News
from edge.core.errors import ConfigurationError, NotAllowed
from edge.core.ports import Weighing
from edge.core.words import ScaleState
from hal.scales.simulated import Fault, SimulatedScale
from tests.app.street import Street, refused


@pytest.fixture
def scale() -> Iterator[SimulatedScale]:
    made = SimulatedScale("mt-sics")
    yield made
    made.close()


@pytest.fixture
def street(scale: SimulatedScale) -> Iterator[Street]:
    with Street(world=False) as made:
        made.add(f'[scale]\nkind = "mt-sics"\nport = "{scale.port}"\n')
        made.run(WATCHDOG_USEC="400000")
        yield made


def shows(street: Street) -> dict[str, Any]:
    said: dict[str, Any] = street.ask("status")["scale"]
    return said


def test_it_is_read_zeroed_and_told_of(street: Street, scale: SimulatedScale) -> None:
    scale.put(2340)
    street.until(lambda: bool(shows(street)["weight_g"] == 2340))
    assert "Scale         mt-sics: 2340 g, stable" in street.locker("status").stdout

    scale.put(2500, moving=True)
    street.until(lambda: bool(shows(street)["state"] == "moving"))
    assert "settled last at 2340 g" in street.locker("scale").stdout

    scale.put(12)
    done = street.locker("scale", "zero", "--reason", "it shows 12 g")
    assert (done.returncode, done.stdout) == (0, "a settled zero was read\n")
    assert "act_done" in street.kinds()
    scale.put(512, moving=True)
    with pytest.raises(NotAllowed, match="no settled zero was read"):
        street.ask("tare_scale", reason="a tray is on it")


def test_a_technician_gives_a_reason(street: Street) -> None:
    assert "--reason is missing" in refused(street.locker("scale", "tare"))


def test_every_change_is_shown_live(street: Street, scale: SimulatedScale) -> None:
    scale.put(100)
    street.until(lambda: bool(shows(street)["weight_g"] == 100))
    live = street.start("scale", "--live", "--config", street.configuration)
    assert live.stdout is not None
    assert live.stdout.readline() == "mt-sics: 100 g, stable\n"
    scale.put(200)
    assert live.stdout.readline() == "mt-sics: 200 g, stable\n"
    code, said = street.ended(live, signal.SIGINT)
    assert (code, said) == (130, "")


def test_a_scale_that_is_pulled_out_is_a_fault_and_its_garbage_is_none(street: Street, scale: SimulatedScale) -> None:
    scale.put(100)
    street.until(lambda: bool(shows(street)["weight_g"] == 100))
    scale.be(Fault.GARBAGE)
    street.until(lambda: bool(shows(street)["state"] == "unknown"))
    assert (shows(street)["weight_g"], shows(street)["fault"]) == (None, "")
    scale.unplug()
    street.until(lambda: "scale:main" in [one["fault"] for one in street.ask("status")["faults"]])
    assert shows(street)["fault"].startswith(f"port {scale.port}")


def test_where_there_is_no_scale_that_is_said(running: Street) -> None:
    assert running.ask("status")["scale"] is None
    assert refused(running.locker("scale")) == "locker: no scale is configured"
    with pytest.raises(NotAllowed, match="no scale is configured"):
        running.ask("zero_scale", reason="to try")
    assert "act_done" not in running.kinds()


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ('kind = "mt-sics"', "scale.port: is missing; must be the path of a serial port, best under /dev/serial/by-id"),
        ('kind = "stone"', 'scale.kind = "stone": must be one of: mt-sics'),
        ('kin = "mt-sics"', 'scale.kin = "mt-sics": unknown key; did you mean kind?'),
        (
            'kind = "generic"\nport = "p"\nunit = "g"\npattern = "(?P<weight>(a*)*)(?P<stable>)"',
            'scale.pattern = "(?P<weight>(a*)*)(?P<stable>)": character 16: a group, or what is repeated already,',
        ),
    ],
)
def test_what_cannot_be_is_a_line_of_the_configuration(running: Street, table: str, line: str) -> None:
    path = running.folder / "other.toml"
    path.write_text(running.configuration.read_text() + f"[scale]\n{table}\n")
    with pytest.raises(ConfigurationError) as found:
        load(path)
    assert found.value.lines[0].startswith(f"{path}: {line}")


# -- what is told -----------------------------------------------------------------------------------------------------

STABLE, MOVING, UNKNOWN = ScaleState.STABLE, ScaleState.MOVING, ScaleState.UNKNOWN


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ([(STABLE, 0), (STABLE, 1), (MOVING, 3), (STABLE, -2), (UNKNOWN, None)], [0]),  # nothing on it, in the wind
        ([(STABLE, 0), (MOVING, 900), (STABLE, 2340), (STABLE, 2341), (STABLE, 2345)], [0, 2]),
        ([(STABLE, 2340), (STABLE, 2346)], [0, 1]),
        ([(STABLE, 2340), (MOVING, 2340), (STABLE, 2340)], [0, 1, 2]),
        ([(STABLE, 2340), (UNKNOWN, None), (UNKNOWN, None), (STABLE, 0)], [0, 1, 3]),
        ([(UNKNOWN, None), (MOVING, 5), (STABLE, 0), (STABLE, 19), (STABLE, 20)], [0, 2, 4]),
    ],
)
def test_only_what_could_be_a_parcels_weight_or_no_longer_is_is_told(
    shown: list[tuple[ScaleState, int | None]], told: list[int]
) -> None:
    news = News()
    heard = [news.is_told(Weighing(state, 0.0, weight_g)) for state, weight_g in shown]
    assert [place for place, one in enumerate(heard) if one] == told


# -- the zero that wanders --------------------------------------------------------------------------------------------


def drifting(*shown: tuple[float, int]) -> int:
    watch = Drift()
    for at_s, weight_g in shown:
        watch.seen(Weighing(ScaleState.STABLE, at_s, weight_g))
    return watch.grams


@pytest.mark.parametrize("weight_g", [1, 12, -12, 50, -50])
def test_a_small_weight_that_stands_for_minutes_is_drift(weight_g: int) -> None:
    assert drifting((0.0, weight_g), (DRIFT_S - 1, weight_g)) == 0
    assert drifting((0.0, weight_g), (DRIFT_S, weight_g)) == weight_g


@pytest.mark.parametrize("between", [0, 51, 2000])
def test_drift_is_over_when_anything_else_is_shown(between: int) -> None:
    assert drifting((0.0, 12), (100.0, between), (DRIFT_S, 12)) == 0
    assert drifting((0.0, 12), (DRIFT_S, 12), (DRIFT_S + 1, between)) == 0


def test_what_a_tare_leaves_is_no_drift() -> None:
    watch = Drift()
    for at_s in (0.0, DRIFT_S):
        watch.seen(Weighing(ScaleState.STABLE, at_s, 12, net=True))
    assert watch.grams == 0

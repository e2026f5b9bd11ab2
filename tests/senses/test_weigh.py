"""`locker hardware weigh`: tare and span of a cell, found with a known weight."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.app.hardware.technician import Left, Technician
from edge.app.hardware.weigh import proposal, table, weigh, weigh_anew
from edge.core.errors import BadInput
from hal.sim.hx711 import write_iio
from tests.app.street import Street, locker
from tests.senses.bench import Bench, plan


class Hands:
    """A technician who does at each Enter what was asked."""

    def __init__(self, *deeds: Callable[[], object]) -> None:
        self._deeds = list(deeds)

    def readline(self, limit: int = -1, /) -> str:
        if not self._deeds:
            return ""
        self._deeds.pop(0)()
        return "\n"


def loads(bench: Bench, load_g: float) -> Callable[[], object]:
    return lambda: setattr(bench.chips[1], "load_g", load_g)


def test_a_known_weight_gives_tare_and_span() -> None:
    bench, page = Bench(tare_counts=0, counts_per_gram=1.0), io.StringIO()
    told = plan(tare_counts=0, counts_per_gram=1.0)
    found = weigh_anew(bench.cells, told, 1000, Technician(Hands(loads(bench, 0), loads(bench, 1000)), page))
    assert (found.tare_counts, found.counts_per_gram, found.trouble) == (12_000, 40.0, "")
    assert "Put 1000 g into it" in page.getvalue()
    assert proposal(found)[1:] == ["tare_counts = 12000", "counts_per_gram = 40"]


@pytest.mark.parametrize(
    ("second", "trouble"),
    [
        (lambda bench: setattr(bench.chips[1], "load_g", 0), "1000 g moved it by 0 counts"),
        (lambda bench: setattr(bench.chips[1], "wire_off", True), "the converter is at its end"),
        (lambda bench: bench.bus.dead.add(0x2A), "no acknowledgement"),
    ],
)
def test_what_cannot_be_weighed_is_said(second: Callable[[Bench], object], trouble: str) -> None:
    bench = Bench()
    technician = Technician(Hands(loads(bench, 0), lambda: second(bench)), io.StringIO())
    assert trouble in weigh_anew(bench.cells, plan(), 1000, technician).trouble


def test_who_leaves_changes_nothing_and_no_feather_is_a_weight() -> None:
    bench = Bench()
    with pytest.raises(Left):
        weigh_anew(bench.cells, plan(), 1000, Technician(Hands(), io.StringIO()))
    with pytest.raises(BadInput, match="weight 20 g: must be 100 g to the cell's limit_g, 20000"):
        weigh_anew(bench.cells, plan(), 20, Technician(Hands(), io.StringIO()))


def test_every_cell_has_its_line() -> None:
    bench = Bench(doors=(1, 2), muxed=True)
    bench.chips[2].load_g = 250
    plans = [plan(1, mux=0x70, branch=0), plan(2, mux=0x70, branch=1)]
    assert [line.split() for line in table(weigh(bench.cells, plans))] == [
        ["door", "counts", "apart", "grams"],
        ["1", "12000", "0", "0.0"],
        ["2", "22000", "0", "250.0"],
    ]


CELL = """
[[load_cell]]
door = 1
kind = "hx711_iio"
directory = "{folder}/iio"
scale = "0.000000476"
tare_counts = 0
counts_per_gram = 1
limit_g = 20000
"""


def test_the_command_reads_every_cell_of_a_locker_that_stands_still(tmp_path: Path) -> None:
    with Street(world=False) as street:
        street.add(CELL.format(folder=tmp_path))
        write_iio(tmp_path / "iio", str(0x800000 + 12_345))
        done = locker("hardware", "weigh", "--config", street.configuration)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.split()[-4:] == ["1", "12345", "0", "12345.0"]
        done = locker("hardware", "weigh", "--door", "2", "--load-g", "500", "--config", street.configuration)
        assert (done.returncode, done.stderr) == (1, "locker: door 2: has no load cell; those with one are 1\n")


def test_a_locker_without_load_cells_has_nothing_to_weigh_with() -> None:
    with Street(world=False) as street:
        done = locker("hardware", "weigh", "--config", street.configuration)
        assert done.returncode == 1
        assert done.stderr == f"locker: {street.configuration}: no [[load_cell]]: there is nothing to weigh with\n"

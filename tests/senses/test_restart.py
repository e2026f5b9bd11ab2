"""A load cell over a restart of the process: a life goes on from what the one before knew (I5, I6)."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from edge.app.cell_memory import CELLS_FILE, MAX_CELLS_BYTES, CellMemory
from edge.core.words import Content
from hal.loadcell.memory import KEEP_EVERY_S, Remembered
from hal.sim.hx711 import write_iio
from tests.app.street import Street
from tests.senses.bench import Bench, iio_cell

EMPTY, PRESENT, UNKNOWN = Content.EMPTY, Content.PRESENT, Content.UNKNOWN


def test_an_empty_compartment_whose_zero_was_followed_is_empty_after_a_restart() -> None:
    bench = Bench()
    bench.read()
    bench.drift(to_g=14, over_s=12 * 3600)
    assert bench.content() is EMPTY
    bench.killed()
    assert (bench.content(), bench.weighs()) == (EMPTY, 4)


def loaded(*loads_g: float) -> Bench:
    """A compartment that was empty, and then weighed that, one after the other."""
    bench = Bench()
    for load_g in (0, *loads_g):
        bench.chips[1].load_g = load_g
        bench.read()
    return bench


def test_i6_a_parcel_inside_is_not_taken_for_the_zero() -> None:
    bench = loaded(800)
    bench.killed()
    assert (bench.content(), bench.weighs()) == (PRESENT, 800)
    bench.chips[1].load_g = 0
    assert bench.content() is EMPTY


def test_i6_a_zero_that_crept_is_no_parcel_after_a_restart() -> None:
    bench = Bench()
    bench.read()
    bench.drift(to_g=60, over_s=12 * 3600)
    assert bench.content() is UNKNOWN
    bench.killed()
    assert bench.why() == "crept"


def test_i6_a_light_parcel_on_a_zero_that_has_sunk_is_not_called_empty_after_a_restart() -> None:
    bench = Bench()
    bench.read()
    bench.drift(to_g=-40, over_s=12 * 3600)
    bench.chips[1].load_g += 35
    assert bench.content() is UNKNOWN
    bench.killed()
    assert bench.why() == "crept"


@pytest.mark.parametrize(("before_g", "after_g", "content"), [(0, 800, PRESENT), (800, 0, EMPTY), (800, 3800, PRESENT)])
def test_what_came_or_went_while_nobody_looked_is_seen(before_g: int, after_g: int, content: Content) -> None:
    bench = loaded(before_g)
    bench.chips[1].load_g = after_g
    bench.killed()
    assert bench.content() is content


def test_a_parcel_that_came_just_before_the_cut_and_was_never_kept_is_present() -> None:
    bench = Bench()
    bench.read()
    bench.full = True
    bench.chips[1].load_g = 800
    assert bench.content() is PRESENT
    bench.killed()
    assert bench.content() is PRESENT


def test_a_silent_cell_does_not_lose_what_was_known_of_it() -> None:
    bench = Bench()
    bench.read()
    bench.drift(to_g=60, over_s=12 * 3600)
    bench.bus.dead.add(0x2A)
    for _ in range(2):
        bench.killed()
        assert bench.why() == "silent"
    bench.bus.dead.clear()
    bench.killed()
    assert bench.why() == "crept"


def test_a_tare_that_was_found_anew_begins_anew() -> None:
    bench = Bench()
    bench.read()
    bench.drift(to_g=60, over_s=12 * 3600)
    bench.killed(tare_counts=bench.plans[0].tare_counts + 60 * 40)
    assert (bench.content(), bench.weighs()) == (EMPTY, 0)


def test_a_step_is_kept_at_once_and_what_creeps_now_and_then() -> None:
    bench = Bench()
    bench.read()
    kept = bench.writes
    bench.chips[1].load_g = 800
    bench.read()
    assert bench.writes == kept + 1
    bench.drift(to_g=830, over_s=6 * KEEP_EVERY_S)
    assert bench.writes <= kept + 8


def test_what_cannot_be_kept_is_a_fault_until_it_is() -> None:
    bench = Bench()
    bench.full = True
    bench.read()
    assert bench.cells.health()["load_cell", "memory"] == "no space left"
    bench.full = False
    bench.read()
    assert bench.cells.health()["load_cell", "memory"] == ""
    assert [one.door for one in bench.kept] == [1]


KNOWN = Remembered(1, 12_000, 40.0, 2.5, 800.0, 0.0, 800.0)


def test_the_file_holds_what_was_kept_last(tmp_path: Path) -> None:
    memory = CellMemory(tmp_path)
    assert memory.before() == ()
    assert memory.keep((KNOWN,)) == ""
    assert CellMemory(tmp_path).before() == (KNOWN,)
    assert CellMemory(tmp_path / "none").keep((KNOWN,)).endswith("no such file or directory")


@pytest.mark.parametrize("told", [b"", b"[1, 2", b'[{"door": 1}]', b" " * (MAX_CELLS_BYTES + 1)])
def test_a_file_that_is_none_is_that_of_a_first_start(tmp_path: Path, told: bytes) -> None:
    (tmp_path / CELLS_FILE).write_bytes(told)
    assert CellMemory(tmp_path).before() == ()


def test_i6_a_locker_that_was_killed_goes_on_weighing_where_it_was() -> None:
    with Street() as street:
        street.add(iio_cell(1).format(folder=street.folder))
        write_iio(street.folder / "iio-1", str(0x800000 + 12_000 - 40 * 12))  # sunk, and empty

        def inside() -> str:
            told = next(one for one in street.ask("doors") if one["door"] == 1)
            return str(told["content"])

        first = street.run()
        street.until(lambda: inside() == "empty")
        street.ended(first, signal.SIGKILL)
        write_iio(street.folder / "iio-1", str(0x800000 + 12_000 + 40 * 2))  # crept by 14 g while nobody looked
        street.run()
        street.until(lambda: inside() == "unknown")

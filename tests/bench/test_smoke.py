"""The benchmarks run: a few rounds of each that is quick, so that they never rot.  Their times are not judged here."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from edge.app.configuration import load
from edge.core.words import ParcelState
from edge.runtime.recovery import recover
from tests.bench import counting, edges, growing, opening, polling, report, sealing, showing, unlocking, verifying
from tests.bench.__main__ import Benchmark, run
from tests.bench.committing import commit
from tests.bench.fakes import layout
from tests.bench.figures import Effort, Figure, Table, Target, figure
from tests.bench.history import REMEMBERED, append_folded
from tests.bench.home import make_home
from tests.bench.wall import open_journal

QUICK: dict[str, Benchmark] = {
    "verify": verifying.verify_credential,
    "commit": commit,
    "opening": opening.scan_to_pin,
    "fsyncs": counting.fsyncs_before_the_pulse,
    "growth": growing.commit_at_sizes,
    "sync": sealing.seal_batches,
    "polls": lambda effort: [polling.wall(effort, *polling.WALLS[0])],
    "unlock": unlocking.unlock_to_byte,
    "edge": lambda effort: [edges.by_board(effort)],
    "screen": lambda effort: showing.show_the_door(structs.replace(effort, openings=1)),
}


@pytest.fixture
def effort(tmp_path: Path) -> Effort:
    return Effort(tmp_path, rounds=3, openings=3, events=(0, 100), seconds=0.5)


@pytest.mark.parametrize("name", QUICK)
def test_a_benchmark_gives_figures(name: str, effort: Effort) -> None:
    for table in QUICK[name](effort):
        assert table.figures
        assert all(line for line in report.lines(table))


def test_i1_one_fsync_stands_before_each_pulse(effort: Effort) -> None:
    (table,) = counting.fsyncs_before_the_pulse(effort)
    assert [(line.median, line.p99) for line in table.figures] == [(1, 1.0)]


@pytest.mark.parametrize("boards", [(), (1,)])
def test_the_daemon_of_the_benchmarks_has_a_sound_configuration(boards: tuple[int, ...], effort: Effort) -> None:
    home = make_home(effort, "home", camera="street.png", boards=layout("ys", boards)(effort.directory))
    assert load(home / "locker.toml").compartments


def test_the_past_of_the_benchmarks_is_one_that_the_core_could_have_written(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.db")
    append_folded(journal, 7_000)
    state = recover(journal).state
    journal.close()
    assert state.head == 7_000
    assert len(state.parcels) == REMEMBERED + 1
    assert sum(parcel.state is ParcelState.COLLECTED for parcel in state.parcels.values()) == REMEMBERED


def test_one_that_fails_is_named_and_the_others_still_run(effort: Effort) -> None:
    def broken(_: Effort) -> list[Table]:
        raise AssertionError("two fsyncs")

    tables, failures = run({"fsyncs": broken, "verify": verifying.verify_credential}, effort)
    assert failures == {"fsyncs": "AssertionError: two fsyncs"}
    assert list(tables) == ["verify"]


def test_a_missed_target_is_said_in_the_report_and_in_the_file() -> None:
    missed = Target("ratio", 1.31, 1.3, "")
    table = Table("frame → pin", (figure("took", [1.0, 3.0, 2.0]), Figure("bytes", 1234567, "bytes", 1)), (missed,))
    printed = report.lines(table)
    assert printed[2].split()[:3] == ["took", "µs", "2"]
    assert printed[3].split() == ["bytes", "bytes", "1,234,567", "1"]
    assert printed[4].endswith("at most 1.30: MISSED")
    book = msgspec.json.decode(report.as_json({"opening": [table]}, {"load": os.getloadavg()}, {}))
    assert book["benchmarks"]["opening"][0]["targets"][0]["met"] is False
    assert book["benchmarks"]["opening"][0]["figures"][0]["median"] == 2.0

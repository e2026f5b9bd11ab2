"""A fixed set of lives: every check holds, much happens in them, and the same seed gives the same life."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, Final

import pytest

from tests.sim.report import Report
from tests.sim.summary import failure
from tests.sim.vocabulary import words
from tests.sim.wanted import Wanted, live
from tests.sim.workers import lives
from tests.sim.world import World

HOURS: Final = 0.25
# Those that together hit most (`--choose`), some more, and the two that found the latest faults.
SEEDS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 17, 24, 27, 20779, 21594)

# As docs/journal.md lists them; what a power cut may take depends on each.
PRAGMAS: Final[dict[str, Any]] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "locking_mode": "exclusive",
    "secure_delete": 1,
    "auto_vacuum": 2,
    "wal_autocheckpoint": 0,
    "journal_size_limit": 4 * 1024 * 1024,
    "page_size": 4096,
}


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """One process for each, as in a long run."""
    words()
    wanted = [Wanted(seed, HOURS) for seed in SEEDS]
    return list(lives(wanted, live, jobs=os.cpu_count() or 1))


def test_lives_with_everything_that_can_happen_break_no_invariant(reports: list[Report]) -> None:
    failed = [failure(report, Wanted(report.seed, HOURS)) for report in reports if report.violations]
    assert not failed, "\n".join(failed)
    assert {report.seed for report in reports} == set(SEEDS)


def test_in_these_lives_doors_open_and_the_power_goes(reports: list[Report]) -> None:
    """Lives in which nothing happens prove nothing."""
    assert sum(report.openings for report in reports) > 5 * len(SEEDS)
    assert sum(report.power_cuts for report in reports) > len(SEEDS)
    assert all(report.events > 0 for report in reports)
    hit = {name for report in reports for name, times in report.coverage.items() if times}
    assert {"event: parcel_collected", "event: parcel_deposited", "event: compartment_to_review"} <= hit


def test_the_same_seed_lives_the_same_life_in_two_processes() -> None:
    """Also where they put sets and dictionaries of names in another order."""
    said = [_digests(hash_seed) for hash_seed in ("1", "2")]
    assert said[0] == said[1]
    assert len(said[0]) == 2


def _digests(hash_seed: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.sim", "--seeds", "7:9", "--hours", "0.1", "--jobs", "2", "--digests", "--json"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith("seed")]


def test_the_journal_of_a_life_has_the_pragmas_of_the_product() -> None:
    seen: list[dict[str, Any]] = []

    def look(world: World) -> None:
        runtime = world.site.runtime
        if not seen and runtime is not None and runtime.ready.is_set():
            connection = runtime.journal._store.connection
            seen.append({name: connection.execute(f"PRAGMA {name}").get for name in PRAGMAS})

    assert not World(1, 0.01, also=look).live().violations
    assert seen == [PRAGMAS]

"""A fixed set of lives: every check holds, something happens in them, and the same seed gives the same life."""

from __future__ import annotations

import pytest

from tests.sim.__main__ import main
from tests.sim.world import World

HOURS = 0.2
SEEDS = (2, 3, 4, 6, 8, 9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_life_with_everything_that_can_happen_breaks_no_invariant(seed: int) -> None:
    report = World(seed, HOURS).live()
    assert not report.violations, "\n".join((*report.last_steps, str(report.violations)))
    assert report.openings > 0, "a life without a person proves nothing"


def test_the_same_seed_lives_the_same_life_in_two_processes(capfd: pytest.CaptureFixture[str]) -> None:
    said = []
    for _ in range(2):
        assert main(["--seeds", "7:9", "--hours", "0.05", "--jobs", "2", "--digests", "--json"]) == 0
        said.append([line for line in capfd.readouterr().out.splitlines() if line.startswith("seed")])
    assert said[0] == said[1]
    assert len(said[0]) == 2

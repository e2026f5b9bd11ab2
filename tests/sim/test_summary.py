"""What many lives came to is told in one line, in one object, and by the command that repeats what failed."""

from __future__ import annotations

import io

from tests.sim.progress import Progress
from tests.sim.report import Report
from tests.sim.summary import choose, everything, failure, summary
from tests.sim.wanted import Wanted

GOOD = Report(1, 1.5, boots=3, power_cuts=2, events=1200, openings=9, kinds={"started": 3}, coverage={"a": 1, "b": 4})
BAD = Report(2, 0.5, boots=1, events=10, violations=(("a_check", "was not so"),), at_step=7, last_steps=("7 s",))


def test_the_summary_counts_lives_and_names_the_seeds_that_failed() -> None:
    told = summary([GOOD, BAD], 12.34)
    assert told == {
        "lives": 2,
        "boots": 4,
        "hours": 2.0,
        "power_cuts": 2,
        "events": 1210,
        "openings": 9,
        "violations": 1,
        "failed_seeds": [2],
        "took_s": 12.3,
    }
    whole = everything([GOOD, BAD], 12.34)
    assert whole["coverage"] == {"a": 1, "b": 4}
    assert whole["found"] == [{"seed": 2, "step": 7, "check": "a_check", "text": "was not so"}]


def test_a_failure_has_its_last_steps_its_check_and_its_command() -> None:
    told = failure(BAD, Wanted(2, 0.5)).splitlines()
    assert "7 s" in told
    assert "a_check: seed 2, step 7: was not so" in told
    assert told[-2] == "again: python -m tests.sim --seeds 2:3 --hours 0.5"


def test_the_seeds_that_hit_most_together_are_chosen_and_none_that_failed() -> None:
    lives = [
        Report(1, 1.0, coverage={"a": 1, "b": 1, "c": 1}),
        Report(2, 1.0, coverage={"a": 9, "b": 9}),
        Report(3, 1.0, coverage={"d": 1, "c": 0}),
        Report(4, 1.0, coverage={"e": 1}, violations=(("a_check", ""),)),
    ]
    assert choose(lives, 2) == [1, 3]


def test_the_progress_says_what_is_done_and_what_is_left() -> None:
    out = io.StringIO()
    progress = Progress(4, out, shown=True)
    progress.count(GOOD)
    progress.count(BAD)
    assert progress.line(120.0) == (
        "[###############...............] 2/4 lives, 2 power cuts, 1,210 events, 1 FAILED, 2:00 left"
    )
    assert "2/4" in out.getvalue()


def test_where_nobody_looks_no_progress_is_drawn() -> None:
    out = io.StringIO()
    Progress(1, out, shown=False).count(GOOD)
    assert out.getvalue() == ""

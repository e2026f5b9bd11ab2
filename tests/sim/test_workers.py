"""No life is lost without a word: a process that crashes, spins or waits for ever is a finding with a name."""

from __future__ import annotations

import os
import threading

from tests.sim.report import Report
from tests.sim.wanted import Wanted
from tests.sim.workers import lives


def _life(wanted: Wanted) -> Report:
    if wanted.seed == 2:
        os._exit(3)
    if wanted.seed == 3:
        while True:
            pass
    if wanted.seed == 4:
        threading.Event().wait()
    return Report(wanted.seed, wanted.hours, events=os.getpid())


def test_each_life_has_a_process_and_a_report_whatever_becomes_of_it() -> None:
    wanted = [Wanted(seed) for seed in range(7)]
    reports = {report.seed: report for report in lives(wanted, _life, jobs=3, cpu_s=1, wall_s=4)}
    assert set(reports) == set(range(7))
    assert len({reports[seed].events for seed in (0, 1, 5, 6)}) == 4
    for seed, why in ((2, "exit code 3"), (3, "limit 1 s of CPU"), (4, "hangs")):
        check, text = reports[seed].violations[0]
        assert check == "the_process_of_a_life_reports"
        assert why in text


def test_whoever_stops_listening_leaves_no_process_behind() -> None:
    found = lives([Wanted(seed) for seed in (0, 4)], _life, jobs=2, cpu_s=60)
    assert next(found).seed == 0
    found.close()  # type: ignore[attr-defined]

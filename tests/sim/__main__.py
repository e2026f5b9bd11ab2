"""python -m tests.sim --seeds A:B --hours H: lives of a locker, one process for each, on all cores.

The last line is one JSON object.  Ends with 1 when a check failed; then its seed, step, last steps and the command that
repeats it are printed.  With --shrink that life is made as small as it can be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from tests.sim.coverage import table
from tests.sim.left_out import LeftOut
from tests.sim.progress import Progress
from tests.sim.report import Report
from tests.sim.shrink import MOST_TRIES, Shrinking
from tests.sim.summary import choose, coverage, everything, failure, summary
from tests.sim.vocabulary import words
from tests.sim.wanted import Wanted, live
from tests.sim.workers import lives


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    wanted = [Wanted(seed, asked.hours, asked.until_step, asked.without) for seed in range(*asked.seeds)]
    words()  # read once, for all processes
    return _shrink(wanted[0], asked) if asked.shrink else _live_all(wanted, asked)


def _live_all(wanted: list[Wanted], asked: argparse.Namespace) -> int:
    began_s = time.monotonic()
    progress = Progress(len(wanted), sys.stderr, shown=not asked.json and sys.stderr.isatty())
    reports: list[Report] = []
    of_seed = {one.seed: one for one in wanted}
    each = lives(wanted, live, jobs=asked.jobs, cpu_s=asked.cpu_s, each_second=progress.draw)
    for report in each if asked.jobs else map(live, wanted):
        reports.append(report)
        progress.count(report)
        if report.violations:
            progress.clear()
            print(failure(report, of_seed[report.seed]), flush=True)
    progress.clear()
    reports.sort(key=lambda report: report.seed)
    took_s = time.monotonic() - began_s
    _tell(reports, asked)
    if asked.out:
        whole = {"life_hours": asked.hours} | everything(reports, took_s)
        Path(asked.out).write_text(json.dumps(whole, indent=1), encoding="utf-8")
    print(json.dumps(summary(reports, took_s)))
    return 1 if any(report.violations for report in reports) else 0


def _tell(reports: list[Report], asked: argparse.Namespace) -> None:
    if asked.digests:
        for report in reports:
            print(f"seed {report.seed}: {report.digest}")
    if asked.kinds:
        for kind, count in everything(reports, 0)["kinds"].items():
            print(f"{count:8} {kind}")
    if asked.choose:
        print(f"the {asked.choose} that hit most: {choose(reports, asked.choose)}")
    if asked.coverage:
        print(table(coverage(reports)))


def _shrink(wanted: Wanted, asked: argparse.Namespace) -> int:
    def alone(one: Wanted) -> Report:
        return next(lives([one], live, jobs=1, cpu_s=asked.cpu_s))

    shrinking = Shrinking(alone, lambda text: print(text, file=sys.stderr, flush=True), most_tries=asked.tries)
    smaller, report = shrinking.shrink(wanted)
    if not report.violations:
        print(f"seed {wanted.seed} does not fail")
        return 0
    print(failure(report, smaller).rsplit("\n", 1)[0])
    print(json.dumps({"check": report.check, "steps": report.at_step, "began": report.began, "tries": shrinking.tries}))
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description="lives of a locker in a simulated street")
    add = parser.add_argument
    add("--seeds", type=_span, default=(1, 11), metavar="A:B", help="from A up to but not B")
    add("--hours", type=float, default=1.0, help="simulated hours of each life")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once; 0: all in this one")
    add("--cpu-s", type=int, default=0, help="limit of each life; 0: enough for its hours")
    add("--json", action="store_true", help="no progress bar")
    add("--out", default="", metavar="FILE", help="write the summary, and what was hit how often, as JSON")
    add("--digests", action="store_true", help="print each life's digest")
    add("--kinds", action="store_true", help="print how often each event kind was written")
    add("--coverage", action="store_true", help="print how often each thing was hit, and the holes")
    add("--choose", type=int, default=0, metavar="N", help="print the N seeds that together hit most")
    add("--until-step", type=int, default=0, metavar="N", help="nothing more begins from this step on")
    add("--without", type=LeftOut.read, default=LeftOut(), metavar="v3,o1-7,t12-", help="leave these out")
    add("--shrink", action="store_true", help="make the first of the seeds as small as it can be and still fails")
    add("--tries", type=int, default=MOST_TRIES, help="the most lives that --shrink may take")
    return parser


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition(":")
    return int(first), int(last) if last else int(first) + 1


if __name__ == "__main__":
    sys.exit(main())

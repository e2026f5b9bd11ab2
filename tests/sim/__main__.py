"""python -m tests.sim --seeds A:B --hours H: lives of a locker, one process for each, on all cores.

The last line is one JSON object.  Ends with 1 when a check failed; then its seed, step, last steps and the command that
repeats it are printed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.sim.coverage import table
from tests.sim.world import Report, World


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    first, last = asked.seeds
    seeds = range(first, last)
    began_s = time.monotonic()
    reports: list[Report] = []
    for report in _lives(seeds, asked.hours, asked.jobs):
        reports.append(report)
        if report.violations:
            print(_failure(report, asked.hours), flush=True)
        if not asked.json and sys.stderr.isatty():
            print(f"\r{_bar(len(reports), len(seeds))}", end="", file=sys.stderr, flush=True)
    reports.sort(key=lambda report: report.seed)
    if asked.digests:
        for report in reports:
            print(f"seed {report.seed}: {report.digest}")
    if asked.kinds:
        _print_kinds(reports)
    if asked.coverage or asked.coverage_file:
        _coverage(reports, asked.coverage_file)
    print(json.dumps(_sum(reports, time.monotonic() - began_s)))
    return 1 if any(report.violations for report in reports) else 0


def _lives(seeds: range, hours: float, jobs: int) -> Iterable[Report]:
    """One fresh process for each life: SQLite's own chance is the process's."""
    if jobs == 0:
        yield from (World(seed, hours).live() for seed in seeds)
        return
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_live, [(seed, hours) for seed in seeds])


def _live(life: tuple[int, float]) -> Report:
    return World(*life).live()


def _failure(report: Report, hours: float) -> str:
    lines = ["", *report.last_steps, ""]
    for check, text in report.violations:
        lines.append(f"{check}: seed {report.seed}, step {report.at_step}: {text}")
    lines.append(f"again: python -m tests.sim --seeds {report.seed}:{report.seed + 1} --hours {hours:g}")
    return "\n".join(lines)


def _bar(done: int, of: int) -> str:
    filled = 40 * done // max(1, of)
    return f"[{'#' * filled}{'.' * (40 - filled)}] {done}/{of}"


def _print_kinds(reports: list[Report]) -> None:
    kinds: Counter[str] = Counter()
    for report in reports:
        kinds.update(report.kinds)
    for kind, count in sorted(kinds.items()):
        print(f"{count:8} {kind}")


def _coverage(reports: list[Report], file: str) -> None:
    """The table of what was hit; with a file, the counts go there for `python -m tests.sim.coverage`."""
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.coverage)
    if file:
        Path(file).write_text(json.dumps({"coverage": dict(sorted(counts.items()))}, indent=0), encoding="utf-8")
    else:
        print(table(counts))


def _sum(reports: list[Report], took_s: float) -> dict[str, object]:
    return {
        "seeds": len(reports),
        "lives": sum(report.lives for report in reports),
        "hours": round(sum(report.hours for report in reports), 2),
        "power_cuts": sum(report.power_cuts for report in reports),
        "events": sum(report.events for report in reports),
        "openings": sum(report.openings for report in reports),
        "violations": sum(len(report.violations) for report in reports),
        "failed_seeds": [report.seed for report in reports if report.violations],
        "took_s": round(took_s, 1),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description="lives of a locker in a simulated street")
    parser.add_argument("--seeds", type=_span, default=(1, 11), help="A:B, from A up to but not B")
    parser.add_argument("--hours", type=float, default=1.0, help="simulated hours of each life")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once; 0: in this one")
    parser.add_argument("--json", action="store_true", help="no progress bar")
    parser.add_argument("--digests", action="store_true", help="print each life's digest")
    parser.add_argument("--kinds", action="store_true", help="print how often each event kind was written")
    parser.add_argument("--coverage", action="store_true", help="print how often each thing was hit, and the holes")
    parser.add_argument("--coverage-file", default="", help="write the counts as JSON instead of printing them")
    return parser


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition(":")
    return int(first), int(last) if last else int(first) + 1


if __name__ == "__main__":
    sys.exit(main())

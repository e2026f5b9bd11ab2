"""What many lives came to: one JSON object, and for each failed one its end and the command that repeats it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.sim.report import Report
from tests.sim.wanted import Wanted


def summary(reports: Sequence[Report], took_s: float) -> dict[str, Any]:
    return {
        "lives": len(reports),
        "boots": sum(report.boots for report in reports),
        "hours": round(sum(report.hours for report in reports), 2),
        "power_cuts": sum(report.power_cuts for report in reports),
        "events": sum(report.events for report in reports),
        "openings": sum(report.openings for report in reports),
        "violations": sum(len(report.violations) for report in reports),
        "failed_seeds": sorted(report.seed for report in reports if report.violations),
        "took_s": round(took_s, 1),
    }


def everything(reports: Sequence[Report], took_s: float) -> dict[str, Any]:
    """The summary, what was hit how often, and each violation."""
    return summary(reports, took_s) | {
        "cpu_s": round(sum(report.cpu_s for report in reports), 1),
        "found": [
            {"seed": report.seed, "step": report.at_step, "check": check, "text": text}
            for report in reports
            for check, text in report.violations
        ],
        "kinds": _sums([report.kinds for report in reports]),
        "coverage": _sums([report.coverage for report in reports]),
    }


def failure(report: Report, wanted: Wanted) -> str:
    lines = ["", *report.last_steps, ""]
    lines += [f"{check}: seed {report.seed}, step {report.at_step}: {text}" for check, text in report.violations]
    return "\n".join([*lines, f"again: {wanted.command}", f"smaller: {wanted.command} --shrink"])


def coverage(reports: Sequence[Report]) -> dict[str, int]:
    return _sums([report.coverage for report in reports])


def _sums(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))


def choose(reports: Sequence[Report], many: int) -> list[int]:
    """So many seeds that together hit most: always the life next that hits most of what none before it did."""
    left = [report for report in reports if not report.violations]
    chosen: list[int] = []
    hit: set[str] = set()
    while left and len(chosen) < many:
        best = max(left, key=lambda report: (len(_hit(report) - hit), -report.seed))
        left.remove(best)
        chosen.append(best.seed)
        hit |= _hit(best)
    return sorted(chosen)


def _hit(report: Report) -> set[str]:
    return {name for name, times in report.coverage.items() if times}

"""`locker run` as a process: from its start until it says READY."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.figures import Effort, Table, figure, took_us
from tests.bench.home import make_home, running
from tests.bench.pins import DOORS_A_BANK

STARTS = 5
IMPORTS = "import edge.app.cli, edge.app.assembly, hal.gpio"


def start_to_ready(effort: Effort) -> list[Table]:
    homes = {
        "an empty journal": make_home(effort, "short"),
        f"a journal of {effort.history:,} events": make_home(effort, "long", events=effort.history),
    }
    for home in homes.values():
        _start_ms(home)  # makes the empty one, and brings both into the machine's cache
    works: dict[str, Callable[[], float]] = {
        **{f"start → ready, {name}": partial(_start_ms, home) for name, home in homes.items()},
        "   floor: Python and the same imports": partial(_python_ms, IMPORTS),
        "   floor: Python alone": partial(_python_ms, "pass"),
    }
    rounds = [[work() for work in works.values()] for _ in range(STARTS)]
    figures = [figure(name, taken, "ms") for name, taken in zip(works, zip(*rounds, strict=True), strict=True)]
    return [
        Table(
            "start → ready of `locker run`",
            tuple(figures),
            remark=f"{DOORS_A_BANK} doors on mock pins; no cloud, no camera.",
        )
    ]


def _start_ms(home: Path) -> float:
    began_ns = time.perf_counter_ns()
    with running(home) as daemon:
        daemon.wait_for(b"READY=1")
        return (time.perf_counter_ns() - began_ns) / 1e6


def _python_ms(program: str) -> float:
    return took_us(lambda: subprocess.run([sys.executable, "-c", program], check=True)) / 1000

"""How much memory the daemon and its camera process hold when nobody is there."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Effort, Figure, Table
from tests.bench.home import make_home, running, still_street

IDLE_TURNS = 5  # the loop turns once a second when nothing happens
KIB_PER_MIB = 1024
ALONE = "import sys; print(flush=True); sys.stdin.read()"
LOOP = "import asyncio, sys; asyncio.run(asyncio.sleep(0)); print(flush=True); sys.stdin.read()"
PICTURES = "import sys, cv2, numpy, zxingcpp; print(flush=True); sys.stdin.read()"


def memory(effort: Effort) -> list[Table]:
    home = make_home(effort, "memory", camera=still_street(effort.directory))
    with running(home) as daemon:
        daemon.wait_for(b"READY=1")
        daemon.wait_for(b"WATCHDOG=1", IDLE_TURNS)
        figures = [*_figures("locker run", daemon.pid), *_figures("its camera process", daemon.camera_pid())]
    for name, program in (
        ("Python alone", ALONE),
        ("with an asyncio loop", LOOP),
        ("with OpenCV, zxing-cpp", PICTURES),
    ):
        with _waiting(program) as pid:
            figures += _figures(f"   floor: {name}", pid)
    remark = "RSS counts a page that several processes map in each of them, PSS shares it out."
    return [Table("memory, idle", tuple(figures), remark=remark)]


def _figures(name: str, pid: int) -> list[Figure]:
    sizes = _sizes_mib(pid)
    return [Figure(f"{name}: {kind.upper()}", sizes[kind], "MiB", 1) for kind in ("rss", "pss")]


def _sizes_mib(pid: int) -> dict[str, float]:
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        found[name.lower()] = int(value.split()[0]) / KIB_PER_MIB
    return found


@contextlib.contextmanager
def _waiting(program: str) -> Iterator[int]:
    command = (sys.executable, "-c", program)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.communicate()

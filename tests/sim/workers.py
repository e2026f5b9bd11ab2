"""Lives side by side: one fresh process for each, on all cores, and none that is lost without a word.

A process that crashes, hangs or spins is itself a finding: `the_life_ends_in_its_cpu_time`, told with its last steps,
or `the_process_of_a_life_reports`, when nothing could be told any more.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Final

import msgspec

from tests.sim.ends import CpuSpent
from tests.sim.report import Report
from tests.sim.wanted import Wanted

TELLS_WITHIN_S: Final = 20  # of its CPU time, after it was told that it is used up
WALL_FOR_CPU: Final = 10  # a process that gets less than a tenth of a core waits for something that never comes
LOOK_EVERY_S: Final = 1.0
FEWER_COLLECTIONS: Final = 50_000  # a life is short, and its garbage mostly has no cycles


def cpu_limit_s(hours: float) -> int:
    """Ten times what a life of so many hours takes on a slow machine."""
    return 120 + round(40 * hours)


def lives(
    wanted: Iterable[Wanted],
    live: Callable[[Wanted], Report],
    *,
    jobs: int,
    cpu_s: int = 0,
    wall_s: int = 0,
    each_second: Callable[[], None] = lambda: None,
) -> Iterator[Report]:
    """As they end.  `cpu_s`, `wall_s`: for each, instead of the limits for its hours."""
    workers = _Workers(live, cpu_s, wall_s)
    waiting = iter(wanted)
    try:
        while True:
            while len(workers) < jobs and (following := next(waiting, None)) is not None:
                workers.start(following)
            if not len(workers):
                return
            yield from workers.ended()
            each_second()
    finally:
        workers.kill()


class _Worker:
    def __init__(self, wanted: Wanted, process: BaseProcess, reports: Connection, cpu_s: int, wall_s: int) -> None:
        self.wanted, self.process, self.reports, self.cpu_s, self.wall_s = wanted, process, reports, cpu_s, wall_s
        self.until_s = time.monotonic() + wall_s

    def report(self) -> Report:
        """What it says, or what its silence says."""
        try:
            return msgspec.msgpack.decode(self.reports.recv_bytes(), type=Report)
        except (EOFError, OSError):
            self.process.join()
            code = self.process.exitcode or 0
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            return self.failed(f"ended with {how}; limit {self.cpu_s} s of CPU")

    def failed(self, why: str) -> Report:
        wanted = self.wanted
        return Report(wanted.seed, wanted.hours, violations=(("the_process_of_a_life_reports", why),))


class _Workers:
    def __init__(self, live: Callable[[Wanted], Report], cpu_s: int, wall_s: int) -> None:
        self._live, self._cpu_s, self._wall_s = live, cpu_s, wall_s
        self._context = multiprocessing.get_context("fork")
        self._running: dict[Connection, _Worker] = {}

    def __len__(self) -> int:
        return len(self._running)

    def start(self, wanted: Wanted) -> None:
        ours, theirs = self._context.Pipe(duplex=False)
        cpu_s = self._cpu_s or cpu_limit_s(wanted.hours)
        process = self._context.Process(target=_process, args=(theirs, wanted, self._live, cpu_s), daemon=True)
        process.start()
        theirs.close()
        self._running[ours] = _Worker(wanted, process, ours, cpu_s, self._wall_s or cpu_s * WALL_FOR_CPU)

    def ended(self) -> Iterator[Report]:
        """Those that ended within a second."""
        for ready in wait(list(self._running), timeout=LOOK_EVERY_S):
            assert isinstance(ready, Connection)
            yield self._end(ready, self._running[ready].report())
        for connection, worker in list(self._running.items()):
            if time.monotonic() > worker.until_s:
                worker.process.kill()
                yield self._end(connection, worker.failed(f"hangs: {worker.wall_s} s are over"))

    def kill(self) -> None:
        for worker in self._running.values():
            worker.process.kill()
            worker.process.join()
        self._running.clear()

    def _end(self, connection: Connection, report: Report) -> Report:
        worker = self._running.pop(connection)
        connection.close()
        worker.process.join()
        return report


def _process(reports: Connection, wanted: Wanted, live: Callable[[Wanted], Report], cpu_s: int) -> None:
    signal.signal(signal.SIGXCPU, _spent)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + TELLS_WITHIN_S))
    gc.freeze()
    gc.set_threshold(FEWER_COLLECTIONS)
    reports.send_bytes(msgspec.msgpack.encode(live(wanted)))
    reports.close()


def _spent(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)  # the report takes some as well
    raise CpuSpent("its CPU time is used up")

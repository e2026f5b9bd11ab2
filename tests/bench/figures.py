"""What a benchmark gives: tables of figures, and targets that they meet or miss."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec import Struct

MIN_FOR_P99 = 20  # of fewer the p99 says nothing that the largest does not


class Figure(Struct, frozen=True):
    """One measured thing.  `p99` is None where it was measured a few times only."""

    name: str
    median: float
    unit: str
    rounds: int
    p99: float | None = None
    note: str = ""


class Target(Struct, frozen=True):
    """What a figure should be at most."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def met(self) -> bool:
        return self.value <= self.limit


class Table(Struct, frozen=True):
    title: str
    figures: tuple[Figure, ...]
    targets: tuple[Target, ...] = ()
    remark: str = ""


class Effort(Struct, frozen=True):
    """How much of it.  `directory` lies on the disk that is measured; whoever asks removes it."""

    directory: Path
    rounds: int = 200
    openings: int = 120
    events: tuple[int, ...] = (0, 100_000, 1_000_000)  # sizes of the journal whose commits are timed
    history: int = 100_000  # events in the journal that a start finds
    seconds: float = 4.0  # for which something is watched that goes on by itself

    def fresh(self, name: str) -> Path:
        """A new directory of that name."""
        path = self.directory / name
        path.mkdir(parents=True)
        return path


def percentile(values: Sequence[float], part: float) -> float:
    """The value that `part` of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def figure(name: str, values: Sequence[float], unit: str = "µs", note: str = "") -> Figure:
    """Median and p99 of what was measured."""
    p99 = percentile(values, 0.99) if len(values) >= MIN_FOR_P99 else None
    return Figure(name, statistics.median(values), unit, len(values), p99, note)


def took_us(work: Callable[[], object]) -> float:
    """Microseconds that `work` took, on the wall."""
    began_ns = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began_ns) / 1000


def timed_us(work: Callable[[], object], rounds: int, warm: int = 3) -> list[float]:
    """`work` timed `rounds` times; `warm` times before that it does not count."""
    for _ in range(warm):
        work()
    return [took_us(work) for _ in range(rounds)]


def in_turn_us(works: Iterable[Callable[[], object]], rounds: int, warm: int = 3) -> list[list[float]]:
    """Each of `works` timed in turn, round by round, so that a machine that slows down slows all of them."""
    every = list(works)
    for _ in range(warm):
        for work in every:
            work()
    taken = [[took_us(work) for work in every] for _ in range(rounds)]
    return [list(column) for column in zip(*taken, strict=True)]

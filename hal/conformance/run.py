"""Try every promise on a bank of its own, and tell what came of it.

A driver under test is foreign code: whatever it raises is a finding and no crash, and one that does not come back is
left behind in its thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from types import TracebackType
from typing import Final

from msgspec import Struct

from hal.conformance.bench import Bench
from hal.conformance.promises import PROMISES, Promise
from hal.conformance.rig import ContractBroken, NotTried, Rig

__all__ = ["LONGEST_S", "Result", "Verdict", "conformance", "table", "try_one"]

LONGEST_S: Final = 60.0  # of one promise: the longest waits 10 s for a board and a few seconds for its answers


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_TRIED = "not tried"  # the rig has no means for it: nobody knows


class Result(Struct, frozen=True):
    """What came of one promise; `why` where it was not kept, or not tried."""

    promise: Promise
    verdict: Verdict
    why: str = ""


def conformance(rig: Callable[[], Rig], promises: Sequence[Promise] = PROMISES) -> list[Result]:
    """Try them all, each with a new rig."""
    return [try_one(rig, promise) for promise in promises]


def try_one(rig: Callable[[], Rig], promise: Promise, longest_s: float = LONGEST_S) -> Result:
    """One promise, in a thread that is left behind after `longest_s`."""
    caught = _Caught()

    def run() -> None:
        with caught, contextlib.ExitStack() as stack:
            bench = Bench(rig())
            stack.callback(bench.close)
            bench.open()
            promise.check(bench)

    thread = threading.Thread(target=run, name=promise.name, daemon=True)
    thread.start()
    thread.join(longest_s)
    if thread.is_alive():
        return Result(promise, Verdict.FAILED, f"did not come back within {longest_s:g} s")
    match caught.error:
        case None:
            return Result(promise, Verdict.PASSED)
        case NotTried():
            return Result(promise, Verdict.NOT_TRIED, str(caught.error))
        case ContractBroken():
            return Result(promise, Verdict.FAILED, str(caught.error))
        case _:
            return Result(promise, Verdict.FAILED, f"raised {type(caught.error).__name__}: {caught.error}")


def table(results: Sequence[Result]) -> str:
    """For people: a line each, then how many."""
    lines = []
    for result in results:
        lines.append(f"{result.verdict:<10} {result.promise.says}")
        if result.why:
            lines.append(f"{'':<10}   {result.why}")
    counts = [f"{sum(1 for one in results if one.verdict is verdict)} {verdict}" for verdict in Verdict]
    return "\n".join([*lines, ", ".join(counts)])


class _Caught:
    """Keeps what foreign code raised, whatever it is."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def __enter__(self) -> _Caught:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return True

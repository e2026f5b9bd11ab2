"""The promises as test functions, for pytest or any other runner that collects functions of a module:

globals().update(promised_by(MyRig))
"""

from __future__ import annotations

from collections.abc import Callable
from unittest import SkipTest

from hal.conformance.promises import PROMISES, Promise
from hal.conformance.rig import ContractBroken, Rig
from hal.conformance.run import Verdict, try_one

__all__ = ["promised_by"]


def promised_by(rig: Callable[[], Rig]) -> dict[str, Callable[[], None]]:
    """One `test_…` for each promise.  What the rig cannot try is skipped, and so is seen not to be tried."""
    return {f"test_{promise.name}": _test(rig, promise) for promise in PROMISES}


def _test(rig: Callable[[], Rig], promise: Promise) -> Callable[[], None]:
    def test() -> None:
        result = try_one(rig, promise)
        if result.verdict is Verdict.FAILED:
            raise ContractBroken(result.why)
        if result.verdict is Verdict.NOT_TRIED:
            raise SkipTest(result.why)

    test.__doc__ = promise.says
    return test

"""Makes a life that fails smaller, as long as the same check fails: first its steps, then what happens in it.

The prefix is found by halving; what is left of visits, orders and troubles by leaving out ever smaller groups of them
(delta debugging).  Each try is a whole life, so their number is bounded, and the best one so far is what is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import structs

from tests.sim.left_out import KINDS, LeftOut
from tests.sim.report import Report
from tests.sim.wanted import Wanted

MOST_TRIES: Final = 80


class Shrinking:
    """`live` lives a life; `say` is told of each try that helped."""

    def __init__(
        self, live: Callable[[Wanted], Report], say: Callable[[str], None], *, most_tries: int = MOST_TRIES
    ) -> None:
        self._live, self._say, self._most = live, say, most_tries
        self.tries = 0

    def shrink(self, wanted: Wanted) -> tuple[Wanted, Report]:
        """The smallest life that fails alike, and its report; `wanted` itself when it does not fail."""
        report = self._lived(wanted)
        if not report.violations:
            return wanted, report
        self._say(f"{report.check} at step {report.at_step}, {len(report.began)} things began")
        best = self._fewer_steps(wanted, report)
        best = self._fewer_happenings(*best)
        return self._fewer_steps(*best)

    def _fewer_steps(self, wanted: Wanted, report: Report) -> tuple[Wanted, Report]:
        """Halve the steps after which nothing more begins."""
        best, fails, passes = (wanted, report), report.at_step, 0
        if wanted.until_step:
            fails = min(fails, wanted.until_step)
        while fails - passes > 1 and self._may_try:
            steps = (fails + passes) // 2
            found = self._fails_alike(structs.replace(wanted, until_step=steps), report)
            if found is None:
                passes = steps
            else:
                best, fails = found, steps
        return best

    def _fewer_happenings(self, wanted: Wanted, report: Report) -> tuple[Wanted, Report]:
        """Leave out groups of what began: all of a kind first, then halves, quarters, … down to one by one."""
        last = {kind: max(_numbers(report.began, kind), default=0) for kind in KINDS}
        best, kept = (wanted, report), list(report.began)
        groups: list[list[str]] = [[name for name in kept if name[0] == kind] for kind in KINDS]
        size = len(kept)
        while self._may_try and kept:
            for group in groups:
                fewer = [name for name in kept if name not in group]
                without = LeftOut.of([name for name in report.began if name not in fewer], after=last)
                without = LeftOut.join(wanted.without, without)
                found = None
                if group and self._may_try:
                    found = self._fails_alike(structs.replace(best[0], without=without), report)
                if found is not None:
                    best, kept = found, fewer
            if size == 1:
                break
            size = max(1, min(size, len(kept)) // 2)
            groups = [kept[start : start + size] for start in range(0, len(kept), size)]
        return best

    @property
    def _may_try(self) -> bool:
        return self.tries < self._most

    def _fails_alike(self, wanted: Wanted, report: Report) -> tuple[Wanted, Report] | None:
        found = self._lived(wanted)
        if found.check != report.check:
            return None
        self._say(f"try {self.tries}: fails as well at step {found.at_step}, {len(found.began)} things began")
        return wanted, found

    def _lived(self, wanted: Wanted) -> Report:
        self.tries += 1
        return self._live(wanted)


def _numbers(began: Sequence[str], kind: str) -> list[int]:
    return [int(name[1:]) for name in began if name[0] == kind]

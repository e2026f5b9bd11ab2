"""Which life is wanted, in the words of the command line, so that it can be asked for again."""

from __future__ import annotations

from msgspec import Struct

from tests.sim.left_out import LeftOut
from tests.sim.report import Report
from tests.sim.world import World


class Wanted(Struct, frozen=True):
    """`until_step` and `without` as in World: from where nothing more begins, and what is left out."""

    seed: int
    hours: float = 1.0
    until_step: int = 0
    without: LeftOut = LeftOut()

    @property
    def command(self) -> str:
        words = f"python -m tests.sim --seeds {self.seed}:{self.seed + 1} --hours {self.hours:g}"
        if self.until_step:
            words += f" --until-step {self.until_step}"
        if self.without:
            words += f" --without {self.without}"
        return words


def live(wanted: Wanted) -> Report:
    """That life, in this process."""
    return World(wanted.seed, wanted.hours, until_step=wanted.until_step, without=wanted.without).live()

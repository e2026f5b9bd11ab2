"""What a boot decided, its ring decides again: nothing hidden, no clock and no chance, is in a decision."""

from __future__ import annotations

from typing import ClassVar

from tests.sim.checks.family import Family


class Again(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "the_past_is_decided_again": "What a ring remembers of a boot gives the same events and effects again.",
    }

    def step(self) -> None:
        """Each boot is decided again when its power goes."""
        for difference in self.site.differences[:1]:
            self.find("the_past_is_decided_again", difference)

    def end(self) -> None:
        self.site.decide_again()
        self.step()

"""Liveness: once faults end, everything that is owed happens, within a bounded time.

The street acts (somebody presents a code, looks, or just waits) and says what came of it; here it gets its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.checks.seen import Seen

SHOWN_WITHIN_S: Final = 60.0  # longer than any card stalls


class Liveness(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "it_starts": "After power on the site serves within four minutes, whatever its card looks like.",
        "nothing_but_the_card_ends_the_process": "A process ends by itself for an error of its card only.",
        "the_life_goes_on": "Nothing raises that should not.",
        "the_life_ends_in_its_cpu_time": "A life neither hangs nor spins.",
        "a_good_code_opens_its_door": "A good code opens its door within ten seconds.",
        "review_is_resolved": "No compartment stays in review once somebody has looked.",
        "the_backlog_drains": "The hub has every row within half an hour.",
        "no_opening_stays_live": "No opening is live when every door has been shut for an hour.",
        "sessions_end": "Nobody is at the screen when nobody has been there for an hour.",
        "a_new_card_comes_into_service": "A site that waits for its standing list gets it and serves.",
        "a_waiting_site_says_so": "While a site waits for its standing list its first screen says so.",
        "a_broken_card_is_noticed": "A journal whose rows are not what was written is not served from.",
    }

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self._wrong_s = -1.0  # since when it says that it serves although it waits

    def step(self) -> None:
        runtime = self.site.runtime
        serves = runtime is not None and runtime.ready.is_set() and runtime.screen().name == "attract"
        if not (serves and self.ledger.restoring):
            self._wrong_s = -1.0
        elif self._wrong_s < 0:  # a slow card: what is durable is not yet known to whoever wrote it
            self._wrong_s = self.seen.now_s
        elif self.seen.now_s - self._wrong_s > SHOWN_WITHIN_S:
            self.find("a_waiting_site_says_so", "it says that it serves")

    def at_rest(self) -> None:
        """An hour after the last of them went home."""
        runtime = self.site.runtime
        if runtime is None or runtime.books is None:
            self.find("it_starts", "no runtime in an hour of calm")
            return
        if self.ledger.openings:
            self.find("no_opening_stays_live", f"{list(self.ledger.openings.values())}")
        if runtime.memory.session is not None:
            self.find("sessions_end", f"{runtime.screen().name} is up")
        if self.ledger.restoring:
            self.find("a_new_card_comes_into_service", f"it still waits, {runtime.screen().name} is up")

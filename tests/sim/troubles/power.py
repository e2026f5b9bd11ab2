"""The power goes: at random, and aimed at the instant at which it hurts; the process is killed; the card is slow.

An aim waits for its moment, and the power goes then, or a little later:

    at a deed       a pulse begins or ends, a latch, a door or a parcel moves
    at a commit     of a row of some kind: before it is durable, durable but unheard, or just acted upon
    at the card     the n-th operation, the n-th fsync
    at its upkeep   in the middle of a snapshot, a compaction, a checkpoint, a saved watermark
    in the start    at an operation, an fsync or a moment of the recovery, several times in a row
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hal.sim.chronicle import Deed, Entry
from tests.sim.checks import Observer
from tests.sim.person import Street
from tests.sim.troubles.crash import CrashTable
from tests.sim.troubles.family import Act, Family
from tests.sim.watched import Written

DEEDS: Final = (Deed.PULSE_BEGAN, Deed.PULSE_ENDED, Deed.DOOR_MOVED, Deed.LATCH_MOVED, Deed.PARCEL_MOVED)
BY_COMMAND: Final = "an opening by command"
# What the next commit ends, or begins: where it hurts most is drawn most often.
COMMITS: Final = {
    "opening_authorised": 5,
    "door_opened": 4,
    "door_closed": 3,
    "parcel_collected": 4,
    "parcel_deposited": 2,
    BY_COMMAND: 2,
    "order_handled": 1,
    "pin_failed": 3,
    "credential_refused": 1,
    "compartment_let": 1,
    "compartment_freed": 1,
    "compartment_to_review": 1,
    "opening_retried": 2,
    "opening_ended": 1,
    "deposit_abandoned": 1,
    "parcel_uncertain": 1,
    "parcel_declined": 1,
    "door_forced": 1,
    "epoch_begun": 1,
    "particulars_erased": 1,
    "document_received": 1,
}
# For each row of the crash table a commit, and on which side of it the power has to go.
HITS: Final = {
    "scan and commit": ("opening_authorised", "before"),
    "commit and pulse": ("opening_authorised", "unheard"),
    "pulse and edge": ("door_opened", "before"),
    "edge and close": ("door_closed", "before"),
    "close and judgement": ("door_closed", "unheard"),
    "collected and screen": ("parcel_collected", "unheard"),
    "command and effect": (BY_COMMAND, "unheard"),
    "PIN failure and commit": ("pin_failed", "before"),
}
UPKEEP: Final = ("snapshot", "compact", "checkpoint", "save_watermark", "begin_epoch")
WRITES_OF_A_COMMIT: Final = 3  # fewer than any commit makes before its fsync
MOST_AIMS: Final = 5
NEVER: Final = 1 << 50
MOST_STARTS: Final = 6  # cut short in a row
STORM: Final = (5, 12)


@dataclass
class Aim:
    """What is waited for, how many more of it, and what happens then."""

    words: str
    waits_for: Callable[[Entry | Written], bool]
    left: int
    strike: Callable[[], None]


class Power(Family):
    """`cuts` counts every time the power went.  `powered_on` is called at each power-on, before anything runs."""

    def __init__(self, street: Street, observer: Observer) -> None:
        super().__init__(street)
        self.observer = observer
        self.table = CrashTable(street)
        self.cuts = 0
        self._aims: list[Aim] = []
        self._card_aim = ""  # how the card was told to end this generation
        self._how = ""
        self._starts = self._storm = 0
        self._is_calm = False
        self.site.world.chronicle.watch(self._meets)
        self.site.when_written = self._meets
        self._off, self.site.disk.when_cut = self.site.disk.when_cut, self._went

    def acts(self) -> Mapping[Act, float]:
        return {
            self._now: 2,
            self._at_a_deed: 5,
            self._at_a_row: 9,
            self._at_a_commit: 4,
            self._at_the_card: 2,
            self._at_its_upkeep: 2,
            self._in_the_start: 1.5,
            self._storm_of_starts: 0.5,
            self._killed: 2,
            self._slow_card: 2,
            self._fsync_fails: 0.7,
        }

    def calm(self) -> None:
        self._is_calm = True
        self._aims.clear()
        self._starts = self._storm = 0
        for disarm in (self.site.disk.cut_at_operation, self.site.disk.cut_after_sync, self.site.disk.fail_sync):
            disarm(NEVER)

    # -- power off ------------------------------------------------------------------------------------------------

    def cut(self, how: str) -> None:
        if not self.site.off and not self._is_calm:
            self._how = how
            self.site.cut()

    def kill(self, how: str) -> None:
        if not self.site.off and not self._is_calm:
            self._classify("process killed", how)
            self.site.kill()

    def _went(self) -> None:
        """The power is gone: whoever took it."""
        self.cuts += 1
        how, self._how = self._how or self._card_aim or "of the card", ""
        self._classify("power cut", how)
        self._off()

    def _classify(self, name: str, how: str) -> None:
        rows = self.table.hit()
        for row in rows:
            self.street.mark(f"crash: {row}")
        self.begins(name, f"{how} ({', '.join(rows)})")

    # -- aims -----------------------------------------------------------------------------------------------------

    def _aim(self, words: str, waits_for: Callable[[Entry | Written], bool], nth: int, act: Callable[[], None]) -> None:
        self.do(f"will cut the power {words}")
        self._aims.append(Aim(words, waits_for, nth, act))
        del self._aims[:-MOST_AIMS]  # what has not come by now would keep others from their turn

    def _meets(self, seen: Entry | Written) -> None:
        for aim in list(self._aims):
            if aim.waits_for(seen):
                aim.left -= 1
                if aim.left <= 0:
                    self._aims.remove(aim)
                    aim.strike()

    def _strike(self, how: str, after_s: float) -> Callable[[], None]:
        """The power goes then; sometimes it is only the process."""
        act = self.kill if self.likely(0.15) else self.cut
        later = after_s > 0 or act == self.kill  # a process is killed between two jobs, never within one

        def strike() -> None:
            if later:
                self.later(after_s, lambda: act(how))
            else:
                act(how)

        return strike

    async def _now(self) -> None:
        self.cut("at random")

    async def _at_a_deed(self) -> None:
        deed, nth = self.chance.choice(DEEDS), self.chance.randint(1, 3)
        after_s = self.chance.choice((0.0, 0.0, 0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.6))
        words = f"{after_s} s after the {nth}. {deed}"
        self._aim(words, lambda seen: isinstance(seen, Entry) and seen.deed is deed, nth, self._strike(words, after_s))

    async def _at_a_commit(self) -> None:
        kind = self.chance.choices(list(COMMITS), list(COMMITS.values()))[0]
        self._aim_at_a_commit(kind, self.chance.choice(("before", "unheard", "after")))

    async def _at_a_row(self) -> None:
        """Of the rows that this life has hit least."""
        counts = self.street.coverage.counts
        least = min(counts[f"crash: {row}"] for row in HITS)
        rows = [row for row in HITS if counts[f"crash: {row}"] == least]
        self._aim_at_a_commit(*HITS[self.chance.choice(rows)])

    def _aim_at_a_commit(self, kind: str, when: str) -> None:
        words = f"{when} the commit of {kind}"

        def waits_for(seen: Entry | Written) -> bool:
            if not isinstance(seen, Written):
                return False
            if kind == BY_COMMAND:
                return {"order_handled", "opening_authorised"} <= set(seen.kinds)
            return kind in seen.kinds

        self._aim(words, waits_for, 1, self._around_a_commit(when, words))

    def _around_a_commit(self, when: str, words: str) -> Callable[[], None]:
        if when == "before":
            nth = self.chance.randint(1, WRITES_OF_A_COMMIT)
            return lambda: self._arm(words, lambda: self.site.disk.cut_at_operation(nth))
        if when == "unheard":
            if self.likely(0.15):
                return lambda: self.later(0.0, lambda: self.kill(words))
            return lambda: self._arm(words, lambda: self.site.disk.cut_after_sync(1))
        return self._strike(words, self.chance.choice((0.012, 0.03, 0.1, 1.0)))

    def _arm(self, words: str, act: Callable[[], None]) -> None:
        self._card_aim = words
        act()

    async def _at_the_card(self) -> None:
        disk = self.site.disk
        if self.likely(0.5):
            nth = self.chance.randint(1, 40)
            self._arm(f"at operation {nth} of the card", lambda: disk.cut_at_operation(nth))
        else:
            nth = self.chance.randint(1, 6)
            self._arm(f"after fsync {nth}", lambda: disk.cut_after_sync(nth))
        self.do(f"will cut the power {self._card_aim}")

    async def _at_its_upkeep(self) -> None:
        what, nth = self.chance.choice(UPKEEP), self.chance.randint(1, 12)
        words = f"at operation {nth} of {what}"

        def strike() -> None:
            self.street.mark(f"crash: in {what}")
            self._arm(words, lambda: self.site.disk.cut_at_operation(nth))

        self._aim(words, lambda seen: isinstance(seen, Written) and seen.act == what, 1, strike)

    # -- starts ---------------------------------------------------------------------------------------------------

    async def _in_the_start(self) -> None:
        """The next starts are cut short, one after the other."""
        self._starts = self.chance.randint(1, MOST_STARTS)
        self.cut("before a start that will be cut short")

    async def _storm_of_starts(self) -> None:
        """The line power comes and goes."""
        self._storm = self.chance.randint(*STORM)
        self.begins("storm of starts", f"{self._storm}")
        self.cut("in a storm")

    def powered_on(self) -> None:
        self._card_aim = ""
        if self._starts > 0:
            self._starts -= 1
            self._cut_this_start()
        elif self._storm > 0:
            self._storm -= 1
            self.later(self.chance.choice((0.2, 1.0, 5.0, 15.0)), lambda: self.cut("in a storm"))

    def _cut_this_start(self) -> None:
        disk, how = self.site.disk, self.chance.choice(("operation", "fsync", "moment"))
        if how == "operation":
            nth = self.chance.randint(1, 60)
            self._arm(f"at operation {nth} of the start", lambda: disk.cut_at_operation(nth))
        elif how == "fsync":
            nth = self.chance.randint(1, 4)
            self._arm(f"after fsync {nth} of the start", lambda: disk.cut_after_sync(nth))
        else:
            self.later(self.chance.uniform(0.0, 1.5), lambda: self.cut("during the start"))

    # -- process and card -----------------------------------------------------------------------------------------

    async def _killed(self) -> None:
        self.kill("at random")

    async def _slow_card(self) -> None:
        self.observer.troubled_s = self.site.loop.time() + 30
        self.begins("fsync stalls")
        for nth in range(1, self.chance.randint(2, 6)):
            self.site.disk.stall_sync(nth, self.chance.choice((0.5, 2.0, 6.0, 14.0)))
        await asyncio.sleep(0)

    async def _fsync_fails(self) -> None:
        self.observer.troubled_s = self.site.loop.time() + 30
        self.truth.disk_troubles += 1
        self.begins("fsync fails")
        self.site.disk.fail_sync(self.chance.randint(1, 3))

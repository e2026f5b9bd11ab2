"""World(seed): one whole life of a locker in its street, with everything that can happen to it, and an observer.

    report = World(7, hours=1.0).live()

The real runtime, journal and flows run on a simulated loop and card; the real sender and listener talk to the real hub
over a line that loses.  People, power, cards, clocks, hardware and cloud are drawn from the seed.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge.core.site import CompartmentPlan, Policy
from edge.journal import JournalLimits
from hal.sim.chronicle import Deed, Entry
from tests.sim.chance import Chance
from tests.sim.checks import Observer
from tests.sim.day import Day
from tests.sim.diary import Diary
from tests.sim.dispatch import Dispatcher
from tests.sim.ending import Ending
from tests.sim.ends import CpuSpent, Over
from tests.sim.happenings import Happenings
from tests.sim.keeper import Keeper
from tests.sim.left_out import LeftOut
from tests.sim.line import Hub
from tests.sim.others import Technician
from tests.sim.person import Street
from tests.sim.report import Report
from tests.sim.site import SimSite
from tests.sim.troubles import Troubles
from tests.sim.truth import Truth
from tests.sim.wall import draw_boards, draw_limits, draw_lines, draw_policy, draw_wall

QUIET_HOLD_S: Final = 150.0  # so long a question waits at the hub where nothing happens: each one costs four signatures
EARLY: Final = 0.2  # so often somebody comes before the site is enrolled


class World:
    """`until_step`: from this step on nothing more begins.  `without`: ordinals that are left out (see happenings.py).

    `also`: a check of whoever asks; called with the world after every look, it may `observer.find` something.
    """

    def __init__(
        self,
        seed: int,
        hours: float = 1.0,
        *,
        until_step: int = 0,
        without: LeftOut = LeftOut(),
        also: Callable[[World], None] = lambda _: None,
    ) -> None:
        self.seed, self.hours = seed, hours
        self._began_s = time.process_time()
        self._also = also
        self.chance = Chance(f"{seed}/street")
        folder = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self._folder = Path(tempfile.mkdtemp(prefix="locker-sim-", dir=folder))
        self._line: Hub | None = None
        plans = self.wall()
        self.site = SimSite(
            seed,
            plans=plans,
            boards=(boards := draw_boards(self.chance, plans)),
            lines=draw_lines(self.chance, boards),
            policy=self.policy(),
            limits=self.limits(),
            connect=lambda runtime: self.hub.connect(runtime),
            line_s=lambda: self._line.line.take_s() if self._line is not None else 0.0,
        )
        self.site.disk.keep = self.chance.choice((0.0, 0.5, 0.9))
        self.truth = Truth()
        self.hub = self._line = Hub(self._folder, seed, self.site.loop.time)
        self.observer = Observer(self.site, self.truth, self.hub, seed=seed, step=lambda: self.diary.steps)
        self.diary = Diary(self.site.loop, until_step)
        self.street = Street(self.site, self.truth, self.chance, self.diary.log, lambda: self.keeper.plan())
        self.troubles = Troubles(self.street, self.hub, self.observer, seed)
        self.keeper = Keeper(self.street, self.diary, self.hub, self.observer, self.troubles, self._looked)
        self.dispatcher = Dispatcher(self.street, self.hub)
        day = Day(hours, self.chance.stream("day"))
        self.hub.line.holds_s = lambda: 0.0 if day.busy(self.site.loop.time()) else QUIET_HOLD_S
        self.happenings = Happenings(self.street, self.chance, self.diary, day, self.dispatcher, self.troubles, without)
        self.coverage = self.street.coverage
        self._covered = 0  # rows
        self._watch_coverage()

    # -- what kind of life it is; a directed one has its own --------------------------------------------------------

    def wall(self) -> tuple[CompartmentPlan, ...]:
        return draw_wall(self.chance)

    def policy(self) -> Policy:
        return draw_policy(self.chance, self.hours)

    def limits(self) -> JournalLimits:
        return draw_limits(self.chance)

    # -- the life -------------------------------------------------------------------------------------------------

    def live(self) -> Report:
        """Run it to its end, or to the first check that fails."""
        try:
            self._live()
        except Over:
            pass
        except CpuSpent as error:
            self.observer.find("the_life_ends_in_its_cpu_time", "".join(traceback.format_exception(error)[-6:]))
        except Exception as error:  # noqa: BLE001 - whatever ends a life is a finding, with its steps
            last = "".join(traceback.format_exception(error)[-3:])
            self.observer.find("the_life_goes_on", last)
        finally:
            report = self._report()
            self.observer.close()
            self._stop_all()
            self.site.__exit__(None, None, None)
            self.hub.close()
            shutil.rmtree(self._folder, ignore_errors=True)
        return report

    def _live(self) -> None:
        self.troubles.at_first()
        self.keeper.power_on()
        self.keeper.run(self._enrol())
        running = [self.site.loop.create_task(task) for task in self.happenings.all()]
        self.keeper.run_until(self.hours * 3600, running)
        for task in running:
            task.cancel()
        self.site.loop.run_until_complete(asyncio.gather(*running, return_exceptions=True))
        Ending(self.keeper, self.dispatcher).come()

    async def _enrol(self) -> None:
        await self.keeper.ready()
        if self.chance.random() < EARLY:
            await self.happenings.crowd.before_enrolment()
            await self.keeper.ready()
        await self.site.enrolled()
        technician = Technician(self.street)
        await asyncio.sleep(3)
        await technician.look_into_empty_ones()
        self.hub.back_up()

    def _stop_all(self) -> None:
        """Nobody goes on in a street that is closed."""
        for task in asyncio.all_tasks(self.site.loop):
            task.cancel()
        with contextlib.suppress(asyncio.TimeoutError, Exception):
            self.site.loop.run_for(0.0)

    # -- telling --------------------------------------------------------------------------------------------------

    def _watch_coverage(self) -> None:
        self.site.when_shown = self.coverage.of_screen
        self.site.when_answered = self.coverage.answered
        self.site.world.chronicle.watch(self._fault_seen)
        for plan in self.site.site.compartments:
            self.coverage.of_wall(plan.feedback, plan.content)

    def _fault_seen(self, entry: Entry) -> None:
        if entry.deed is Deed.FAULT_SET:
            self.coverage.of_fault(entry.note)

    def _looked(self) -> None:
        self._cover()
        self._also(self)

    def _cover(self) -> None:
        """Count the rows that nobody has counted yet."""
        rows = self.observer.rows
        for row in rows[min(self._covered, len(rows)) :]:
            self.coverage.of_row(row)
        self._covered = len(rows)

    def _report(self) -> Report:
        observer = self.observer
        self._cover()
        if observer.rows:
            self.site.loop.note(observer.rows[-1].hash.hex())
        return Report(
            seed=self.seed,
            hours=round(self.site.loop.time() / 3600, 3),
            digest=self.site.loop.digest,
            steps=self.diary.steps,
            boots=self.keeper.boots,
            power_cuts=self.troubles.cuts,
            events=len(observer.rows),
            openings=observer.kinds.get("opening_authorised", 0),
            kinds=dict(sorted(observer.kinds.items())),
            violations=tuple((v.check, v.text) for v in observer.violations),
            at_step=self.diary.steps,
            last_steps=tuple(self.diary.last) if observer.violations else (),
            coverage=dict(sorted(self.coverage.counts.items())),
            began=tuple(self.diary.began),
            cpu_s=round(time.process_time() - self._began_s, 3),
        )


__all__ = ["Report", "World"]

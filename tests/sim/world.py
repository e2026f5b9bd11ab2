"""World(seed): one whole life of a locker in its street, with everything that can happen to it, and an observer.

    report = World(7, hours=1.0).live()

The real runtime, journal and flows run on a simulated loop and card; the real sender and listener talk to the real hub
over a line that loses.  People, power, cards, clocks, hardware and cloud are drawn from the seed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import tempfile
import traceback
from collections import deque
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from edge.core.site import CompartmentPlan, Policy
from edge.core.words import ContentSensor, Feedback, Size
from edge.journal import JournalLimits
from hal.sim.chronicle import Deed, Entry
from tests.sim.couriers import Courier
from tests.sim.customers import Customer, Sender
from tests.sim.dispatch import Dispatcher
from tests.sim.line import Hub
from tests.sim.observer import Observer, Violation
from tests.sim.others import PasserBy, Technician, Vandal
from tests.sim.person import Street
from tests.sim.site import SimSite
from tests.sim.troubles import Troubles
from tests.sim.truth import Consignment, Truth

LAST_STEPS: Final = 40
SLICE_S: Final = 20.0
STARTS_WITHIN_S: Final = 240.0
TROUBLE_EVERY_S: Final = 100.0
MOST_TROUBLES: Final = 3
ERASE_AFTER_S: Final = 1800
MOST_ROUNDS: Final = 12  # of looking into compartments, at the end
DRAINS_WITHIN_S: Final = 1800.0


class Report(Struct, frozen=True):
    """What a life came to."""

    seed: int
    hours: float
    digest: str
    steps: int
    lives: int
    power_cuts: int
    events: int
    openings: int
    kinds: dict[str, int]
    violations: tuple[tuple[str, str], ...] = ()
    at_step: int = 0
    last_steps: tuple[str, ...] = ()
    coverage: dict[str, int] = {}


class Over(Exception):
    """A check failed."""


class World:
    def __init__(self, seed: int, hours: float = 1.0) -> None:
        self.seed, self.hours = seed, hours
        self.chance = random.Random(f"{seed}/street")
        folder = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self._folder = Path(tempfile.mkdtemp(prefix="locker-sim-", dir=folder))
        self._line: Hub | None = None
        self.site = SimSite(
            seed,
            plans=self.wall(),
            policy=self.policy(),
            limits=self.limits(),
            connect=lambda runtime: self.hub.connect(runtime),
            line_s=lambda: self._line.line.take_s() if self._line is not None else 0.0,
        )
        self.site.disk.keep = self.chance.choice((0.0, 0.5, 0.9))
        self.truth = Truth()
        self.hub = self._line = Hub(self._folder, seed, self.site.loop.time)
        self.observer = Observer(self.site, self.truth)
        self.street = Street(self.site, self.truth, self.chance, self._log, self._plan)
        self.coverage = self.street.coverage
        self._covered = 0  # rows
        self.site.when_shown = self.coverage.of_screen
        self.site.when_answered = self.coverage.answered
        for plan in self.site.site.compartments:
            self.coverage.of_wall(plan.feedback, plan.content)
        self.troubles = Troubles(self.street, self.hub, self.observer)
        self.dispatcher = Dispatcher(self.street, self.hub)
        self.steps = self.lives = 0
        self._last: deque[str] = deque(maxlen=LAST_STEPS)
        self._tick: asyncio.TimerHandle | None = None
        self._slow = self.chance.random() < 0.15  # some cards are slow throughout
        self.calm = False
        self.site.world.chronicle.watch(lambda _: self._plan())
        self.site.world.chronicle.watch(self._fault_seen)

    # -- what kind of life it is; a directed one has its own --------------------------------------------------------

    def wall(self) -> tuple[CompartmentPlan, ...]:
        return _wall(self.chance)

    def policy(self) -> Policy:
        return _policy(self.chance)

    def limits(self) -> JournalLimits:
        return JournalLimits()

    # -- the life -------------------------------------------------------------------------------------------------

    def live(self) -> Report:
        """Run it to its end, or to the first check that fails."""
        try:
            self._live()
        except Over:
            pass
        except Exception as error:  # noqa: BLE001 - whatever ends a life is a finding, with its steps
            last = "".join(traceback.format_exception(error)[-3:])
            self.observer.violations.append(Violation("the_life_goes_on", last))
        finally:
            report = self._report()
            self._stop_all()
            self.site.__exit__(None, None, None)
            self.hub.close()
            shutil.rmtree(self._folder, ignore_errors=True)
        return report

    def _live(self) -> None:
        self._power_on()
        self._run(self._enrol())
        tasks = [self._people(), self._cloud(), self._weather()]
        running = [self.site.loop.create_task(task) for task in tasks]
        until_s = self.hours * 3600
        while self.site.loop.time() < until_s:
            self.site.loop.run_for(SLICE_S)
            self._tend()
            for task in running:
                if task.done():
                    task.result()
        for task in running:
            task.cancel()
        self.site.loop.run_until_complete(asyncio.gather(*running, return_exceptions=True))
        self._end_well()

    def _run(self, act: Coroutine[Any, Any, None]) -> None:
        """Let somebody finish, while the power comes back when it goes."""
        task = self.site.loop.create_task(act)
        while not task.done():
            self.site.loop.run_for(SLICE_S / 4)
            self._tend()
        task.result()

    async def _enrol(self) -> None:
        await self._ready()
        await self.site.enrolled()
        technician = Technician(self.street)
        await asyncio.sleep(3)
        await technician.look_into_empty_ones()
        self.hub.back_up()

    async def _people(self) -> None:
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / 20))
            await self._somebody()

    async def _somebody(self) -> None:
        if self.site.runtime is None:
            return
        who = self.chance.choices(
            ("customer", "courier", "sender", "vandal", "technician", "passer"), (8, 6, 1, 1, 1, 4)
        )
        if who == ["courier"]:
            await Courier(self.street, self._bag()).visit()
        elif who == ["customer"]:
            sent = self._somebodys()
            if sent is not None:
                await Customer(self.street, sent).visit()
        elif who == ["sender"]:
            returns = [s for s in self._in_the_street() if s.kind == "return"]
            if returns:
                await Sender(self.street, self.chance.choice(returns)).visit()
        elif who == ["vandal"]:
            await Vandal(self.street).visit()
        elif who == ["technician"]:
            await Technician(self.street).visit()
        else:
            await PasserBy(self.street).visit()

    def _in_the_street(self) -> list[Consignment]:
        where = self.site.world.where
        return [sent for label, sent in self.truth.parcels.items() if not isinstance(where(label), int)]

    def _bag(self) -> list[str]:
        mine = [s.label for s in self._in_the_street() if s.kind == "pickup"][-6:]
        return self.chance.sample(mine, min(len(mine), self.chance.randint(0, 4)))

    def _somebodys(self) -> Consignment | None:
        """Mostly somebody whose parcel is here; sometimes one who was here before, or comes too early."""
        inside = [s for s in self.truth.parcels.values() if isinstance(self.site.world.where(s.label), int)]
        everybody = list(self.truth.parcels.values())
        pool = inside if inside and self.chance.random() < 0.8 else everybody[-30:]
        pool = [sent for sent in pool if sent.kind == "pickup"]
        return self.chance.choice(pool) if pool else None

    async def _cloud(self) -> None:
        while True:
            self.dispatcher.act()
            if self.chance.random() < 0.15:
                await self.dispatcher.forge()
            await asyncio.sleep(self.chance.expovariate(1 / 120))

    async def _weather(self) -> None:
        under_way: set[asyncio.Task[None]] = set()
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / TROUBLE_EVERY_S))
            if len(under_way) < MOST_TROUBLES:
                task = asyncio.get_running_loop().create_task(self.troubles.one())
                under_way.add(task)
                task.add_done_callback(under_way.discard)

    # -- power and time -------------------------------------------------------------------------------------------

    def _power_on(self) -> None:
        self.lives += 1
        self.observer.started()
        self._log("power on")
        self._started_s = self.site.loop.time()
        self.site.start(wait=False)
        if self._slow and not self.calm:
            for nth in range(1, 200, 2):
                self.site.disk.stall_sync(nth, 0.5)
            self.observer.troubled_s = 1e12
        if not self.calm and self.chance.random() < 0.1:
            self.troubles.in_recovery()

    def _tend(self) -> None:
        """Look, and switch on again what is off."""
        self.site.world.advance(self.site.loop.time())
        self._plan()
        self.observer.look()
        self._cover()
        self.observer.hub_stands_at(*self.hub.stands_at())
        self._stop_if_found()
        if self.site.failure is not None:
            self._failed(self.site.failure)
            self.site.kill()
            self._power_on()
        elif self.site.off:
            if not self.calm:
                self.site.loop.run_for(self.chance.choice((0.5, 5.0, 30.0, 120.0)))
            self._power_on()
        elif not self._serves() and self.site.loop.time() - self._started_s > STARTS_WITHIN_S:
            self.observer.find("it_starts", f"not ready {STARTS_WITHIN_S} s after power on")

    def _serves(self) -> bool:
        return self.site.runtime is not None and self.site.runtime.ready.is_set()

    def _failed(self, failure: BaseException) -> None:
        """A process may end of its card, and of nothing else."""
        self._log(f"the process ended: {type(failure).__name__}: {failure}")
        if self.truth.disk_troubles > 0 and type(failure).__name__ in ("JournalBroken", "IOError"):
            self.truth.disk_troubles -= 1
            return
        text = "".join(traceback.format_exception(failure)[-4:])
        self.observer.find("nothing_but_the_card_ends_the_process", text)
        self._stop_if_found()

    def _stop_if_found(self) -> None:
        if self.observer.violations:
            raise Over

    def _plan(self) -> None:
        """Let the world's next event happen at its own time, also while nobody reads a door."""
        next_s = self.site.world.nature.agenda.next_s
        if next_s is None:
            return
        if self._tick is not None and not self._tick.cancelled():
            if self._tick.when() <= next_s and self._tick.when() > self.site.loop.time():
                return
            self._tick.cancel()
        at_s = max(next_s, self.site.loop.time())
        self._tick = self.site.loop.call_at(at_s, self._happen, context=self.site.loop.outside.copy())

    def _happen(self) -> None:
        self._tick = None
        self.site.world.advance(self.site.loop.time())
        self._plan()

    # -- the end --------------------------------------------------------------------------------------------------

    def _end_well(self) -> None:
        """Liveness: with all faults gone everything is served, settled and sent."""
        self.calm = True
        self._log("calm")
        self.troubles.calm()
        self._tend()
        self._run(self._ready())
        self.dispatcher.repeat()
        self.site.loop.run_for(300)
        self._run(self._settle())
        self.site.loop.run_for(3700)  # an hour's openings are forgotten, and grace is long over
        self._tend()
        self._run(self._serve())
        self._drain()
        self.observer.look()
        self.observer.search_card()
        self._stop_if_found()

    async def _ready(self) -> None:
        while not self._serves():  # noqa: ASYNC110 - whoever would set an event may lose power before
            await asyncio.sleep(0.5)

    async def _settle(self) -> None:
        """Somebody looks into everything that is in doubt."""
        for label in list(self.truth.hidden):
            self._log(f"{label} was left behind {self.site.world.where(label)}")
        for _ in range(MOST_ROUNDS):
            await Technician(self.street).mend()
            await Courier(self.street, [], careful=True).visit()
            await asyncio.sleep(400)
            if not self._in_doubt():
                return
        self.observer.find("review_is_resolved", f"after {MOST_ROUNDS} rounds: {self._in_doubt()}")

    def _in_doubt(self) -> list[str]:
        return [f"{d}: {c.state} {c.reason}" for d, c in self.site.state.compartments.items() if c.state == "review"]

    async def _serve(self) -> None:
        """Every parcel that stands here is taken out on its code."""
        for label, sent in self.truth.parcels.items():
            door = self.site.world.where(label)
            known = self.site.state.parcels.get(sent.parcel)
            if not isinstance(door, int) or sent.called_off or sent.declined or sent.kind != "pickup":
                continue
            if known is None or known.withheld or known.state == "returning" or label in self.truth.hidden:
                continue
            before = self.observer.pulses
            await Customer(self.street, sent, "honest", by_pin=0.0).visit()
            await asyncio.sleep(30)
            if self.observer.pulses == before or self.site.world.where(label) == door:
                self.observer.find("a_good_code_opens_its_door", f"{label} behind {door}, in the books {known}")
                return

    def _drain(self) -> None:
        until_s = self.site.loop.time() + DRAINS_WITHIN_S
        while self.site.loop.time() < until_s:
            self.site.loop.run_for(60)
            self._tend()
            if self.hub.hashes() == [row.hash.hex() for row in self.observer.rows]:
                return
        self.observer.at_hub(self.hub.hashes())

    def _stop_all(self) -> None:
        """Nobody goes on in a street that is closed."""
        for task in asyncio.all_tasks(self.site.loop):
            task.cancel()
        with contextlib.suppress(asyncio.TimeoutError, Exception):
            self.site.loop.run_for(0.0)

    # -- telling --------------------------------------------------------------------------------------------------

    def _log(self, text: str) -> None:
        """One step: told, in the digest, and looked at."""
        self.steps += 1
        self._last.append(f"{self.steps:6} {self.site.loop.time():10.3f} s  {text}")
        self.site.loop.note(text)

    def _fault_seen(self, entry: Entry) -> None:
        if entry.deed is Deed.FAULT_SET:
            self.coverage.of_fault(entry.note)

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
            steps=self.steps,
            lives=self.lives,
            power_cuts=self.troubles.cuts,
            events=len(observer.rows),
            openings=observer.kinds.get("opening_authorised", 0),
            kinds=dict(sorted(observer.kinds.items())),
            violations=tuple((v.check, v.text) for v in observer.violations),
            at_step=self.steps,
            last_steps=tuple(self._last) if observer.violations else (),
            coverage=dict(sorted(self.coverage.counts.items())),
        )


def _wall(chance: random.Random) -> tuple[CompartmentPlan, ...]:
    content = chance.choice(
        (list(ContentSensor), [ContentSensor.NONE], [ContentSensor.SCALE], [ContentSensor.INFRARED])
    )
    feedback = chance.choice(
        ([Feedback.SWITCH], [Feedback.SWITCH], [Feedback.LATCH], [Feedback.SWITCH, Feedback.LATCH])
    )
    return tuple(
        CompartmentPlan(
            door,
            chance.choice((Size.S, Size.M, Size.M, Size.L)),
            chance.choice(feedback),
            chance.choice(content),
            reachable=door % 2 == 1,
        )
        for door in range(1, chance.randint(4, 8) + 1)
    )


def _policy(chance: random.Random) -> Policy:
    return Policy(default_hold_s=chance.choice((3600, 7200, 86_400)), erase_after_s=ERASE_AFTER_S)

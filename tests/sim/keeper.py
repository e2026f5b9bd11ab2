"""Who keeps the street going: lets time pass, looks after every slice of it, and switches on again what is off."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, Final

from tests.sim.checks import Observer
from tests.sim.diary import Diary
from tests.sim.ends import Over
from tests.sim.line import Hub
from tests.sim.person import Street
from tests.sim.troubles import Troubles

SLICE_S: Final = 20.0
STARTS_WITHIN_S: Final = 240.0
OFF_S: Final = (0.5, 5.0, 30.0, 120.0)
SLOW_SYNC_S: Final = 0.5
SLOW: Final = 0.15  # so many cards are slow throughout


class Keeper:
    """`looked`: called after every look of the observer.  `calm`: nothing goes wrong any more."""

    def __init__(
        self, street: Street, diary: Diary, hub: Hub, observer: Observer, troubles: Troubles, looked: Callable[[], None]
    ) -> None:
        self.street, self.site, self.chance = street, street.site, street.chance
        self.diary, self.hub, self.observer, self.troubles = diary, hub, observer, troubles
        self.boots = 0
        self.calm = False
        self._looked = looked
        self._slow = self.chance.random() < SLOW
        if self._slow:
            street.mark("trouble: slow card throughout")
        self._started_s = 0.0
        self._tick: asyncio.TimerHandle | None = None
        self.site.world.chronicle.watch(lambda _: self.plan())

    # -- time

    def run_until(self, at_s: float, beside: list[asyncio.Task[None]]) -> None:
        """Until then, or the last step that was asked for, or until nobody does anything more."""
        while self.site.loop.time() < at_s and not self.diary.over and not all(task.done() for task in beside):
            slice_s = min(SLICE_S, at_s - self.site.loop.time())
            self.site.loop.run_until_complete(self.diary.pass_time(slice_s))
            self.tend()
            for task in beside:
                if task.done():
                    task.result()

    def run_for(self, seconds: float) -> None:
        """Let so much time pass, and look at its end only."""
        self.site.loop.run_for(seconds)
        self.tend()

    def run(self, act: Coroutine[Any, Any, None]) -> None:
        """Let somebody finish, while the power comes back when it goes."""
        task = self.site.loop.create_task(act)
        while not task.done():
            self.site.loop.run_until_complete(asyncio.wait([task], timeout=SLICE_S / 4))
            self.tend()
        task.result()

    def plan(self) -> None:
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
        self.plan()

    # -- power

    def power_on(self) -> None:
        self.boots += 1
        self.observer.started()
        self.diary.log("power on")
        self._started_s = self.site.loop.time()
        self.site.disk.sync_takes_s = SLOW_SYNC_S if self._slow and not self.calm else 0.0
        self.site.start(wait=False)
        if not self.calm:
            self.troubles.powered_on()

    def tend(self) -> None:
        """Look, and switch on again what is off."""
        self.site.world.advance(self.site.loop.time())
        self.plan()
        self.look()
        if self.site.failure is not None:
            self._failed(self.site.failure)
            self.site.kill()
            self.power_on()
        elif self.site.off:
            if not self.calm:
                self.site.loop.run_for(self.chance.choice(OFF_S))
            self.power_on()
        elif not self.serves() and self.site.loop.time() - self._started_s > STARTS_WITHIN_S:
            self.observer.find("it_starts", f"not ready {STARTS_WITHIN_S} s after power on")

    def look(self) -> None:
        """Everything that can be checked now; Over when something was found."""
        self.observer.look()
        self._looked()
        if self.observer.violations:
            raise Over

    def serves(self) -> bool:
        return self.site.runtime is not None and self.site.runtime.ready.is_set()

    async def ready(self) -> None:
        while not self.serves():  # noqa: ASYNC110 - whoever would set an event may lose power before
            await asyncio.sleep(0.5)

    def _failed(self, failure: BaseException) -> None:
        """A process may end of its card, and of nothing else."""
        self.diary.log(f"the process ended: {type(failure).__name__}: {failure}")
        truth = self.street.truth
        if truth.disk_troubles > 0 and type(failure).__name__ in ("JournalBroken", "IOError"):
            truth.disk_troubles -= 1
            return
        text = "".join(traceback.format_exception(failure)[-4:])
        self.observer.find("nothing_but_the_card_ends_the_process", text)
        raise Over

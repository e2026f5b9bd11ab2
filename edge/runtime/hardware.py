"""Banks, sensors and the supply, each in its own lane: pulses go out, readings come in.

A lane is an executor with one thread: one transaction at a time on a bus, and nothing that blocks ever runs in the
loop.  Polling is part of the evidence: every 0.25 s while a door of the bank has a live opening, else every 2 s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, Final, TypeVar

from edge.core.effects import Unlock
from edge.core.errors import LockerError
from edge.core.inputs import Contents, Health, Input, Levels, PulseBegan, PulseEnded
from edge.core.ports import ContentReading, DoorReading, UnlockOrder
from edge.core.words import Content, Evidence, Level, PulseOutcome
from edge.runtime.parts import Bank, Parts

BUSY_POLL_S: Final = 0.25
IDLE_POLL_S: Final = 2.0
CONTENT_POLL_S: Final = 30.0
SETTLE_POLL_S: Final = 0.4
SETTLE_READS: Final = 12
SUPPLY_POLL_S: Final = 5.0
UNSEEN_S: Final = 1.0  # four polls: what a door did in a longer gap, nobody has seen

T = TypeVar("T")
Lane = Callable[[str], Executor]


class Hardware:
    """Everything that blocks on a wire.  `tell` puts an input into the inbox and is called in the loop."""

    def __init__(self, parts: Parts, lane: Lane, tell: Callable[[Input], object], sensed: Sequence[int]) -> None:
        self._parts, self._lane, self._tell, self._sensed = parts, lane, tell, tuple(sensed)
        self._bank_of = {door: name for name, bank in parts.banks.items() for door in bank.doors}
        self._busy: frozenset[int] = frozenset()  # doors with a live opening
        self._wake = {name: asyncio.Event() for name in parts.banks}
        self._wanted: dict[str, set[int]] = {name: set() for name in parts.banks}
        self._told: dict[int, Level] = {}
        self._why: dict[str, str] = {}  # what a bank that is gone said of itself
        self._seen_s: dict[int, float] = {}  # when each door gave its last valid reading
        self._tasks: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        for bank in parts.banks.values():
            bank.on_began = lambda order, at_s: _from_lane(loop, self._began, order, at_s)

    # -- start and stop -----------------------------------------------------------------------------------------------

    async def first_look(self, unsettled: Sequence[int]) -> tuple[dict[int, DoorReading], dict[int, ContentReading]]:
        """Every level and content, for the boot.  Behind `unsettled` doors a moving scale is given its time."""
        readings: dict[int, DoorReading] = {}
        for name, bank in self._parts.banks.items():
            readings |= await self._read(name, bank)
        self._told = {door: reading.level for door, reading in readings.items()}
        contents = await self._contents(self._sensed)
        for _ in range(SETTLE_READS):
            moving = [door for door in unsettled if door in contents and contents[door].content is Content.UNKNOWN]
            if not moving:
                break
            await asyncio.sleep(SETTLE_POLL_S)
            contents |= await self._contents(moving)
        return readings, contents

    def start(self) -> None:
        for name, bank in self._parts.banks.items():
            self._spawn(self._poll(name, bank))
        if self._sensed:
            self._spawn(self._poll_contents())
        self._spawn(self._poll_supply())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def failed(self) -> BaseException | None:
        """What ended one of the tasks here, if anything did."""
        ended = (task for task in self._tasks if task.done() and not task.cancelled())
        return next((error for task in ended if (error := task.exception()) is not None), None)

    # -- out ----------------------------------------------------------------------------------------------------------

    def unlock(self, effect: Unlock) -> None:
        """Hand the pulse to its lane now: nothing that the loop does next stands before it."""
        name = self._bank_of.get(effect.door)
        if name is None:
            self._ended(effect, PulseOutcome.BROKEN, f"no bank has door {effect.door}")
            return
        order = UnlockOrder(effect.door, effect.opening, effect.attempt, effect.not_after_s)
        pulse = self._call(f"bank {name}", self._parts.banks[name].unlock, order)
        self._spawn(self._unlocked(effect, pulse))

    def light(self, door: int, on: bool) -> None:
        self._spawn(self._in_lane("indicator", self._parts.indicator.light, door, on))

    def beep(self, tone: str) -> None:
        self._spawn(self._in_lane("indicator", self._parts.indicator.beep, tone))

    async def _unlocked(self, effect: Unlock, pulse: Awaitable[PulseOutcome]) -> None:
        try:
            outcome = await pulse
        except LockerError as error:
            self._ended(effect, PulseOutcome.UNKNOWN, str(error))
        else:
            self._ended(effect, outcome, "")
            self.read_doors((effect.door,))

    def _ended(self, effect: Unlock, outcome: PulseOutcome, detail: str) -> None:
        self._tell(PulseEnded(effect.door, effect.opening, effect.attempt, outcome, detail))

    def _began(self, order: UnlockOrder, at_s: float) -> None:
        self._tell(PulseBegan(order.door, order.opening, order.attempt, at_s))

    # -- in -----------------------------------------------------------------------------------------------------------

    def watch(self, busy: frozenset[int]) -> None:
        """Doors with a live opening are read more often."""
        if busy != self._busy:
            self._busy = busy
            # In the order of the doors: a set of names has another order in every process.
            for name in dict.fromkeys(self._bank_of[door] for door in sorted(busy) if door in self._bank_of):
                self._wake[name].set()

    def read_doors(self, doors: Sequence[int]) -> None:
        """Read now, and tell even what has not changed."""
        for door in doors:
            name = self._bank_of.get(door)
            if name is not None:
                self._wanted[name].add(door)
                self._wake[name].set()

    def reread(self) -> None:
        self.read_doors(tuple(self._bank_of))
        self.read_content(self._sensed)

    def read_content(self, doors: Sequence[int]) -> None:
        """Read until settled, and tell."""
        if doors:
            self._spawn(self._settle(tuple(doors)))

    async def _poll(self, name: str, bank: Bank) -> None:
        loop, wake = asyncio.get_running_loop(), self._wake[name]
        well: bool | None = None  # a fault of an earlier life may stand in the books
        looked_s = loop.time()
        while True:
            busy = any(self._bank_of.get(door) == name for door in self._busy)
            pause_s = BUSY_POLL_S if busy else IDLE_POLL_S
            enough = loop.call_at(looked_s + pause_s, wake.set)  # from look to look: a slow bus does not stretch it
            try:
                await wake.wait()
            finally:
                enough.cancel()
            wake.clear()
            looked_s = loop.time()
            wanted, self._wanted[name] = self._wanted[name], set()
            readings = await self._read(name, bank)
            self._tell_gaps(readings)
            news = {d: r for d, r in readings.items() if d in wanted or self._told.get(d) is not r.level}
            self._told |= {door: reading.level for door, reading in readings.items()}
            if news:
                self._tell(Levels(news))
            reads, why = any(r.level is not Level.UNKNOWN for r in readings.values()), self._why.get(name, "")
            is_well = reads and not why
            if is_well is not well:
                well = is_well
                self._tell(Health("board", name, well, "" if well else why or "no valid answer"))

    def _tell_gaps(self, readings: Mapping[int, DoorReading]) -> None:
        """A door of a live opening is found shut after its bus was busy for long: say since when it was not seen."""
        gaps = {
            door: DoorReading(Level.UNKNOWN, Evidence.NONE, self._seen_s[door])
            for door, reading in readings.items()
            if door in self._busy
            and door in self._seen_s
            and self._told.get(door) is Level.OPEN
            and reading.level is Level.CLOSED
            and reading.at_s - self._seen_s[door] > UNSEEN_S
        }
        if gaps:
            self._tell(Levels(gaps))
        self._seen_s |= {door: r.at_s for door, r in readings.items() if r.level is not Level.UNKNOWN}

    async def _read(self, name: str, bank: Bank) -> dict[int, DoorReading]:
        try:
            readings = dict(await self._call(f"bank {name}", bank.read))
        except LockerError as error:
            self._why[name] = str(error)
            at_s = asyncio.get_running_loop().time()
            return {door: DoorReading(Level.UNKNOWN, Evidence.NONE, at_s) for door in bank.doors}
        self._why[name] = getattr(bank, "trouble", "")  # a driver may know why it reads nothing, or opens nothing
        return readings

    async def _contents(self, doors: Sequence[int]) -> dict[int, ContentReading]:
        if not doors:
            return {}
        return dict(await self._call("sensors", self._parts.sensors.read, tuple(doors)))

    async def _settle(self, doors: tuple[int, ...]) -> None:
        for _ in range(SETTLE_READS):
            readings = await self._contents(doors)
            settled = {d: r for d, r in readings.items() if r.content is not Content.UNKNOWN}
            if settled:
                self._tell(Contents(settled))
            doors = tuple(door for door in doors if door not in settled)
            if not doors:
                return
            await asyncio.sleep(SETTLE_POLL_S)

    async def _poll_contents(self) -> None:
        while True:
            await asyncio.sleep(CONTENT_POLL_S)
            readings = await self._contents(self._sensed)
            if readings:
                self._tell(Contents(readings))

    async def _poll_supply(self) -> None:
        last: bool | None = None  # a fault of an earlier life may stand in the books
        while True:
            ok = await self._call("supply", self._parts.supply.lock_rail_ok)
            if ok is not None and ok is not last:
                last = ok
                self._tell(Health("supply", "locks", ok, "" if ok else "the rail of the locks is down"))
            await asyncio.sleep(SUPPLY_POLL_S)

    # -- lanes --------------------------------------------------------------------------------------------------------

    def _call(self, lane: str, job: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Hand `job` to its lane now; what it gives may be awaited."""
        return asyncio.get_running_loop().run_in_executor(self._lane(lane), job, *args)

    async def _in_lane(self, lane: str, job: Callable[..., object], *args: Any) -> None:
        await self._call(lane, job, *args)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            self._tasks.discard(task)  # one that failed stays, to be found


def _from_lane(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: Any) -> None:
    loop.call_soon_threadsafe(call, *args)


__all__ = ["Awaitable", "Hardware"]

"""A wall of 24 doors on mock pins, each with a parcel, and a real runtime with a real journal on the measured disk."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from edge.clock import SystemClock
from edge.core.claims import Claims
from edge.core.inputs import Chosen, Halt, Input, Levels, Scan
from edge.core.ports import DoorReading
from edge.core.rows import Entry, Row, Stamp
from edge.core.screens import Screen
from edge.core.site import CompartmentPlan, Policy, Site
from edge.core.standing import Standing, StandingList
from edge.core.state import FOLD_VERSION
from edge.core.words import ClockTrust, Evidence, Level
from edge.journal import Journal, JournalLimits
from edge.journal.files import Files
from edge.runtime import Bank, Parts, Runtime
from hal.coil import CoilGuard
from sync.hub.issue import mint_code, public_bytes, sign_keys, sign_standing
from tests.bench.pins import DOORS_A_BANK, WatchedBank, banks, coil_guard
from tests.credentials.known_keys import BUNDLE, COMMAND, NOW_S, PICKUP, PIN_KEY, ROOT, SITE

BANKS: Final = 2
DOORS: Final = range(1, BANKS * DOORS_A_BANK + 1)
DAY_S: Final = 86_400
MET_S: Final = 0.005  # a hop that takes longer has met somebody in the lane
PATIENCE_S: Final = 10.0  # what does not happen within this never will

Wired = Callable[[CoilGuard], Mapping[str, Bank]]


def reservation(door: int) -> str:
    return f"{door:016x}"


def code(door: int) -> str:
    """What the customer of the parcel behind `door` shows."""
    claims = Claims(id=bytes.fromhex(reservation(door)), site=SITE, expires_s=NOW_S + 40 * DAY_S)
    return mint_code(claims, PICKUP)


def site() -> Site:
    plans = tuple(CompartmentPlan(door) for door in DOORS)
    policy = Policy(openings_an_hour=100)
    return Site(SITE, plans, policy=policy, root_public=public_bytes(ROOT), pin_key=PIN_KEY)


class TimedJournal(Journal):
    """A journal that says how long its last append took, in µs, and when it was over, to whoever wants to know."""

    append_us = 0.0
    told: Callable[[Sequence[Entry], float], None] | None = None  # in the journal's lane; monotonic seconds

    def append(
        self, entries: Sequence[Entry], stamp: Stamp, *, snapshot: bytes | None = None, custody: bool = False
    ) -> list[Row]:
        began_ns = time.perf_counter_ns()
        try:
            rows = super().append(entries, stamp, snapshot=snapshot, custody=custody)
        finally:
            self.append_us = (time.perf_counter_ns() - began_ns) / 1000
        if self.told is not None:
            self.told(entries, time.monotonic())
        return rows


def open_journal(
    path: Path,
    *,
    machine: str = "bench",
    vfs: str | None = None,
    files: Files | None = None,
    limits: JournalLimits | None = None,
) -> TimedJournal:
    journal = TimedJournal.open(
        str(path),
        site=SITE,
        fold_version=FOLD_VERSION,
        machine_id=machine,
        random_bytes=os.urandom,
        limits=limits,
        vfs=vfs,
        files=files,
    )
    assert isinstance(journal, TimedJournal)
    return journal


class KnownTime:
    """Asks the machine's clock, for what that costs, and answers with the time at which the known keys are valid."""

    def __init__(self) -> None:
        self._clock, self._began_s = SystemClock(), time.monotonic()

    def read(self) -> tuple[float, ClockTrust]:
        self._clock.read()
        return NOW_S + time.monotonic() - self._began_s, ClockTrust.NTP


class Lanes:
    """One thread for each name, as the assembly of the product has them."""

    def __init__(self) -> None:
        self._lanes: dict[str, ThreadPoolExecutor] = {}

    def __call__(self, name: str) -> Executor:
        if name not in self._lanes:
            self._lanes[name] = ThreadPoolExecutor(1, name)
        return self._lanes[name]

    def close(self) -> None:
        for lane in self._lanes.values():
            lane.shutdown()


class Wall:
    """Customers before the running wall, one after the other.

    wired: what its locks hang on, from the coil guard; otherwise mock pins that say when they go high.
    """

    def __init__(self, journal: TimedJournal, lane: Lanes, guard: CoilGuard, wired: Wired | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._pin: asyncio.Future[int] = self._loop.create_future()
        self._shown = asyncio.Condition()
        self.lane, self.journal = lane, journal
        hung: Mapping[str, Bank] = wired(guard) if wired else banks(BANKS, guard, self._went_high)
        self.banks = {name: WatchedBank(bank) for name, bank in hung.items()}
        self.at_pin: Callable[[], None] = lambda: None  # called in the bank's lane while the pin goes high
        parts = Parts({**self.banks}, shown=self._show)
        self.runtime = Runtime(site(), journal, parts, KnownTime(), lane, random_bytes=os.urandom)

    def bank_of(self, door: int) -> WatchedBank:
        return next(bank for bank in self.banks.values() if door in bank.doors)

    async def enrolled(self) -> None:
        """Keys come, and the list of what stands behind the doors."""
        listed = tuple(Standing(door, reservation(door), reservation(door), "dpd", NOW_S + 7 * DAY_S) for door in DOORS)
        standing = StandingList(site=SITE, issued_at=NOW_S, version=1, after_order=0, parcels=listed)
        await self.runtime.document("keys", sign_keys(BUNDLE, ROOT))
        await self.runtime.document("standing", sign_standing(standing, COMMAND))
        await self.until("attract")

    async def until_pin_us(self, begin: Callable[[], Input]) -> float:
        """Microseconds from before `begin`, whose input is told at once, until a lock's pin is high."""
        self._pin = self._loop.create_future()
        began_ns = time.perf_counter_ns()
        self.runtime.tell(begin())
        done, _ = await asyncio.wait({self._pin}, timeout=PATIENCE_S)
        if not done:
            raise AssertionError(f"no pin went high within {PATIENCE_S:g} s; the screen is {self.runtime.screen()}")
        return (self._pin.result() - began_ns) / 1000

    async def leave(self, door: int) -> None:
        """The customer opened and shut the door, takes nothing and goes; the wall comes to rest."""
        for level in (Level.OPEN, Level.CLOSED):
            reading = DoorReading(level, Evidence.SWITCH, self._loop.time())
            self.runtime.tell(Levels({door: reading}))
        await self.answer_no()

    async def answer_no(self) -> None:
        """Asked whether they have it, they have not, and they go; the wall comes to rest."""
        await self.until("did_you_get_it")
        self._choose("no")
        await self.until("reopen")
        self._choose("end")
        await self.until("attract")
        for name in self.banks:
            await self._at_rest(f"bank {name}")
        await self.runtime.in_lane(int)

    async def _at_rest(self, lane: str) -> None:
        """Pulse and readings are over: nobody is met in the lane, time and again."""
        unmet = 0
        while unmet < 3:
            began_s = self._loop.time()
            await self._loop.run_in_executor(self.lane(lane), int)
            unmet = unmet + 1 if self._loop.time() - began_s < MET_S else 0

    async def until(self, screen: str) -> None:
        """Until that screen is shown."""
        try:
            async with asyncio.timeout(PATIENCE_S), self._shown:
                await self._shown.wait_for(lambda: self.runtime.screen().name == screen)
        except TimeoutError:
            raise AssertionError(f"the screen is {self.runtime.screen()}, not {screen}") from None

    def _choose(self, choice: str) -> None:
        self.runtime.tell(Chosen(choice, self.runtime.screen().number))

    def _show(self, screen: Screen) -> None:
        self._loop.create_task(self._told())

    async def _told(self) -> None:
        async with self._shown:
            self._shown.notify_all()

    def _went_high(self, at_ns: int) -> None:
        self.at_pin()
        self._loop.call_soon_threadsafe(self._found, at_ns)

    def _found(self, at_ns: int) -> None:
        if not self._pin.done():
            self._pin.set_result(at_ns)


@asynccontextmanager
async def running_wall(
    directory: Path,
    *,
    vfs: str | None = None,
    files: Files | None = None,
    coils: CoilGuard | None = None,
    wired: Wired | None = None,
) -> AsyncIterator[Wall]:
    """The wall, enrolled, with its parcels; its journal lies in `directory`."""
    lane = Lanes()
    loop = asyncio.get_running_loop()
    journal = await loop.run_in_executor(
        lane("journal"), lambda: open_journal(directory / "journal.db", vfs=vfs, files=files)
    )
    with coils or coil_guard() as guard:
        wall = Wall(journal, lane, guard, wired)
        life = asyncio.create_task(wall.runtime.run())
        ready = asyncio.create_task(wall.runtime.ready.wait())
        await asyncio.wait({life, ready}, return_when=asyncio.FIRST_COMPLETED)
        try:
            await wall.enrolled()
            yield wall
        finally:
            ready.cancel()
            wall.runtime.tell(Halt("measured"))
            await life
            await loop.run_in_executor(lane("journal"), journal.close)
            for bank in wall.banks.values():
                bank.close()
            lane.close()


def scan(door: int) -> Callable[[], Input]:
    """The customer's code as text."""
    told = Scan(code(door))
    return lambda: told

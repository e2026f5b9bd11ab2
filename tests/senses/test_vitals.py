"""Health from the sensors into the books: when it changes, no oftener than it must; a pulse that the supply feels."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from edge.app.drivers import Surroundings
from edge.app.surroundings import WholeWall
from edge.app.vitals import STEADY_S, HealthBook, Vitals
from edge.clock import SystemClock
from edge.core.inputs import Halt, Health, Technical
from edge.core.site import CompartmentPlan, Site
from edge.core.state import FOLD_VERSION
from edge.journal import Journal
from edge.runtime import Parts, Runtime
from edge.runtime.parts import NoIndicator, NoSensors, NoSupply
from hal.sim.drivers import SimBank
from hal.sim.world import World
from hal.supply.throttled import Bits
from hal.supply.watch import PowerWatch, Sources

MAINS, HEAT = ("power", "mains"), ("machine", "temperature")
WITHIN_S = 30


def test_the_first_look_tells_everything_and_the_next_only_what_changed() -> None:
    book = HealthBook()
    assert book.changes({MAINS: "", HEAT: "hot"}, 0) == [
        Health("power", "mains", ok=True),
        Health("machine", "temperature", ok=False, detail="hot"),
    ]
    assert book.changes({MAINS: "", HEAT: "hotter"}, 5) == []
    assert book.changes({MAINS: "on battery", HEAT: "hotter"}, 10) == [
        Health("power", "mains", ok=False, detail="on battery")
    ]


def test_what_is_not_known_any_more_is_not_told() -> None:
    book = HealthBook()
    book.changes({MAINS: "on battery"}, 0)
    assert book.changes({}, 500) == []


def test_whatever_flickers_two_events_a_minute_are_the_most() -> None:
    book = HealthBook()
    told = [one for t in range(3600) for one in book.changes({MAINS: "on battery" if t % 3 == 0 else ""}, t)]
    assert len(told) == 1
    told = [one for t in range(3600, 7200) for one in book.changes({MAINS: "on battery" if t % 70 == 0 else ""}, t)]
    assert len(told) <= 2 * 3600 / STEADY_S


# --- on the real runtime


class Weak:
    """A supply that sags under every pulse."""

    def __init__(self) -> None:
        self.sags = True
        self._bits = Bits(0)
        self._watch = PowerWatch(Sources(throttled=lambda: self._bits))
        self.health, self.watched = self._watch.health, self._watch.watched

    def pulsed(self, door: int, at_s: float) -> None:
        self._watch.pulsed(door, at_s)
        if self.sags:
            self._bits = Bits.UNDER_VOLTAGE | Bits.WAS_UNDER_VOLTAGE

    def lock_rail_ok(self) -> bool | None:
        return None


class House:
    """A runtime on a world, with vitals."""

    def __init__(self, runtime: Runtime, news: asyncio.Event) -> None:
        self.runtime, self._news = runtime, news

    def faults(self) -> Mapping[str, str]:
        assert self.runtime.books is not None
        return self.runtime.books.state.faults

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not holds():
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def house(folder: Path, supply: object) -> AsyncIterator[House]:
    loop, lanes = asyncio.get_running_loop(), dict[str, ThreadPoolExecutor]()

    def lane(name: str) -> ThreadPoolExecutor:
        return lanes.setdefault(name, ThreadPoolExecutor(1, name))

    plans = tuple(CompartmentPlan(door=door) for door in (1, 2))
    world = World(plans, 1, now_s=loop.time())
    bank = SimBank(world, loop.time)
    wall = WholeWall([((1, 2), Surroundings(NoSensors(), NoIndicator(), supply))])  # type: ignore[arg-type]
    journal = await loop.run_in_executor(
        lane("journal"),
        lambda: Journal.open(
            str(folder / "j.sqlite"), site=7, fold_version=FOLD_VERSION, machine_id="m", random_bytes=os.urandom
        ),
    )
    news = asyncio.Event()
    runtime = Runtime(
        Site(number=7, compartments=plans),
        journal,
        Parts({"a": bank}, supply=wall, committed=lambda *_: news.set(), shown=lambda _: news.set()),
        SystemClock(),
        lane,
        random_bytes=os.urandom,
    )
    vitals = Vitals(wall, lane, runtime.tell)
    bank.guard.on_pulse = vitals.pulsed
    running = asyncio.create_task(runtime.run())
    await runtime.ready.wait()
    made = House(runtime, news)
    watching = asyncio.create_task(vitals.run(dict(made.faults())))
    try:
        yield made
    finally:
        watching.cancel()
        runtime.tell(Halt("test"))
        await running
        await loop.run_in_executor(lane("journal"), journal.close)
        for one in lanes.values():
            one.shutdown()


def test_under_voltage_at_a_pulse_is_a_fault_with_the_door(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path, Weak()) as made:
            made.runtime.tell(Technical("open", "root", "to try the supply", 2, 1))
            await made.until(lambda: "power:under_voltage_at_pulse" in made.faults())
            assert made.faults()["power:under_voltage_at_pulse"].startswith("door 2, seen ")
            assert made.faults()["power:under_voltage"] == "now"
            assert made.runtime.memory.rail_ok, "the machine's supply is not the rail of the locks"

    asyncio.run(story())


def test_faults_of_an_earlier_life_are_over_when_it_is_well_or_nobody_looks_any_more(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path, Weak()) as made:
            made.runtime.tell(Technical("open", "root", "to try the supply", 2, 1))
            await made.until(lambda: "power:under_voltage" in made.faults())
            made.runtime.tell(Health("load_cell", "door 9", ok=False, detail="silent"))
            await made.until(lambda: "load_cell:door 9" in made.faults())
        async with house(tmp_path, Weak()) as made:
            await made.until(lambda: not {"power:under_voltage", "load_cell:door 9"} & set(made.faults()))
            assert "power:under_voltage_at_pulse" in made.faults(), "that a pulse did no harm is not known yet"

    asyncio.run(story())


def test_a_wall_that_knows_nothing_of_itself_clears_what_was_left(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path, NoSupply()) as made:
            made.runtime.tell(Health("power", "mains", ok=False, detail="on battery"))
            await made.until(lambda: "power:mains" in made.faults())
        async with house(tmp_path, NoSupply()) as made:
            await made.until(lambda: not made.faults())

    asyncio.run(story())


class Rail(NoSupply):
    def __init__(self, ok: bool) -> None:
        self._ok = ok

    def lock_rail_ok(self) -> bool | None:
        return self._ok


def test_alive_but_cannot_open_is_a_state_and_is_over_with_the_next_life_that_finds_power(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path, Rail(False)) as made:
            await made.until(lambda: made.runtime.screen().name == "out_of_order")
            assert made.faults()["supply:locks"] == "the rail of the locks is down"
        async with house(tmp_path, Rail(True)) as made:
            await made.until(lambda: not made.faults())
            assert made.runtime.screen().name != "out_of_order"

    asyncio.run(story())

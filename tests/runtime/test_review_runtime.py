"""Ways to bring the loop down, or past a limit, that somebody looked for on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from edge.core import events, inputs
from edge.core.ports import DoorReading, UnlockOrder, WallClock
from edge.core.rows import Stamp
from edge.core.words import ClockTrust, ContentSensor, Evidence, Feedback, Level, PulseOutcome
from edge.runtime.hardware import Hardware
from edge.runtime.inbox import Inbox
from edge.runtime.parts import Parts
from edge.runtime.runtime import MAX_GROUP
from tests.journal.card import SMALL
from tests.runtime.observer import check
from tests.runtime.test_power_cut import standing
from tests.sim.loop import SimLoop
from tests.sim.site import SimSite


def typed(site: SimSite, text: str) -> str:
    site.tell(inputs.Typed(text, site.screen().number))
    site.run_for(3)
    return site.screen().name


def filled(site: SimSite) -> None:
    """Nothing but what moves parcels finds room any more; something else waits for it."""
    site.disk.capacity = site.disk.used + 40_000
    assert site.runtime is not None
    for number in range(5_000):
        site.tell(inputs.Health("board", f"of another wall, number {number}", ok=False))
        if number % 50 == 0:
            site.run_for(0.5)
        if len(site.runtime.inbox) > 2 * MAX_GROUP:
            break
    site.run_for(3)
    assert len(site.runtime.inbox) > MAX_GROUP, "more than one group waits for room"


def test_on_a_full_card_a_wrong_pin_is_counted_and_a_code_opens_while_other_news_wait_for_room() -> None:
    with SimSite(21, limits=SMALL, capacity=3_000_000) as site:
        site.start()
        site.let(site.enrolled())
        door = standing(site)
        filled(site)
        before = site.state.pin.failures
        assert typed(site, "00000000") == "refused"
        assert site.state.pin.failures == before + 1
        assert site.screen().name == "refused", "what waits for room ends nobody's session"
        site.run_for(60)
        site.let(site.collects("JD0001", door))
        assert not site.world.inside(door)
        site.disk.capacity = 1 << 40
        site.run_for(30)
        assert site.failure is None
        assert site.runtime is not None
        assert len(site.runtime.inbox) == 0
        check(site, ["JD0001"])


def test_a_courier_who_went_is_nobody_even_when_that_cannot_be_written() -> None:
    with SimSite(26, limits=SMALL, capacity=3_000_000) as site:
        site.start()
        site.let(site.enrolled())
        site.let(site.courier_comes())
        assert site.screen().name == "ready"
        filled(site)
        assert site.screen().name == "ready"
        site.run_for(120)
        assert site.runtime is not None
        assert len(site.runtime.inbox) > MAX_GROUP
        assert site.runtime.memory.session is None


class CountingWall:
    """A wall clock that knows at how many moments it was asked: a stamp for each input that comes or comes again."""

    def __init__(self, inner: WallClock, now_s: Callable[[], float]) -> None:
        self.moments: set[float] = set()
        self._inner, self._now_s = inner, now_s

    def read(self) -> tuple[float, ClockTrust]:
        self.moments.add(self._now_s())
        return self._inner.read()


@pytest.mark.parametrize("left", [40_000, 0])
def test_what_waits_for_room_does_not_spin(left: int) -> None:
    with SimSite(27, limits=SMALL, capacity=3_000_000) as site:
        wall = CountingWall(site.wall, site.loop.time)
        site.wall = wall  # type: ignore[assignment]
        site.start()
        site.let(site.enrolled())
        filled(site)
        site.disk.capacity = min(site.disk.capacity, left or 1)
        site.run_for(60)
        wall.moments.clear()
        site.run_for(60)
        assert site.failure is None
        assert len(wall.moments) < 60 * 5


def test_a_stop_on_a_full_card_needs_no_row() -> None:
    with SimSite(22, limits=SMALL, capacity=3_000_000) as site:
        site.start()
        site.let(site.enrolled())
        filled(site)
        site.tell(inputs.Halt("SIGTERM"))
        site.run_for(10)
        assert site._task is not None
        assert site._task.done()
        assert site.failure is None


def test_a_card_without_any_room_is_out_of_order_and_serves_again_when_there_is() -> None:
    with SimSite(23, limits=SMALL, capacity=3_000_000) as site:
        site.start()
        site.let(site.enrolled())
        standing(site)
        filled(site)
        site.disk.capacity = 0
        for _ in range(40):
            site.tell(inputs.Scan(site.code("JD0001")))
            site.run_for(12)
            if site.screen().name == "out_of_order":
                break
        assert site.failure is None
        assert site.screen().name == "out_of_order"
        site.disk.capacity = 1 << 40
        site.run_for(200)
        assert site.screen().name == "attract"
        check(site, ["JD0001"])


def test_i7_what_a_door_did_while_nothing_could_be_written_keeps_its_time_and_its_order() -> None:
    with SimSite(25, limits=SMALL, capacity=3_000_000) as site:
        site.start()
        site.let(site.enrolled())
        filled(site)
        site.disk.capacity = 0
        for number in range(400):  # until the reserve is gone too
            site.tell(inputs.Typed("00000000", site.screen().number))
            site.run_for(1)
            if site.screen().name == "out_of_order":
                break
            site.tell(inputs.Chosen("back", site.screen().number))
            site.run_for(60 * (number % 5 == 4) + 1)
        assert site.screen().name == "out_of_order"
        began_s = site.loop.time()
        site.tell(inputs.Levels({1: DoorReading(Level.OPEN, Evidence.SWITCH, began_s)}))
        site.run_for(10)
        site.tell(inputs.Levels({1: DoorReading(Level.CLOSED, Evidence.SWITCH, began_s + 10)}))
        site.run_for(60)
        site.disk.capacity = 1 << 40
        site.run_for(30)
        moved = [row for row in site.rows() if row.kind in ("door_forced", "door_shut")]
        assert [row.kind for row in moved] == ["door_forced", "door_shut"]
        assert 9_000 < moved[1].mono_ms - moved[0].mono_ms < 12_000


def test_more_events_than_one_commit_takes_are_written_in_several() -> None:
    doors = 600
    with SimSite(24, doors=doors, content=ContentSensor.NONE, feedback=Feedback.SWITCH) as site:
        site.start()
        at_s = site.loop.time()
        for turn in range(8):
            level = Level.OPEN if turn % 2 == 0 else Level.CLOSED
            reading = DoorReading(level, Evidence.SWITCH, at_s + turn / 1000)
            site.tell(inputs.Levels(dict.fromkeys(range(1, doors + 1), reading)))
        site.run_for(2)
        assert site.failure is None
        assert sum(isinstance(event, events.DoorForced) for event in site.events()) == 4 * doors


def test_of_news_the_latest_waits_and_what_was_dropped_is_counted_once() -> None:
    inbox = Inbox(lambda: Stamp(1, 0, 0, "ntp"), lambda: None)
    for second in range(10_000):
        inbox.put(inputs.SignedTime(second, "watermark"))
        inbox.put(inputs.Health("supply", "locks", ok=second % 2 == 0))
        inbox.put(inputs.Link(second % 2 == 0))
    assert len(inbox) == 3
    for _ in range(20):
        inbox.put(inputs.Scan("JD0001"))
    for _ in range(100):  # as while there is no room
        inbox.put_back(inbox.take(64))
    taken = [arrival.told for arrival in inbox.take(64)]
    assert taken[0] == inputs.SignedTime(9_999, "watermark")
    assert [told for told in taken if isinstance(told, inputs.Dropped)] == [inputs.Dropped("scan", 12)]


class Scripted:
    """A bank whose answers, with their instants, are written down beforehand; the last one stays."""

    doors = (1,)

    def __init__(self, *answers: tuple[Level, float]) -> None:
        self.on_began = None
        self._answers = list(answers)

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        return PulseOutcome.DONE

    def read(self) -> Mapping[int, DoorReading]:
        level, at_s = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return {1: DoorReading(level, Evidence.SWITCH, at_s)}

    def close(self) -> None:
        """Nothing to end."""


def levels_told(*answers: tuple[Level, float]) -> list[tuple[Level, float]]:
    """What the loop hears of a door with a live opening, while its bank gives these answers."""
    loop, told = SimLoop(1), list[inputs.Input]()
    asyncio.set_event_loop(loop)

    async def watch() -> None:
        lane = str  # a simulated lane is its name
        hardware = Hardware(Parts({"a": Scripted(*answers)}), lane, told.append, ())  # type: ignore[arg-type,dict-item]
        await hardware.first_look(())
        hardware.watch(frozenset({1}))
        hardware.start()
        await asyncio.sleep(5)
        await hardware.stop()

    try:
        life = loop.begin_life()
        loop.run_until_complete(life.start(watch()))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    readings = (one.doors[1] for one in told if isinstance(one, inputs.Levels))
    return [(reading.level, reading.at_s) for reading in readings]


def test_i5_a_door_that_shut_while_its_bus_was_busy_is_told_as_not_seen_since() -> None:
    told = levels_told((Level.CLOSED, 0.0), (Level.OPEN, 1.0), (Level.OPEN, 1.3), (Level.CLOSED, 6.0))
    assert told == [(Level.OPEN, 1.0), (Level.UNKNOWN, 1.3), (Level.CLOSED, 6.0)]


def test_i5_a_door_that_was_polled_in_time_is_told_as_it_is() -> None:
    told = levels_told((Level.CLOSED, 0.0), (Level.OPEN, 1.0), (Level.OPEN, 1.3), (Level.CLOSED, 1.6))
    assert told == [(Level.OPEN, 1.0), (Level.CLOSED, 1.6)]

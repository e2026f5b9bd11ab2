"""The simulated loop keeps its promises: nothing that is tested on it rests on luck."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.sim.loop import Deadlock, SimLoop, Spin


def test_a_day_passes_in_no_time_and_timers_come_at_their_moment() -> None:
    loop = SimLoop(1)
    moments: list[float] = []

    async def day() -> None:
        for _ in range(24):
            await asyncio.sleep(3600)
            moments.append(asyncio.get_running_loop().time())

    loop.run_until_complete(day())
    assert moments == pytest.approx([3600.0 * hour for hour in range(1, 25)])
    loop.close()


async def _crowd(log: list[str]) -> None:
    async def member(name: str) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
            log.append(name)
        await asyncio.get_running_loop().run_in_executor(None, log.append, name.upper())

    async with asyncio.TaskGroup() as group:
        for name in "abcdef":
            group.create_task(member(name))


def _run(seed: int) -> tuple[str, list[str]]:
    loop = SimLoop(seed)
    log: list[str] = []
    loop.run_until_complete(_crowd(log))
    loop.close()
    return loop.digest, log


def test_the_same_seed_gives_the_same_run_and_another_seed_another_order() -> None:
    assert _run(7) == _run(7)
    assert len({tuple(_run(seed)[1]) for seed in range(10)}) == 10
    assert len({_run(seed)[0] for seed in range(10)}) == 10


def test_a_lane_is_first_in_first_out_and_its_answers_come_later() -> None:
    loop = SimLoop(3, delay_s=lambda chance: chance.uniform(0.5, 1))
    done: list[int] = []

    async def many() -> float:
        lane = object()
        await asyncio.gather(*(loop.run_in_executor(lane, done.append, number) for number in range(20)))
        return loop.time()

    assert 20 <= loop.run_until_complete(many()) <= 40
    assert done == list(range(20))
    loop.close()


def test_what_the_disk_owes_is_waited_for_before_the_answer() -> None:
    owed = [8.0]
    loop = SimLoop(3, stall_s=lambda: owed.pop() if owed else 0.0)

    async def one() -> None:
        await loop.run_in_executor(None, int)

    loop.run_until_complete(one())
    assert 8.0 <= loop.time() < 8.1
    loop.close()


def test_an_error_in_a_job_goes_to_whoever_awaits() -> None:
    loop = SimLoop(3)

    async def one() -> None:
        await loop.run_in_executor(None, int, "seven")

    with pytest.raises(ValueError, match="seven"):
        loop.run_until_complete(one())
    loop.close()


def test_waiting_for_what_never_comes_is_a_deadlock_not_a_hang() -> None:
    loop = SimLoop(1)

    async def stuck() -> None:
        await loop.create_future()

    task = loop.create_task(stuck())
    with pytest.raises(Deadlock, match="stuck"):
        loop.run_until_complete(task)
    task.cancel()
    loop.run_for(0.1)
    loop.close()


def test_a_callback_that_feeds_itself_is_found() -> None:
    loop = SimLoop(1)

    def again() -> None:
        loop.call_soon(again)

    again()
    with pytest.raises(Spin, match="callbacks at 0"):
        loop.run_forever()
    loop.close()


def test_power_off_ends_one_life_and_the_world_goes_on() -> None:
    loop = SimLoop(5)
    done: list[str] = []

    async def program() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(_tick(done, "program"))
            group.create_task(_job(loop, done))
            loop.call_later(6, done.append, "timer of the dead")
            loop.run_outside(loop.call_later, 6, done.append, "door swings shut")

    async def street() -> None:
        life = loop.begin_life()
        task = life.start(program())
        loop.call_later(4.5, life.power_off)
        await life.ended(task)
        assert loop.time() == 4.5
        await asyncio.sleep(5)

    loop.run_until_complete(street())
    assert done.count("program") == 4
    assert "door swings shut" in done
    assert "timer of the dead" not in done
    assert "late job" not in done
    loop.close()


async def _tick(done: list[str], name: str) -> None:
    try:
        while True:
            await asyncio.sleep(1)
            done.append(name)
    finally:
        await asyncio.sleep(1)  # a dying program may want to wait; a power cut does not
        done.append("unwound too far")


async def _job(loop: SimLoop, done: list[str]) -> None:
    await asyncio.sleep(4.499)
    await loop.run_in_executor(None, done.append, "late job")
    done.append("told")


@pytest.mark.parametrize("seed", range(20))
def test_a_job_may_be_done_and_its_caller_never_hear_of_it(seed: int) -> None:
    """A cut between a job and its answer: the disk has it, the program does not know."""
    loop = SimLoop(seed)
    heard: list[str] = []
    disk: list[str] = []
    life = loop.begin_life()

    def write_and_lose_power(then: Callable[[], None]) -> None:
        disk.append("written")
        then()

    async def program() -> None:
        await loop.run_in_executor(None, write_and_lose_power, life.power_off)
        heard.append("written")

    async def street() -> None:
        await life.ended(life.start(program()))

    loop.run_until_complete(street())
    assert (disk, heard) == (["written"], [])
    loop.close()

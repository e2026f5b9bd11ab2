"""Ports are started again, ever more slowly; an error of the journal ends the process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from edge.app.supervisor import FIRST_WAIT_S, LONGEST_WAIT_S, STEADY_S, Supervisor
from edge.core.errors import JournalBroken, LinkDown
from edge.core.inputs import Health, Input
from tests.sim.loop import SimLoop


class Watched:
    """A supervised port in simulated time: when it began, what was told, what was logged."""

    def __init__(self, lasts_s: float) -> None:
        self.lasts_s = lasts_s
        self.began_s: list[float] = []
        self.told: list[Input] = []
        self.logged: list[str] = []

    async def port(self) -> None:
        self.began_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.lasts_s)
        raise LinkDown("the wire is cut")

    async def for_s(self, seconds: float) -> None:
        supervisor = Supervisor(self.told.append, self.logged.append)
        supervisor.keep("screen", self.port)
        await asyncio.sleep(seconds)
        await supervisor.stop()

    @property
    def pauses_s(self) -> list[float]:
        return [b - a - self.lasts_s for a, b in zip(self.began_s, self.began_s[1:], strict=False)]


def simulated(run: Callable[[], Awaitable[None]]) -> None:
    loop = SimLoop(1)
    try:
        loop.run_until_complete(run())
    finally:
        loop.close()


def test_a_port_that_fails_at_once_is_started_again_ever_more_slowly() -> None:
    watched = Watched(lasts_s=0)
    simulated(lambda: watched.for_s(400))
    assert watched.pauses_s[:7] == pytest.approx([1, 2, 4, 8, 16, 32, LONGEST_WAIT_S])
    assert max(watched.pauses_s) == pytest.approx(LONGEST_WAIT_S)
    assert watched.logged[0] == "screen: LinkDown: the wire is cut; started again in 1 s"


def test_a_port_that_ran_for_a_while_is_started_again_soon() -> None:
    watched = Watched(lasts_s=STEADY_S + 1)
    simulated(lambda: watched.for_s(200))
    assert watched.pauses_s == pytest.approx([FIRST_WAIT_S] * len(watched.pauses_s))


def test_the_runtime_hears_of_a_port_that_fails_and_of_one_that_works_again() -> None:
    watched = Watched(lasts_s=STEADY_S + 1)
    simulated(lambda: watched.for_s(25))
    failed = Health("port", "screen", ok=False, detail="LinkDown: the wire is cut")
    works = Health("port", "screen", ok=True)
    assert watched.told == [works, failed, works, failed]


def test_an_error_of_the_journal_ends_the_process_and_nothing_is_started_again() -> None:
    starts: list[str] = []

    async def port() -> None:
        starts.append("sender")
        raise JournalBroken("fsync failed")

    async def run() -> None:
        supervisor = Supervisor(lambda _: None, lambda _: None)
        supervisor.keep("sender", port)
        with pytest.raises(JournalBroken, match="fsync failed"):
            await supervisor.broken
        await asyncio.sleep(100)
        await supervisor.stop()

    simulated(run)
    assert starts == ["sender"]

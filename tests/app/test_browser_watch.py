"""A browser whose page is silent is started again; when that does not help it is a fault, and the doors go on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

import pytest

from edge.app.browser_watch import BrowserWatch, start_again
from edge.core.inputs import Health, Input
from kiosk_ui.pulse import FIRST_BEAT_S, SILENCE_S
from tests.sim.loop import SimLoop


class Watched:
    """A browser in simulated time: when it was started again, what was told and logged."""

    def __init__(self, complaint: str = "") -> None:
        self.complaint = complaint
        self.started_s: list[float] = []
        self.told: list[Input] = []
        self.logged: list[str] = []

    async def for_s(self, seconds: float, beats: Callable[[BrowserWatch], Awaitable[None]] | None = None) -> None:
        watch = BrowserWatch(self.start, self.told.append, self.logged.append)
        running = asyncio.ensure_future(watch.run())
        if beats is not None:
            await beats(watch)
        await asyncio.sleep(seconds)
        running.cancel()

    async def start(self) -> str:
        self.started_s.append(asyncio.get_running_loop().time())
        return self.complaint

    @property
    def faults(self) -> list[Health]:
        return [one for one in self.told if isinstance(one, Health) and one.which == "browser"]


async def beats(watch: BrowserWatch, errors: int = 0) -> None:
    for _ in range(20):
        watch.beat(errors)
        await asyncio.sleep(5)


def simulated(run: Callable[[], Awaitable[None]]) -> None:
    loop = SimLoop(1)
    try:
        loop.run_until_complete(run())
    finally:
        loop.close()


def test_a_browser_that_beats_is_left_alone_and_one_that_stops_is_started_again() -> None:
    watched = Watched()
    simulated(lambda: watched.for_s(SILENCE_S - 1, beats))
    assert watched.started_s == pytest.approx([95 + SILENCE_S], abs=1)
    assert watched.faults == [Health("screen", "browser", ok=True)]


def test_after_three_restarts_it_is_a_fault_and_it_is_tried_more_seldom() -> None:
    watched = Watched()
    simulated(lambda: watched.for_s(650))
    assert watched.started_s == pytest.approx([FIRST_BEAT_S * n for n in (1, 2, 3)])
    assert [one.ok for one in watched.faults] == [False]
    assert "3 restarts within 10 minutes" in watched.faults[0].detail
    assert len(watched.logged) == 3


def test_a_beat_clears_the_fault() -> None:
    watched = Watched("systemctl ended with 1: no")

    async def comes_back(watch: BrowserWatch) -> None:
        await asyncio.sleep(FIRST_BEAT_S * 3 + 1)
        watch.beat(0)

    simulated(lambda: watched.for_s(10, comes_back))
    assert [(one.ok, one.detail) for one in watched.faults] == [(False, "systemctl ended with 1: no"), (True, "")]


def test_errors_of_the_script_are_told_once_and_as_a_number() -> None:
    watched = Watched()
    simulated(lambda: watched.for_s(1, lambda watch: beats(watch, errors=2)))
    script = [one for one in watched.told if isinstance(one, Health) and one.which == "script"]
    assert script == [Health("screen", "script", ok=False, detail="2 errors in the script of the page")]
    assert watched.logged == ["screen: 2 errors in the script of the page"]


def test_nobody_watches_without_a_command() -> None:
    told: list[Input] = []

    async def watched() -> None:
        running = asyncio.ensure_future(BrowserWatch(None, told.append, print).run())
        await asyncio.sleep(10_000)
        running.cancel()

    simulated(watched)
    assert told == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([sys.executable, "-c", "print('started')"], ""),
        ([sys.executable, "-c", "import sys; sys.exit('Unit not found.')"], "ended with 1: Unit not found."),
        (["/nowhere/systemctl", "restart"], "/nowhere/systemctl: no such file"),
        ([sys.executable, "-c", "import sys; sys.exit(len(sys.argv))", "a b; true", "$HOME"], "ended with 3: "),
    ],
)
def test_the_command_is_run_without_a_shell_and_what_it_complains_of_is_said(words: list[str], said: str) -> None:
    assert said.lower() in asyncio.run(start_again(words)).lower()
    assert bool(said) is bool(asyncio.run(start_again(words)))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sleep 5 & exit 0", ""),  # what it leaves running may keep what it was given
        ("sleep 5; true", "sh: not ended after 0.5 s"),  # a wrapper whose own command hangs
        ("yes >&2; true", "sh: not ended after 0.5 s"),
        ("echo no such unit >&2; sleep 5 & exit 4", "sh ended with 4: no such unit"),
    ],
)
def test_no_command_keeps_the_watch_waiting(script: str, said: str) -> None:
    async def within_s(seconds: float) -> str:
        async with asyncio.timeout(seconds):
            return await start_again(["sh", "-c", script], timeout_s=0.5)

    assert asyncio.run(within_s(4)) == said

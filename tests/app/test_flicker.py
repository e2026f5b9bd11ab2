"""How often a part that comes and goes may write into the journal."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from edge.app.flicker import STEADY_S, Flicker
from edge.app.weigher import POLL_S, Weigher
from edge.core.errors import HardwareFault
from edge.core.inputs import Health, Input
from edge.core.ports import Weighing
from edge.core.words import Adjusted, ScaleState

WITHIN_S = 20.0


def test_a_part_that_fails_and_comes_back_is_told_at_once() -> None:
    part = Flicker()
    assert [part.is_told(works, at_s) for at_s, works in enumerate([True, True, False, False, True])] == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_a_part_that_comes_and_goes_all_day_is_told_a_few_times_and_then_as_failed() -> None:
    part = Flicker()
    told = [works for at_s in range(86_400) if part.is_told(works := bool(at_s % 2), float(at_s))]
    assert told == [False, True, False, True, False]
    last_s = 86_398.0
    assert not part.is_told(True, last_s + STEADY_S - 1)
    assert part.is_told(True, last_s + STEADY_S)


class Loose:
    """A scale that answers every other time."""

    def __init__(self, times: int) -> None:
        self.left, self.over = times, asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def read(self) -> Weighing:
        self.left -= 1
        if not self.left:
            self._loop.call_soon_threadsafe(self.over.set)
        if self.left % 2:
            raise HardwareFault("loose")
        return Weighing(ScaleState.STABLE, 1.0, 0)

    def zero(self) -> Adjusted:
        return Adjusted.NO_COMMAND

    def tare(self) -> Adjusted:
        return Adjusted.NO_COMMAND

    def close(self) -> None: ...


def test_a_scale_on_a_loose_plug_writes_no_more() -> None:
    async def heard() -> list[bool]:
        told: list[Input] = []
        scale = Loose(9)
        with ThreadPoolExecutor(1) as lane:
            running = asyncio.ensure_future(Weigher("mt-sics", scale, lane, told.append, lambda _: None).run())
            async with asyncio.timeout(WITHIN_S + 9 * POLL_S):
                await scale.over.wait()
            running.cancel()
            await asyncio.wait([running])
        return [one.ok for one in told if isinstance(one, Health)]

    assert asyncio.run(heard()) == [True, False, True, False, True, False]

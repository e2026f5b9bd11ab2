"""The courier's scale as a port of the runtime: what it shows becomes input, its failure health, its zeroing an answer.

The scale is read in its own lane, twice a second; the runtime hears only of changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Final

from msgspec import NODEFAULT

from edge.app.flicker import Flicker
from edge.app.reading import Reader
from edge.core.effects import AdjustScale, Answer
from edge.core.errors import LockerError
from edge.core.inputs import Health, Input, Weighed
from edge.core.ports import Scale, Weighing
from edge.core.weighing import LEAST_G
from edge.core.words import Adjusted, ScaleState
from hal.scales.options import ScaleOptions, faults_of, make_scale

__all__ = ["DRIFT_G", "DRIFT_S", "Drift", "News", "Weigher", "check_scale", "weigher_of"]

MAIN: Final = "main"  # the one scale
POLL_S: Final = 0.5
DRIFT_G: Final = 50  # a weight that small, on a scale that nobody uses, is its zero that has wandered
DRIFT_S: Final = 300.0
SAID_G: Final = 5  # a load is told again when it differs by more
_SAID: Final = {
    Adjusted.DONE: "a settled zero was read",
    Adjusted.REFUSED: "the scale refused; is something moving on it, or more than it takes for its zero?",
    Adjusted.NOT_SEEN: "no settled zero was read; look at its display",
    Adjusted.NO_COMMAND: "its protocol has no such command; use its keys",
}


class Drift:
    """Watches the zero.  `grams` is how far it has wandered; 0 while nothing is known against it."""

    def __init__(self) -> None:
        self.grams = 0
        self._since_s: float | None = None

    def seen(self, now: Weighing) -> None:
        shown = None if now.net else settled_g(now)
        if shown is None or not 0 < abs(shown) <= DRIFT_G:
            self.grams, self._since_s = 0, None
            return
        self._since_s = now.at_s if self._since_s is None else self._since_s
        self.grams = shown if now.at_s - self._since_s >= DRIFT_S else 0


class News:
    """Whether the core has to hear of it: what a parcel may weigh, that it no longer does, that the scale is empty.

    An empty scale in the wind is no news, nor is a gram; each input is remembered, and there are two readings a second.
    """

    def __init__(self) -> None:
        self._told: Weighing | None = None

    def is_told(self, now: Weighing) -> bool:
        """True: it is told now."""
        if self._told is None or self._differs(self._told, now):
            self._told = now
            return True
        return False

    @staticmethod
    def _differs(told: Weighing, now: Weighing) -> bool:
        before_g, now_g = settled_g(told), settled_g(now)
        if now_g is None:
            return before_g is not None and before_g >= LEAST_G
        if now_g < LEAST_G:
            return before_g is None or before_g >= LEAST_G
        return before_g is None or abs(now_g - before_g) > SAID_G or now.net is not told.net


def settled_g(now: Weighing) -> int | None:
    return now.weight_g if now.state is ScaleState.STABLE else None


class Weigher:
    """`run` reads until cancelled.  `tell` and `answer` are called in the loop."""

    def __init__(
        self, kind: str, scale: Scale, lane: Executor, tell: Callable[[Input], object], answer: Callable[[Answer], None]
    ) -> None:
        self._kind, self._scale, self._lane, self._tell, self._answer = kind, scale, lane, tell, answer
        self._now: Weighing | None = None
        self._settled: Weighing | None = None  # the last weight that counted
        self._news = News()
        self._flicker = Flicker()
        self._fault = ""
        self._drift = Drift()
        self._adjusting: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            while True:
                await self._look()
                await asyncio.sleep(POLL_S)
        finally:
            self._take(Weighing(ScaleState.UNKNOWN, asyncio.get_running_loop().time(), detail="nobody reads it"))

    def adjust(self, effect: AdjustScale) -> None:
        """Zero or tare it, and answer when that is over."""
        task = asyncio.get_running_loop().create_task(self._adjust(effect))
        self._adjusting.add(task)
        task.add_done_callback(self._adjusting.discard)

    async def close(self) -> None:
        """Give its port back, once whatever is under way in its lane is over."""
        await asyncio.get_running_loop().run_in_executor(self._lane, self._scale.close)

    def status(self, now_s: float) -> dict[str, Any]:
        """What it shows, what it showed last that counted, and what is wrong with it."""
        now, settled = self._now, self._settled
        return {
            "kind": self._kind,
            "state": ScaleState.UNKNOWN if now is None else now.state,
            "weight_g": None if now is None else now.weight_g,
            "net": now is not None and now.net,
            "detail": "has not been read yet" if now is None else now.detail,
            "last_g": None if settled is None else settled.weight_g,
            "last_age_s": None if settled is None else round(max(0.0, now_s - settled.at_s), 1),
            "drift_g": self._drift.grams,
            "fault": self._fault,
        }

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            now = await loop.run_in_executor(self._lane, self._scale.read)
        except LockerError as error:
            self._fault = str(error)
            self._take(Weighing(ScaleState.UNKNOWN, loop.time(), detail="see its fault"))
            self._healthy(False)
        else:
            self._take(now)
            if now.state is not ScaleState.UNKNOWN:
                self._fault = ""
                self._healthy(True)

    def _take(self, now: Weighing) -> None:
        self._now = now
        if now.state is ScaleState.STABLE:
            self._settled = now
        self._drift.seen(now)
        if self._news.is_told(now):
            self._tell(Weighed(now))

    def _healthy(self, works: bool) -> None:
        if self._flicker.is_told(works, asyncio.get_running_loop().time()):
            self._tell(Health("scale", MAIN, works, self._fault))

    async def _adjust(self, effect: AdjustScale) -> None:
        job = self._scale.tare if effect.tare else self._scale.zero
        try:
            came = await asyncio.get_running_loop().run_in_executor(self._lane, job)
        except LockerError as error:
            self._answer(Answer(effect.request, False, str(error)))
        else:
            self._answer(Answer(effect.request, came is Adjusted.DONE, _SAID[came]))


def weigher_of(
    options: ScaleOptions,
    lanes: Callable[[str], Executor],
    tell: Callable[[Input], object],
    answer: Callable[[Answer], None],
) -> Weigher | None:
    """The scale of the configuration, in its lane; None where there is none."""
    return Weigher(options.kind, make_scale(options), lanes("scale"), tell, answer) if options.kind else None


def check_scale(reader: Reader, told: ScaleOptions | None, ports: Mapping[str, str]) -> None:
    """What cannot be, and whose port it has; `ports` says what hangs on which."""
    if told is None:
        return  # what is wrong in it has been noted
    for key, why in faults_of(told):
        value = getattr(told, key)
        reader.wrong(f"scale.{key}", value or NODEFAULT, why)
    if told.port and told.port in ports:
        reader.wrong("scale.port", told.port, f"is {ports[told.port]}'s already")

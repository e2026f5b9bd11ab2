"""QR in view → the door's number painted, and a tap → the next screen painted; all of it as processes of their own.

`locker world` with its camera of 15 frames a second, `locker run` with its camera process, and Debian's Chromium with
the real page.  A customer is there already: a telephone comes into view half a second after something else moved, at
any moment between two frames.  The floor is what no locker could do without: half the time between two frames, one
decoding of that frame, one push to the barest page in the same browser; its parts are timed in the same rounds.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from statistics import median
from typing import Final

import cv2
from msgspec import Struct, field
from playwright.async_api import Browser, async_playwright

from hal.camera.eye import Eye
from hal.camera.world_source import INTERVAL_S
from hal.sim.chronicle import Deed, Entry
from tests.bench.bare_page import BarePage, serving
from tests.bench.fakes import Served, served
from tests.bench.figures import Effort, Figure, Table, Target, figure, percentile, took_us
from tests.bench.frames import phone
from tests.bench.home import PATIENCE_S, Daemon, running
from tests.bench.painting import Painted, PaintedPage
from tests.bench.parcels import DOORS, SEVEN_INCH, Parcels
from tests.browser.chromium import PROGRAM, SWITCHES

MOST_ROUNDS: Final = len(DOORS)  # each customer has a parcel of their own, and two seconds: doors open and shut
WARM_UP: Final = 2
NOISE: Final = 2.0  # grey levels, as the world's camera has by default
LOOK_S: Final = 0.02
MAX_P95_MS: Final = 300.0
MS: Final = 1000


class Rounds(Struct):
    """What was taken, in ms, round by round."""

    shown: list[float] = field(default_factory=list)  # until the number is painted
    coil: list[float] = field(default_factory=list)  # until the lock has current
    painting: list[float] = field(default_factory=list)  # of `shown`, the last part: from the change of the page on
    decode: list[float] = field(default_factory=list)
    drawing: list[float] = field(default_factory=list)
    push: list[float] = field(default_factory=list)
    durable_tap: list[float] = field(default_factory=list)
    plain_tap: list[float] = field(default_factory=list)
    bare_tap: list[float] = field(default_factory=list)

    def floor(self) -> list[float]:
        return [INTERVAL_S / 2 * MS + decode + push for decode, push in zip(self.decode, self.push, strict=True)]


def show_the_door(effort: Effort) -> list[Table]:
    cv2.setNumThreads(1)  # as the camera process has it
    parcels = Parcels()
    with served() as world, running(parcels.make_home(effort, world.socket)) as daemon:
        daemon.wait_for(b"READY=1")
        while not daemon.frames():
            daemon.wait_for(b"WATCHDOG=1")  # once a second
        return asyncio.run(_measure(effort, world, daemon, parcels))


async def _measure(effort: Effort, world: Served, daemon: Daemon, parcels: Parcels) -> list[Table]:
    rounds = Rounds()
    async with serving() as bare, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=list(SWITCHES))
        try:
            desk = _Desk(world, parcels, bare, await _opened(browser, bare.address))
            await bare.open.wait()
            customer = _Customer(desk, await _opened(browser, daemon.status()["kiosk"]))
            await customer.at_home()
            count = min(effort.openings, MOST_ROUNDS)
            for index in range(-min(WARM_UP, count), count):
                await customer.comes(DOORS[index % len(DOORS)], rounds if index >= 0 else Rounds())
        finally:
            await browser.close()
    uncertain_ms = (customer.page.uncertain_s + desk.page.uncertain_s) * MS
    return [_shown(rounds, uncertain_ms), _tapped(rounds)]


async def _opened(browser: Browser, address: str) -> PaintedPage:
    """A window of its own, as large as the panel, that can be touched."""
    width, height = SEVEN_INCH
    page = await browser.new_page(viewport={"width": width, "height": height}, has_touch=True)
    page.set_default_timeout(PATIENCE_S * MS)
    await page.goto(address)
    painted = PaintedPage(page)
    await painted.synchronise()
    return painted


class _Desk:
    """What is timed at rest, between two customers: the parts that the floor consists of."""

    def __init__(self, world: Served, parcels: Parcels, bare: BarePage, page: PaintedPage) -> None:
        self.world, self.parcels, self.bare, self.page = world, parcels, bare, page

    async def parts(self, code: str, door: int, into: Rounds) -> None:
        into.drawing.append(took_us(lambda: phone(code)) / MS)
        frame = phone(code, NOISE)
        into.decode.append(took_us(lambda: Eye().feed(frame, 0.0)) / MS)
        await self.page.expect("#shown", str(door))
        began_s = asyncio.get_running_loop().time()
        self.bare.push(str(door))
        into.push.append(((await self.page.painted()).painted_s - began_s) * MS)
        await self.page.expect("#shown", self.bare.next_tap())
        await self.page.page.tap("button")
        into.bare_tap.append(_tap_ms(await self.page.painted()))


class _Customer:
    """Comes, shows the telephone, shuts the door at once, says no, and goes; the wall is at rest again."""

    def __init__(self, desk: _Desk, page: PaintedPage) -> None:
        self._desk, self.page = desk, page
        self._world, self._chance = desk.world.client, random.Random(1)
        self._seen = 0  # the last entry of the chronicle that was read

    async def comes(self, door: int, into: Rounds) -> None:
        code = self._desk.parcels.code(door)
        await self._desk.parts(code, door, into)
        await asyncio.sleep(self._chance.uniform(0, INTERVAL_S))  # at any moment between two frames
        await self._shows(code, door, into)
        await self._sees("take")
        self._world.do("shut", door=door)
        await self._sees("did_you_get_it")
        into.durable_tap.append(await self._taps("no", "reopen"))
        into.plain_tap.append(await self._taps("end", "attract"))

    async def at_home(self) -> None:
        await self._sees("attract")

    async def _shows(self, code: str, door: int, into: Rounds) -> None:
        await self.page.expect("main .door b", str(door))
        self._world.do("show_phone", text=code)
        painted = await self.page.painted()
        self._world.do("hide_phone")
        shown_s = (await self._told(Deed.SHOWN)).at_s
        into.shown.append((painted.painted_s - shown_s) * MS)
        into.painting.append((painted.painted_s - painted.changed_s) * MS)
        into.coil.append(((await self._told(Deed.PULSE_BEGAN)).at_s - shown_s) * MS)

    async def _taps(self, choice: str, next_screen: str) -> float:
        """ms from the finger's leaving the glass until the next screen is painted."""
        await self.page.page.wait_for_selector("#stage:not(.settling):not(.waiting)")
        await self.page.expect(f'main[data-screen="{next_screen}"]')
        await self.page.page.tap(f'button[name="choice"][value="{choice}"]')
        return _tap_ms(await self.page.painted())

    async def _sees(self, screen: str) -> None:
        await self.page.page.wait_for_selector(f'main[data-screen="{screen}"]')

    async def _told(self, deed: Deed) -> Entry:
        """The next entry of that kind in the world's chronicle; its time is the machine's monotonic one."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for entry in self._world.chronicle(self._seen):
                    self._seen = entry.n
                    if entry.deed is deed:
                        return entry
                await asyncio.sleep(LOOK_S)


def _tap_ms(painted: Painted) -> float:
    return (painted.painted_s - painted.tapped_s) * MS


def _shown(rounds: Rounds, uncertain_ms: float) -> Table:
    floor = rounds.floor()
    ratio = median(rounds.shown) / median(floor)
    figures = (
        _figure("telephone in view → the door's number painted", rounds.shown),
        _figure("   floor: half a frame interval + decode + bare push", floor),
        Figure("   ratio of the medians", ratio, "", len(rounds.shown)),
        _figure("   of it: the page has changed → it is painted", rounds.painting),
        _figure("   of the floor: decode in process", rounds.decode),
        _figure("   of the floor: a push to a bare page → painted", rounds.push),
        _figure("telephone in view → the lock's coil has current", rounds.coil),
        _figure("the world draws the telephone, which no camera does", rounds.drawing),
    )
    targets = (Target("telephone in view → number painted, p95", percentile(rounds.shown, 0.95), MAX_P95_MS, "ms"),)
    remark = f"The browser's clocks are known to {uncertain_ms:.1f} ms."
    return Table("telephone in view → the door's number on the screen", figures, targets, remark)


def _tapped(rounds: Rounds) -> Table:
    taps = rounds.durable_tap + rounds.plain_tap
    figures = (
        _figure("a tap → the next screen painted", taps),
        _figure("   floor: a request, a push to a bare page, painted", rounds.bare_tap),
        Figure("   ratio of the medians", median(taps) / median(rounds.bare_tap), "", len(taps)),
        _figure("   of them: an answer that is made durable first", rounds.durable_tap),
        _figure("   of them: the end of a visit, nothing to write", rounds.plain_tap),
    )
    return Table("a tap → the next screen", figures)


def _figure(name: str, taken_ms: Sequence[float]) -> Figure:
    return figure(name, taken_ms, "ms", note=f"p95 {percentile(taken_ms, 0.95):,.0f}")

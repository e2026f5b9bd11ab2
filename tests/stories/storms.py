"""What a screen has to bear: its renderer dies, its server is away, its line is cut, a thousand fingers and keys.

`python -m tests.stories.storms` plays them at full length, a few minutes; the tests play the same ones shorter.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import string
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Error, async_playwright

from edge.core.words import CompartmentState
from tests.browser.chromium import PROGRAM, SWITCHES
from tests.core.desk import sent
from tests.stories.locker import Locker
from tests.stories.theatre import Play
from tests.stories.told import HER_DOOR, HERS, here
from tests.stories.visit import Visit

KEYS: Final = (
    *string.digits,
    *"ABCxyz<>&",
    "Enter",
    "Escape",
    "Backspace",
    "Delete",
    "Tab",
    "Space",
    "ArrowDown",
    "F5",
)
CODES: Final = tuple(sent(f"JD0007{n:02}", pin=f"7000000{n}") for n in range(3))
THERE: Final = {door: (parcel,) for door, parcel in zip((2, 3, 6), CODES, strict=True)}


async def renderer_killed(browser: Browser, folder: Path) -> None:
    """The page dies while a door stands open; a new one shows what is true."""
    async with Locker(folder, stands=here(HERS)) as locker, Visit(browser, locker) as she:
        locker.scan(locker.code(HERS))
        await locker.opens(HER_DOOR)
        await she.sees("take", door=HER_DOOR)
        dead = asyncio.Event()
        she.page.on("crash", lambda _: dead.set())
        going = asyncio.ensure_future(she.page.goto("chrome://crash"))
        await dead.wait()
        await asyncio.wait({going})
        assert isinstance(going.exception(), Error)
        async with Visit(browser, locker) as again:
            await again.sees("take", door=HER_DOOR)
            locker.world.person.take(HER_DOOR)
            locker.world.person.shut(HER_DOOR)
            await again.sees("thanks")
        await locker.nothing_opened_unnamed()


async def server_away(browser: Browser, folder: Path, away_s: float) -> None:
    """The page says so, and goes on by itself, in the language that was chosen."""
    async with Locker(folder, stands=here(HERS)) as locker, Visit(browser, locker) as she:
        loads = await she.loads()
        await she.taps("pin")
        await locker.stop()
        await she.page.wait_for_selector("#lost:not([hidden])")
        await asyncio.sleep(away_s)
        await locker.start()
        await she.page.wait_for_selector("#lost", state="hidden")
        await true_to(locker, she)
        assert await she.loads() == loads, "the page was loaded again"
        locker.scan(locker.code(HERS))
        await locker.takes(HER_DOOR)
        await she.sees("thanks")
        await locker.nothing_opened_unnamed()


async def line_cut(browser: Browser, folder: Path, cut_s: float) -> None:
    """The stream ends in the middle of a pickup; nobody touches the page."""
    async with Locker(folder, stands=here(HERS)) as locker, Visit(browser, locker) as she:
        loads = await she.loads()
        locker.scan(locker.code(HERS))
        await locker.opens(HER_DOOR)
        await she.sees("take", door=HER_DOOR)
        await locker.page_away()
        await she.page.wait_for_selector("#lost:not([hidden])")
        locker.world.person.take(HER_DOOR)
        locker.world.person.shut(HER_DOOR)
        await asyncio.sleep(cut_s)
        await locker.until(lambda: locker.count(CompartmentState.FREE) == 8, "a parcel collected meanwhile")
        locker.page_back()
        await she.page.wait_for_selector("#lost", state="hidden")
        await true_to(locker, she)
        assert await she.loads() == loads, "the page was loaded again"


async def fingers_and_keys(browser: Browser, folder: Path, times: int, within_s: float, seed: int) -> None:
    """Taps anywhere and any keys, while codes are held to the camera and doors move."""
    chance = random.Random(seed)
    async with Locker(folder, stands=THERE) as locker, Visit(browser, locker) as hands:
        people = asyncio.create_task(_come_and_go(locker, chance))
        began_s = time.monotonic()
        for nth in range(times):
            await _touch(hands, chance)
            ahead_s = began_s + within_s * nth / times - time.monotonic()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
        people.cancel()
        await asyncio.wait({people})
        await true_to(locker, hands)
        await locker.nothing_opened_unnamed()
        assert not hands.errors, f"the page's script failed: {hands.errors}"


async def _touch(hands: Visit, chance: random.Random) -> None:
    try:
        if chance.random() < 0.7:
            await hands.page.touchscreen.tap(chance.uniform(0, 1023), chance.uniform(0, 599))
        else:
            await hands.page.keyboard.press(chance.choice(KEYS))
    except Error as error:
        if "navigat" not in str(error) and "context" not in str(error):  # else F5 has loaded the page again
            raise


async def _come_and_go(locker: Locker, chance: random.Random) -> None:
    while True:
        locker.scan(locker.code(chance.choice(CODES)))
        for door in THERE:
            if locker.world.position(door).value != "shut":
                locker.world.person.shut(door)
        await asyncio.sleep(chance.uniform(0.1, 1.5))


async def true_to(locker: Locker, she: Visit) -> None:
    """The page shows the screen that the core is at."""
    for _ in range(200):
        shown = locker.runtime.screen()
        main = she.page.locator("main[data-screen]")
        if await main.get_attribute("data-screen") == shown.name and await main.get_attribute("data-number") == str(
            shown.number
        ):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(
        f"the page shows {await she.page.inner_html('#stage')}, the core is at {locker.runtime.screen()}"
    )


async def _all(away_s: float, times: int, within_s: float) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=list(SWITCHES))
        storms: dict[str, Play] = {
            "renderer killed": renderer_killed,
            f"server away for {away_s:g} s": partial(server_away, away_s=away_s),
            f"line cut for {away_s:g} s": partial(line_cut, cut_s=away_s),
            f"{times} taps and keys in {within_s:g} s": partial(
                fingers_and_keys, times=times, within_s=within_s, seed=1
            ),
        }
        for name, storm in storms.items():
            with tempfile.TemporaryDirectory(prefix="storm-") as folder:
                began_s = time.monotonic()
                await storm(browser, Path(folder))
                print(f"{name}: a true screen again ({time.monotonic() - began_s:.0f} s)", flush=True)
        await browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stories.storms", description=__doc__)
    parser.add_argument("--away", type=float, default=60, help="seconds that the server is away (60)")
    parser.add_argument("--times", type=int, default=1000, help="taps and keys (1000)")
    parser.add_argument("--within", type=float, default=60, help="seconds for them (60)")
    wanted = parser.parse_args()
    asyncio.run(_all(wanted.away, wanted.times, wanted.within))


if __name__ == "__main__":
    main()

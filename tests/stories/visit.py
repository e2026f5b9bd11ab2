"""One person before the screen: a browser that taps, types and reads."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from kiosk_ui.words import words_of
from tests.stories.locker import Locker

WITHIN_MS: Final = 20_000
ISOLATES: Final = re.compile("[\u2066-\u2069]")


class Visit:
    """`async with Visit(browser, locker, "ar")`: the page is loaded and its language chosen by its own name."""

    def __init__(self, browser: Browser, locker: Locker, language: str = "en", *, keyboard: bool = False) -> None:
        self.locker = locker
        self.words = words_of(language)
        self._browser, self._keyboard = browser, keyboard
        self.errors: list[str] = []  # of scripts

    async def __aenter__(self) -> Visit:
        self._context: BrowserContext = await self._browser.new_context(
            viewport={"width": 1024, "height": 600}, has_touch=True, reduced_motion="reduce"
        )
        self.page: Page = await self._context.new_page()
        self.page.set_default_timeout(WITHIN_MS)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)
        await self.page.goto(self.locker.page.address)
        await self.speaks()
        return self

    def _hear(self, told: ConsoleMessage) -> None:
        """What the browser complains of; a server that is away is part of some stories."""
        if told.type == "error" and not told.text.startswith("Failed to load resource"):
            self.errors.append(told.text)

    async def __aexit__(self, *_: object) -> None:
        await self._context.close()

    # -- what they do -----------------------------------------------------------------------------------------------

    async def speaks(self) -> None:
        """Choose the language on the first screen; English is there already."""
        code = self.words.language.code
        if code == "en":
            return
        await self._press('button[name="value"][value="languages"]')
        await self._press(f'button[name="value"][value="{code}"]')
        await self.page.wait_for_selector(f'html[lang="{code}"][dir="{self.words.language.direction}"]')

    async def taps(self, choice: str) -> None:
        await self._press(f'button[name="choice"][value="{choice}"]')

    async def types(self, text: str) -> None:
        """On the keys of the screen, or, for who uses the keyboard alone, on those of the keyboard."""
        if self._keyboard:
            await self._settles()
            await self.page.keyboard.type(text)
            await self.page.keyboard.press("Enter")
            return
        for letter in text:
            await self._press(f'button[data-key="{letter}"]')
        await self.page.get_by_role("button", name=self.words.label("enter", {}), exact=True).tap()

    async def types_label(self, text: str) -> None:
        """The number of a label, on a real keyboard."""
        await self._settles()
        await self.page.focus('input[name="text"]')
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    async def stays(self, seconds: float) -> None:
        """As long as a hand or a thought takes."""
        await asyncio.sleep(seconds)

    async def _press(self, selector: str) -> None:
        """A finger on it; or Tab until it is in focus, and Enter."""
        if not self._keyboard:
            await self.page.tap(selector)
            return
        await self._settles()
        for _ in range(40):
            if await self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                await self.page.keyboard.press("Enter")
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with Tab")

    async def _settles(self) -> None:
        """Until the page takes keys for this screen: who presses at once meant the screen before."""
        await self.page.wait_for_selector("#stage:not(.settling):not(.waiting)")

    # -- what they see ----------------------------------------------------------------------------------------------

    async def sees(self, name: str, *, door: int = 0, reason: str = "") -> str:
        """Wait for that screen, said in the language of this visit; returns all its text.

        door: its number stands on the screen.  reason: of a refusal.
        """
        await self.page.wait_for_selector(f'main[data-screen="{name}"]')
        shown = self.locker.runtime.screen()
        text = await self.text()
        if shown.name == name:
            if reason:
                assert shown.params.get("reason") == reason, f"refused for {shown.params}, not {reason}"
            spoken = self.words.parameters({**shown.params, "door": shown.door or shown.params.get("door", "")}, None)
            headline, _ = self.words.said(name, spoken)
            assert _plain(headline) in text, f"{headline!r} is not on the screen: {text!r}"
        if door:
            assert str(door) in text, f"door {door} is not on the screen: {text!r}"
        return text

    async def text(self) -> str:
        return _plain(await self.page.inner_text("main"))

    async def comes_again(self) -> None:
        """The visit is over, and everything about it forgotten: also the language."""
        await self.home()
        await self.page.wait_for_selector('html[lang="en"]')
        await self.speaks()

    async def loads(self) -> float:
        """When this document was loaded: another number, another document."""
        return float(await self.page.evaluate("performance.timeOrigin"))

    async def home(self) -> None:
        """The screen of nobody."""
        await self.page.wait_for_selector('main[data-screen="attract"], main[data-screen="restoring"]')


def _plain(text: str) -> str:
    return " ".join(ISOLATES.sub("", text).split())

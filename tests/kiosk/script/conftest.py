"""One Chromium for these tests, a house, and its page in a window of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.chromium import chromium
from tests.core.desk import Desk, sent
from tests.kiosk.house import House
from tests.kiosk.script.window import PANEL, PIN, WITHIN_MS


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def house() -> Iterator[House]:
    with House(Desk(stands={3: sent("JD0146000399", pin=PIN)})) as house:
        yield house


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[[House], Page]]:
    """Opens the page of a house in a window of its own.  Whatever the browser complains of fails the test."""
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:  # of a server that is gone
            complaints.append(message.text)

    with ExitStack() as windows:

        def open_(house: House) -> Page:
            window = browser.new_context(viewport=PANEL, has_touch=True)  # type: ignore[arg-type]
            windows.callback(window.close)
            page = window.new_page()
            page.set_default_timeout(WITHIN_MS)
            page.on("console", complain)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"http://127.0.0.1:{house.port}/")
            page.evaluate("window.loaded = 'once'")
            return page

        yield open_
    assert [one for one in complaints if "on purpose" not in one] == []


@pytest.fixture
def page(house: House, opened: Callable[[House], Page]) -> Page:
    return opened(house)

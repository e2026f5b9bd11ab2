"""One Chromium for all tests of this folder, and one studio for each panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium
from tests.browser.studio import PANELS, Studio


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def studio_with(browser: Browser) -> Iterator[Callable[[str], Studio]]:
    """The studio with the panel of that name; it is set up when it is first asked for."""
    with ExitStack() as open_ones:
        studios: dict[str, Studio] = {}

        def studio(panel: str) -> Studio:
            if panel not in studios:
                studios[panel] = open_ones.enter_context(Studio(browser, PANELS[panel]))
            return studios[panel]

        yield studio

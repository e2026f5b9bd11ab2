"""Debian's Chromium, driven by Playwright: one for all tests of this folder.

Playwright's plain interface keeps an event loop running in the thread that started it.  So it is started in the main
thread, ended with the last test of this folder, and whoever needs a loop meanwhile takes a thread of its own, as
`tests.kiosk.house.House` does.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

__all__ = ["chromium"]

PROGRAM: Final = "/usr/bin/chromium"
# Letters are drawn alike on every machine; nothing is asked of the world outside.
SWITCHES: Final = (
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-color-profile=srgb",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window.  RuntimeError when Chromium is not installed."""
    if shutil.which(PROGRAM) is None:
        raise RuntimeError(f"{PROGRAM} is missing: as root, apt-get install chromium (`make test` does, where it may)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(SWITCHES))
        try:
            yield browser
        finally:
            browser.close()

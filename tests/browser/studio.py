"""A studio for screens: the shipped page in Chromium, shown one made-up screen after another.

with Studio(browser, PANELS["7in"]) as studio:
    for shot in shots("ar", "large"):
        studio.show(shot)
        print(shot.name, studio.measured())

The page is loaded from the real server on loopback with everything that it fetches there.  Its stream alone is held by
the studio: a screen is put up by the event that the server would have sent, so that the page does with it what it does
at the locker, and drawing takes milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Final

from msgspec import Struct
from playwright.sync_api import Browser

from kiosk_ui.options import KioskOptions
from kiosk_ui.present import classes
from kiosk_ui.view import fragment
from kiosk_ui.words import LANGUAGES
from tests.browser.exhibition import Shot
from tests.kiosk.house import House

__all__ = ["PANELS", "Panel", "Studio"]

HERE: Final = Path(__file__).parent


class Panel(Struct, frozen=True):
    """A screen to touch: its pixels, and how many of them there are to a mm."""

    name: str
    width: int
    height: int
    px_per_mm: float


PANELS: Final = {
    each.name: each
    for each in (
        Panel("7in", 1024, 600, 6.68),
        Panel("7in-fine", 1280, 720, 8.26),
        Panel("10in", 1280, 800, 5.88),
        Panel("15in", 1920, 1080, 5.56),
        Panel("upright", 800, 1280, 5.88),
    )
}
# mm.  Keys of a keypad may be smaller and closer than what is touched once.  `room`: beside the words of a choice, to
# its edge.  `small`: letters of what nobody must read; `drawn`: the numbers on the map, which stand on the doors
# themselves as well.
LIMITS: Final = {
    "target": 20.0,
    "key": 18.0,
    "gap": 3.0,
    "keyGap": 2.0,
    "room": 0.7,
    "capital": 4.8,
    "sentence": 4.8,
    "small": 3.6,
    "drawn": 2.8,
    "choices": 4,
    "lines": 2,
}
# What is tapped to come to a page of keys.
KEYS: Final = {"": [], "digits": ["digits"], "letters": ["digits", "letters"]}
_SHOW: Final = """async ([data, keys]) => {
  window.stream.dispatchEvent(new MessageEvent("screen", { data }));
  const stage = document.getElementById("stage");
  stage.classList.remove("settling"); // deaf for a moment after new choices
  stage.removeAttribute("data-pages");
  for (const page of keys) {
    [...stage.querySelectorAll(`[data-pages="${page}"]`)].find((each) => each.checkVisibility()).click();
  }
  document.body.getBoundingClientRect();
  await document.fonts.ready;
}"""
_SHOW_AND_MEASURE: Final = f"""async ([data, keys, px, limits]) => {{
  await ({_SHOW})([data, keys]);
  return measured(px, limits);
}}"""


class Studio:
    """One page on one panel."""

    def __init__(self, browser: Browser, panel: Panel, *, known: bool = True) -> None:
        """known: whether the locker was told how many pixels its panel has to a mm."""
        self.panel = panel
        self._browser = browser
        self._house = House(options=KioskOptions(px_per_mm=panel.px_per_mm if known else 0))
        self.errors: list[str] = []

    def __enter__(self) -> Studio:
        self._house.__enter__()
        self._context = self._browser.new_context(
            viewport={"width": self.panel.width, "height": self.panel.height},
            reduced_motion="reduce",
            has_touch=True,
        )
        self._context.add_init_script(path=HERE / "stream.js")
        self._context.add_init_script(path=HERE / "measure.js")
        self.page = self._context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        self.page.goto(f"http://127.0.0.1:{self._house.port}/")
        self.page.evaluate("() => document.fonts.ready")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.close()
        self._house.__exit__(kind, error, trace)

    def show(self, shot: Shot) -> None:
        """Put a screen up, and wait until its letters are there."""
        self.page.evaluate(_SHOW, [json.dumps(_event(shot)), KEYS[shot.keys]])

    def measured(self) -> list[str]:
        """What is wrong with the screen that is up, in sentences."""
        found: list[str] = self.page.evaluate("([px, limits]) => measured(px, limits)", [self.panel.px_per_mm, LIMITS])
        return found

    def faults(self, wanted: Iterable[Shot]) -> list[str]:
        """What is wrong with each of these, and what the page itself complains of."""
        found = []
        for shot in wanted:
            told = [json.dumps(_event(shot)), KEYS[shot.keys], self.panel.px_per_mm, LIMITS]
            found += [f"{shot.name}: {fault}" for fault in self.page.evaluate(_SHOW_AND_MEASURE, told)]
        return found + self.errors

    def picture(self) -> bytes:
        """The screen that is up as PNG."""
        return self.page.screenshot()


def _event(shot: Shot) -> dict[str, str]:
    """What the stream carries."""
    language = LANGUAGES[shot.present.look.language]
    html = fragment(shot.site, shot.present, UTC)
    return {"html": html, "lang": language.code, "dir": language.direction, "look": classes(shot.present)}

"""A page that says when what it shows was painted, at the machine's monotonic clock.

Painted: the script that changed the page has ended, the browser has asked for the next frame, laid it out and handed
it over.  The frame that a panel shows after that is the panel's.
"""

from __future__ import annotations

import math
import time
from typing import Any, Final

from msgspec import Struct
from playwright.async_api import Page

PATIENCE_S: Final = 20.0  # what does not come within this never will
READINGS: Final = 40  # of the browser's clock
# Nothing runs in the page while it waits: the observer is called when the page was changed, and at no other time.
WAIT_FOR: Final = """
([selector, text]) => {
  const there = () => [...document.querySelectorAll(selector)].some((it) => !text || it.textContent.trim() === text);
  if (there()) throw new Error(`${selector} ${text} is there already`);
  let tapped = 0;
  document.addEventListener("click", (event) => { tapped = event.timeStamp; }, { capture: true, once: true });
  window.painted = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!there()) return;
      observer.disconnect();
      const changed = performance.now();
      requestAnimationFrame(() => {
        const afterwards = new MessageChannel();
        afterwards.port1.onmessage = () => resolve({ tapped, changed, painted: performance.now() });
        afterwards.port2.postMessage(null);
      });
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
}
"""


class Painted(Struct, frozen=True):
    """Monotonic seconds: the tap that came before, if one did; the page changed; it was painted."""

    tapped_s: float
    changed_s: float
    painted_s: float


class PaintedPage:
    """`expect` what is to come, let it come, and `painted` says when it was there.

    uncertain_s: how far the browser's clock may be off the machine's, at most; after `synchronise`.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.uncertain_s = math.inf
        self._offset_s = 0.0

    async def synchronise(self) -> None:
        """Lay the browser's clock beside the machine's: each of its readings lies between two of ours."""
        least_s, most_s = -math.inf, math.inf
        for _ in range(READINGS):
            before_s = time.monotonic()
            there_s = await self.page.evaluate("performance.now()") / 1000
            least_s, most_s = max(least_s, before_s - there_s), min(most_s, time.monotonic() - there_s)
        self._offset_s, self.uncertain_s = (least_s + most_s) / 2, (most_s - least_s) / 2

    async def expect(self, selector: str, text: str = "") -> None:
        """Something that is not there yet: an element, with that text."""
        await self.page.evaluate(WAIT_FOR, [selector, text])

    async def painted(self) -> Painted:
        """When what was expected was painted.  Playwright's TimeoutError when it does not come."""
        found: dict[str, Any] = await self.page.evaluate(f"Promise.race([painted, {_LAPSE}])")
        if found is None:
            raise AssertionError(f"not within {PATIENCE_S:g} s; the page says {await self.page.inner_text('body')!r}")
        return Painted(*(self._offset_s + found[name] / 1000 for name in ("tapped", "changed", "painted")))


_LAPSE: Final = f"new Promise((resolve) => setTimeout(resolve, {PATIENCE_S * 1000:g}, null))"

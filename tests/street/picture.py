"""`python -m tests.street.picture`: plays a moment in the showroom and keeps it as docs/showroom.png."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from edge.app.demo.street.showroom import Showroom
from tests.browser.chromium import chromium
from tests.street.visitor import WAIT_MS, Visitor

PICTURE = Path(__file__).parents[2] / "docs" / "showroom.png"


def main() -> None:
    """A parcel is collected; the next code is before the camera while another door stands wide open."""
    with Showroom() as room:
        room.prepare()
        with chromium() as browser:
            visitor = Visitor(browser, room)
            visitor.collect("101")
            visitor.done("Collect a parcel")
            visitor.hold_code("102")
            door = visitor.opened()
            visitor.pull(door)
            visitor.hold_code("elsewhere")
            expect(visitor.page.locator("#sight")).to_be_visible(timeout=WAIT_MS)
            visitor.page.wait_for_timeout(700)
            visitor.page.mouse.move(1, 1)
            visitor.page.screenshot(path=PICTURE)
            visitor.shut(door)
            visitor.leave()


if __name__ == "__main__":
    main()

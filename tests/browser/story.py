"""docs/story.webp: a parcel is picked up, as the customer sees it and as it looks from the street.

python -m tests.browser.story
"""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import cv2
from jinja2 import Environment, StrictUndefined
from msgspec import Struct
from msgspec.structs import asdict
from playwright.sync_api import Browser

from tests.browser.album import image
from tests.browser.chromium import chromium
from tests.browser.exhibition import Shot, shots
from tests.browser.studio import HERE, PANELS, Studio
from tests.kiosk.exhibits.hall import HER_DOOR

__all__ = ["FILE", "STORY", "Frame"]

FILE: Final = HERE.parent.parent / "docs" / "story.webp"
QUALITY: Final = 72  # of 100: letters stay sharp


class Frame(Struct, frozen=True):
    """screen: of the gallery.  said: the caption, of step `step`.  stride: how far to the right she stands, 0 at the
    screen.  ajar: how far the door is open, 0 to 1.  parcel: inside, hers, or nowhere to be seen."""

    screen: str
    step: int
    said: str
    for_ms: int
    stride: float = 0.0
    phone: bool = False
    ajar: float = 0.0
    parcel: str = ""


STORY: Final = (
    Frame("attract", 1, "Hold the code to the camera.", 1400, stride=1.6),
    Frame("attract", 1, "Hold the code to the camera.", 1200, phone=True),
    Frame("opening", 2, "The locker decides, network or not.", 1400, phone=True),
    Frame("take", 3, "The door opens, and shows where.", 900, ajar=0.6, parcel="inside"),
    Frame("take", 3, "The door opens, and shows where.", 1300, stride=0.6, ajar=1, parcel="inside"),
    Frame("take", 4, "Take it, then shut the door.", 1500, stride=0.6, ajar=1, parcel="hers"),
    Frame("thanks", 5, "Shut. The cloud is told later, once.", 2400, stride=1.2, parcel="hers"),
)


def drawn(browser: Browser) -> list[bytes]:
    """Each frame as PNG."""
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        (HERE / "story.html").read_text(encoding="utf-8")
    )
    letters = _address("font/woff2", (files("kiosk_ui") / "static" / "atkinson-next-latin-700.woff2").read_bytes())
    named = {shot.name: shot for shot in shots()}
    screens = _screens(browser, [named[name] for name in {frame.screen for frame in STORY}])
    doors = named["take"].site.compartments
    at = next(door for door in doors if door.door == HER_DOOR)
    page = browser.new_page(viewport={"width": 1000, "height": 420})
    pictures = []
    for frame in STORY:
        told = {**asdict(frame), "screen": screens[frame.screen], "letters": letters}
        page.set_content(template.render(told, doors=doors, at=at, opened=HER_DOOR))
        page.evaluate("() => document.fonts.ready")
        pictures.append(page.screenshot())
    page.close()
    return pictures


def _screens(browser: Browser, wanted: Sequence[Shot]) -> dict[str, str]:
    taken = {}
    with Studio(browser, PANELS["7in"]) as studio:
        for shot in wanted:
            studio.show(shot)
            taken[shot.name] = _address("image/png", studio.picture())
    return taken


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{b64encode(data).decode()}"


def keep(pictures: Sequence[bytes], file: Path) -> None:
    """One animated WebP that begins anew for ever."""
    animation = cv2.Animation()
    animation.frames = [image(each) for each in pictures]
    animation.durations = [frame.for_ms for frame in STORY]
    animation.loop_count = 0
    assert cv2.imwriteanimation(str(file), animation, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])


def main() -> int:
    with chromium() as browser:
        keep(drawn(browser), FILE)
    return 0


if __name__ == "__main__":
    sys.exit(main())

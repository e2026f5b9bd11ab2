"""The pictures of docs/screens/: every screen once, then menus, languages and looks, and a page to look through.

python -m tests.browser.album
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from msgspec import Struct

from kiosk_ui.words import words_of
from tests.browser.chromium import chromium
from tests.browser.exhibition import Shot, shots
from tests.browser.studio import PANELS, Studio

__all__ = ["CHAPTERS", "FOLDER", "Picture", "image", "index", "pictures"]

FOLDER: Final = Path(__file__).parent.parent.parent / "docs" / "screens"
LOSSLESS: Final = 101  # cv2: more than 100
ABREAST: Final = 2

# Exhibits by name, in the order of what people do.
CHAPTERS: Final[dict[str, tuple[str, ...]]] = {
    "Nobody is there": ("attract", "attract.offline", "attract.unread.glare", "restoring", "out_of_order"),
    "A parcel is picked up": (
        "pin",
        "second_factor",
        "opening",
        "push_then_pull",
        "take",
        "take.second-of-two",
        "take.other-door-open",
        "left_inside",
        "did_you_get_it",
        "reopen",
        "thanks",
    ),
    "Not as it should be": (
        "problem",
        "help",
        "help.incident",
        "refused.malformed",
        "refused.expired",
        "jammed",
        "board_silent",
        "out_of_use",
        "too_late",
        "stands_open",
        "one_moment",
    ),
    "A parcel is sent": (
        "send",
        "choose_size",
        "place",
        "no_parcel.drop-off",
        "is_it_inside.drop-off",
        "receipt",
        "cancelled",
    ),
    "A courier fills the locker": (
        "courier_number",
        "badge_pin",
        "look",
        "look_inside",
        "what_is_inside",
        "others_inside",
        "ready",
        "put",
        "put.two-doors-open",
        "no_parcel",
        "is_it_inside",
        "offer",
        "last",
        "take_out",
    ),
    "A courier empties it": ("collect", "scan_out", "taken", "summary"),
    "What lies over a screen": ("reopen.warned", "attract+languages", "take+comfort"),
}
OTHER_LANGUAGES: Final = (
    ("de", "take"),
    ("pl", "attract"),
    ("fr", "pin"),
    ("es", "jammed"),
    ("tr", "thanks"),
    ("ar", "take"),
)
OTHER_LOOKS: Final = (("contrast", "take"), ("large", "jammed"), ("night", "attract"))


class Picture(Struct, frozen=True):
    """file: its name in the folder.  said: what is written under it."""

    file: str
    said: str
    shot: Shot


def chapters() -> Iterator[tuple[str, list[Picture]]]:
    """All pictures under their headings."""
    named = {shot.name: shot for shot in shots()}
    for heading, names in CHAPTERS.items():
        yield heading, [_picture(named[name], name, f"`{name}`") for name in names]
    yield (
        "Other languages",
        [
            _picture(_one(name, language=language), f"{name}-{language}", words_of(language).language.name)
            for language, name in OTHER_LANGUAGES
        ],
    )
    yield "Other looks", [_picture(_one(name, theme=theme), f"{name}-{theme}", theme) for theme, name in OTHER_LOOKS]


def pictures() -> list[Picture]:
    return [picture for _, chapter in chapters() for picture in chapter]


def _one(name: str, language: str = "en", theme: str = "paper") -> Shot:
    return next(shot for shot in shots(language, theme) if shot.name == name)


def _picture(shot: Shot, name: str, said: str) -> Picture:
    return Picture(f"{name.replace('+', '-')}.webp", said, shot)


def index() -> str:
    """The page that shows them, in Markdown."""
    told = [_BEGINNING.format(count=len(pictures()))]
    for heading, chapter in chapters():
        told.append(f"## {heading}\n\n{_table(chapter)}")
    return "\n".join(told)


_BEGINNING: Final = """# The screens

What people see who stand before the locker: {count} pictures, each reached on the real core by what people do and drawn
in Chromium at 1024 × 600, a 7-inch panel. `make screens` draws them anew.
"""


def _table(chapter: Iterable[Picture]) -> str:
    cells = [f"![{each.said.strip('`')}]({each.file})<br>{each.said}" for each in chapter]
    rows = [cells[start : start + ABREAST] for start in range(0, len(cells), ABREAST)]
    return "\n".join(["| | |", "|---|---|", *(f"| {' | '.join(row)} |" for row in rows), ""])


def small(png: bytes) -> bytes:
    """The same picture as WebP, every pixel kept."""
    drawn, data = cv2.imencode(".webp", image(png), [cv2.IMWRITE_WEBP_QUALITY, LOSSLESS])
    assert drawn
    return data.tobytes()


def image(png: bytes) -> np.ndarray[Any, Any]:
    """What Chromium has drawn, as an array."""
    read = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert read is not None, "Chromium's pictures can be read"
    return read


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    with chromium() as browser, Studio(browser, PANELS["7in"]) as studio:
        for picture in (
            pictures() * 2
        ):  # what is fetched when it is first wanted, such as an icon, is there the second time
            studio.show(picture.shot)
            (FOLDER / picture.file).write_bytes(small(studio.picture()))
    (FOLDER / "README.md").write_text(index(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

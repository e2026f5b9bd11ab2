"""Whatever people do, in whatever order: every screen that the real core comes to is drawn, without a gap."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC

from edge.core.screens import STAGES, Screen
from edge.core.words import Content, ContentSensor, Level, Purpose, Size
from kiosk_ui.present import Present
from kiosk_ui.view import fragment
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, OTHER_SITE, Desk, sent
from tests.kiosk.house import built_wall

SEEDS = 6
STEPS = 150
HERE = sent("JD0001", pin="24681357")
BACK = sent("JD0002")


def start(seed: int) -> Desk:
    """A customer's parcel stands here, a return is announced; with and without scales, places and a look into all."""
    plans = built_wall() if seed % 2 else None
    desk = Desk(
        compartments=plans,
        content=ContentSensor.SCALE if seed % 3 else ContentSensor.NONE,
        stands={17 if plans else 3: HERE},
        looked=seed != 1,
    )
    desk.announce(BACK, parcel_kind="return", size=Size.M)
    return desk


def step(desk: Desk, chance: random.Random) -> None:
    """One thing that somebody does."""
    shown = desk.screen()
    doors = [desk.screen().door or 1, *(door for door, level in desk.level.items() if level is Level.OPEN)]
    door = chance.choice(doors)
    acts: dict[str, Callable[[], object]] = {
        "tap": lambda: desk.tap(chance.choice(shown.choices)) if shown.choices else None,
        "type": lambda: desk.enter(_typed(shown, chance)) if shown.entry else None,
        "scan": lambda: desk.scan(_scanned(desk, chance)),
        "open": lambda: desk.door_opens(door),
        "put": lambda: desk.holds(door, chance.choice([Content.PRESENT, Content.EMPTY])),
        "close": lambda: desk.door_closes(door),
        "wait": lambda: desk.wait(chance.choice([1, 3, 6, 31])),
        "network": lambda: desk.link(chance.random() < 0.5),
    }
    acts[chance.choices(list(acts), [8, 4, 2, 4, 2, 4, 4, 1])[0]]()


def _typed(shown: Screen, chance: random.Random) -> str:
    if shown.name == "courier_number":
        return COURIER_NUMBER
    if shown.entry == "pin":
        return COURIER_PIN if shown.name == "badge_pin" else chance.choice([HERE.pin, "11111111", "1"])
    return chance.choice(["JD0100", "JD0101", "JD0002", "?"])


def _scanned(desk: Desk, chance: random.Random) -> str:
    return chance.choice(
        [
            desk.code(HERE),
            desk.code(HERE, site=OTHER_SITE),
            desk.code(BACK, purpose=Purpose.DROP_OFF),
            desk.courier_code(),
            f"JD{chance.randrange(200, 230):04}",
            "LK1:nothing",
        ]
    )


def test_every_screen_that_is_come_to_is_drawn() -> None:
    seen: set[str] = set()
    for seed in range(SEEDS):
        chance = random.Random(seed)
        desk = start(seed)
        for _ in range(STEPS):
            step(desk, chance)
            shown = desk.screen()
            seen.add(shown.name)
            text = re.sub(r"<[^>]*>", " ", fragment(desk.site, Present(shown, left_s=20), UTC))
            assert not re.search(r"[{}]|None|True|False", text), (seed, shown, text)
    assert len(seen) > len(STAGES) / 2, f"the walks come to few screens: {sorted(seen)}"

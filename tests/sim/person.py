"""A person before the simulated wall: looks at the screen, taps, types, and handles doors with two hands."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from edge.core import inputs
from edge.core.errors import LockerError
from edge.core.screens import Screen
from hal.sim.doors import Position
from tests.core.desk import COURIER_PIN
from tests.sim.marks import Coverage
from tests.sim.site import SimSite
from tests.sim.truth import Truth

RUBBISH: Final = "rubbish"  # names of things without a label begin so
SITS_IDLE_S: Final = 70.0  # longer than any session that nobody tends


@dataclass
class Presented:
    """What was last held before the reader, or typed, and what the screen was then."""

    at_s: float = -1.0
    boot: int = 0
    screen: int = 0
    wrong_pin: bool = False


@dataclass
class Street:
    """What everybody in it has in common.  `log`: an act, one step of the life."""

    site: SimSite
    truth: Truth
    chance: random.Random
    log: Callable[[str], None]
    moved: Callable[[], None]  # something was planned in the world: let it happen in time
    at_next_scan: Callable[[], None] | None = None  # a trouble that waits for it
    coverage: Coverage = field(default_factory=Coverage)
    presented: Presented = field(default_factory=Presented)
    pins_wait_until_s: float = -1.0  # as the screen said it last
    pins_wait_boot: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def number(self) -> int:
        """One that nobody has had."""
        return next(self._numbers)

    def mark(self, name: str, times: int = 1) -> None:
        """Something was hit: "group: name", as in the coverage table."""
        self.coverage.mark(name, times)


class Person:
    who = "somebody"

    def __init__(self, street: Street) -> None:
        self.street = street
        self.site, self.truth, self.chance = street.site, street.truth, street.chance

    async def visit(self) -> None:
        """From coming to going."""

    # -- the screen

    def screen(self) -> Screen | None:
        runtime = self.site.runtime
        return runtime.screen() if runtime is not None and runtime.ready.is_set() else None

    def stage(self) -> str:
        shown = self.screen()
        return shown.name if shown is not None else "dark"

    def do(self, text: str) -> None:
        self.street.log(f"{self.who} {text}")

    def mark(self, what: str) -> None:
        """Somebody does what a branch of the flows is about."""
        self.street.mark(f"person: {what}")

    def scan(self, text: str, symbology: str = "QRCode") -> None:
        self.street.coverage.of_scan(self.stage())
        waits, self.street.at_next_scan = self.street.at_next_scan, None
        if waits is not None:
            waits()
        faults = self.site.world.faults
        if faults.has("camera_gone"):
            self.do("holds it before a dead camera")
            return
        for _ in range(2 if faults.has("double_scan") else 1):
            self._presents()
            self.site.tell(inputs.Scan(text, symbology))

    def _presents(self, *, wrong_pin: bool = False) -> None:
        shown, began = self.screen(), self.site.boot_began_s
        if shown is not None and began is not None:
            self.street.presented = Presented(self.site.loop.time(), began[0], shown.number, wrong_pin)

    def type(self, text: str) -> None:
        shown = self.screen()
        if shown is not None:
            self.do(f"types {len(text)} characters at {shown.name}")
            self.street.coverage.of_entry(shown.name)
            self._presents(wrong_pin=text not in self.truth.secrets and text != COURIER_PIN)
            self.site.tell(inputs.Typed(text, shown.number))

    def tap(self, choice: str) -> bool:
        """Tap what stands there; False when it does not."""
        shown = self.screen()
        if shown is None or choice not in shown.choices:
            return False
        self.do(f"taps {choice} at {shown.name}")
        self.street.coverage.of_choice(shown.name, choice)
        self.site.tell(inputs.Chosen(choice, shown.number))
        return True

    async def pause(self, least_s: float = 0.4, most_s: float = 2.5) -> None:
        await asyncio.sleep(self.chance.uniform(least_s, most_s))

    async def home(self) -> bool:
        """Wait until nobody is at the screen."""
        for _ in range(40):
            if self.stage() in ("attract", "restoring"):
                return True
            await asyncio.sleep(0.5 if self.tap("end") else SITS_IDLE_S / 20)
        return False

    def likely(self, chance: float) -> bool:
        return self.chance.random() < chance

    # -- the wall

    def hand(self, what: str, act: Callable[[], object]) -> bool:
        """Do something at the wall; False when it cannot be done."""
        try:
            act()
        except LockerError as why:
            self.do(f"cannot {what}: {why}")
            return False
        finally:
            self.street.moved()
        self.do(what)
        return True

    def is_shut(self, door: int) -> bool:
        self.site.world.advance(self.site.loop.time())
        return door not in self.site.world.doors or self.site.world.position(door) is Position.SHUT

    def inside(self, door: int) -> list[str]:
        """What lies there; nothing behind the door of a screen that is about none."""
        if door not in self.site.world.doors:
            return []
        return [parcel.name for parcel in self.site.world.inside(door)]

    def senses(self, door: int) -> bool:
        """Whether the compartment's sensor would notice what is done in there."""
        plan = self.site.site.plan(door)
        faults = self.site.world.faults
        return plan.content != "none" and not any(
            faults.has(name, door) for name in ("no_content_sensor", "infrared_blocked", "scale_drift")
        )

    def pull(self, door: int) -> bool:
        return self.hand(f"pulls door {door}", lambda: self.site.world.person.pull(door)) and not self.is_shut(door)

    def push(self, door: int) -> None:
        self.hand(f"pushes door {door}", lambda: self.site.world.person.push(door))

    def shut(self, door: int, *, own: bool = False) -> None:
        """own: whoever shuts it has just put there what is inside.  Else nobody can know why it was left."""
        if not self.is_shut(door):
            if not own and not self.senses(door):
                self.truth.hidden.update(self.inside(door))
            self.hand(f"shuts door {door}", lambda: self.site.world.person.shut(door))

    def take(self, door: int, label: str) -> bool:
        if self.is_shut(door):
            return False
        taken = self.hand(f"takes {label} from {door}", lambda: self.site.world.person.take(door, label))
        if taken:
            self.site.world.person.drop(label)
            self.truth.hidden.discard(label)
        return taken

    def put(self, label: str, door: int) -> bool:
        if self.is_shut(door):
            return False
        return self.hand(f"puts {label} into {door}", lambda: self.site.world.person.put(label, door))

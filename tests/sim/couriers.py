"""Couriers: bring parcels, take back what is overdue, look into what is in doubt, and sometimes just walk off."""

from __future__ import annotations

from typing import Final

from edge.core.claims import Claims
from edge.core.words import Purpose
from sync.hub.issue import mint_code
from tests.core.desk import COURIER_BADGE, COURIER_PIN, DAY_S
from tests.credentials.known_keys import COURIER, NOW_S, SITE
from tests.sim.person import Person, Street
from tests.sim.truth import CARRIER

MOST_LOOKS: Final = 40


def badge() -> str:
    claims = Claims(
        id=bytes.fromhex(COURIER_BADGE),
        site=SITE,
        purpose=Purpose.DEPOSIT,
        expires_s=NOW_S + 2 * DAY_S,
        carrier=CARRIER,
    )
    return mint_code(claims, COURIER)


class Courier(Person):
    """Comes with a bag of labels.  careful: makes no mistake and looks into everything that is in doubt."""

    who = "courier"

    def __init__(self, street: Street, bag: list[str], *, careful: bool = False) -> None:
        super().__init__(street)
        self.bag, self.careful = bag, careful
        self.looks = 20 if careful else 1
        self._taps = 0
        self._scanned: set[str] = set()

    def slips(self, chance: float) -> bool:
        return not self.careful and self.likely(chance)

    async def visit(self) -> None:
        await self.home()
        self.do(f"comes with {self.bag}")
        if not await self._enter():
            return
        for _ in range(MOST_LOOKS * (1 + self.looks)):
            await self.pause(0.3, 1.5)
            stage = self.stage()
            if stage in ("dark", "attract", "summary", "out_of_order", "restoring", "badge_pin", "pin"):
                return
            if self.slips(0.01):
                self.do(f"walks off at {stage}")
                return
            if not await self.act(stage):
                return

    async def _enter(self) -> bool:
        for _ in range(3):
            self.scan(badge())
            await self.pause(0.5, 1.0)
            if self.stage() == "badge_pin":
                self.type(COURIER_PIN)
                await self.pause(0.5, 1.0)
                return self.stage() not in ("badge_pin", "refused")
            self.tap("back")
            await self.pause(0.5, 1.0)
        return False

    async def act(self, stage: str) -> bool:
        shown = self.screen()
        if shown is None:
            return False
        door = shown.door
        if stage == "ready":
            return self._next(shown.choices)
        if stage in ("look", "look_inside", "what_is_inside"):
            return await self._look(stage, door)
        if stage in ("put", "take_out"):
            return await self._put(door, str(shown.params.get("label", "")))
        if stage in ("collect", "scan_out", "taken"):
            return await self._collect(stage, door)
        if stage == "push_then_pull":
            self.push(door)
            return True
        if stage == "opening":
            return True
        if stage in ("no_parcel", "is_it_inside"):
            return self._asked(stage, door, str(shown.params.get("label", "")))
        return self._onward(stage, door)

    def _onward(self, stage: str, door: int) -> bool:
        """A screen that says why not: another try, or on to the next."""
        self._taps += 1
        if stage == "stands_open" and door:
            self.shut(door)
        if self._taps > 12:
            return not self.tap("end") and self._taps < 20
        for choice in ("own_door", "next", "try_again", "back"):
            if self.tap(choice):
                return True
        return self.tap("end")

    def _next(self, choices: tuple[str, ...]) -> bool:
        if "look" in choices and self.looks > 0 and (self.careful or self.likely(0.3)):
            self.looks -= 1
            return self.tap("look")
        if "collect" in choices and (self.careful or self.likely(0.5)) and self._taps < 6:
            self._taps += 1
            return self.tap("collect")
        if self.bag:
            label = self.bag.pop(0)
            self.do(f"scans {label}")
            self.scan(label, "Code128")
            return True
        self.tap("end")
        return False

    # -- putting in

    async def _put(self, door: int, label: str) -> bool:
        if self.is_shut(door) and not self.pull(door):
            return True
        await self.pause(0.5, 2.0)
        if self.stage() == "take_out" or label not in self.truth.parcels:
            self.take(door, label)
        elif [other for other in self.inside(door) if other != label] and self.screen_is_fresh(door):
            self.tap("occupied")
        elif self.slips(0.05):
            self.tap(self.chance.choice(("does_not_fit", "cancel")))
        elif self.slips(0.03):
            self._misplace(label, door)
        elif not self.slips(0.04) and label not in self.inside(door) and not self.put(label, door):
            self.tap("does_not_fit")
        await self.pause(0.3, 1.5)
        if self.bag and self.slips(0.15):  # the next one while this door still stands open
            following = self.bag.pop(0)
            self.do(f"scans {following} beside the open door {door}")
            self.scan(following, "Code128")
            await self.pause(1.0, 3.0)
        if self.slips(0.03):
            self.do(f"leaves door {door} open")
            return False
        self.shut(door, own=True)
        return True

    def screen_is_fresh(self, door: int) -> bool:
        """Whether this door was let for a parcel of its own: then nothing else ought to be inside."""
        shown = self.screen()
        return shown is not None and shown.door == door and "occupied" in shown.choices

    def _misplace(self, label: str, door: int) -> None:
        """Puts it behind another door that happens to stand open."""
        for other in self.site.world.doors:
            if other != door and not self.is_shut(other) and self.put(label, other):
                self.truth.hidden.add(label)
                return

    def _asked(self, stage: str, door: int, label: str) -> bool:
        there = label in self.inside(door)
        if there:
            return self.tap("yes") or self.tap("open_again")
        self._taps += 1
        return self.tap("open_again" if self._taps < 4 and self.likely(0.5) else "cancel") or self.tap("no")

    # -- looking

    async def _look(self, stage: str, door: int) -> bool:
        if stage == "look":
            return self.tap("open" if self.careful or self.likely(0.6) else "not_now")
        if self.is_shut(door) and stage == "look_inside" and not self.pull(door):
            return True
        await self.pause(0.8, 2.0)
        self._say_what_is_inside(door)
        await self.pause(0.3, 1.0)
        self.shut(door, own=True)
        return True

    def _say_what_is_inside(self, door: int) -> None:
        found = self.inside(door)
        if not self.is_shut(door):
            for extra in found[1:]:
                self.take(door, extra)
            found = self.inside(door)
        if len(found) == 1:
            self.do(f"scans {found[0]}, found in {door}")
            self.scan(found[0], "Code128")
            self.truth.hidden.discard(found[0])
        elif not found:
            self.tap("empty")
        else:
            self.tap("something_else")

    # -- taking back

    async def _collect(self, stage: str, door: int) -> bool:
        if stage == "collect":
            return self.tap("all" if self.likely(0.7) else "one")
        if stage == "scan_out":
            return await self._scan_out(door)
        self._taps += 1
        expected = self._expected(door)
        return self.tap("left" if expected & set(self.inside(door)) else "all_taken")

    def _expected(self, door: int) -> set[str]:
        return {label for label in self.truth.parcels if label in self._scanned} | set(self.inside(door))

    async def _scan_out(self, door: int) -> bool:
        shown = self.screen()
        numbers = [str(n) for n in shown.params.get("numbers", ())] if shown is not None else []
        if self.is_shut(door) and not self.pull(door):
            return True
        await self.pause(0.8, 2.0)
        for label in numbers:
            if label in self.inside(door) and not self.slips(0.05):
                self.do(f"scans {label} out")
                self.scan(label, "Code128")
                self._scanned.add(label)
                await self.pause(0.3, 1.0)
                self.take(door, label)
        await self.pause(0.3, 1.0)
        if self.slips(0.03):
            return False
        self.shut(door, own=True)
        return True

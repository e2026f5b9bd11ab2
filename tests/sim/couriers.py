"""Couriers: bring parcels, take back what is overdue, look into what is in doubt, and sometimes just walk off."""

from __future__ import annotations

import asyncio
from typing import Final

from edge.core import inputs
from edge.core.ports import Weighing
from edge.core.sessions import WAITING
from edge.core.words import ScaleState
from tests.core.desk import COURIER_NUMBER
from tests.sim.badges import (
    COURIER_PIN,
    ENDED_BADGE,
    LOOKER_BADGE,
    OTHER_NUMBER,
    TECHNICIAN_PIN,
    UNKNOWN_BADGE,
    badge,
    technician_badge,
)
from tests.sim.person import RUBBISH, Person, Street

MOST_LOOKS: Final = 40
ONWARD: Final = ("next", "try_again", "back")


class Courier(Person):
    """Comes with a bag of labels.  careful: makes no mistake and looks into everything that is in doubt."""

    who = "courier"

    def __init__(self, street: Street, bag: list[str], *, careful: bool = False) -> None:
        super().__init__(street)
        self.bag, self.careful = bag, careful
        self.looks = 20 if careful else 1
        self._taps = 0
        self._expected: dict[int, list[str]] = {}  # door → what the screen said is to be taken out
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
            if self.slips(0.02) and stage not in WAITING:
                await self._dawdle()
            if not await self.act(stage):
                return

    async def take_over(self) -> None:
        """Shows the badge while somebody else has the screen, and goes on from there."""
        self.do("shows a badge to whatever is on the screen")
        self.scan(badge())
        await self.pause()
        await self.visit()

    async def try_number(self) -> None:
        """Types a number, and goes when that is all."""
        if self.tap("courier"):
            await self.pause()
            self.type(self.number())
            await self.pause()
            self.tap("back") or self.tap("end")
            await self.pause()

    async def _enter(self) -> bool:
        """By badge or by number, and the PIN; False when there is no getting in."""
        for _ in range(3):
            await self._say_who()
            await self.pause(0.5, 1.0)
            if self.stage() == "badge_pin":
                wrong = self.slips(0.06)
                if wrong:
                    self.mark("types a wrong badge PIN")
                self.type("00000000" if wrong else self.pin())
                await self.pause(0.5, 1.0)
                if self.stage() not in ("badge_pin", "refused"):
                    return True
            self.tap("back")
            await self.pause(0.5, 1.0)
        return False

    def pin(self) -> str:
        return COURIER_PIN

    async def _say_who(self) -> None:
        if self.slips(0.2) and self.tap("courier"):
            await self.pause()
            self.type(self.number())
        else:
            self.scan(badge())

    def number(self) -> str:
        return COURIER_NUMBER

    async def act(self, stage: str) -> bool:
        shown = self.screen()
        if shown is None:
            return False
        door = shown.door
        if stage in ("ready", "last", "offer"):
            return self._next_parcel(stage, shown.choices)
        if stage == "others_inside":
            return self._others(door, [str(number) for number in shown.params.get("numbers", ())])
        if stage in ("look", "look_inside", "what_is_inside"):
            return await self._look(stage, door)
        if stage in ("put", "take_out"):
            return await self._put(door, self._meant(str(shown.params.get("label", "")), door))
        if stage in ("collect", "scan_out", "taken"):
            return await self._collect(stage, door)
        if stage == "push_then_pull":
            self.push(door)
            return True
        if stage == "opening":
            return True
        if stage in ("no_parcel", "is_it_inside"):
            return self._asked(stage, door, self._meant(str(shown.params.get("label", "")), door))
        return self._onward(stage, door)

    def _next_parcel(self, stage: str, choices: tuple[str, ...]) -> bool:
        """No door is under way: the next label, the last door again, or a door that has one of the same right."""
        if stage == "ready":
            return self._next(choices)
        if stage == "offer":
            return self.tap("add" if self.careful or self.likely(0.65) else "own_door")
        if self.bag and self.slips(0.1):
            self.type(self.bag.pop(0))
            return True
        return self.tap(self.chance.choice(("open_again", "undo", "back")))

    def _onward(self, stage: str, door: int) -> bool:
        """A screen that says why not: another try, or on to the next."""
        self._taps += 1
        if stage == "stands_open" and door:
            self.shut(door)
        if self._taps > 12:
            return not self.tap("end") and self._taps < 20
        choices = ["next", "try_again", "back"] if self.careful else self.chance.sample(ONWARD, len(ONWARD))
        return any(self.tap(choice) for choice in (*choices, "end"))

    async def _dawdle(self) -> None:
        """Looks for something in the van."""
        for _ in range(60):
            shown = self.screen()
            if shown is None or shown.idle or shown.name in ("attract", "summary"):
                break
            await asyncio.sleep(1.0)
        if self.likely(0.5):
            self.tap("more_time")
        else:
            await asyncio.sleep(30.0)

    def _next(self, choices: tuple[str, ...]) -> bool:
        if "look" in choices and self.looks > 0 and (self.careful or self.likely(0.3)):
            self.looks -= 1
            return self.tap("look")
        if "collect" in choices and (self.careful or self.likely(0.5)) and self._taps < 6:
            self._taps += 1
            return self.tap("collect")
        if "last" in choices and self.slips(0.15) and self._taps < 6:
            self._taps += 1
            return self.tap("last")
        if self.bag:
            self._bring(self.bag.pop(0))
            return True
        if self.slips(0.1):
            return self._blunder()
        self.tap("end")
        return False

    def _bring(self, label: str) -> None:
        if not self.careful:
            self._scale_shows(self.chance.choice((0, 0, 0, 150, 4_000, 12_000)))
        if self.slips(0.15):
            self.type(label)
        else:
            self.do(f"scans {label}")
            self.scan(label, "Code128")

    def _scale_shows(self, weight_g: int) -> None:
        self.site.tell(inputs.Weighed(Weighing(ScaleState.STABLE, self.site.loop.time(), weight_g)))

    def _blunder(self) -> bool:
        """A label that is no parcel for here, now."""
        here = [
            sent.label for sent in self.truth.parcels.values() if isinstance(self.site.world.where(sent.label), int)
        ]
        off = [sent.label for sent in self.truth.parcels.values() if sent.cancelled]
        self._taps += 1
        self._bring(self.chance.choice(["ab", "\x1dnot a label", *here[:3], *off[-3:]]))
        return self._taps < 6

    # -- putting in

    async def _put(self, door: int, label: str) -> bool:
        if self.is_shut(door) and not self.pull(door):
            return True
        await self.pause(0.5, 2.0)
        if self.stage() == "take_out" or label not in self.truth.parcels:
            self.take(door, label)
        elif self.stage() == "put" and self._was_reopened():
            self._change_ones_mind(door, label)
        else:
            self._put_in(door, label)
        await self.pause(0.3, 1.5)
        for _ in range(2):
            if self.bag and self.slips(0.15):
                await self._next_beside(door)
        if self.slips(0.03):
            self.do(f"leaves door {door} open")
            return False
        self.shut(door, own=True)
        return True

    def _put_in(self, door: int, label: str) -> None:
        if [other for other in self.inside(door) if other != label] and self.screen_is_fresh(door):
            self.tap("occupied")
        elif self.slips(0.05):
            self._says_it_is_not_inside(door)
        elif self.slips(0.03):
            self._misplace(label, door)
        elif not self.slips(0.04) and label not in self.inside(door) and not self.put(label, door):
            self.tap("does_not_fit")

    def _was_reopened(self) -> bool:
        shown = self.screen()
        return shown is not None and "undo" in shown.choices

    def _change_ones_mind(self, door: int, label: str) -> None:
        """The door of the last deposit, once more."""
        if self.likely(0.4):
            self.tap("undo")
            self.take(door, label)
        elif self.likely(0.3):
            self.take(door, label)

    async def _next_beside(self, door: int) -> None:
        """The next one while this door still stands open."""
        following = self.bag.pop(0)
        self.mark("scans beside an open door")
        if self.likely(0.3):
            self.type(following)
        else:
            self.do(f"scans {following} beside the open door {door}")
            self.scan(following, "Code128")
        await self.pause(1.0, 3.0)

    def _says_it_is_not_inside(self, door: int) -> None:
        """Whoever says so of what does stand inside deceives every locker that does not sense it."""
        if self.tap(self.chance.choice(("does_not_fit", "cancel", "dirty"))) and not self.senses(door):
            self.truth.hidden.update(self.inside(door))

    def screen_is_fresh(self, door: int) -> bool:
        """Whether this door was let for a parcel of its own: then nothing else ought to be inside."""
        shown = self.screen()
        return shown is not None and shown.door == door and "occupied" in shown.choices

    def _misplace(self, label: str, door: int) -> None:
        """Puts it behind another door that happens to stand open."""
        for other in self.site.world.doors:
            if other != door and not self.is_shut(other) and self.put(label, other):
                self.mark("puts it behind another door")
                self.truth.hidden.add(label)
                return

    def _asked(self, stage: str, door: int, label: str) -> bool:
        there = label in self.inside(door)
        if self.slips(0.08):
            return False  # says nothing
        if there:
            return self.tap("yes") or self.tap("open_again")
        self._taps += 1
        return self.tap("open_again" if self._taps < 4 and self.likely(0.5) else "cancel") or self.tap("no")

    # -- looking

    async def _look(self, stage: str, door: int) -> bool:
        if stage == "look":
            return self.tap("open" if self.careful or self.likely(0.6) else "not_now")
        if stage == "what_is_inside" and self.slips(0.2):
            return self.tap("open_again")
        if self.is_shut(door) and stage == "look_inside" and not self.pull(door):
            return True
        await self.pause(0.8, 2.0)
        if not self.slips(0.08):
            self._say_what_is_inside(door)
        await self.pause(0.3, 1.0)
        self.shut(door, own=True)
        return not self.slips(0.05)

    def _say_what_is_inside(self, door: int) -> None:
        found = self.inside(door)
        if not self.is_shut(door):
            for extra in found[1:]:
                self.take(door, extra)
            found = self.inside(door)
        if not found:
            self.tap("empty")
        elif found[0].startswith(RUBBISH) or len(found) > 1:
            self.tap("something_else")
        elif self.slips(0.2):
            self._take_for_granted(found[0], door)
            self.tap("parcel")
        else:
            self._scan_found(found[0], door)

    def _take_for_granted(self, label: str, door: int) -> None:
        """Whoever does not scan what is inside says of another parcel that it is the one in the books."""
        known = self.truth.parcels.get(label)
        booked = self.site.state.compartments[door].parcels if self.site.runtime is not None else ()
        if booked and known is not None and not {known.parcel, *known.namesakes} & set(booked):
            self.truth.hidden.add(label)

    def _meant(self, number: str, door: int) -> str:
        """The label in there that the screen means: it names a parcel by its id once the particulars are erased."""
        known = self.truth.parcels
        return next((x for x in self.inside(door) if x in known and known[x].parcel[:8] == number), number)

    def _others(self, door: int, numbers: list[str]) -> bool:
        """Are these, which the books have there as well, inside too?"""
        if self.slips(0.1):
            self.type("ZZ123456")
            return True
        there = [x for x in self.inside(door) if x in {self._meant(number, door) for number in numbers}]
        if self.slips(0.1):
            return self.tap("open_again")
        if there and len(there) < len(numbers):
            self._scan_found(there[0], door)
            return True
        return self.tap("yes" if there else "no")

    def _scan_found(self, label: str, door: int) -> None:
        record = self.site.state.compartments.get(door) if self.site.runtime is not None else None
        if record is not None and record.reason == "interrupted":
            self.mark("scans what was cut off")
        self.truth.hidden.discard(label)
        if self.slips(0.3):
            self.type(label)
            return
        self.do(f"scans {label}, found in {door}")
        self.scan(label, "Code128")

    # -- taking back

    async def _collect(self, stage: str, door: int) -> bool:
        if stage == "collect":
            if self.bag and self.slips(0.1):
                self.type(self.bag.pop(0))
                return True
            if self.slips(0.1):
                return self.tap("back")
            return self.tap("all" if self.likely(0.7) else "one")
        if stage == "scan_out":
            return await self._scan_out(door)
        if self.slips(0.1):
            return False  # says nothing
        self._taps += 1
        expected = [label for label in self._expected.get(door, []) if label not in self.inside(door)]
        if expected and self.slips(0.15):
            self.type(expected[0])
            return self._taps < 12
        still = [label for label in self._expected.get(door, []) if label in self.inside(door)]
        if still:
            return self.tap("left")
        return self.tap("all_taken" if self.likely(0.6) else "missing")

    async def _scan_out(self, door: int) -> bool:
        shown = self.screen()
        told = [str(n) for n in shown.params.get("numbers", ())] if shown is not None else []
        numbers = [self._meant(number, door) for number in told]
        self._expected[door] = numbers
        if self.is_shut(door) and not self.pull(door):
            return True
        await self.pause(0.8, 2.0)
        for label in [label for label in numbers if label in self.inside(door)]:
            await self._take_out(label, door)
        if self.slips(0.2):
            self._scan_one_too_many(door)
        await self.pause(0.3, 1.0)
        if self.slips(0.03):
            self.do(f"leaves door {door} open")
            return False
        self.shut(door, own=True)
        return True

    async def _take_out(self, label: str, door: int) -> None:
        if self.slips(0.12):
            return  # overlooked
        if not self.slips(0.2):
            if self.slips(0.2):
                self.type(label)
            else:
                self.do(f"scans {label} out")
                self.scan(label, "Code128")
            self._scanned.add(label)
        await self.pause(0.3, 1.0)
        self.take(door, label)

    def _scan_one_too_many(self, door: int) -> None:
        """A parcel that the books do not have there: one of the van, or one that really lay inside."""
        others = [label for label in self.inside(door) if not label.startswith(RUBBISH)]
        label = others[0] if others else next(iter(self.bag), f"EX{self.street.number():06d}")
        self.do(f"scans {label}, which nobody expects")
        self.scan(label, "Code128")
        if others:
            self.take(door, label)


class OtherCourier(Courier):
    """Of another carrier, by number."""

    async def _say_who(self) -> None:
        if self.tap("courier"):
            await self.pause()
            self.type(OTHER_NUMBER)


class TechnicianAtTheScreen(Courier):
    """Looks into what is in doubt."""

    who = "technician at the screen"

    def __init__(self, street: Street) -> None:
        super().__init__(street, [])
        self.looks = 3

    def pin(self) -> str:
        return TECHNICIAN_PIN

    async def _say_who(self) -> None:
        self.mark("a technician looks at the screen")
        self.scan(technician_badge())


class BadBadge(Courier):
    """One that opens nothing, or not enough."""

    async def _say_who(self) -> None:
        ref = self.chance.choice((ENDED_BADGE, LOOKER_BADGE, LOOKER_BADGE, UNKNOWN_BADGE))
        if ref == ENDED_BADGE:
            self.truth.untimely["badge_ended"] += 2  # a reader may give it twice
        self.scan(badge(ref))

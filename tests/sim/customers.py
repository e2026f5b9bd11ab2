"""Customers who come for a parcel: honest and hasty, confused and forgetful, undecided, and those who complain."""

from __future__ import annotations

import asyncio
from typing import Final

from edge.core import inputs
from edge.core.sessions import WAITING
from tests.sim.person import RUBBISH, Person, Street
from tests.sim.truth import Consignment

KINDS: Final = (
    ("honest", 10),
    ("walks_away", 1),  # presents the code and is gone
    ("shuts_unopened", 3),  # pushes the door shut at once
    ("leaves_it_open", 2),
    ("forgets_the_parcel", 1),
    ("bumps_a_neighbour", 1),
    ("declines", 1),
    ("confused", 1),
    ("takes_one", 2),  # of several
    ("complains", 2),
    ("cannot_reach", 1),
    ("dawdles", 1),  # answers when asked whether anybody is still there, or not at all
    ("comes_back", 2),  # shows the code again and again after the pickup
    ("mistypes", 1),  # a wrong PIN before the right one
    ("impatient", 1),  # shows the code twice, and while the door moves
    ("leaves_rubbish", 2),
)
MOST_LOOKS: Final = 60
PATIENCE: Final = 6  # looks at a screen that has not changed yet


class Customer(Person):
    """Comes with one code.  `kind` as in KINDS."""

    who = "customer"

    def __init__(self, street: Street, sent: Consignment, kind: str = "", *, by_pin: float = 0.4) -> None:
        super().__init__(street)
        self.sent, self.by_pin = sent, by_pin
        names, weights = zip(*KINDS, strict=True)
        self.kind: str = kind or self.chance.choices(names, weights)[0]
        self._tries = 0
        self._patience = PATIENCE
        self._reopens = 0  # the number of the screen at which the door was asked for once more

    async def visit(self) -> None:
        await self.home()
        self.do(f"({self.kind}) comes for {self.sent.label}")
        await self._look_for_news()
        self.present()
        if self.kind == "walks_away":
            return
        for _ in range(MOST_LOOKS):
            await self.pause()
            if self.kind == "dawdles" and await self._dawdle():
                return
            if not await self.act(self.stage()):
                break
        if self.kind == "comes_back":
            await self._come_back()

    async def barge_in(self, after_s: float) -> None:
        """Shows the code while somebody else is at the door, and waits then."""
        await asyncio.sleep(after_s)
        if self.stage() in WAITING:
            self.mark("scans while somebody is at the door")
        self.present()
        await self.pause()
        await self.visit()

    async def _look_for_news(self) -> None:
        """What the locker says before anything is shown, and a wrong PIN."""
        if self.kind == "mistypes" and self.likely(0.5):
            shown = self.screen()
            if shown is not None and shown.entry == "pin":
                self.type(f"{self.chance.randrange(10**8):08d}"[: self.chance.choice((3, 8, 8))])
                await self.pause()
                self.tap("pin") or self.tap("back")
                await self.pause()

    async def _dawdle(self) -> bool:
        """Nothing, until the locker asks; then more time, once or twice, or home."""
        for _ in range(30):
            shown = self.screen()
            if shown is None or shown.name in WAITING:
                return False
            if shown.idle:
                break
            await asyncio.sleep(2.0)
        self.kind = "dawdles" if self.likely(0.4) else "honest"
        if self.likely(0.3):
            self.do("has gone without a word")
            return True
        self.tap("more_time")
        return False

    async def _come_back(self) -> None:
        """Left a glove, or wants to see what happens."""
        for visit in range(1, 5):
            await asyncio.sleep(self.chance.choice((3.0, 12.0, 40.0, 200.0)))
            if self.stage() != "attract":
                return
            if visit == 3:
                self.mark("comes a third time within grace")
            self.present()
            self.kind = "honest"
            for _ in range(20):
                await self.pause()
                if not await self.act(self.stage()):
                    break

    def present(self) -> None:
        self._remark()
        shown = self.screen()
        if self.sent.pin and shown is not None and shown.entry == "pin" and self.likely(self.by_pin):
            self.type(self.sent.pin if self.kind != "mistypes" or self.likely(0.8) else "00000000")
        else:
            self.do(f"shows the code of {self.sent.label}")
            self.scan(self.sent.code)
            if self.kind == "impatient":
                self.scan(self.sent.code)

    def _remark(self) -> None:
        """What this visit is an example of."""
        if self.site.runtime is None or self.site.runtime.books is None:
            return
        known = self.site.state.parcels.get(self.sent.parcel)
        if known is not None and known.state == "overdue":
            self.mark("collects what is overdue")
        if known is not None and known.door and len(self.site.state.compartments[known.door].parcels) > 1:
            self.mark("several parcels in one compartment")
        if self.street.pins_wait_until_s > self.site.loop.time():
            self.mark("shows a code while PINs wait")

    async def act(self, stage: str) -> bool:
        """One look at the screen and what follows; False: goes home."""
        shown = self.screen()
        if shown is None:
            return False
        if self.kind == "confused" and self.likely(0.3) and shown.choices:
            self.do(f"taps late at {stage}")
            self.mark("taps what is gone")
            self.site.tell(inputs.Chosen(self.chance.choice(shown.choices), shown.number - self.chance.randint(0, 1)))
            return True
        if self.kind == "impatient" and stage in WAITING and self.likely(0.2):
            self.scan(self.sent.code)
        if stage == "opening":
            if shown.door and not self.is_shut(shown.door):
                await self.at_the_door(shown.door)
            return True
        if stage == "push_then_pull":
            self.push(shown.door)
            return True
        if stage in ("take", "left_inside"):
            await self.at_the_door(shown.door)
            return True
        return self._answer(stage, shown.door)

    def _answer(self, stage: str, door: int) -> bool:
        if stage == "did_you_get_it":
            return self._did_you_get_it(door)
        if stage == "second_factor":
            right = self.sent.pin and (self.kind == "honest" or self.likely(0.8))
            self.type(self.sent.pin if right else "00000000")
            return True
        if stage == "thanks":
            return self._thanks()
        if stage == "attract" and self._patience > 0:
            self._patience -= 1  # the locker may still be writing
            return True
        if stage == "problem":
            if self.likely(0.3):
                self.kind = "honest"
            return self.tap(self.chance.choice(("empty", "wrong", "damaged", "back")))
        if stage == "help":
            self.kind = "honest"
            if door and not self.is_shut(door):
                self.shut(door)
                return True
        if stage in ("stands_open", "board_silent", "too_late", "one_moment", "reopen", "jammed", "out_of_use"):
            return self._again(stage, door)
        if stage == "refused" and self.kind == "complains" and self.tap("help"):
            return True
        self.tap("back" if stage == "refused" else "end")
        return False

    def _did_you_get_it(self, door: int) -> bool:
        has_it = self.sent.label not in self.inside(door)
        if self.kind in ("complains", "confused") and self.likely(0.5):
            return self.tap("problem")
        if self.likely(0.15):
            self.do("says nothing")
            return False
        if has_it and self.tap("yes"):
            self.truth.hidden.update(self.inside(door))  # asked of somebody who has gone: what is theirs is still there
            return True
        return self.tap(self.chance.choice(("no", "open_again")))

    def _thanks(self) -> bool:
        shown = self.screen()
        number = shown.number if shown is not None else 0
        if number == self._reopens and self._patience > 0:
            self._patience -= 1  # on a slow card the locker may still be writing it
            return True
        if self.kind == "complains":
            return self.tap("problem")
        if self.likely(0.08):
            self._reopens = number
            return self.tap("open_again")
        if self.likely(0.06):
            return self.tap("problem")
        return False

    def _again(self, stage: str, door: int) -> bool:
        self._tries += 1
        if stage == "stands_open" and door:
            self.shut(door)
        choice = {"reopen": "open_again", "jammed": "next", "out_of_use": "next"}.get(stage, "try_again")
        if self.likely(0.1):
            choice = "help" if self._tries % 2 else "end"
        if self._tries > 3 or not self.tap(choice):
            self.tap("end")
            return False
        return True

    async def at_the_door(self, door: int) -> None:
        """Before the door that the screen names."""
        if self.kind == "bumps_a_neighbour":
            for other in self.site.world.doors:
                if other != door:
                    self.shut(other)
        if self.kind == "shuts_unopened" and not self.is_shut(door):
            self.shut(door)
            self.kind = "honest"
            return
        if self.is_shut(door) and not self.pull(door):
            return
        await self.pause(0.8, 3.0)
        if self.kind == "complains" and self.likely(0.5) and self.tap("problem"):
            return
        if self.kind == "cannot_reach" and self.tap("cannot_reach"):
            self.shut(door)
            self.kind = "honest"
            return
        if self.kind == "forgets_the_parcel":
            await self._forget(door)
        elif self.kind == "declines" and self.tap("decline"):
            self.sent.declined = True
        else:
            self._take_own(door)
        if self.kind == "leaves_rubbish":
            self._leave_rubbish(door)
        if self.kind != "leaves_it_open":
            await self.pause(0.5, 2.0)
            self.shut(door)

    async def _forget(self, door: int) -> None:
        """Opens, looks, and shuts: without a sensor nobody can know that it is still inside."""
        await self.pause(2.0, 4.0)
        self.kind = "honest"

    def _take_own(self, door: int) -> None:
        own = {sent.label for sent in self.truth.together(self.sent)}
        mine = [label for label in self.inside(door) if label in own]
        if self.kind == "takes_one" and len(mine) > 1:
            self.mark("takes only one of two")
            mine = mine[:1]
            self.kind = "honest"
        for label in mine:
            self.take(door, label)

    def _leave_rubbish(self, door: int) -> None:
        """Something without a label stays behind."""
        self.kind = "honest"
        name = f"{RUBBISH}{self.street.number()}"
        self.site.world.parcels.make(name, weight_g=self.chance.randint(300, 2000))
        if not self.put(name, door):
            return
        if not self.senses(door):
            self.truth.hidden.add(name)

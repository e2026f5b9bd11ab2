"""Customers: honest and hasty, confused and forgetful, those who replay a code, and those who bring a parcel."""

from __future__ import annotations

from typing import Final

from edge.core import inputs
from tests.sim.person import Person, Street
from tests.sim.truth import Consignment

KINDS: Final = (
    ("honest", 10),
    ("walks_away", 1),  # presents the code and is gone
    ("shuts_unopened", 1),  # pushes the door shut at once
    ("leaves_it_open", 2),
    ("forgets_the_parcel", 1),
    ("bumps_a_neighbour", 1),
    ("declines", 1),
    ("confused", 1),
)
MOST_LOOKS: Final = 60


class Customer(Person):
    """Comes with one code.  `kind` as in KINDS."""

    who = "customer"

    def __init__(self, street: Street, sent: Consignment, kind: str = "", *, by_pin: float = 0.4) -> None:
        super().__init__(street)
        self.sent, self.by_pin = sent, by_pin
        names, weights = zip(*KINDS, strict=True)
        self.kind: str = kind or self.chance.choices(names, weights)[0]
        self._tries = 0

    async def visit(self) -> None:
        await self.home()
        self.do(f"({self.kind}) comes for {self.sent.label}")
        self.present()
        if self.kind == "walks_away":
            return
        for _ in range(MOST_LOOKS):
            await self.pause()
            if not await self.act(self.stage()):
                return

    def present(self) -> None:
        shown = self.screen()
        if self.sent.pin and shown is not None and shown.entry == "pin" and self.likely(self.by_pin):
            self.type(self.sent.pin)
        else:
            self.do(f"shows the code of {self.sent.label}")
            self.scan(self.sent.code)

    async def act(self, stage: str) -> bool:
        """One look at the screen and what follows; False: goes home."""
        shown = self.screen()
        if shown is None:
            return False
        if self.kind == "confused" and self.likely(0.3) and shown.choices:
            self.do(f"taps late at {stage}")
            self.site.tell(inputs.Chosen(self.chance.choice(shown.choices), shown.number - self.chance.randint(0, 1)))
            return True
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
            has_it = self.sent.label not in self.inside(door)
            return self.tap("yes" if has_it else self.chance.choice(("no", "open_again")))
        if stage == "second_factor":
            self.type(self.sent.pin or "00000000")
            return True
        if stage == "thanks":
            return self._thanks()
        if stage == "problem":
            return self.tap(self.chance.choice(("empty", "wrong", "damaged", "back")))
        if stage in ("stands_open", "board_silent", "too_late", "one_moment", "reopen", "jammed"):
            return self._again(stage, door)
        self.tap("back" if stage == "refused" else "end")
        return False

    def _thanks(self) -> bool:
        if self.likely(0.08):
            return self.tap("open_again")
        if self.likely(0.06):
            return self.tap("problem")
        return False

    def _again(self, stage: str, door: int) -> bool:
        self._tries += 1
        if stage == "stands_open" and door:
            self.shut(door)
        choice = {"reopen": "open_again", "jammed": "next"}.get(stage, "try_again")
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
        if self.kind == "forgets_the_parcel":
            await self._forget(door)
        elif self.kind == "declines" and self.tap("decline"):
            self.sent.declined = True
        else:
            self._take_own(door)
        if self.kind != "leaves_it_open":
            await self.pause(0.5, 2.0)
            self.shut(door)

    async def _forget(self, door: int) -> None:
        """Opens, looks, and shuts: without a sensor nobody can know that it is still inside."""
        await self.pause(2.0, 4.0)
        self.kind = "honest"

    def _take_own(self, door: int) -> None:
        own = {sent.label for sent in self.truth.parcels.values() if sent.reservation == self.sent.reservation}
        for label in self.inside(door):
            if label in own:
                self.take(door, label)


class Sender(Customer):
    """Brings a parcel: a return that was announced."""

    who = "sender"

    async def visit(self) -> None:
        await self.home()
        self.do(f"comes with {self.sent.label}")
        self.scan(self.sent.code)
        for _ in range(MOST_LOOKS):
            await self.pause()
            if not await self.bring():
                return

    async def bring(self) -> bool:
        shown = self.screen()
        if shown is None:
            return False
        stage = shown.name
        if stage == "choose_size":
            return self.tap(self.chance.choice(shown.choices)) if shown.choices else False
        if stage == "place":
            return await self._place(shown.door)
        if stage in ("no_parcel", "is_it_inside"):
            there = self.sent.label in self.inside(shown.door)
            return self.tap("yes" if there and stage == "is_it_inside" else "open_again" if there else "cancel")
        if stage in ("opening", "push_then_pull", "choose_size"):
            if stage == "push_then_pull":
                self.push(shown.door)
            return True
        if stage in ("stands_open", "board_silent", "too_late", "one_moment"):
            return self._again(stage, shown.door)
        self.tap("end")
        return False

    async def _place(self, door: int) -> bool:
        if self.is_shut(door) and not self.pull(door):
            return True
        await self.pause(0.8, 3.0)
        if self.likely(0.1):
            self.tap("cancel")
        elif not self.likely(0.1):
            self.put(self.sent.label, door)
        await self.pause(0.5, 3.0)
        if self.likely(0.93):
            self.shut(door, own=True)
            return True
        return False  # walks off

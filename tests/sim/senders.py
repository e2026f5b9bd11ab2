"""Customers who bring a parcel: a return that was announced, by its code or by its label."""

from __future__ import annotations

from typing import Final

from edge.core import inputs
from tests.sim.customers import MOST_LOOKS, Customer

LOWER_THE_SCREEN: Final = "1357"  # whose label ends so sits, or is short

KINDS: Final = (("honest", 8), ("changes_the_size", 2), ("cancels", 2), ("brings_nothing", 2), ("walks_off", 1))


class Sender(Customer):
    """Brings a parcel: a return that was announced.  `kind` as in KINDS."""

    who = "sender"

    async def visit(self) -> None:
        await self.home()
        self.kind = self.chance.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
        self.do(f"({self.kind}) comes with {self.sent.label}")
        if isinstance(self.site.world.where(self.sent.label), int):
            self.mark("comes again for a parcel that was dropped off")
        await self._present()
        for _ in range(MOST_LOOKS):
            await self.pause()
            if not await self.bring():
                return

    async def _present(self) -> None:
        lowered = self.sent.label[-1] in LOWER_THE_SCREEN
        self.site.tell(inputs.Reach(lowered))
        if lowered:
            self.mark("lowers the screen")
        if self.likely(0.6) or not self.tap("send"):
            self.scan(self.sent.code)
            return
        await self.pause()
        if self.likely(0.3):
            self.mark("types an unknown label")
            self.type("ZZ999999")
            await self.pause()
            self.tap("back")
            await self.pause()
            self.tap("send")
            await self.pause()
        if self.likely(0.5):
            self.mark("types a return's label")
            self.type(self.sent.label)
        else:
            self.scan(self.sent.label, "Code128")

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
            return await self._asked(stage, shown.door)
        if stage in ("opening", "push_then_pull"):
            if stage == "push_then_pull":
                self.push(shown.door)
            return True
        if stage in ("stands_open", "board_silent", "too_late", "one_moment"):
            return self._again(stage, shown.door)
        if stage == "refused" and shown.params.get("shut"):
            self.shut(int(shown.params["shut"]))
        self.tap("back") or self.tap("end")
        return False

    async def _asked(self, stage: str, door: int) -> bool:
        there = self.sent.label in self.inside(door)
        if stage == "no_parcel":
            self.mark("a sender is asked where the parcel is")
        if self.likely(0.08):
            return False  # says nothing
        if there:
            return self.tap("yes") or self.tap("open_again")
        self.kind = "honest"
        return self.tap("open_again") if self.likely(0.6) else self.tap("no") or self.tap("cancel")

    async def _place(self, door: int) -> bool:
        if self.is_shut(door) and not self.pull(door):
            return True
        await self.pause(0.8, 3.0)
        if self.kind == "changes_the_size" and self.tap("other_size"):
            self.kind = "honest"
            self.shut(door)
            return True
        if self.kind == "cancels":
            self.tap("cancel")
        elif self.kind != "brings_nothing" and self.sent.label not in self.inside(door):
            self.put(self.sent.label, door) or self.tap("other_size")
        await self.pause(0.5, 3.0)
        if self.kind == "walks_off":
            return False
        if self.kind == "brings_nothing" and self.likely(0.5):
            self.kind = "honest"
        # At a door that another sender left open she answered for her own parcel, and not for what lies there.
        self.shut(door, own=self.sent.label in self.inside(door))
        return True

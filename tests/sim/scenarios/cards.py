"""Stories of the card: full, another release's, its rows taken away; and of a hub that goes back to its backup."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from edge.core.state import FOLD_VERSION
from edge.journal import JournalLimits, writing
from edge.journal.limits import KIB
from tests.sim.customers import Customer
from tests.sim.disk import CardImage
from tests.sim.scenarios.directed import Directed
from tests.sim.troubles.rough_line import Mood
from tests.sim.truth import Consignment

ROWS_OF_A_SNAPSHOT: Final = 20
LOOKS: Final = 400  # for the instant in which a door stands open


class FullCard(Directed):
    """Somebody fills the card: pickups go on from the ballast, and when that is used up nothing opens at all."""

    def limits(self) -> JournalLimits:
        return JournalLimits(ballast=256 * KIB, reserve=512 * KIB, out_of_order=64 * KIB)

    async def story(self) -> None:
        first, second = await self.delivered(), await self.delivered()
        self._fill()
        await asyncio.sleep(40)
        self._fill()
        await self._served(first)
        for _ in range(20):
            self._fill()
            await asyncio.sleep(5)
            self._fill()
            await self.comes(second)
        self.site.disk.capacity = 1 << 40

    def _fill(self) -> None:
        self.observer.troubled_s = self.site.loop.time() + 600
        self.site.disk.capacity = self.site.disk.used

    async def _served(self, sent: Consignment) -> None:
        door = self.door_of(sent)
        await Customer(self.street, sent, "honest", by_pin=0.0).visit()
        if self.door_of(sent) == door:
            self.observer.find("a_good_code_opens_its_door", f"{sent.label} behind {door}, on a full card")


class NewerRelease(Directed):
    """A newer release ran here for a while and left a snapshot that means something else; then ours is back."""

    async def story(self) -> None:
        sent = await self.delivered()
        runtime = self.site.runtime
        assert runtime is not None
        await runtime.in_lane(self._snapshot)
        await self.cut()
        await self.comes(sent)
        if self.door_of(sent):
            self.observer.find("a_good_code_opens_its_door", f"{sent.label} behind {self.door_of(sent)}")

    def _snapshot(self) -> None:
        runtime = self.site.runtime
        assert runtime is not None
        store, head = runtime.journal._store, runtime.journal.head
        with store.acting("snapshot"), store.transaction():
            body = b'{"head":%d,"boot":%d,"wall":[]}' % (head.seq, runtime.journal.boot)
            writing.put_snapshot(store.connection, head, FOLD_VERSION + 1, body, 4)


class RowsGo(Directed):
    """Rows are taken away to make room, while the hub cannot be reached; it gets every one of them."""

    def limits(self) -> JournalLimits:
        return JournalLimits(snapshot_every_rows=ROWS_OF_A_SNAPSHOT)

    async def story(self) -> None:
        await self.comes(await self.delivered())
        waiting = [await self.announced() for _ in range(2)]
        self.hub.line.up = False
        await self.brings(*waiting)
        for sent in waiting:
            await self.comes(sent)
        await self._make_room()
        await self.mended()
        await self._make_room()
        self.hub.line.up = True
        await asyncio.sleep(300)

    async def _make_room(self) -> None:
        """What the loop does when the disk is full."""
        runtime = self.site.runtime
        assert runtime is not None
        await runtime.in_lane(lambda: runtime.journal.compact(keep_rows=1))


class HubGoesBack(RowsGo):
    """Rows that the hub had are gone from the card, and then the hub loses them: a gap is declared."""

    async def story(self) -> None:
        self.hub.back_up()
        for _ in range(3):
            await self.comes(await self.delivered())
        await asyncio.sleep(200)
        await self._make_room()
        self.hub.restore()
        await asyncio.sleep(300)


class HubGoesBackBehindACard(HubGoesBack):
    """The first rows of a new card are gone when the hub goes back to where it knew the old card only."""

    async def story(self) -> None:
        await self.comes(await self.delivered())
        await asyncio.sleep(200)
        self.hub.back_up()
        self.site.cut()
        self.site.disk.power_on()
        self.site.disk.insert_card({})
        self.site.is_new = True
        self.observer.card_changed()
        await self.keeper.ready()
        await asyncio.sleep(300)
        await self.mended()
        for _ in range(4):
            await self.comes(await self.delivered())
        await asyncio.sleep(200)
        await self._make_room()
        self.hub.restore()
        await asyncio.sleep(300)


class ForgedHub(RowsGo):
    """Somebody on the line says in the hub's name that it has rows which it never saw; room is made meanwhile."""

    async def story(self) -> None:
        for _ in range(4):
            self.troubles.network.line.mood = Mood()
            sent = await self.announced()
            self.troubles.network.line.mood = Mood(forged=1.0)
            await self.brings(sent)
            await self.comes(sent)
            await self.mended()
            await asyncio.sleep(120)
            await self._make_room()
        self.troubles.network.line.mood = Mood()
        await asyncio.sleep(300)


class CardGoesBack(Directed):
    """An earlier copy of the card is put in again, when the hub has long had more."""

    async def story(self) -> None:
        await self.comes(await self.delivered())
        copy = self.site.disk.copy_card()
        await self.comes(await self.delivered())
        await asyncio.sleep(200)
        await self._put_in(copy)
        await asyncio.sleep(200)

    async def _put_in(self, copy: CardImage) -> None:
        self.site.cut()
        self.site.disk.power_on()
        self.site.disk.insert_card(copy)
        self.observer.card_changed()
        await self.keeper.ready()


class CardGoesBackIntoADeposit(CardGoesBack):
    """The copy is of the moment in which a deposit's door stood open; behind it stands somebody else's parcel now."""

    doors: ClassVar[int] = 1

    async def story(self) -> None:
        first, second = await self.announced(), await self.announced()
        bringing = asyncio.create_task(self.brings(first))
        for _ in range(LOOKS):
            if any(opening.opened_ms >= 0 for opening in self.site.state.openings.values()):
                break
            await asyncio.sleep(0.05)
        copy = self.site.disk.copy_card()
        await bringing
        await self.comes(first)
        await self.brings(second)
        await asyncio.sleep(200)
        await self._put_in(copy)
        await asyncio.sleep(200)
        await self.comes(first)


class CardGoesOnAlone(CardGoesBack):
    """The same, and the hub hears of it only when the site has written more rows than it had before."""

    async def story(self) -> None:
        waiting = [await self.announced() for _ in range(4)]
        await asyncio.sleep(70)
        copy = self.site.disk.copy_card()
        await self.brings(waiting[0])
        await asyncio.sleep(70)
        self.hub.line.up = False
        await self._put_in(copy)
        for sent in waiting[1:]:
            await self.brings(sent)
            await self.comes(sent)
        self.hub.line.up = True
        await asyncio.sleep(200)


class CardMoves(Directed):
    """The card is put into another machine."""

    async def story(self) -> None:
        await self.delivered()
        self.site.cut()
        self.site.machine_id = "machine-b"
        await self.keeper.ready()
        await asyncio.sleep(200)

"""Cards: copied while the site runs and put back later, replaced, moved to another machine, full, and forgetful.

What a card loses is lost: the hub has what had reached it, and what had not is nowhere.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Final

from edge.core.errors import JournalBroken, NotAllowed
from edge.core.state import FOLD_VERSION
from edge.journal import Journal
from edge.journal.aside import set_aside
from tests.credentials.known_keys import SITE
from tests.sim.card import PATH
from tests.sim.checks import Observer
from tests.sim.disk import AMPLE, CardImage
from tests.sim.person import Street
from tests.sim.troubles.family import Act, Family
from tests.sim.troubles.power import Power

ROOM: Final = (0, 4096, 40_000, 300_000, 3_000_000)  # bytes that are left when it gets full
FULL_S: Final = (60, 300, 1200)
SETTLES_S: Final = 120.0
MOST_COPIES: Final = 3
PAYLOAD_BYTES: Final = 12  # a shorter one may lie elsewhere as well


class Cards(Family):
    def __init__(self, street: Street, observer: Observer, power: Power) -> None:
        super().__init__(street)
        self.observer, self.power = observer, power
        self._copies: list[CardImage] = []
        self._full = 0

    def acts(self) -> Mapping[Act, float]:
        return {
            self._copied: 4,
            self._put_back: 3,
            self._replaced: 1,
            self._moved: 1,
            self._filled: 4,
            self._forgets: 1,
        }

    def calm(self) -> None:
        self.site.disk.capacity = AMPLE

    # -- another card in the machine

    async def _copied(self) -> None:
        """Somebody copies it while the site runs, for a rainy day."""
        if PATH in self.site.disk.durable():
            self.begins("card copied")
            self._copies = [*self._copies, self.site.disk.copy_card()][-MOST_COPIES:]

    async def _put_back(self) -> None:
        """The card died; an earlier copy takes its place."""
        if self._copies:
            self._change("card restored", self.chance.choice(self._copies))

    async def _replaced(self) -> None:
        """The card died, and there is no copy: an empty one, with parcels in the wall."""
        self._change("card replaced", {})

    async def _moved(self) -> None:
        """The card goes on in another machine."""
        self.power.cut("to move the card to another machine")
        self.begins("card moved")
        self.site.machine_id = f"machine-{self.chance.randrange(10**6):06d}"

    def _change(self, name: str, image: CardImage) -> None:
        self.power.cut("to change the card")
        self.observer.read()
        self.begins(name)
        self.site.disk.insert_card(image)
        self._is_another()

    def _is_another(self) -> None:
        self.site.is_new = True
        self.site.disk.capacity = AMPLE
        self.observer.card_changed()

    # -- the card itself

    async def _filled(self) -> None:
        disk, seconds = self.site.disk, self.chance.choice(FULL_S)
        if self.site.runtime is None or not self.site.runtime.ready.is_set():
            return  # it fills while the site is up; a card that is full when it is new cannot be begun
        self.begins("card full")
        disk.capacity = disk.used + self.chance.choice(ROOM)
        self.observer.troubled_s = self.site.loop.time() + seconds + SETTLES_S
        self._full += 1
        await asyncio.sleep(seconds)
        self._full -= 1
        if not self._full:
            disk.capacity = AMPLE

    async def _forgets(self) -> None:
        """A bit of the last row flips while the site is off.  Start-up says so; somebody sets the journal aside."""
        self.power.cut("to forget a bit")
        self.observer.read()
        disk = self.site.disk
        disk.power_on()
        payload = self.observer.rows[-1].payload if self.observer.rows else b""
        database = disk.durable().get(PATH, b"")
        alone = sum(payload in row.payload for row in self.observer.rows) == 1
        if len(payload) < PAYLOAD_BYTES or not alone or database.count(payload) != 1:
            return  # an older row says the same, or it lies in the log, whose frames have checksums of their own
        place = database.find(payload)
        self.begins("card forgets a bit")
        disk.flip_bit(PATH, place + self.chance.randrange(len(payload)), self.chance.randrange(8))
        if self._opens():
            if not self.observer.is_whole():
                self.observer.find("a_broken_card_is_noticed", "its last row is another one, and it opens")
            return
        try:
            self.do(f"sets aside {set_aside(PATH, disk.files)}")
        except NotAllowed:  # there are enough of them
            disk.insert_card({})
        self._is_another()

    def _opens(self) -> bool:
        """Whether the daemon would start on it."""
        disk = self.site.disk
        try:
            journal = Journal.open(
                PATH,
                site=SITE,
                fold_version=FOLD_VERSION,
                machine_id=self.site.machine_id,
                random_bytes=random.Random(0).randbytes,
                vfs=disk.vfs,
                files=disk.files,
            )
        except JournalBroken as broken:
            self.do(f"cannot start: {broken}")
            return False
        journal.abandon()
        return True

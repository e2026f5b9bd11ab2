"""A locker in this process: the real runtime, journal and page on loopback, and a world that lives in real time."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from edge.app.lanes import Lanes
from edge.app.screen_page import ScreenPage
from edge.core import events
from edge.core.claims import Claims
from edge.core.events import Event, decode
from edge.core.inputs import Document, Halt, Input, Link, Order, Scan, Technical
from edge.core.orders import Announce, Particulars, What
from edge.core.pin import pin_verifier
from edge.core.site import CompartmentPlan, Policy
from edge.core.standing import Standing, StandingList
from edge.core.state import FOLD_VERSION, State
from edge.core.words import CompartmentState, Purpose
from edge.journal import Journal
from edge.runtime import Parts, Runtime
from hal.coil import CoilGuard
from hal.sim.chronicle import Deed
from hal.sim.drivers import SimBank, SimIndicator, SimSensors, SimSupply
from hal.sim.parcels import Parcel
from hal.sim.world import World
from kiosk_ui.board import ScreenBoard
from sync.hub.issue import Issuer, mint_code, sign_keys, sign_order, sign_roster, sign_standing
from tests.core.desk import COURIER_BADGE, DAY_S, TECHNICIAN_BADGE, Sent, make_roster
from tests.credentials.known_keys import BUNDLE, COMMAND, COURIER, NOW_S, PICKUP, PIN_KEY, ROOT, SERVICE
from tests.stories.site import NUMBER, POLICY, TIMERS, KnownTime, site, wall

STOOD_S: Final = 60.0  # so long has lain there what the story begins with: every sensor sees it
WITHIN_S: Final = 20.0  # for what must happen; a busy machine is not a bug


class Locker:
    """One site.  `stands`: what the standing list says lies behind which doors, and lies there."""

    def __init__(
        self,
        directory: Path,
        *,
        stands: Mapping[int, tuple[Sent, ...]] | None = None,
        policy: Policy = POLICY,
        plans: tuple[CompartmentPlan, ...] | None = None,
        restored: bool = True,
        looked: bool = True,
    ) -> None:
        self._path = directory / "journal.sqlite"
        self._stands = stands or {}
        self._restored, self._looked = restored, looked
        self.site = site(plans or wall(), policy)
        began_s = time.monotonic() - STOOD_S
        self.world = World(self.site.compartments, 1, began_s, clock=time.monotonic)
        for door, parcels in self._stands.items():
            for parcel in parcels:
                self.world.move(self.make(parcel), door)
        self.board = ScreenBoard()
        self.page = ScreenPage(0, self.board)
        self._served = False
        self.online = True
        self._order = 0

    # -- on and off -----------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Locker:
        await self.start()
        try:
            await self._provide()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Power on; the same journal, the same port."""
        self._lanes = Lanes()
        loop = asyncio.get_running_loop()
        self._journal = await loop.run_in_executor(self._lanes("journal"), self._opened)
        self._guard = CoilGuard()
        bank = SimBank(self.world, time.monotonic, guard=self._guard)
        parts = Parts(
            {"a": bank},
            SimSensors(self.world, time.monotonic),
            SimIndicator(self.world, time.monotonic),
            SimSupply(self.world, time.monotonic),
            shown=self.board.put,
        )
        self.runtime = Runtime(self.site, self._journal, parts, KnownTime(), self._lanes, random_bytes=os.urandom)
        self._life = asyncio.create_task(self.runtime.run())
        await self.until(lambda: self.runtime.ready.is_set() or self._life.done(), "a runtime that is ready")
        self.page.runtime = self.runtime
        self.page_back()

    def page_back(self) -> None:
        """The page is served, always at the same port."""
        if not self._served:
            self._served = True
            self.page.bind()
        self._serving = asyncio.create_task(self.page.run())

    async def page_away(self) -> None:
        """Its server ends; the runtime goes on."""
        self._serving.cancel()
        await asyncio.wait({self._serving})

    async def stop(self) -> None:
        """Power off, in order."""
        await self.page_away()
        self.runtime.tell(Halt("told to"))
        await self._life
        await asyncio.get_running_loop().run_in_executor(self._lanes("journal"), self._journal.close)
        self._guard.close()
        self._lanes.close(5)

    def _opened(self) -> Journal:
        return Journal.open(
            str(self._path),
            site=NUMBER,
            fold_version=FOLD_VERSION,
            machine_id="story",
            random_bytes=os.urandom,
        )

    async def _provide(self) -> None:
        """Keys, people, and the list of what stands here."""
        self.tell(Document("keys", sign_keys(BUNDLE, ROOT)))
        self.tell(Document("roster", sign_roster(make_roster(site=NUMBER), COMMAND)))
        if self._restored:
            self.tell(Document("standing", sign_standing(self._list(), COMMAND)))
        self.tell(Link(self.online))
        if self._restored:
            await self.until(lambda: not self.state.restoring, "books that know what stands here")
        if self._restored and self._looked:
            self._look_into_all()
            free = len(self.site.compartments) - len(self._stands)
            await self.until(lambda: self.count(CompartmentState.FREE) == free, f"{free} free compartments")

    def _list(self) -> StandingList:
        listed = tuple(
            Standing(
                door=door,
                parcel=parcel.parcel,
                reservation=parcel.reservation,
                carrier=parcel.carrier,
                hold_until=NOW_S + 7 * DAY_S,
                pin=pin_verifier(PIN_KEY, parcel.pin) if parcel.pin else None,
            )
            for door, parcels in self._stands.items()
            for parcel in parcels
        )
        return StandingList(site=NUMBER, issued_at=NOW_S, version=1, after_order=0, parcels=listed)

    def _look_into_all(self) -> None:
        for door, record in sorted(self.state.compartments.items()):
            if record.state is CompartmentState.REVIEW and not record.parcels:
                self.tell(Technical("empty", "ada", "looked into it", door, request=door))

    # -- what happens ---------------------------------------------------------------------------------------------

    def tell(self, told: Input) -> None:
        assert self.runtime.tell(told), f"the inbox is full: {told}"

    def scan(self, text: str, symbology: str = "QRCode") -> None:
        """A code in view of the reader."""
        self.tell(Scan(text, symbology))

    def order(self, what: What) -> None:
        """A signed order comes."""
        self._order += 1
        self.tell(Order(sign_order(NUMBER, self._order, what, NOW_S, COMMAND)))

    def announce(self, parcel: Sent, **more: Any) -> None:
        verifier = pin_verifier(PIN_KEY, parcel.pin) if parcel.pin else None
        particulars = Particulars(tracking=parcel.tracking, recipient="A. B.", pin=verifier)
        self.order(Announce(parcel.parcel, parcel.reservation, parcel.carrier, particulars=particulars, **more))

    def link(self, up: bool) -> None:
        self.online = up
        self.tell(Link(up))

    # -- codes ----------------------------------------------------------------------------------------------------

    def code(self, parcel: Sent, *, issuer: Issuer = PICKUP, site: int = NUMBER, **more: Any) -> str:
        more.setdefault("expires_s", NOW_S + 40 * DAY_S)
        return mint_code(Claims(id=bytes.fromhex(parcel.reservation), site=site, **more), issuer)

    def badge(self, purpose: Purpose = Purpose.DEPOSIT) -> str:
        """The courier's."""
        claims = Claims(
            id=bytes.fromhex(COURIER_BADGE), site=NUMBER, purpose=purpose, expires_s=NOW_S + 2 * DAY_S, carrier="dpd"
        )
        return mint_code(claims, COURIER)

    def service_badge(self) -> str:
        """The technician's."""
        claims = Claims(
            id=bytes.fromhex(TECHNICIAN_BADGE), site=NUMBER, purpose=Purpose.SERVICE, expires_s=NOW_S + 40 * DAY_S
        )
        return mint_code(claims, SERVICE)

    # -- the street -----------------------------------------------------------------------------------------------

    def make(self, parcel: Sent) -> Parcel:
        return self.world.parcels.make(parcel.tracking)

    async def opens(self, door: int) -> None:
        """The lock lets go; the hand pulls."""
        await self.until(lambda: self.world.position(door).value != "shut", f"door {door} open")
        self.world.person.pull(door)

    async def takes(self, door: int, *, shuts: bool = True) -> None:
        await self.opens(door)
        await asyncio.sleep(self.site.policy.timers.shortest_open_s + 0.2)  # as long as a hand takes
        self.world.person.take(door)
        if shuts:
            self.world.person.shut(door)

    async def puts(self, name: str, door: int, *, shuts: bool = True) -> None:
        await self.opens(door)
        self.world.person.put(name, door)
        await asyncio.sleep(TIMERS.shortest_open_s + 0.2)
        if shuts:
            self.world.person.shut(door)

    # -- what is true ---------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        assert self.runtime.books is not None
        return self.runtime.books.state

    def count(self, state: CompartmentState) -> int:
        return sum(record.state is state for record in self.state.compartments.values())

    async def until(self, true: Callable[[], object], what: str) -> None:
        """AssertionError with what the screen was when it does not come."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not true():  # noqa: ASYNC110  (a world says nothing by itself)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            shown = self.runtime.screen() if self.runtime.ready.is_set() else None
            raise AssertionError(f"not within {WITHIN_S:g} s: {what}; the screen is {shown}") from None

    async def nothing_opened_unnamed(self) -> None:
        """I1: every pulse of the world has its own durable row, which names its door."""
        granted = {(e.opening, getattr(e, "attempt", 1)): e.door for e in await self.openings()}
        for pulse in self.world.chronicle.of(Deed.PULSE_BEGAN):
            assert granted.get((pulse.opening, pulse.attempt)) == pulse.ordered == pulse.door, f"unnamed: {pulse}"

    async def openings(self) -> list[Any]:
        """What authorised a pulse, as the journal has it."""
        kinds = (events.OpeningAuthorised, events.OpeningRetried)
        return [event for event in await self.events() if isinstance(event, kinds)]

    async def events(self) -> list[Event]:
        """Every durable event, in order."""

        def read() -> list[Event]:
            found: list[Event] = []
            seq = self._journal.oldest_seq() - 1
            while more := self._journal.rows(seq):
                found += [decode(row.kind, row.payload) for row, _ in more]
                seq = more[-1][0].seq
            return found

        return await asyncio.get_running_loop().run_in_executor(self._lanes("journal"), read)

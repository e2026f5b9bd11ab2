"""The one loop.  It takes what waits, decides each in turn, commits all together, then acts, then tells.

While a commit is under way inputs wait in the inbox, and are decided and committed as one group after it.  Effects run
only after the commit of the events they came with (I1).  On a full disk nothing of a group counts, and each of its
inputs is tried by itself: what moves parcels is written from the reserve, and is not held up by what may not.  Who then
finds no room is asked to come back, and everything else is decided again until there is room.  Any other error of the
journal ends the process: start-up is the recovery.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from edge.clock import Stamper
from edge.core import events
from edge.core.decide import decide
from edge.core.effects import AdjustScale, Answer, Beep, Effect, Light, ReadContent, ReadDoors, ScanFormats, Unlock
from edge.core.errors import JournalFull
from edge.core.findings import Looking
from edge.core.fold import freeze
from edge.core.inputs import Boot, Document, Forked, Halt, Input, Moment, Order
from edge.core.memory import Memory
from edge.core.ports import WallClock
from edge.core.ring import Ring
from edge.core.rows import Entry, Fork, Row, Stamp
from edge.core.screens import Screen, screen
from edge.core.site import Site
from edge.core.turn import MAX_EVENTS, Books, Decision, Recorded
from edge.core.words import ContentSensor
from edge.journal import Journal
from edge.runtime.hardware import Hardware, Lane
from edge.runtime.inbox import PEOPLE, Arrival, Inbox
from edge.runtime.notify import Notify
from edge.runtime.parts import Parts
from edge.runtime.recovery import recover
from edge.runtime.timers import Timers
from edge.runtime.upkeep import Upkeep

MAX_GROUP: Final = 64  # inputs decided for one commit; each gives a handful of events
FULL_GROUP: Final = MAX_EVENTS  # events; one input more, and it is still what the journal takes in one commit
FULL_PAUSE_S: Final = 1.0
# A pulse of the last life ends within its absolute limit, 1 s; then latch, spring and contact have half a second more.
SWING_S: Final = 1.5
IDLE_S: Final = 1.0  # the loop turns at least this often, so that the watchdog hears of it

T = TypeVar("T")


class _Decided(NamedTuple):
    """One input, when it was decided, what was found for it, and what is to follow."""

    arrival: Arrival
    moment: Moment
    looking: Looking
    decision: Decision


class _Tried(NamedTuple):
    """Inputs that were decided together, and what would be written of it."""

    each: list[_Decided]
    entries: list[Entry]
    custody: bool

    @property
    def inputs(self) -> list[Arrival]:
        return [one.arrival for one in self.each]

    @property
    def decisions(self) -> list[Decision]:
        return [one.decision for one in self.each]

    def has(self, kind: type[Input]) -> bool:
        return any(isinstance(one.arrival.told, kind) for one in self.each)


class Runtime:
    """`await run()` until `halt`, or until something raises that the process must not survive.

    lane: gives the one-thread executor of a name; "journal" is the writer's, in which `journal` was opened.
    """

    def __init__(
        self,
        site: Site,
        journal: Journal,
        parts: Parts,
        wall: WallClock,
        lane: Lane,
        *,
        random_bytes: Callable[[int], bytes],
        version: str = "0",
        release_s: int = 0,
        notify: Notify | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.site, self.journal, self.parts = site, journal, parts
        self.books: Books | None = None
        self.memory = Memory()
        self.ring = Ring()  # what an incident is explained with
        self.ready = asyncio.Event()
        self._random, self._version, self._release_s = random_bytes, version, release_s
        self._stamper = Stamper(wall, loop.time, random_bytes)
        self._writer = lane("journal")
        sensed = [plan.door for plan in site.compartments if plan.content is not ContentSensor.NONE]
        self.inbox = Inbox(self._stamper.stamp, lambda: self._hardware.reread())
        self._hardware = Hardware(parts, lane, self.inbox.put, sensed)
        self._timers = Timers(self.inbox.put)
        self._notify = notify or Notify({})
        self._upkeep = Upkeep(
            journal, self.in_lane, self.inbox.put, lambda: self.books.state.space if self.books else ""
        )
        self._forks: list[tuple[Fork, asyncio.Future[None]]] = []
        self._halted = False
        self._screen: Screen | None = None

    # -- the way in ---------------------------------------------------------------------------------------------------

    def tell(self, told: Input) -> bool:
        """Put an input into the inbox, from the loop's thread.  False when it was dropped."""
        return self.inbox.put(told)

    async def order(self, signed: bytes) -> None:
        """A command of the cloud; waits while another one waits."""
        await self.inbox.command(Order(signed))

    async def document(self, name: str, signed: bytes) -> None:
        await self.inbox.command(Document(name, signed))

    async def fork(self, reason: str, fork: Fork, *, gap: bool) -> None:
        """Begin a new epoch at `fork`; returns once it is durable."""
        durable = asyncio.get_running_loop().create_future()
        self._forks.append((fork, durable))
        self.inbox.put(_forked(reason, fork, gap))
        await durable

    def screen(self) -> Screen:
        assert self.books is not None
        return screen(self.site, self.books.state, self.memory)

    # -- life ---------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        try:
            await self._boot()
            self._hardware.start()
            self._notify.say("READY=1")
            self.ready.set()
            while not self._halted:
                await self._turn()
        finally:
            self._timers.clear()
            await self._hardware.stop()

    async def _boot(self) -> None:
        """Recover the books, look at every door, and let the boot be the first input.  Never pulses."""
        self.books = await self.in_lane(recover, self.journal)
        self.ring.begin(self.books, self.memory)
        self._stamper.begin(await self.in_lane(self.journal.begin_boot))
        if any(opening.opened_ms < 0 for opening in self.books.state.openings.values()):
            await asyncio.sleep(SWING_S)  # a process is back sooner than a door that it pulsed has sprung open
        doors, contents = await self._hardware.first_look(
            [opening.door for opening in self.books.state.openings.values()]
        )
        first: list[Input] = []
        if self.journal.found_on_other_machine:
            fork = await self.in_lane(_last_shared, self.journal)
            self._forks.append((fork, asyncio.get_running_loop().create_future()))
            first.append(_forked("copied", fork, False))
        first.append(Boot(self._version, doors, contents, self._release_s))
        await self._commit([Arrival(told, self._stamper.stamp()) for told in first])

    async def _turn(self) -> None:
        await self.inbox.wait(min(IDLE_S, self._notify.every_s or IDLE_S))
        group = self.inbox.take(MAX_GROUP)
        if group:
            await self._commit(group)
        else:
            await self._upkeep.idle()
        self._watchdog()

    def _watchdog(self) -> None:
        """The loop turns and the ports' tasks live: say so.  A failed task ends the process."""
        failure = self._hardware.failed()
        if failure is not None:
            raise failure
        self._notify.say("WATCHDOG=1")

    # -- decide, commit, act, tell ------------------------------------------------------------------------------------

    async def _commit(self, group: list[Arrival]) -> None:
        """Decide and write as much of the group as goes into one commit; what is left waits for the next."""
        tried = self._decide(group)
        self.inbox.put_back(group[len(tried.inputs) :])
        if not await self._write(tried):
            await self._no_room(tried)

    def _decide(self, group: list[Arrival]) -> _Tried:
        assert self.books is not None
        books, memory = self.books, self.memory
        each: list[_Decided] = []
        entries: list[Entry] = []
        for arrival in group:
            moment, looking = self._stamper.moment(arrival.at, books.state), Looking()
            try:
                decision = decide(self.site, books, memory, arrival.told, moment, looking)
            except Exception as error:  # a defect of ours: the ring keeps what it was told
                self._remember(each, lost=True)
                self.ring.add_raised(arrival.told, moment, books.state.head, looking.found, type(error).__name__)
                raise
            each.append(_Decided(arrival, moment, looking, decision))
            entries += [_entry(recorded, moment.stamp) for recorded in decision.recorded]
            books, memory = decision.books, decision.memory
            if len(entries) >= FULL_GROUP or isinstance(arrival.told, Halt):
                break
        return _Tried(each, entries, any(events.KINDS[e.kind].custody for e in entries))

    async def _write(self, tried: _Tried) -> bool:
        """Commit, act, tell.  False: there was no room, and nothing has happened."""
        books, memory = tried.decisions[-1].books, tried.decisions[-1].memory
        try:
            rows = await self._append(tried, books) if tried.entries else []
        except JournalFull:
            return False
        self.books, self.memory = books, memory.with_(full=False) if tried.entries else memory
        for decision in tried.decisions:
            self._act(decision)
        await asyncio.sleep(0)  # the pulse's lane has its turn before a screen is drawn
        self._hardware.watch(frozenset(opening.door for opening in books.state.openings.values()))
        self._tell_committed(rows, tried.entries)
        self._show()
        self._remember(tried.each, wrote=bool(rows))
        if self.ring.due(memory):
            self.ring.begin(self.books, self.memory)
        self._halted = self._halted or tried.has(Halt)
        return True

    async def _append(self, tried: _Tried, books: Books) -> list[Row]:
        if tried.has(Forked):
            return await self._begin_epoch(tried.entries)
        stamp = tried.inputs[-1].at
        snapshot = freeze(books.state) if self.journal.snapshot_due(len(tried.entries)) else None
        return await self.in_lane(
            lambda: self.journal.append(tried.entries, stamp, snapshot=snapshot, custody=tried.custody)  # the one fsync
        )

    async def _begin_epoch(self, entries: list[Entry]) -> list[Row]:
        (fork, durable), stamp, new = self._forks[0], self._stamper.stamp(), self._random(8)
        rows = await self.in_lane(lambda: self.journal.begin_epoch(new, fork, entries=entries, stamp=stamp))
        del self._forks[0]
        if not durable.done():  # whoever asked may have gone meanwhile
            durable.set_result(None)
        return rows

    async def _no_room(self, tried: _Tried) -> None:
        """Nothing was written, so nothing has happened.  Each is tried by itself: what bears on custody may use the
        reserve.  Where even that finds no room, nothing overtakes it; the rest waits aside until there is some."""
        stuck = False
        for place, arrival in enumerate(tried.inputs):
            alone = tried if len(tried.inputs) == 1 else self._decide([arrival])
            hopeless = stuck and bool(alone.entries) and not alone.custody  # another like it has just found no room
            if alone is not tried and not hopeless and await self._write(alone):
                continue
            stuck = True
            self._halted = self._halted or alone.has(Halt)  # a stop needs no row
            person = isinstance(arrival.told, PEOPLE)
            if person or alone.custody or alone.decisions[-1].memory.choices != self.memory.choices:
                self._send_home()
            if alone.custody and not person:
                self._halted = self._halted or tried.has(Halt)
                self.inbox.put_back([a for a in tried.inputs[place:] if not isinstance(a.told, PEOPLE)])
                await asyncio.sleep(FULL_PAUSE_S)
                break
            if not person:
                self.inbox.set_aside(arrival.told)
        if stuck:
            await self._upkeep.make_room()

    def _send_home(self) -> None:
        """What becomes of the person at the screen cannot be written, so nothing does."""
        assert self.books is not None
        self.memory = self.memory.sent_home()
        self.ring.add_sent_home(self.books.state.head)
        self._show()

    def _act(self, decision: Decision) -> None:
        for timer in decision.timers:
            self._timers.set(timer)
        for effect in decision.effects:
            self._run(effect)

    def _run(self, effect: Effect) -> None:
        if isinstance(effect, Unlock):
            self._hardware.unlock(effect)
        elif isinstance(effect, ReadDoors):
            self._hardware.read_doors(effect.doors)
        elif isinstance(effect, ReadContent):
            self._hardware.read_content(effect.doors)
        elif isinstance(effect, Light):
            self._hardware.light(effect.door, effect.on)
        elif isinstance(effect, Beep):
            self._hardware.beep(effect.tone)
        elif isinstance(effect, ScanFormats):
            self.parts.look_for(effect.formats)
        elif isinstance(effect, AdjustScale):
            self.parts.adjust_scale(effect)
        elif isinstance(effect, Answer):
            self.parts.answer(effect)

    def _tell_committed(self, rows: list[Row], entries: list[Entry]) -> None:
        for row, entry in zip(rows, entries, strict=True):
            self.parts.committed(row.seq, len(entry.payload), events.KINDS[entry.kind].custody)

    def _remember(self, each: list[_Decided], *, wrote: bool = False, lost: bool = False) -> None:
        for one in each:
            last = one is each[-1]
            self.ring.add(
                one.arrival.told, one.moment, one.decision, one.looking.found, wrote=wrote and last, lost=lost
            )

    def _show(self) -> None:
        now = self.screen()
        if now != self._screen:
            self._screen = now
            self.parts.shown(now)

    # -- lanes --------------------------------------------------------------------------------------------------------

    async def in_lane(self, job: Callable[..., T], *args: Any) -> T:
        """Run `job` in the writer's lane: the only place where the journal is touched."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, job, *args)


def _entry(recorded: Recorded, stamp: Stamp) -> Entry:
    event = recorded.event
    return Entry(event.kind, events.encode(event), recorded.beside, recorded.erase, stamp)


def _forked(reason: str, fork: Fork, gap: bool) -> Forked:
    return Forked(reason, fork.epoch.hex(), fork.seq, fork.hash.hex(), gap)


def _last_shared(journal: Journal) -> Fork:
    """Where a copied card leaves its original: the last row that the hub is known to have, else the beginning."""
    mark = journal.watermark
    if mark is not None:
        return Fork(mark.epoch, mark.seq, mark.hash)
    start = journal.place(journal.epoch_start.first_seq - 1)
    assert start is not None, "nothing is compacted before the hub has it"
    return Fork(journal.epoch, start.seq, start.hash)

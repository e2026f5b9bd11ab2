"""A whole site under simulated time: the real runtime and journal on a card that may fail, a world that lives on.

with SimSite(seed=1) as site:
    site.start()
    site.let(site.enrolled())
    door = site.let(site.deposits("JD0001"))
    site.cut()
    site.start()
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, TypeVar

from edge.app.cloud import Cloud
from edge.app.supervisor import FIRST_WAIT_S
from edge.core import inputs
from edge.core.claims import Claims
from edge.core.effects import Answer
from edge.core.errors import JournalFull
from edge.core.events import Event, decode
from edge.core.redeciding import ring_agrees
from edge.core.rows import Row
from edge.core.screens import Screen
from edge.core.site import CompartmentPlan, Neighbour, Policy, Site
from edge.core.standing import StandingList
from edge.core.state import FOLD_VERSION, State
from edge.core.words import ClockTrust, ContentSensor, Feedback, Purpose, Size
from edge.journal import Journal, JournalLimits
from edge.runtime import Parts, Runtime
from edge.runtime.recovery import recover
from hal.coil import CoilGuard
from hal.sim.chronicle import Deed, Entry
from hal.sim.drivers import SimBank, SimIndicator, SimSensors, SimSupply, WorldTimer
from hal.sim.world import World
from sync.hub.issue import mint_code, public_bytes, sign_keys, sign_roster, sign_standing
from tests.core.desk import COURIER_BADGE, COURIER_PIN, DAY_S, sent
from tests.credentials.known_keys import BUNDLE, COMMAND, COURIER, NOW_S, PICKUP, PIN_KEY, ROOT, SITE
from tests.sim.badges import roster
from tests.sim.disk import CardImage, SimDisk
from tests.sim.lines import LineBank
from tests.sim.loop import Life, SimLoop
from tests.sim.watched import WatchedJournal, Written

PATH: Final = "/card/journal.db"
NEIGHBOUR: Final = SITE + 7
TOLD_KEPT: Final = 20_000  # a day's
SETTLED_S: Final = 12.0  # pulse, edge, close and content, with the slowest hands of the world

T = TypeVar("T")


class SimWall:
    """The machine's wall clock: NTP that agrees with the signed time, until a test sets it."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop
        self.offset_s = float(NOW_S)
        self.source = ClockTrust.NTP
        self._rate, self._since_s = 1.0, 0.0

    def set(self, reads_s: float, source: ClockTrust, rate: float = 1.0) -> None:
        """From now on it reads that, and runs so fast; monotonic time runs true."""
        self._since_s = self._loop.time()
        self.offset_s, self.source, self._rate = reads_s - self._since_s, source, rate

    def read(self) -> tuple[float, ClockTrust]:
        now_s = self._loop.time()
        return self.offset_s + now_s + (now_s - self._since_s) * (self._rate - 1.0), self.source


class SimSite:
    def __init__(
        self,
        seed: int,
        *,
        doors: int = 6,
        content: ContentSensor = ContentSensor.INFRARED,
        feedback: Feedback = Feedback.SWITCH,
        capacity: int = 1 << 40,
        limits: JournalLimits | None = None,
        policy: Policy | None = None,
        plans: tuple[CompartmentPlan, ...] | None = None,
        boards: Mapping[str, Sequence[int]] | None = None,
        lines: Collection[str] = (),
        image: CardImage | None = None,
        machine_id: str = "machine-a",
        connect: Callable[[Runtime], Cloud] | None = None,
        line_s: Callable[[], float] | None = None,
    ) -> None:
        """`lines`: the boards that are bare lines.

        `line_s` says after each job what the line to the cloud still owes in time.
        """
        plans = plans or tuple(CompartmentPlan(n, Size.M, feedback, content) for n in range(1, doors + 1))
        self.site = Site(
            number=SITE,
            compartments=plans,
            policy=policy or Policy(),
            root_public=public_bytes(ROOT),
            pin_key=PIN_KEY,
            neighbours=(Neighbour(NEIGHBOUR, "Station Road", "Station Road 4"),),
        )
        self.disk = SimDisk(seed, capacity=capacity, image=image)
        owed_s = line_s or (lambda: 0.0)
        self.loop = SimLoop(seed, stall_s=lambda: self.disk.take_stall_s() + owed_s())
        asyncio.set_event_loop(self.loop)
        self.world = World(plans, seed, now_s=0.0, boards=boards)
        self.wall = SimWall(self.loop)
        self.banks: dict[str, SimBank] = {}
        self.machine_id = machine_id
        self._connect = connect
        self.cloud: Cloud | None = None
        self._limits = limits
        self.lines = frozenset(lines)
        self.stuck_lines: set[str] = set()  # boards whose lines cannot be switched off
        self._chance = random.Random(seed)
        self._life: Life | None = None
        self._task: asyncio.Task[None] | None = None
        self.runtime: Runtime | None = None
        self._made: set[str] = set()
        self.committed = 0  # the last row that anybody outside was told of
        self.disk.when_cut = self._power_off
        self.told: deque[tuple[float, inputs.Input]] = deque(maxlen=TOLD_KEPT)  # by people, and when
        self.boots: dict[int, float] = {}  # number → when its monotonic stamps began, in the time of the loop
        self.differences: list[str] = []  # between what was decided in a boot and what its ring decides again
        self.decided_again = 0  # inputs
        self.when_committed: list[Callable[[], None]] = []  # who reads the card after each commit
        self.watch_screens: list[Callable[[Screen], None]] = []
        self.documents: set[str] = set()  # SHA-256 of what the operator gave
        self.is_new = False  # the card is: the roof tells it keys and roster from the enrolment
        self.writing_since_s = -1.0  # an append is under way that nobody has heard of yet
        self.when_written: Callable[[Written], None] | None = None  # who watches the journal
        self.when_shown: Callable[[Screen], None] | None = None  # who watches the screen
        self.when_answered: Callable[[int, bool], None] | None = None  # a technician's request, and whether it was done

    # -- lives --------------------------------------------------------------------------------------------------------

    def start(self, *, wait: bool = True) -> None:
        """Power on and run; with `wait`, until the boot is decided."""
        if self.disk.dead:
            self.disk.power_on()
        guard = CoilGuard(timer=WorldTimer(self.world, self.loop.time))  # it remembers what this process has driven
        world, clock = self.world, self.loop.time
        for name in world.boards:
            self.banks[name.lower()] = (
                LineBank(world, clock, board=name, guard=guard, stuck=self.stuck_lines)
                if name in self.lines
                else SimBank(world, clock, board=name, guard=guard)
            )
        self._life = self.loop.begin_life()
        self._task = self._life.start(self._main())
        if wait:
            self.let(self._until_ready())

    def cut(self) -> None:
        """The power goes, now."""
        self.disk.cut_power()

    def kill(self) -> None:
        """The process is killed; the machine and its caches stay."""
        self._power_off()
        self.disk.kill_process()

    def let(self, act: Coroutine[Any, Any, T]) -> T:
        """Do `act` as the world does, whatever becomes of the runtime meanwhile."""
        return self.loop.run_until_complete(act)

    def run_for(self, seconds: float) -> None:
        self.loop.run_for(seconds)

    @property
    def failure(self) -> BaseException | None:
        """What ended the runtime of this life, if anything did."""
        done = self._task is not None and self._task.done() and not self._task.cancelled()
        return self._task.exception() if done and self._task is not None else None

    @property
    def off(self) -> bool:
        """No process runs: the power is gone, or it was killed."""
        return self._life is None

    @property
    def boot_began_s(self) -> tuple[int, float] | None:
        """Number of the present boot, and the time of the loop from which its monotonic stamps count."""
        if self.runtime is None or not self.runtime.ready.is_set():
            return None
        stamper = self.runtime._stamper
        return stamper._boot, stamper._began_s

    async def _main(self) -> None:
        journal = await asyncio.get_running_loop().run_in_executor("journal", self._open)  # type: ignore[arg-type]
        parts = Parts(
            dict(self.banks),
            SimSensors(self.world, self.loop.time),
            SimIndicator(self.world, self.loop.time),
            SimSupply(self.world, self.loop.time),
            committed=self._heard,
            shown=self._shown,
            answer=self._answered,
        )
        self.runtime = Runtime(
            self.site,
            journal,
            parts,
            self.wall,
            str,  # type: ignore[arg-type]  # a simulated lane is its name
            random_bytes=self._chance.randbytes,
        )
        await self._run(self.runtime)
        journal.close()

    async def _run(self, runtime: Runtime) -> None:
        """Until the runtime is halted; what fails beside it ends it too, as the supervisor does."""
        if self._connect is None:
            await runtime.run()
            return
        self.cloud = self._connect(runtime)
        await asyncio.gather(
            runtime.run(),
            self._port(runtime, self.cloud.send),
            self._port(runtime, self.cloud.listen),
            self._port(runtime, lambda: self._renew(runtime)),
        )

    async def _tell_documents(self, runtime: Runtime) -> None:
        """What came with the enrolment, as the roof tells it to a journal that has none."""
        keys, people = sign_keys(BUNDLE, ROOT), sign_roster(roster(), COMMAND)
        self.documents |= {hashlib.sha256(document).hexdigest() for document in (keys, people)}
        await runtime.document("keys", keys)
        await runtime.document("roster", people)

    async def _renew(self, runtime: Runtime) -> None:
        """At each start on a new card: a cut may have come before it had them."""
        if self.is_new and runtime.books is not None and not runtime.books.state.roster_version:
            await self._tell_documents(runtime)

    async def _port(self, runtime: Runtime, port: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """A card without room ends a port, and it is started again, as the supervisor does; else it has to go on."""
        await runtime.ready.wait()
        while True:
            try:
                await port()
            except JournalFull:
                await asyncio.sleep(FIRST_WAIT_S)
            else:
                return

    def _open(self) -> Journal:
        journal = WatchedJournal.open(
            PATH,
            site=SITE,
            fold_version=FOLD_VERSION,
            machine_id=self.machine_id,
            random_bytes=self._chance.randbytes,
            limits=self._limits,
            vfs=self.disk.vfs,
            files=self.disk.files,
        )
        assert isinstance(journal, WatchedJournal)
        journal.tell = self._written
        return journal

    def _written(self, written: Written) -> None:
        if written.act == "append":
            self.writing_since_s = self.loop.time()
        if self.when_written is not None:
            self.when_written(written)

    def _heard(self, seq: int, size: int, custody: bool) -> None:
        self.committed, self.writing_since_s = seq, -1.0
        if self.runtime is not None:
            stamper = self.runtime._stamper
            self.boots[stamper._boot] = stamper._began_s
        for look in self.when_committed:
            look()
        if self.cloud is not None:
            self.cloud.committed(seq, size, custody)

    def _shown(self, screen: Screen) -> None:
        if self.when_shown is not None:
            self.when_shown(screen)
        for look in self.watch_screens:
            look(screen)

    def _answered(self, answer: Answer) -> None:
        if self.when_answered is not None:
            self.when_answered(answer.request, answer.ok)

    async def _until_ready(self) -> None:
        for _ in range(20_000):
            if (self.runtime is not None and self.runtime.ready.is_set()) or self.failure is not None:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the runtime is not ready after 200 s")

    def _power_off(self) -> None:
        self.decide_again()
        if self._life is not None:
            self._life.power_off()
        self._life, self.runtime, self.cloud, self.writing_since_s = None, None, None, -1.0

    def __enter__(self) -> SimSite:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._power_off()
        self.world.faults.clear()
        self.stuck_lines.clear()  # the guards of all its lives switch off at the interpreter's end
        self.disk.dead = True
        self.loop.close()
        asyncio.set_event_loop(None)

    def decide_again(self) -> None:
        """Everything that this boot's ring remembers."""
        if self.runtime is not None:
            self.decided_again += len(self.runtime.ring)
            self.differences += ring_agrees(self.runtime.site, self.runtime.ring)

    # -- people -------------------------------------------------------------------------------------------------------

    def tell(self, told: inputs.Input) -> bool:
        """An input, when there is a runtime to take it."""
        self.told.append((self.loop.time(), told))
        return self.runtime is not None and self.runtime.tell(told)

    def screen(self) -> Screen:
        assert self.runtime is not None
        return self.runtime.screen()

    async def enrolled(self) -> None:
        """Keys, roster and an empty standing list come."""
        assert self.runtime is not None
        await self._tell_documents(self.runtime)
        nothing = StandingList(site=SITE, issued_at=NOW_S, version=1, after_order=0, parcels=())
        await self.runtime.document("standing", sign_standing(nothing, COMMAND))
        await asyncio.sleep(1)

    async def courier_comes(self) -> None:
        claims = Claims(
            id=bytes.fromhex(COURIER_BADGE),
            site=SITE,
            purpose=Purpose.DEPOSIT,
            expires_s=NOW_S + 2 * DAY_S,
            carrier="dpd",
        )
        self.tell(inputs.Scan(mint_code(claims, COURIER)))
        await asyncio.sleep(0.5)
        if self.runtime is not None:
            self.tell(inputs.Typed(COURIER_PIN, self.screen().number))
            await asyncio.sleep(0.5)

    async def deposits(self, label: str, door: int = 0) -> int:
        """The courier at the screen scans, puts and shuts; returns the door, 0 when it came to nothing."""
        if label not in self._made:
            self._made.add(label)
            self.world.parcels.make(label, text=label)
        self.tell(inputs.Scan(label, "Code128"))
        for _ in range(1000):  # often: whoever deposits is at the door before it has sprung open
            if self.runtime is None:
                return 0
            shown = self.screen()
            if shown.door and shown.name in ("opening", "put", "push_then_pull"):
                door = shown.door
                break
            await asyncio.sleep(0.01)
        if door:
            self.world.person.deposits(label, door)
            await asyncio.sleep(SETTLED_S)
        return door

    async def collects(self, label: str, door: int, *, pause_s: float = SETTLED_S) -> None:
        """The customer shows the code, takes what is inside, and shuts."""
        self.world.person.collects(door)
        self.tell(inputs.Scan(self.code(label)))
        await asyncio.sleep(pause_s)

    def code(self, label: str) -> str:
        claims = Claims(id=bytes.fromhex(sent(label).reservation), site=SITE, expires_s=NOW_S + 40 * DAY_S)
        return mint_code(claims, PICKUP)

    # -- what is true -------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        assert self.runtime is not None
        assert self.runtime.books is not None
        return self.runtime.books.state

    def parcel_id(self, label: str) -> str:
        return sent(label).parcel

    def rows(self) -> list[Row]:
        """Every durable row, read from the card as it lies there."""
        probe = SimDisk(0, image=self.disk.copy_card())
        journal = Journal.open(
            PATH,
            site=SITE,
            fold_version=FOLD_VERSION,
            machine_id=self.machine_id,
            random_bytes=random.Random(0).randbytes,
            limits=self._limits,
            vfs=probe.vfs,
            files=probe.files,
        )
        rows: list[Row] = []
        while more := journal.rows(rows[-1].seq if rows else journal.oldest_seq() - 1):
            rows += [row for row, _ in more]
        assert recover(journal).state.head == (rows[-1].seq if rows else 0)
        journal.close()
        return rows

    def events(self) -> list[Event]:
        return [decode(row.kind, row.payload) for row in self.rows()]

    def pulses(self) -> list[Entry]:
        return [entry for entry in self.world.chronicle.since() if entry.deed is Deed.PULSE_BEGAN]

    def aim(self, deed: Deed, act: Callable[[], None], *, nth: int = 1) -> None:
        """Do `act` at the very instant of the `nth` such deed from now, once."""
        left = [nth]

        def watch(entry: Entry) -> None:
            if entry.deed is deed and left[0] > 0:
                left[0] -= 1
                if left[0] == 0:
                    act()

        self.world.chronicle.watch(watch)

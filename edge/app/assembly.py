"""The locker put together: configuration in, a running daemon out.

`await run_locker(configuration)` is all of `locker run`: it takes the journal, the ports and the banks, boots the
runtime, keeps the ports running, and returns when it was halted in order.  Whatever it raises, the process must not
survive; everything that was taken has been given back by then.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge.app.browser_watch import BrowserWatch, start_again
from edge.app.cell_memory import CellMemory
from edge.app.configuration import JOURNAL_FILE, Configuration
from edge.app.desk import LockerDesk
from edge.app.enrolment import enrolment_of, tell_documents
from edge.app.eyes import Eyes
from edge.app.incident.files import RING_FILE, write
from edge.app.incident.telling import head_of, ring_lines
from edge.app.lanes import Lanes
from edge.app.machine import machine_id
from edge.app.openwall import open_wall
from edge.app.scanners import Scanner
from edge.app.screen_plan import options_of
from edge.app.steady_bank import SteadyBank
from edge.app.supervisor import Supervisor
from edge.app.surroundings import WholeWall
from edge.app.vitals import Vitals
from edge.app.weigher import weigher_of
from edge.clock import SystemClock
from edge.control.peers import Rule
from edge.control.server import ControlServer
from edge.core.errors import JournalBroken, NotAllowed, machine_says
from edge.core.inputs import Halt
from edge.core.site import Site
from edge.core.state import FOLD_VERSION
from edge.journal import Journal
from edge.runtime import Bank, Parts, Runtime
from edge.runtime.notify import Notify
from hal.coil import CoilGuard
from kiosk_ui.board import ScreenBoard
from sync.enrol import Enrolment

if TYPE_CHECKING:
    from edge.app.cloud import Cloud

__all__ = ["log", "run_locker", "site_of"]

STOP_WITHIN_S: Final = 5.0  # for what blocks in a lane; the service manager waits for 20 s
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def log(line: str) -> None:
    """One line to the service manager's log."""
    print(f"locker: {line}", file=sys.stderr, flush=True)


def site_of(configuration: Configuration, enrolment: Enrolment | None) -> Site:
    """The site of the core; an enrolled one has the trust root and the PIN key of its enrolment."""
    told = configuration.site
    return Site(
        number=told.number,
        compartments=configuration.compartments,
        name=told.name or (enrolment.name if enrolment else ""),
        address=told.address or (enrolment.address if enrolment else ""),
        groups=frozenset(told.groups) | frozenset(enrolment.groups if enrolment else ()),
        neighbours=told.neighbours,
        policy=configuration.policy,
        root_public=enrolment.root if enrolment else b"",
        pin_key=enrolment.pin_key if enrolment else b"",
    )


async def run_locker(configuration: Configuration, notify: Notify | None = None) -> None:
    """Run until SIGTERM or SIGINT.  Errors of the tree say in one line why it cannot be, or could not go on."""
    async with contextlib.AsyncExitStack() as stack:
        daemon = _Daemon(configuration, notify or Notify(), stack)
        await daemon.open()
        await daemon.run()


class _Daemon:
    """One life.  What is opened is put on `stack`, and closed in the opposite order."""

    def __init__(self, configuration: Configuration, notify: Notify, stack: contextlib.AsyncExitStack) -> None:
        self._told, self._notify, self._stack = configuration, notify, stack
        self._lanes, self._clock, self._board = Lanes(), SystemClock(), ScreenBoard()
        self._cloud: Cloud | None = None
        self._news = asyncio.Event()  # a commit has been made

    # -- opening ------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Take what one process alone may have: the journal first, whose holder is named to a second daemon."""
        told = self._told
        self._stack.push(self._close_lanes)
        _make(told.directory)
        self._enrolment = enrolment_of(told.directory, told.site.number)
        self._journal = await self._open_journal()
        from edge.app.screen_page import ScreenPage  # after the journal: who is refused it need not wait for a library

        self._browser = BrowserWatch(
            partial(start_again, told.kiosk.restart) if told.kiosk.restart else None,
            lambda one: self._runtime.tell(one),
            log,
        )
        self._page = ScreenPage(
            told.kiosk.port,
            self._board,
            options_of(told.kiosk, told.panel),
            wall_s=lambda: self._desk.believed_s(),
            unsent=lambda: self._link()["unsent"] if self._cloud is not None else 0,
            beat=self._browser.beat,
        )
        self._page.bind()
        self._eyes = Eyes(told.camera.source, lambda one: self._runtime.tell(one)) if told.camera.source else None
        self._scanners = [
            Scanner(plan, lambda one: self._runtime.tell(one), self._lanes(f"reader {plan.name}"))
            for plan in told.readers
        ]
        self._weigher = weigher_of(
            told.scale,
            self._lanes,
            lambda one: self._runtime.tell(one),
            lambda answer: self._desk.answered(answer),
        )
        if self._weigher is not None:
            self._stack.push_async_callback(self._weigher.close)
        self._desk = LockerDesk(
            self._clock,
            version=_version(),
            link=self._link,
            kiosk=self._page.address,
            eyes=self._eyes,
            scanners=self._scanners,
            weigher=self._weigher,
            told=told,
        )
        rule = Rule(os.getuid(), frozenset(told.control.read_groups), frozenset(told.control.act_groups))
        self._control = ControlServer(Path(told.control.socket), rule, self._desk)
        self._control.bind()
        self._runtime = self._make_runtime()
        if self._enrolment is not None and told.cloud.url:
            from edge.app.cloud import Cloud  # likewise, where there is no cloud

            self._cloud = Cloud(
                self._runtime,
                told.cloud,
                self._enrolment,
                told.directory,
                self._lanes,
                wall_s=lambda: int(self._clock.read()[0]),
                health=self._desk.health,
                mark_seq=self._first_mark,
            )
            self._stack.callback(self._cloud.close)

    async def _open_journal(self) -> Journal:
        path = str(self._told.directory / JOURNAL_FILE)
        machine, site = machine_id(), self._told.site.number

        def opened() -> Journal:
            return Journal.open(path, site=site, fold_version=FOLD_VERSION, machine_id=machine, random_bytes=os.urandom)

        lane = self._lanes("journal")
        loop = asyncio.get_running_loop()
        journal = await loop.run_in_executor(lane, opened)
        self._stack.push_async_exit(self._close_journal)
        mark = await loop.run_in_executor(lane, lambda: journal.watermark)
        self._first_mark = 0 if mark is None else mark.seq
        return journal

    async def _close_journal(self, kind: type[BaseException] | None, *_: object) -> None:
        """In order after a halt; after an error without another byte."""
        let_go = self._journal.close if kind is None else self._journal.abandon
        await asyncio.get_running_loop().run_in_executor(self._lanes("journal"), let_go)

    def _make_runtime(self) -> Runtime:
        banks, wall = self._banks()
        parts = Parts(
            banks,
            wall,
            wall,
            wall,
            look_for=self._eyes.look_for if self._eyes else _nothing,
            adjust_scale=self._weigher.adjust if self._weigher else _nothing,
            answer=self._desk.answered,
            committed=self._committed,
            shown=self._board.put,
        )
        return Runtime(
            site_of(self._told, self._enrolment),
            self._journal,
            parts,
            self._clock,
            self._lanes,
            random_bytes=os.urandom,
            version=_version(),
            notify=self._notify,
        )

    def _banks(self) -> tuple[dict[str, Bank], WholeWall]:
        guard = CoilGuard(self._told.coils)
        self._stack.callback(guard.close)
        banks, wall = open_wall(self._told, guard, self._stack.callback, memory=CellMemory(self._told.directory))
        self._vitals = Vitals(wall, self._lanes, lambda one: self._runtime.tell(one))
        guard.on_pulse = self._vitals.pulsed
        return {name: SteadyBank(bank) for name, bank in banks.items()}, wall

    # -- running ------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        loop, runtime = asyncio.get_running_loop(), self._runtime
        for number in SIGNALS:
            loop.add_signal_handler(number, self._halt, number.name)
        core = loop.create_task(runtime.run(), name="core")
        ready = loop.create_task(runtime.ready.wait())
        await asyncio.wait({core, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        supervisor = Supervisor(runtime.tell, log)
        try:
            if not core.done():
                self._keep_ports(supervisor)
                await asyncio.wait({core, supervisor.broken}, return_when=asyncio.FIRST_COMPLETED)
            if supervisor.broken.done():
                supervisor.broken.result()
            await core
        except JournalBroken:
            raise  # without another byte
        except Exception:  # whatever the core failed of: what it remembers is left on the card, and the failure goes on
            self._leave_behind()
            raise
        finally:
            self._notify.say("STOPPING=1")
            if self._cloud is not None:
                self._cloud.close()  # whoever waits for the hub is woken
            await supervisor.stop()
            core.cancel()
            await asyncio.wait({core})

    def _keep_ports(self, supervisor: Supervisor) -> None:
        self._desk.serve(self._runtime)
        self._page.runtime = self._runtime
        print(f"locker: site {self._told.site.number} is ready; its screen is {self._page.address}", flush=True)
        supervisor.keep("control", self._control.serve)
        supervisor.keep("screen", self._page.run)
        supervisor.keep("browser", self._browser.run)
        supervisor.keep("vitals", self._watch_vitals)
        if self._eyes is not None:
            supervisor.keep("camera", self._eyes.run)
        for scanner in self._scanners:
            supervisor.keep(f"reader {scanner.name}", scanner.run)
        if self._weigher is not None:
            supervisor.keep("scale", self._weigher.run)
        if self._enrolment is not None:
            supervisor.keep("documents", self._tell_documents)
        if self._cloud is not None:
            supervisor.keep("sender", self._cloud.send)
            supervisor.keep("listener", self._cloud.listen)

    async def _watch_vitals(self) -> None:
        books = self._runtime.books
        assert books is not None, "the runtime is ready"
        await self._vitals.run(books.state.faults)

    async def _tell_documents(self) -> None:
        """Once; then there is nothing left to do."""
        assert self._enrolment is not None
        await tell_documents(self._runtime, self._enrolment, self._told.directory, self._news)
        await asyncio.Event().wait()

    def _leave_behind(self) -> None:
        """The last inputs, for whoever looks into why this life failed."""
        path = self._told.directory / RING_FILE
        new = path.with_suffix(".new")
        head = head_of(self._told, self._runtime.site, health=None, ring="of this life")
        try:
            new.unlink(missing_ok=True)
            write(new, [head, *ring_lines(self._runtime.ring, self._runtime.site)])
            new.replace(path)
        except (OSError, NotAllowed) as error:
            log(f"the last inputs could not be left behind: {error}")
        else:
            log(f"the last {len(self._runtime.ring)} inputs are in {path}; locker bundle takes them along")

    def _halt(self, reason: str) -> None:
        self._runtime.tell(Halt(reason))

    def _committed(self, seq: int, size: int, custody: bool) -> None:
        self._news.set()
        if self._cloud is not None:
            self._cloud.committed(seq, size, custody)

    def _link(self) -> dict[str, Any]:
        """How it goes with the cloud, or why there is none."""
        enrolled, head = self._enrolment is not None, self._journal.head.seq
        mark, online = self._first_mark, False
        if self._cloud is None:
            link = "no cloud is configured" if enrolled else "the site is not enrolled"
        else:
            link, mark, online = self._cloud.reports.link_said, self._cloud.reports.mark_seq, self._cloud.reports.online
        return {"enrolled": enrolled, "online": online, "link": link, "watermark": mark, "unsent": max(0, head - mark)}

    def _close_lanes(self, _: type[BaseException] | None, error: BaseException | None, __: object) -> None:
        """A lane that hangs must not keep a dying process: nothing that matters is left to be done in it."""
        hung = self._lanes.close(STOP_WITHIN_S)
        if hung:
            if error is not None:
                log(str(error))
            log(f"lanes that did not end within {STOP_WITHIN_S:g} s: {', '.join(hung)}")
            os._exit(1)


def _version() -> str:
    return version("locker-edge")


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NotAllowed(f"state directory {directory}: {machine_says(error)}") from None
    if not os.access(directory, os.W_OK | os.X_OK):
        raise NotAllowed(f"state directory {directory}: permission denied")


def _nothing(*_: object) -> None:
    """Nobody looks."""

"""A life that will be killed: the real runtime on a real journal, its doors in a world that lives on in a process.

    python -m tests.faults.runner FOLDER CONTENT BASE_S

There is no camera, no kiosk and no cloud: what people show and type comes in as lines, what is durable and what is on
the screen goes out as lines.

in    scan CODE · label TEXT · type TEXT · tap CHOICE · empty DOOR · document NAME HEX · hold N · books
out   ready · row SEQ BYTES · screen NAME DOOR · held SEQ · books JSON

`hold N` stops the writer for ever behind its N-th commit from now, before anybody knows of it: whoever aims at the
moment after a commit kills then.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from edge.core import inputs
from edge.core.fold import freeze
from edge.core.screens import Screen
from edge.core.site import CompartmentPlan, Policy, Site, Timers
from edge.core.state import FOLD_VERSION
from edge.core.words import ClockTrust, ContentSensor, Size
from edge.journal import Journal
from edge.runtime import NoSensors, Parts, Runtime
from hal.coil import CoilGuard
from hal.sim.remote import RemoteBank, RemoteIndicator, RemoteSensors, RemoteSupply, SimOptions
from sync.hub.issue import public_bytes
from tests.credentials.known_keys import NOW_S, PIN_KEY, ROOT, SITE

DOORS: Final = 8
JOURNAL: Final = "journal.db"
SOCKET: Final = "world.sock"
# People here are quick, and one code is shown more often than any customer would.
POLICY: Final = Policy(timers=Timers(shortest_open_s=0.3), openings_an_hour=100)


def plans(content: ContentSensor) -> tuple[CompartmentPlan, ...]:
    return tuple(CompartmentPlan(door, Size.M, content=content) for door in range(1, DOORS + 1))


class Wall:
    """A wall clock that NTP has set, the same in every life.  base_s: when the street began, monotonic."""

    def __init__(self, base_s: float) -> None:
        self._base_s = base_s

    def read(self) -> tuple[float, ClockTrust]:
        return NOW_S + time.monotonic() - self._base_s, ClockTrust.NTP


class WriterLane(Executor):
    """The writer's lane; it stops for ever behind a commit when it is told to."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._thread, self._say = ThreadPoolExecutor(1), say
        self.journal: Journal | None = None
        self.hold_at = 0  # commits from now; 0: never

    def submit(self, job: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        return self._thread.submit(self._run, lambda: job(*args, **named))

    def _run(self, job: Callable[[], Any]) -> Any:
        before = self._head()
        answer = job()
        if self._head() != before and self.hold_at:
            self.hold_at -= 1
            if self.hold_at == 0:
                self._say(f"held {self._head()}")
                threading.Event().wait()
        return answer

    def _head(self) -> int:
        return 0 if self.journal is None else self.journal.head.seq


class Runner:
    """Puts the parts together, and carries lines in and out."""

    def __init__(self, folder: Path, content: ContentSensor, base_s: float) -> None:
        self._folder, self._content, self._base_s = folder, content, base_s
        self._out = threading.Lock()
        self._lanes: dict[str, Executor] = {}
        self._writer = WriterLane(self._say)
        self._runtime: Runtime

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_end_at_once)
        journal = await loop.run_in_executor(self._writer, self._open)
        self._writer.journal = journal
        self._runtime = self._assembled(journal)
        threading.Thread(target=self._listen, args=(loop,), daemon=True).start()
        running = asyncio.ensure_future(self._runtime.run())
        ready = asyncio.ensure_future(self._runtime.ready.wait())
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            self._say("ready")
        await running

    def _open(self) -> Journal:
        path = str(self._folder / JOURNAL)
        return Journal.open(
            path, site=SITE, fold_version=FOLD_VERSION, machine_id="one machine", random_bytes=os.urandom
        )

    def _assembled(self, journal: Journal) -> Runtime:
        options = SimOptions(socket=str(self._folder / SOCKET), pulse_ms=100)
        built = plans(self._content)
        site = Site(number=SITE, compartments=built, policy=POLICY, root_public=public_bytes(ROOT), pin_key=PIN_KEY)
        parts = Parts(
            {"a": RemoteBank(options, [plan.door for plan in built], CoilGuard())},
            NoSensors() if self._content is ContentSensor.NONE else RemoteSensors(options),
            RemoteIndicator(options),
            RemoteSupply(options),
            committed=lambda seq, size, _: self._say(f"row {seq} {size}"),
            shown=self._show,
        )
        return Runtime(site, journal, parts, Wall(self._base_s), self._lane, random_bytes=os.urandom)

    def _lane(self, name: str) -> Executor:
        if name == "journal":
            return self._writer
        return self._lanes.setdefault(name, ThreadPoolExecutor(1))

    # -- lines --------------------------------------------------------------------------------------------------------

    def _say(self, line: str) -> None:
        """Said is said: the line is the kernel's when this returns."""
        with self._out:
            os.write(1, f"{line}\n".encode())

    def _show(self, shown: Screen) -> None:
        self._say(f"screen {shown.name} {shown.door}")

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        with open(0, encoding="utf-8", closefd=False) as lines:
            for line in lines:
                loop.call_soon_threadsafe(self._told, *line.rstrip("\n").partition(" ")[::2])
        os._exit(0)  # nobody is left to kill it

    def _told(self, verb: str, rest: str) -> None:
        tell, number = self._runtime.tell, self._runtime.screen().number
        match verb:
            case "scan":
                tell(inputs.Scan(rest))
            case "label":
                tell(inputs.Scan(rest, "Code128"))
            case "type":
                tell(inputs.Typed(rest, number))
            case "tap":
                tell(inputs.Chosen(rest, number))
            case "empty":
                tell(inputs.Technical("empty", "ada", "looked into it", int(rest)))
            case "document":
                name, data = rest.split()
                tell(inputs.Document(name, bytes.fromhex(data)))
            case "hold":
                self._writer.hold_at = int(rest)
            case "books":
                assert self._runtime.books is not None
                self._say(f"books {freeze(self._runtime.books.state).decode()}")
            case _:
                raise AssertionError(f"a line that nobody understands: {verb} {rest}")


def _end_at_once(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Nothing that fails here may pass for a life that goes on."""
    loop.default_exception_handler(context)
    os._exit(1)


def main(folder: str, content: str, base_s: str) -> None:
    asyncio.run(Runner(Path(folder), ContentSensor(content), float(base_s)).run())


if __name__ == "__main__":
    main(*sys.argv[1:])

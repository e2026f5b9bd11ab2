"""The stage of the demo: a world and a site as processes of their own, a cloud in this one, a cable between them.

Everything is on loopback and in one temporary folder, and everything ends with the demo.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeVar

import urllib3

from edge.app.demo.configured import DOORS, HURRIED, OTHER_SITE, SITE, configured
from edge.app.demo.wire import Wire
from edge.app.plugging import INFRARED, as_argument, boards_for
from edge.clock import SystemClock
from edge.control.client import ControlClient
from edge.core.claims import Claims
from edge.core.errors import Broken, LinkDown, LockerError
from edge.core.keys import KeyPurpose
from edge.core.words import Purpose
from hal.sim.client import WorldClient
from sync.hub.app import Address, HubServer
from sync.hub.desk import open_desk
from sync.hub.issue import choose_issuer, mint_code

CARRIERS: Final = ("dpd", "gls")
START_S: Final = 30.0  # for a process to be up, on a slow card
STEP_S: Final = 20.0  # for anything the story waits for
ELSEWHERE_LIFE_S: Final = 7 * 86_400

T = TypeVar("T")


class Stage:
    """Enter it, and everything but the site is running.

    board: a make of lock boards, which then stand between the site and the doors; none: the world's own.
    timers: how long the site waits for people.  kiosk_port: of its screen, 0 for any that is free.
    """

    def __init__(self, board: str = "", *, timers: str = HURRIED, kiosk_port: int = 0) -> None:
        self._timers, self._kiosk_port = timers, kiosk_port
        self.folder = Path(tempfile.mkdtemp(prefix="locker-demo-"))
        self.board = board
        self.content = "infrared" if board in INFRARED else "scale"
        self.boards = boards_for(board, self.folder / "board", range(1, DOORS + 1)) if board else []
        self.configuration = self.folder / "locker.toml"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._pool = urllib3.PoolManager(retries=False)

    def __enter__(self) -> Stage:
        try:
            self._open_hub()
            self.wire = Wire(self.hub.port)
            self.configuration.write_text(self._configured())
            plugged = [word for it in self.boards for word in ("--board", as_argument(it))]
            where = ("--config", str(self.configuration), "--socket", str(self.world_socket))
            self._spawn("world", "world", *where, *plugged)
            self.world = self.until(lambda: self._world(), START_S, "the world")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in tuple(self._processes):
            self.end(name)
        if hasattr(self, "world"):
            self.world.close()
        self._pool.clear()
        if hasattr(self, "hub"):
            self.hub.should_exit = True
            self._hub_thread.join(10)
            self._desk.close()
        if hasattr(self, "wire"):
            self.wire.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configured(self) -> str:
        return configured(
            self.folder,
            self.wire.url,
            timers=self._timers,
            content=self.content,
            boards=self.boards,
            kiosk_port=self._kiosk_port,
        )

    # -- the cloud ----------------------------------------------------------------------------------------------------

    def _open_hub(self) -> None:
        self._desk = open_desk(self.folder / "hub", self.now_s, os.urandom, CARRIERS)
        self.hub = HubServer(self._desk, Address())
        self._hub_thread = threading.Thread(target=lambda: asyncio.run(self.hub.serve_bound()), name="hub", daemon=True)
        self._hub_thread.start()

    def code_for_elsewhere(self) -> str:
        """A sound pickup code of another locker, as its customers are sent one."""
        issuers, now_s = self._desk.keys.every(), self.now_s()
        known = frozenset(issuer.key.kid.hex() for issuer in issuers)
        until_s = now_s + ELSEWHERE_LIFE_S
        claims = Claims(id=os.urandom(8), site=OTHER_SITE, expires_s=until_s, purpose=Purpose.PICKUP)
        return mint_code(claims, choose_issuer(issuers, known, KeyPurpose.PICKUP, "", now_s))

    def now_s(self) -> int:
        return int(SystemClock().read()[0])

    def cloud(self, method: str, path: str, body: object = None) -> Any:
        """Ask the hub as its administrator.  LinkDown with what it said when that is not "yes"."""
        answer = self._pool.request(
            method,
            f"{self.hub.url}/v1/admin/{path}",
            body=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._desk.admin_token}", "Content-Type": "application/json"},
            timeout=10,
        )
        if answer.status >= 300:
            raise LinkDown(f"hub: {method} {path}: {answer.status} {answer.data[:200]!r}")
        return json.loads(answer.data)

    # -- the site -----------------------------------------------------------------------------------------------------

    @property
    def world_socket(self) -> Path:
        return self.folder / "world.sock"

    @property
    def control_socket(self) -> Path:
        return self.folder / "control.sock"

    def enrol(self, *, replace: bool = False) -> None:
        """As a technician does: with a claim code, over a line of their own."""
        claim = self.cloud("POST", f"sites/{SITE}/claims", {})["claim"]
        extra = ["--replace"] if replace else []
        self.run("enrol", claim, "--config", str(self.configuration), "--url", self.hub.url, *extra)

    def start_site(self) -> None:
        self._spawn("site", "run", "--config", str(self.configuration))
        self.until(lambda: self.status() is not None, START_S, "the site")

    def kill_site(self) -> None:
        """SIGKILL: nothing of the process runs again."""
        process = self._processes.pop("site")
        process.kill()
        process.wait()

    def stop_site(self) -> None:
        self.end("site")

    def status(self) -> dict[str, Any] | None:
        """What the site says of itself; None while it does not answer."""
        try:
            return dict(self.ask("status"))
        except LockerError:
            return None

    def ask(self, op: str, **args: Any) -> Any:
        """One request on the control socket."""
        with ControlClient(self.control_socket) as line:
            return line.ask(op, **args)

    def new_card(self) -> None:
        """Another card: nothing of the old one is left but the configuration."""
        shutil.rmtree(self.folder / "state")
        (self.folder / "state").mkdir(mode=0o700)

    def journal(self) -> list[dict[str, Any]]:
        """Every row of the journal, from the daemon."""
        with ControlClient(self.control_socket) as line:
            return list(line.stream("journal"))

    def cloud_events(self, epoch: str) -> list[dict[str, Any]]:
        """Every row of one epoch that the hub has."""
        rows: list[dict[str, Any]] = []
        while True:
            after = rows[-1]["seq"] if rows else 0
            more = self.cloud("GET", f"sites/{SITE}/events?epoch={epoch}&after={after}")
            if not more:
                return rows
            rows += more

    def pause(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def run(self, *arguments: str) -> str:
        """One command of the product, to its end; its words when it says no."""
        done = subprocess.run(
            [sys.executable, "-m", "edge.app.cli", *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            raise Broken(f"locker {' '.join(arguments[:2])}: exit {done.returncode}: {done.stderr.strip()[-300:]}")
        return done.stdout

    # -- processes ----------------------------------------------------------------------------------------------------

    def _spawn(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "edge.app.cli", *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def end(self, name: str) -> None:
        process = self._processes.pop(name, None)
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def log(self, name: str) -> str:
        """The last words of a process."""
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace")[-600:] if file.exists() else ""

    def _world(self) -> WorldClient | None:
        if not self.world_socket.exists():
            return None
        client = WorldClient(self.world_socket)
        try:
            client.doors()
        except LockerError:
            client.close()
            return None
        return client

    def until(self, look: Callable[[], T | None], seconds: float = STEP_S, what: str = "") -> T:
        """What `look` finds once it is neither None nor False; Broken after `seconds`."""
        ends = time.monotonic() + seconds
        pause = threading.Event()
        while True:
            found = look()
            if found is not None and found is not False:
                return found
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise Broken(f"the {name} ended with {process.returncode}: {self.log(name).strip()[-300:]}")
            if time.monotonic() > ends:
                raise Broken(f"{what or 'nothing'} after {seconds:g} s")
            pause.wait(0.05)

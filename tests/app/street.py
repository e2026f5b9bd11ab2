"""A street for the daemon: a folder, a world and a site as processes of their own, and the service manager's socket."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from edge.control.client import ControlClient
from hal.sim.client import WorldClient

WITHIN_S: Final = 30  # generous: a busy machine is not a bug
DOORS: Final = 4

CONFIGURATION: Final = """
[site]
number = 7
name = "Station Road"
[policy.timers]
edge_s = 1
[[column]]
first_door = 1
sizes = ["S", "M", "M", "L"]
content = "scale"
[[bank]]
name = "a"
driver = "sim"
doors = "1-4"
socket = "{folder}/world.sock"
[kiosk]
port = 0
[state]
directory = "{folder}/state"
[control]
socket = "{folder}/control.sock"
"""


def locker(*arguments: str | Path, user: int | None = None) -> subprocess.CompletedProcess[str]:
    """One command of the program, to its end."""
    command = [sys.executable, "-m", "edge.app.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=WITHIN_S, check=False, env=_environment(), user=user
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line with which a command failed."""
    assert done.returncode == 1, done
    assert (done.stdout, done.stderr.count("\n")) == ("", 1), done
    return done.stderr.strip()


class Manager:
    """The service manager's end of sd_notify: a real datagram socket."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify.sock"
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(os.fspath(self.path))
        self._line.settimeout(WITHIN_S)

    def hears(self, wanted: str) -> None:
        """Returns when it was said; TimeoutError when it is not."""
        while self._line.recv(4096).decode() != wanted:
            pass

    def close(self) -> None:
        self._line.close()


class Street:
    """Enter it, and the world is served.  Everything ends with it."""

    def __init__(self, *, world: bool = True) -> None:
        # Not pytest's folder: its names are too long for a socket.
        self.folder = Path(tempfile.mkdtemp(prefix="lk-"))
        self.configuration = self.folder / "locker.toml"
        self.configuration.write_text(CONFIGURATION.format(folder=self.folder))
        self.manager = Manager(self.folder)
        self._processes: list[subprocess.Popen[str]] = []
        self._world = world

    def __enter__(self) -> Street:
        if self._world:
            process = self.start("world", "--config", self.configuration)
            assert process.stdout is not None
            assert f"{DOORS} doors" in process.stdout.readline()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            self.ended(process, signal.SIGTERM)
        self.manager.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def control(self) -> Path:
        return self.folder / "control.sock"

    def add(self, text: str) -> None:
        """More configuration."""
        self.configuration.write_text(self.configuration.read_text() + text)

    def put(self, old: str, new: str) -> None:
        """Another value in the configuration."""
        text = self.configuration.read_text()
        assert old in text
        self.configuration.write_text(text.replace(old, new))

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """A command that stays."""
        process = subprocess.Popen(
            [sys.executable, "-m", "edge.app.cli", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment() | environment,
        )
        self._processes.append(process)
        return process

    def run(self, **environment: str) -> subprocess.Popen[str]:
        """`locker run`, when it has said READY."""
        process = self.start(
            "run", "--config", self.configuration, NOTIFY_SOCKET=os.fspath(self.manager.path), **environment
        )
        try:
            self.manager.hears("READY=1")
        except TimeoutError:
            process.kill()
            raise AssertionError(f"not ready: {process.communicate()}") from None
        return process

    def ended(self, process: subprocess.Popen[str], with_signal: signal.Signals) -> tuple[int, str]:
        """Send the signal where it still runs; exit code and stderr."""
        if process in self._processes:
            self._processes.remove(process)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(with_signal)
        _, said = process.communicate(timeout=WITHIN_S)
        return process.returncode, said

    def locker(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """A command with this street's configuration."""
        return locker(*arguments, "--config", self.configuration)

    def said(self, *arguments: str | Path) -> Any:
        """What a command says to programs."""
        done = self.locker(*arguments, "--json")
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    def ask(self, op: str, **args: Any) -> Any:
        with ControlClient(self.control) as line:
            return line.ask(op, **args)

    def until(self, holds: Callable[[], bool]) -> None:
        """Look again at each turn of the daemon's loop, which tells of it when run with WATCHDOG_USEC."""
        ends_s = time.monotonic() + WITHIN_S
        while not holds():
            assert time.monotonic() < ends_s, f"not within {WITHIN_S:g} s: {self.ask('status')}"
            self.manager.hears("WATCHDOG=1")

    def kinds(self) -> list[str]:
        """The kinds of all events in the journal."""
        with ControlClient(self.control) as line:
            return [row["kind"] for row in line.stream("journal")]

    @contextlib.contextmanager
    def people(self) -> Iterator[WorldClient]:
        """The drive side of the world."""
        world = WorldClient(self.folder / "world.sock")
        try:
            yield world
        finally:
            world.close()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NOTIFY_SOCKET", "WATCHDOG_USEC")}
    return {**kept, "PYTHONUNBUFFERED": "1"}

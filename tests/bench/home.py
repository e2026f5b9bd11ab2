"""`locker run` on this machine: a configuration, of mock pins unless boards are given, and the process that runs it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2

from edge.app.configuration import JOURNAL_FILE
from edge.app.machine import machine_id
from edge.app.plugging import bank_tables, coils_table
from edge.control.client import ControlClient
from hal.bench.bench import Plugged
from tests.bench.figures import Effort
from tests.bench.frames import street
from tests.bench.history import append_folded
from tests.bench.pins import CONTACT_PINS, DOORS_A_BANK, LOCK_PINS
from tests.bench.wall import open_journal
from tests.credentials.known_keys import SITE

PATIENCE_S = 60.0
LOOK_S = 1.0  # whether it is still alive, while it says nothing
COMMAND = (sys.executable, "-m", "edge.app.cli", "run", "--config")


def make_home(effort: Effort, name: str, *, events: int = 0, camera: str = "", boards: Sequence[Plugged] = ()) -> Path:
    """A directory with a configuration; with `events` of history in its journal; with a camera, by its source.

    boards: what its locks hang on; without them a bank of mock pins, as many doors as the pins are enough for.
    """
    home = effort.fresh(name)
    state = home / "state"
    state.mkdir()
    (home / "locker.toml").write_text(_configuration(state, camera, boards))
    if events:
        journal = open_journal(state / JOURNAL_FILE, machine=machine_id())
        append_folded(journal, events)
        journal.close()
    return home


def still_street(directory: Path) -> str:
    """A source of frames: one picture of the empty street."""
    picture = directory / "street.png"
    cv2.imwrite(str(picture), street())
    return str(picture)


def _configuration(state: Path, camera: str, boards: Sequence[Plugged]) -> str:
    doors = [door for board in boards for door in board.doors] or range(1, DOORS_A_BANK + 1)
    tables = [
        f'[site]\nnumber = {SITE}\n\n[state]\ndirectory = "{state}"\n\n[kiosk]\nport = 0',
        *(f"[[compartment]]\ndoor = {door}" for door in doors),
        *([bank_tables(boards), coils_table(boards)] if boards else [_pins()]),
        '[control]\nsocket = "CONTROL"',
    ]
    if camera:
        tables.append(f'[camera]\nsource = "{camera}"')
    return "\n\n".join(tables) + "\n"


def _pins() -> str:
    doors = [
        f"  {{ door = {door}, lock_pin = {lock}, feedback_pin = {contact} }},"
        for door, (lock, contact) in enumerate(zip(LOCK_PINS, CONTACT_PINS, strict=True), start=1)
    ]
    head = '[[bank]]\nname = "pins"\ndriver = "gpio"\nfactory = "mock"\ncutoff = "kernel"\ndoors = ['
    return "\n".join([head, *doors, "]"])


class Daemon:
    """A running `locker run`, heard by sd_notify and asked by its control socket."""

    def __init__(self, process: subprocess.Popen[bytes], ear: socket.socket, control: Path, said: Path) -> None:
        self._process, self._ear, self._control, self._said = process, ear, control, said

    @property
    def pid(self) -> int:
        return self._process.pid

    def camera_pid(self) -> int:
        """Its child that watches the camera."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        children = [int(child) for file in tasks for child in file.read_text().split()]
        cameras = [child for child in children if b"hal.camera" in Path(f"/proc/{child}/cmdline").read_bytes()]
        if len(cameras) != 1:
            raise AssertionError(f"locker run has {len(cameras)} camera processes among {children}, not 1")
        return cameras[0]

    def status(self) -> dict[str, Any]:
        """What it says of itself on its control socket."""
        with ControlClient(self._control) as line:
            return dict(line.ask("status"))

    def frames(self) -> int:
        """How many the camera process has told of, up to a second ago."""
        return int(self.status()["camera"]["frames"])

    def wait_for(self, message: bytes, times: int = 1) -> None:
        """Until it has said `message` so often.  AssertionError when it ends or stays silent."""
        until_s = time.monotonic() + PATIENCE_S * times
        while times:
            heard = b""
            with contextlib.suppress(TimeoutError):
                heard = self._ear.recv(4096)
            times -= message in heard
            if self._process.poll() is not None:
                raise AssertionError(
                    f"locker run ended with exit code {self._process.returncode}: {self._last_words()}"
                )
            if time.monotonic() >= until_s:
                raise AssertionError(f"locker run did not say {message!r} within {PATIENCE_S:g} s")

    def _last_words(self) -> str:
        return self._said.read_text().strip().rpartition("\n")[2]


@contextlib.contextmanager
def running(home: Path) -> Iterator[Daemon]:
    """Start it; end it in order."""
    with (
        tempfile.TemporaryDirectory(prefix="locker") as sockets,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear,
    ):
        ear.bind(f"{sockets}/notify")  # the kernel takes 107 bytes: not in a deep directory
        ear.settimeout(LOOK_S)
        told = home / "locker.toml"
        config = home / "run.toml"
        config.write_text(told.read_text().replace("CONTROL", f"{sockets}/control"))
        environment = {**os.environ, "NOTIFY_SOCKET": f"{sockets}/notify"}
        said = home / "stderr"
        with (
            said.open("wb") as log,
            subprocess.Popen(
                [*COMMAND, str(config)], env=environment, stdout=subprocess.DEVNULL, stderr=log
            ) as process,
        ):
            try:
                yield Daemon(process, ear, Path(sockets, "control"), said)
            finally:
                process.terminate()
                try:
                    process.wait(PATIENCE_S)
                finally:
                    process.kill()

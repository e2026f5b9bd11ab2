"""`locker run` on this machine: a configuration of 24 doors on mock pins, and the process that runs it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2

from edge.app.configuration import JOURNAL_FILE
from edge.app.machine import machine_id
from tests.bench.figures import Effort
from tests.bench.frames import street
from tests.bench.history import append_folded
from tests.bench.pins import CONTACT_PINS, DOORS_A_BANK, LOCK_PINS
from tests.bench.wall import BANKS, open_journal
from tests.credentials.known_keys import SITE

PATIENCE_S = 60.0
COMMAND = (sys.executable, "-m", "edge.app.cli", "run", "--config")


def make_home(effort: Effort, name: str, *, events: int = 0, camera: bool = False) -> Path:
    """A directory with a configuration; with `events` of history in its journal; with a camera on a still picture."""
    home = effort.fresh(name)
    state = home / "state"
    state.mkdir()
    picture = home / "street.png"
    if camera:
        cv2.imwrite(str(picture), street())
    (home / "locker.toml").write_text(_configuration(state, picture if camera else None))
    if events:
        journal = open_journal(state / JOURNAL_FILE, machine=machine_id())
        append_folded(journal, events)
        journal.close()
    return home


def _configuration(state: Path, picture: Path | None) -> str:
    tables = [
        f'[site]\nnumber = {SITE}\n\n[state]\ndirectory = "{state}"\n\n[kiosk]\nport = 0',
        *(f"[[compartment]]\ndoor = {door}" for door in range(1, BANKS * DOORS_A_BANK + 1)),
        *(_bank(index) for index in range(BANKS)),
        '[control]\nsocket = "CONTROL"',
    ]
    if picture is not None:
        tables.append(f'[camera]\nsource = "{picture}"')
    return "\n\n".join(tables) + "\n"


def _bank(index: int) -> str:
    doors = [
        f"  {{ door = {index * DOORS_A_BANK + place}, lock_pin = {lock}, feedback_pin = {contact} }},"
        for place, (lock, contact) in enumerate(zip(LOCK_PINS, CONTACT_PINS, strict=True), start=1)
    ]
    head = f'[[bank]]\nname = "pins{index + 1}"\ndriver = "gpio"\nfactory = "mock"\ncutoff = "kernel"\ndoors = ['
    return "\n".join([head, *doors, "]"])


class Daemon:
    """A running `locker run`, heard by sd_notify."""

    def __init__(self, process: subprocess.Popen[bytes], ear: socket.socket) -> None:
        self._process, self._ear = process, ear

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_for(self, message: bytes, times: int = 1) -> None:
        """Until it has said `message` so often.  AssertionError when it ends or stays silent."""
        while times:
            try:
                heard = self._ear.recv(4096)
            except TimeoutError:
                raise AssertionError(f"locker run said nothing for {PATIENCE_S:g} s, not {message!r}") from None
            times -= message in heard
            if self._process.poll() is not None:
                raise AssertionError(f"locker run ended with exit code {self._process.returncode}")


@contextlib.contextmanager
def running(home: Path) -> Iterator[Daemon]:
    """Start it; end it in order."""
    with (
        tempfile.TemporaryDirectory(prefix="locker") as sockets,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear,
    ):
        ear.bind(f"{sockets}/notify")  # the kernel takes 107 bytes: not in a deep directory
        ear.settimeout(PATIENCE_S)
        told = home / "locker.toml"
        config = home / "run.toml"
        config.write_text(told.read_text().replace("CONTROL", f"{sockets}/control"))
        environment = {**os.environ, "NOTIFY_SOCKET": f"{sockets}/notify"}
        with subprocess.Popen([*COMMAND, str(config)], env=environment, stderr=subprocess.DEVNULL) as process:
            try:
                yield Daemon(process, ear)
            finally:
                process.terminate()
                try:
                    process.wait(PATIENCE_S)
                finally:
                    process.kill()

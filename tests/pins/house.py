"""A configuration in a folder, the program's commands on it, and somebody who is killed in the middle of a pulse."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HEAD = """
[site]
number = 7
[coils]
max_on_ms = 1000
[kiosk]
port = 0
[state]
directory = "{folder}/state"
[control]
socket = "{folder}/control.sock"
"""
WITHIN_S = 30.0  # generous: a busy machine is not a bug


def written(folder: Path, *banks: str, more: str = "") -> Path:
    """A configuration of one door for each bank, in their order."""
    walls = "".join(f"[[compartment]]\ndoor = {door}\n" for door, _ in enumerate(banks, 1))
    path = folder / "locker.toml"
    path.write_text(HEAD.format(folder=folder) + more + walls + "".join(f"[[bank]]\n{bank}\n" for bank in banks))
    return path


def expander(door: int, chips: Path, address: int = 0x20, cutoff: str = "monostable") -> str:
    return (
        f'name = "e{door}"\ndriver = "mcp23017"\nbus = "sim:{chips}"\naddress = {address}\ncutoff = "{cutoff}"\n'
        f'pulse_ms = 1000\ndoors = [{{ door = {door}, lock_pin = "A0", feedback_pin = "B0" }}]'
    )


def pins(door: int, cutoff: str, header: Path | None = None, more: str = "") -> str:
    kept = f'mock_file = "{header}"\n' if header else ""
    return (
        f'name = "g{door}"\ndriver = "gpio"\nfactory = "mock"\ncutoff = "{cutoff}"\npulse_ms = 1000\n{kept}{more}'
        f"doors = [{{ door = {door}, lock_pin = 17, feedback_pin = 5 }}]"
    )


def locker(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One command of the program, to its end."""
    command = [sys.executable, "-m", "edge.app.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)


@contextlib.contextmanager
def running(path: Path) -> Iterator[None]:
    """The daemon, once it is ready; ended in order, or at once where the test has failed."""
    command = [sys.executable, "-m", "edge.app.cli", "run", "--config", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            assert "is ready" in daemon.stdout.readline()
            yield
            daemon.terminate()
            assert daemon.wait(WITHIN_S) == 0
        finally:
            daemon.kill()


def until(true: Callable[[], bool]) -> None:
    """Returns when it is true; TimeoutError when it does not become so."""
    last_s, look_again = time.monotonic() + WITHIN_S, threading.Event()
    while not true():
        if time.monotonic() > last_s:
            raise TimeoutError(f"not true within {WITHIN_S} s: {true}")
        look_again.wait(0.005)


def killed_in_mid_pulse(path: Path, is_on: Callable[[], bool]) -> None:
    """A process pulses door 1, and is killed as soon as the coil is on."""
    command = [sys.executable, "-m", "tests.pins.pulse_and_die", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dying:
        assert dying.stdout is not None
        assert dying.stdout.readline() == "ready\n"
        until(is_on)
        os.kill(dying.pid, signal.SIGKILL)
        assert dying.stdout.read() == "", "it died before the pulse was over"

"""`locker demo` on a terminal: the street is up at once, both addresses are told, Ctrl-C ends everything."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Final

from edge.app.demo.street.guide import STEPS

ENOUGH_S: Final = 120.0


def test_on_a_terminal_it_opens_the_street_and_stays_until_it_is_ended() -> None:
    ours, theirs = pty.openpty()
    without_display = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    demo = subprocess.Popen(
        [sys.executable, "-m", "edge.app.cli", "demo"],
        stdout=theirs,
        stderr=theirs,
        env=without_display | {"COLUMNS": "160", "TERM": "dumb"},
    )
    os.close(theirs)
    watchdog = threading.Timer(ENOUGH_S, demo.kill)
    watchdog.start()
    try:
        told = _until(ours, "Ctrl-C ends everything.")
        street, screen = (_address(told, name) for name in ("The street", "The locker's screen"))
        for address in (street, screen):
            with urllib.request.urlopen(address, timeout=10) as page:
                assert page.status == 200
        assert all(step.title in told for step in STEPS)
        folder = Path(re.findall(r"--config (\S+)/locker\.toml", told)[0])
        assert folder.is_dir()
        demo.send_signal(signal.SIGINT)
        _until(ours, "\0")  # whatever is said until it ends
        assert demo.wait(30) == 0
        assert not folder.exists()
    finally:
        watchdog.cancel()
        demo.kill()
        demo.wait()
        os.close(ours)


def _until(terminal: int, words: str) -> str:
    """Everything that is said until those words, or the end."""
    said = ""
    with contextlib.suppress(OSError):  # the other end is closed
        while words not in said and (more := os.read(terminal, 4096)):
            said += more.decode(errors="replace")
    return said


def _address(told: str, name: str) -> str:
    found = re.search(re.escape(name) + r"\s+(http://127\.0\.0\.1:\d+/)", told)
    assert found, told
    return found[1]

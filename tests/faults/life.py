"""One life as whoever stands before it knows it: what it was shown, what it said, and when it ended."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from edge.core.fold import thaw
from edge.core.state import State
from tests.faults.aims import Aim
from tests.faults.nursery import Nursery

WAIT_S = 15.0  # for what must come; a test that waits longer has failed


class Life:
    """`say` a line, wait for what is shown, `kill` it.  An `aim` kills it by itself, at its moment."""

    def __init__(self, nursery: Nursery, folder: Path, content: str, base_s: float) -> None:
        self._folder = folder
        pid, self._line = nursery.fork("life", folder, content, str(base_s))
        self._process = os.pidfd_open(pid)
        self._news = threading.Condition()
        self.told: dict[int, int] = {}  # rows that it said are durable, with their sizes
        self.shown = ("", 0)
        self.screens = 0
        self.ready = self.ended = False
        self.asked_s = float("inf")  # when somebody first came to it, monotonic
        self.aim: Aim | None = None
        self.killed_s = self.dead_s = 0.0
        self.hit = ""
        self._books = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.until(lambda: self.ready)

    def say(self, line: str) -> None:
        """Nobody minds when it is dead."""
        if line.startswith("scan"):
            self.asked_s = min(self.asked_s, time.monotonic())
        try:
            self._line.sendall(f"{line}\n".encode())
        except OSError:
            return

    def until(self, true: Callable[[], bool], wait_s: float = WAIT_S) -> bool:
        """Wait until it is so; False when the life has ended, or the time is over, before."""
        with self._news:
            came = self._news.wait_for(lambda: true() or self.ended, wait_s)
        assert self.killed_s or not self.ended, f"it ended by itself: {self.last_words()}"
        return came and not self.ended

    def until_shown(self, *names: str, wait_s: float = WAIT_S) -> bool:
        return self.until(lambda: self.shown[0] in names, wait_s)

    def books(self) -> State:
        """What it knows now."""
        self._books = b""
        self.say("books")
        assert self.until(lambda: bool(self._books)), "no books"
        return thaw(self._books)

    def take_aim(self, aim: Aim) -> None:
        """From now on."""
        if aim.commit:
            self.say(f"hold {aim.commit}")
        self.aim = aim
        if aim.after_s:
            threading.Timer(aim.after_s, self.hit_by, [aim]).start()

    def hit_by(self, aim: Aim) -> None:
        if self.aim is aim:
            self.kill(aim.name)

    def kill(self, why: str) -> None:
        """kill -9, once."""
        with self._news:
            if self.killed_s:
                return
            self.killed_s, self.hit = time.monotonic(), why
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def bury(self) -> None:
        """Wait until the kernel has taken it away, and every word of it is heard."""
        assert self.killed_s
        if self.dead_s:
            return
        assert select.select([self._process], [], [], WAIT_S)[0], "a killed process does not end"
        self.dead_s = time.monotonic()
        self._reader.join(WAIT_S)
        self._line.close()
        os.close(self._process)

    def last_words(self) -> str:
        return (self._folder / "life.stderr").read_text()[-3000:]

    def _read(self) -> None:
        with self._line.makefile("rb") as lines, contextlib.suppress(ConnectionResetError):
            for line in lines:  # to the last; a reset says that it died with something unread before it
                self._heard(line)
        with self._news:
            self.ended = True
            self._news.notify_all()

    def _heard(self, line: bytes) -> None:
        verb, _, rest = line.decode().rstrip("\n").partition(" ")
        with self._news:
            match verb:
                case "row":
                    seq, size = rest.split()
                    self.told[int(seq)] = int(size)
                case "screen":
                    name, door = rest.split()
                    self.shown = (name, int(door))
                    self.screens += 1
                case "books":
                    self._books = rest.encode()
                case "ready":
                    self.ready = True
                case _:
                    assert verb == "held", line
            self._news.notify_all()
        if self.aim is not None and self.aim.by_line(verb):
            self.kill(self.aim.name)

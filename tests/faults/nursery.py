"""Where processes come from: it has imported everything, and forks a world or a life when it is asked for one.

    python -m tests.faults.nursery SOCKET_FD

Each is a process of its own, to be killed like any other; only the second that Python needs to import is saved, two
hundred times.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from edge.core.words import ContentSensor
from hal.sim.chronicle import Entry
from hal.sim.server import serve
from hal.sim.world import World
from tests.faults import runner

REQUEST_BYTES: Final = 1000
TICK_S: Final = 0.003  # how late an onlooker may learn what the world did


class Nursery:
    """The end of whoever asks.  Any thread may."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery", str(theirs.fileno())], pass_fds=[theirs.fileno()]
            )
        self._lock = threading.Lock()

    def fork(self, what: str, folder: Path, *more: str) -> tuple[int, socket.socket]:
        """The process `what`, `world` or `life`: its pid, and the line that is its stdin and stdout."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            socket.send_fds(self._line, [msgspec.json.encode([what, str(folder), *more])], [theirs.fileno()])
            return int(self._line.recv(REQUEST_BYTES)), ours

    def close(self) -> None:
        self._line.close()
        assert self._process.wait(timeout=20) == 0


def _attend(line: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    while True:
        data, handed, _, _ = socket.recv_fds(line, REQUEST_BYTES, 1)
        if not data:
            return
        words = msgspec.json.decode(data, type=list[str])
        child = os.fork()
        if child == 0:
            line.close()
            _become(handed[0], *words)
        os.close(handed[0])
        line.send(str(child).encode())


def _become(descriptor: int, what: str, folder: str, *more: str) -> None:
    """The forked process, to its end."""
    errors = os.open(Path(folder) / f"{what}.stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for ours, theirs in ((descriptor, 0), (descriptor, 1), (errors, 2)):
        os.dup2(ours, theirs)
    os.close(descriptor)
    os.close(errors)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    lives: dict[str, Callable[..., None]] = {"life": runner.main, "world": _world}
    try:
        lives[what](folder, *more)
    except BaseException:  # noqa: BLE001 - the last frame of a process
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _world(folder: str, content: str, seed: str) -> None:
    """A world as `locker world` serves it, which also says every entry of its chronicle as it is written."""
    asyncio.run(_serve(Path(folder) / runner.SOCKET, ContentSensor(content), int(seed)))


async def _serve(path: Path, content: ContentSensor, seed: int) -> None:
    loop = asyncio.get_running_loop()
    world = World(runner.plans(content), seed, loop.time(), clock=loop.time)

    def say(entry: Entry) -> None:
        os.write(1, msgspec.json.encode(entry) + b"\n")

    world.chronicle.watch(say)
    serving = asyncio.ensure_future(serve(path, world, ready=lambda: print("ready", flush=True)))
    loop.add_reader(0, serving.cancel)  # nobody looks on any more
    while not serving.done():
        world.catch_up()
        await asyncio.sleep(TICK_S)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as mine:
        _attend(mine)

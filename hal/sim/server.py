"""Serves a world on a Unix socket.  It outlives every runtime: a pulse that it has begun ends by the world's time,
whoever asked for it and whatever became of them.

A client's requests are answered one after another, as on a bus; other clients do not wait for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import msgspec

from edge.core.errors import BadInput, LockerError, NotAllowed, machine_says
from edge.core.site import CompartmentPlan
from hal.sim.frames import Frames
from hal.sim.operations import Operations
from hal.sim.wire import CLIENTS_LIMIT, LINE_LIMIT, PATH_LIMIT, FrameHeader, Reply, parse, refusal
from hal.sim.world import World

__all__ = ["run_world", "serve"]

PROBE_S: Final = 1.0


async def serve(path: Path, world: World, *, ready: Callable[[], None] | None = None) -> None:
    """Serve the world until cancelled.  Real time, by the loop's clock, unless the world has a clock of its own.

    BadInput when the path is too long for a socket; NotAllowed when another world is served there already.
    """
    listening = _listen(path)
    if world.clock is None:
        world.clock = asyncio.get_running_loop().time
    house = _House(world)
    server = await asyncio.start_unix_server(house.welcome, sock=listening, limit=LINE_LIMIT)
    try:
        if ready is not None:
            ready()
        await asyncio.get_running_loop().create_future()  # for ever
    finally:
        server.close()
        house.farewell()
        _forget(path)


def run_world(
    socket_path: Path,
    plans: Sequence[CompartmentPlan],
    seed: int,
    *,
    boards: Mapping[str, Sequence[int]] | None = None,
    ready: Callable[[], None] | None = None,
    beside: Callable[[World], AbstractContextManager[object]] = contextlib.nullcontext,
) -> None:
    """Serve a new world until SIGTERM or SIGINT.  `ready` is called once it can be connected to.  Errors as `serve`.

    beside: what else stands before the world while it is served; entered within the running loop.
    """
    asyncio.run(_until_told(socket_path, plans, seed, boards, ready, beside))


async def _until_told(
    path: Path,
    plans: Sequence[CompartmentPlan],
    seed: int,
    boards: Mapping[str, Sequence[int]] | None,
    ready: Callable[[], None] | None,
    beside: Callable[[World], AbstractContextManager[object]],
) -> None:
    loop = asyncio.get_running_loop()
    world = World(plans, seed, loop.time(), boards=boards, clock=loop.time)
    with beside(world):
        serving = asyncio.ensure_future(serve(path, world, ready=ready))
        for told in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(told, serving.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await serving


class _House:
    """All clients of one world."""

    def __init__(self, world: World) -> None:
        self._world, self._operations = world, Operations(world)
        self._frames = Frames(world.nature.seed)
        self._clients: set[asyncio.StreamWriter] = set()

    def farewell(self) -> None:
        """Hang up on everybody."""
        for writer in self._clients:
            writer.close()

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its first line to its last."""
        self._clients.add(writer)
        try:
            if len(self._clients) > CLIENTS_LIMIT:
                full = NotAllowed(f"world: {len(self._clients)} clients, limit {CLIENTS_LIMIT}")
                await _send(writer, refusal(0, full))
                return
            await self._converse(reader, writer)
        except ConnectionError:
            pass  # the client is gone, as a killed one is; what it asked for goes on
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                line = await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                return  # half a line is no request
            except asyncio.LimitOverrunError:
                await _send(writer, refusal(0, BadInput(f"world: line above {LINE_LIMIT} bytes")))
                return
            await self._answer(line, writer)

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        number = 0
        try:
            ask = parse(line)
            number = ask.id
            if ask.op == "frame":
                await self._frame(writer)
                return
            answer = self._operations.answer(ask)
        except LockerError as why:
            await _send(writer, refusal(number, why))
            return
        if answer.after_s:
            await asyncio.sleep(answer.after_s)
        if not answer.silent:
            await _send(writer, Reply(number, ok=True, result=answer.result))

    async def _frame(self, writer: asyncio.StreamWriter) -> None:
        """A header line, then the grey bytes; or a header that says why there are none."""
        try:
            width, height, grey = await asyncio.to_thread(self._frames.take, self._world.sight.scene)
        except LockerError as why:
            writer.write(msgspec.json.encode(FrameHeader(error=str(why))) + b"\n")
        else:
            writer.write(msgspec.json.encode(FrameHeader(width, height, len(grey))) + b"\n")
            writer.write(grey)
        await writer.drain()


async def _send(writer: asyncio.StreamWriter, reply: Reply) -> None:
    writer.write(msgspec.json.encode(reply) + b"\n")
    await writer.drain()


def _listen(path: Path) -> socket.socket:
    """A listening socket that only its owner may connect to."""
    _clear(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(os.fspath(path))
        path.chmod(0o600)  # before anybody can connect: it does not listen yet
        listening.listen(CLIENTS_LIMIT)
    except OSError as why:
        listening.close()
        raise BadInput(f"world: cannot listen at {path}: {machine_says(why)}") from why
    return listening


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Remove the socket that a killed world left behind; never one that answers."""
    if len(os.fsencode(path)) > PATH_LIMIT:
        raise BadInput(f"world: socket path of {len(os.fsencode(path))} bytes, limit {PATH_LIMIT}: {path}")
    if not path.is_socket():
        if path.exists():
            raise BadInput(f"world: {path} exists and is no socket")
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_S)
        try:
            probe.connect(os.fspath(path))
        except OSError:
            path.unlink(missing_ok=True)
        else:
            raise NotAllowed(f"world: another world is served at {path}")

"""The daemon's end of the control socket.  It knows who asks; what is answered, and whether, the desk decides.

Limits: 4,096 bytes a request, 16 clients (the next is refused), one request at a time of each, 60 s for a client to say
something, 30 s for an act to come to its end, 10 s for a client to take what it asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from edge.control.peers import Person, Rule, person_at
from edge.control.wire import ACTS, CLIENTS_LIMIT, LINE_LIMIT, STREAMS, Ask, Item, Said, parse, refusal
from edge.core.errors import BadInput, Busy, LockerError, NotAllowed, machine_says

__all__ = ["ControlServer", "Desk"]

SILENT_S: Final = 60.0
ANSWER_S: Final = 30.0  # two pulses with their waits, and the 15 s after which a board counts as broken
TAKE_S: Final = 10.0
PATH_LIMIT: Final = 100  # bytes; the kernel takes 107
PROBE_S: Final = 1.0


class Desk(Protocol):
    """Answers what the socket is asked.  Errors are LockerError; the person may do what they ask."""

    async def answer(self, ask: Ask, person: Person) -> Any:
        """One result, as JSON has it."""
        ...

    def stream(self, ask: Ask) -> AsyncIterator[Any]:
        """Many things, one after another."""
        ...


class ControlServer:
    """`bind` first: it makes sure of the path; then `serve` until cancelled."""

    def __init__(self, path: Path, rule: Rule, desk: Desk) -> None:
        self._path, self._rule, self._desk = path, rule, desk
        self._clients = 0
        self._socket: socket.socket | None = None

    def bind(self) -> None:
        """Take the path, also from a daemon that was killed.  BadInput, NotAllowed: one line why it cannot be had."""
        _clear(self._path)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.bind(os.fspath(self._path))
            self._path.chmod(0o666)  # everybody may knock; who may come in, the kernel's word for them decides
            line.listen(CLIENTS_LIMIT)
        except OSError as error:
            line.close()
            raise NotAllowed(f"control socket {self._path}: {machine_says(error)}") from None
        self._socket = line

    async def serve(self) -> None:
        if self._socket is None:
            self.bind()
        server = await asyncio.start_unix_server(self._welcome, sock=self._socket, limit=LINE_LIMIT)
        self._socket = None  # the server's from here on
        try:
            await server.serve_forever()
        finally:
            self._path.unlink(missing_ok=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its first line to its last."""
        person = person_at(writer.get_extra_info("socket"), self._rule)
        self._clients += 1
        try:
            if not person.may_read:
                await _send(writer, refusal(NotAllowed(f"control: {person.name} is in no group that may ask")))
            elif self._clients > CLIENTS_LIMIT:
                await _send(writer, refusal(Busy(f"control: {CLIENTS_LIMIT} clients are connected, the limit")))
            else:
                await self._converse(reader, writer, person)
        except (ConnectionError, TimeoutError):
            pass  # the client is gone, or takes nothing; what it asked for goes on
        finally:
            self._clients -= 1
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, person: Person) -> None:
        while True:
            try:
                async with asyncio.timeout(SILENT_S):
                    line = await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                return  # half a line is no request
            except asyncio.LimitOverrunError:
                await _send(writer, refusal(BadInput(f"control: a request above {LINE_LIMIT} bytes")))
                return
            try:
                await self._answer(parse(line), writer, person)
            except LockerError as why:
                await _send(writer, refusal(why))

    async def _answer(self, ask: Ask, writer: asyncio.StreamWriter, person: Person) -> None:
        if ask.op in ACTS and not person.may_act:
            raise NotAllowed(f"control: {person.name} may ask, but not act")
        if ask.op in STREAMS:
            async for thing in self._desk.stream(ask):
                await _send(writer, Item(thing))
            await _send(writer, Said(ok=True))
            return
        await _send(writer, Said(ok=True, result=await _in_time(self._desk.answer(ask, person), ask.op)))


async def _in_time(work: Awaitable[Any], op: str) -> Any:
    try:
        async with asyncio.timeout(ANSWER_S):
            return await work
    except TimeoutError:
        raise Busy(f"control: {op}: no end within {ANSWER_S:g} s; the journal will say what came of it") from None


async def _send(writer: asyncio.StreamWriter, said: Said | Item) -> None:
    writer.write(msgspec.json.encode(said) + b"\n")
    async with asyncio.timeout(TAKE_S):
        await writer.drain()


def _clear(path: Path) -> None:
    """Remove the socket that a killed daemon left behind; never one that answers."""
    if len(os.fsencode(path)) > PATH_LIMIT:
        raise BadInput(f"control socket {path}: {len(os.fsencode(path))} bytes, limit {PATH_LIMIT}")
    if not path.is_socket():
        if path.exists():
            raise BadInput(f"control socket {path}: exists, and is no socket")
        return
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        probe.settimeout(PROBE_S)
        try:
            probe.connect(os.fspath(path))
        except OSError:
            path.unlink(missing_ok=True)
        else:
            raise NotAllowed(f"control socket {path}: another daemon answers there")

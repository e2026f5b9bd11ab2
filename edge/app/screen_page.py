"""The page for the screen, served on this machine's own address by an embedded server without signal handlers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from edge.app.embedded import HOST, MAX_CONNECTIONS, EmbeddedServer
from edge.core.errors import NotAllowed, machine_says
from edge.core.inputs import Input, Reach
from edge.core.screens import Screen
from edge.core.site import Site
from edge.runtime import Runtime
from kiosk_ui.board import ScreenBoard
from kiosk_ui.server import KioskOptions, make_app

__all__ = ["ScreenPage"]

KEEP_ALIVE_S: Final = 75


class ScreenPage:
    """`bind` first, so that a taken port is one clear error at start; then `run` as often as needed.

    wall_s: the time where it is believed.  unsent: events that the cloud has not got yet.  beat: of the page, with the
    number of errors of its script.
    """

    def __init__(
        self,
        port: int,
        board: ScreenBoard,
        options: KioskOptions | None = None,
        *,
        wall_s: Callable[[], int | None] = lambda: None,
        unsent: Callable[[], int] = lambda: 0,
        beat: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._port, self._board, self._options = port, board, options or KioskOptions()
        self._wall_s, self._unsent, self._beat = wall_s, unsent, beat
        self._socket: socket.socket | None = None
        self.runtime: Runtime | None = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._port}/"

    def bind(self) -> None:
        """NotAllowed when the port cannot be had."""
        self._socket = _listening(self._port)
        self._port = int(self._socket.getsockname()[1])  # the same again when it is started anew

    async def run(self) -> None:
        """Serve until cancelled."""
        bound = self._socket or _listening(self._port)
        self._socket = None  # the server closes it
        assert self.runtime is not None, "served after the boot"
        server = _Server(_KioskPort(self.runtime, self._board, self._wall_s, self._unsent, self._beat), self._options)
        serving = asyncio.ensure_future(server.serve(sockets=[bound]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await asyncio.wait([serving])
            self.runtime.tell(Reach(False))  # the look of whoever stands there has gone with the server


class _KioskPort:
    """What the page may know and say."""

    def __init__(
        self,
        runtime: Runtime,
        board: ScreenBoard,
        wall_s: Callable[[], int | None],
        unsent: Callable[[], int],
        beat: Callable[[int], None],
    ) -> None:
        self._runtime, self._board = runtime, board
        self.wall_s, self.unsent, self.beat = wall_s, unsent, beat

    @property
    def site(self) -> Site:
        return self._runtime.site

    def screen(self) -> Screen:
        return self._runtime.screen()

    def tell(self, told: Input, /) -> bool:
        return self._runtime.tell(told)

    def subscribe(self) -> AsyncIterator[Screen]:
        return self._board.subscribe()


class _Connection(H11Protocol):
    """Where there are too many, the oldest that waits for a request makes way: nobody blocks the page by holding
    connections, nor uses up the process's files.  Where all are being answered, the next request is answered 503."""

    since_s = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.since_s = self.loop.time()
        if len(self.connections) >= MAX_CONNECTIONS - 1:  # the server's own limit counts the one that asks
            self._make_room()
        super().connection_made(transport)

    def _make_room(self) -> None:
        waiting = [one for one in self.connections if isinstance(one, _Connection) and one.waits]
        if waiting:
            oldest = min(waiting, key=lambda one: one.since_s)
            self.connections.discard(oldest)
            oldest.transport.abort()

    @property
    def waits(self) -> bool:
        """Whether nothing is being answered here."""
        last: RequestResponseCycle | None = self.cycle
        return last is None or last.response_complete


class _Server(EmbeddedServer):
    def __init__(self, port: _KioskPort, options: KioskOptions) -> None:
        app = make_app(port, options)
        self._end_streams: Callable[[], None] = app.state.pages.close
        super().__init__(app, http=_Connection, timeout_keep_alive=KEEP_ALIVE_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)


def _listening(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        bound.listen(MAX_CONNECTIONS)
    except OSError as error:
        bound.close()
        raise NotAllowed(f"screen: cannot listen on {HOST} port {port}: {machine_says(error)}") from None
    return bound

"""The server of the page: bound to loopback when it is made, ended by whoever made it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from edge.core.errors import NotAllowed
from kiosk_ui.server import KioskPort, make_app

__all__ = ["KioskServer"]

HOST: Final = "127.0.0.1"
MOST_CONNECTIONS: Final = 32  # one page has two or three; beyond this a request is answered with 503
STOP_WITHIN_S: Final = 2


class KioskServer(uvicorn.Server):
    """`await serve_bound()` until `should_exit` is set.  port 0: any that is free.

    A taken port is one clear error, NotAllowed.  Signals are left to the process that runs it.
    """

    def __init__(self, kiosk: KioskPort, port: int = 0) -> None:
        self._socket = _bound(port)
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://{HOST}:{self.port}/"
        self._app = make_app(kiosk)
        super().__init__(
            uvicorn.Config(
                self._app,
                http="h11",
                ws="none",
                lifespan="off",
                loop="asyncio",
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_config=None,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_graceful_shutdown=STOP_WITHIN_S,
            )
        )

    async def serve_bound(self) -> None:
        await self.serve(sockets=[self._socket])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.pages.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        raise NotAllowed(f"kiosk: cannot listen on {HOST} port {port}: {error.strerror}") from None
    return bound

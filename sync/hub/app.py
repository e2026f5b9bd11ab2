"""The reference cloud as one web application, and the server that runs it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

import uvicorn
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from edge.core.errors import LockerError, NotAllowed, machine_says
from sync.hub import admin_routes, pages, site_routes
from sync.hub.desk import Desk, open_desk
from sync.hub.doorkeeper import Headers, answer_error
from sync.keyfiles import Entropy

__all__ = ["Address", "HubServer", "make_app", "serve_hub"]

KEEP_ALIVE_S: Final = 1200  # longer than a site's heartbeat: a handshake costs more than the events
_MOST_CONNECTIONS: Final = 10_000
_STOP_WITHIN_S: Final = 3


class Address(Struct, frozen=True):
    """Where the hub listens.  port 0: any that is free.  With both files it speaks TLS."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate_file: str = ""
    key_file: str = ""


def make_app(desk: Desk) -> Starlette:
    """The application over an open desk."""
    app = Starlette(
        routes=[*site_routes.routes, *admin_routes.routes, *pages.routes],
        middleware=[Middleware(Headers)],
        exception_handlers={LockerError: answer_error, HTTPException: answer_error},
    )
    app.state.desk = desk
    return app


class HubServer(uvicorn.Server):
    """A server that sends its listeners away before it waits for its connections to end.

    It is bound when made, so that `port` is known and a taken address is one clear error (NotAllowed).  `serve_bound`
    runs it; to stop it set `should_exit`, from any thread.
    """

    def __init__(self, desk: Desk, address: Address) -> None:
        self._desk = desk
        self._socket = _bound(address)
        try:
            super().__init__(_config(desk, address))
            self.config.load()
        except OSError as error:  # of the certificate or its key; an SSLError is one too
            self._socket.close()
            files = f"{address.certificate_file}, {address.key_file}"
            raise NotAllowed(f"hub: cannot speak TLS with {files}: {error.strerror or error}") from None
        self.port = int(self._socket.getsockname()[1])
        scheme = "https" if address.certificate_file else "http"
        host = f"[{address.host}]" if ":" in address.host else address.host
        self.url = f"{scheme}://{host}:{self.port}"

    @property
    def login_url(self) -> str:
        """The address for the administrator's browser."""
        return f"{self.url}/login?token={self._desk.admin_token}"

    async def serve_bound(self) -> None:
        """Serve until `should_exit`, or until a signal when run in the main thread."""
        await self.serve(sockets=[self._socket])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._desk.send_away()
        await super().shutdown(sockets)


async def serve_hub(
    directory: Path,
    address: Address,
    now_s: Callable[[], int],
    entropy: Entropy,
    *,
    carriers: tuple[str, ...] = (),
    ready: Callable[[HubServer], None] = lambda _: None,
) -> None:
    """Run the cloud that lives in `directory` until it is told to stop; `ready` is called once it is bound."""
    desk = open_desk(directory, now_s, entropy, carriers)
    try:
        server = HubServer(desk, address)
        ready(server)
        await server.serve_bound()
    finally:
        desk.close()


def _config(desk: Desk, address: Address) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(desk),
        ssl_certfile=address.certificate_file or None,
        ssl_keyfile=address.key_file or None,
        http="h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        proxy_headers=False,
        server_header=False,
        access_log=False,  # an address may carry the administrator's token
        log_config=None,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
    )


def _bound(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address.host, address.port))
        bound.listen()  # from here on whoever connects waits in the queue, even before the loop runs
    except OSError as error:
        bound.close()
        raise NotAllowed(f"hub: cannot listen on {address.host} port {address.port}: {machine_says(error)}") from None
    return bound

"""A web server inside a process that minds its own signals and keeps no log of who asked for what."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any, Final

import uvicorn

__all__ = ["HOST", "MAX_CONNECTIONS", "EmbeddedServer"]

HOST: Final = "127.0.0.1"
MAX_CONNECTIONS: Final = 32  # one browser opens six a page
STOP_WITHIN_S: Final = 1


class EmbeddedServer(uvicorn.Server):
    """app: an ASGI application, or with `factory=True` what makes it in the loop.  http: the class of a connection."""

    def __init__(
        self, app: Any, *, http: type[asyncio.Protocol] | str = "h11", factory: bool = False, **more: Any
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                factory=factory,
                http=http,  # a name of uvicorn's, or a class
                ws="none",
                lifespan="off",
                loop="asyncio",
                proxy_headers=False,
                server_header=False,
                access_log=False,  # what people type is nobody's business
                log_config=None,
                limit_concurrency=MAX_CONNECTIONS,
                timeout_graceful_shutdown=STOP_WITHIN_S,
                **more,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's."""
        yield

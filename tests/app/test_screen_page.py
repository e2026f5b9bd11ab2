"""The page's server holds out against whoever holds its connections."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPResponse
from typing import cast

from edge.app.embedded import MAX_CONNECTIONS
from edge.app.screen_page import ScreenPage
from edge.core.inputs import Input, Reach
from edge.runtime import Runtime
from tests.core.desk import Desk
from tests.kiosk.house import Stage, token_in

WITHIN_S = 5


def asked(stack: ExitStack, port: int, path: str = "/", cookie: str = "") -> HTTPResponse:
    connection = stack.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)))
    connection.request("GET", path, headers={"cookie": cookie})
    return stack.enter_context(closing(connection.getresponse()))


def held(stack: ExitStack, port: int, count: int) -> list[socket.socket]:
    """Connections over which nothing comes, or no more than the beginning of a request."""
    sockets = [stack.enter_context(socket.create_connection(("127.0.0.1", port), WITHIN_S)) for _ in range(count)]
    for one in sockets[1::2]:
        one.sendall(b"GET / HT")
    return sockets


def blocked(port: int) -> None:
    with ExitStack() as stack:
        page = asked(stack, port)
        cookie = str(page.getheader("set-cookie")).split(";")[0]
        stream = asked(stack, port, f"/events?page={token_in(page.read().decode())}", cookie)
        assert stream.readline() == b"retry: 1000\n"
        sockets = held(stack, port, 2 * MAX_CONNECTIONS)
        assert [asked(stack, port).status for _ in range(3)] == [200, 200, 200]
        assert sockets[0].recv(1) == b"", "the oldest was closed"
        assert [stream.readline() for _ in range(2)] == [b"\n", b"event: screen\n"], "what is being answered goes on"


def served(visit: Callable[[int], None]) -> list[Input]:
    """What the runtime was told from when the server begins until it has ended; `visit` is called with its port."""
    stage = Stage(Desk())

    async def life() -> None:
        page = ScreenPage(0, stage.board)
        page.bind()
        page.runtime = cast(Runtime, stage)
        running = asyncio.ensure_future(page.run())
        try:
            await asyncio.to_thread(visit, int(page.address.rstrip("/").rpartition(":")[2]))
        finally:
            running.cancel()
            await asyncio.wait({running})

    asyncio.run(life())
    return stage.told


def lowered(port: int) -> None:
    with ExitStack() as stack:
        page = asked(stack, port)
        headers = {"cookie": str(page.getheader("set-cookie")).split(";")[0]}
        connection = stack.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)))
        body = f"page={token_in(page.read().decode())}&field=low&value=on"
        connection.request("POST", "/look", body, headers)
        assert connection.getresponse().status == 204


def test_whoever_holds_connections_open_does_not_block_the_page() -> None:
    served(blocked)


def test_the_wish_for_a_door_within_reach_goes_with_the_look_that_the_server_kept() -> None:
    assert served(lowered) == [Reach(True), Reach(False)]

"""A house with a stage: the real core on a desk, the real server on loopback, and a browser made of sockets.

with House() as house:
    visitor = house.visitor()
    visitor.tap("pin")
    house.play(lambda desk: desk.door_opens(3))
    visitor.events.until("take")
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Final, TypeVar
from urllib.parse import urlencode

import uvicorn

from edge.core.inputs import Input
from edge.core.screens import Screen
from edge.core.site import CompartmentPlan, Site
from edge.core.words import Size
from kiosk_ui.board import ScreenBoard, Watcher
from kiosk_ui.server import KioskOptions, make_app
from tests.core.desk import Desk

TIMEOUT_S: Final = 5
JSON: Final = "application/json"

T = TypeVar("T")


def built_wall() -> tuple[CompartmentPlan, ...]:
    """Six columns of doors, the screen in the middle of the third; lengths in mm."""
    columns = ("S S S S L", "S S S S L", "L screen L", "L S S L", "S S S S L", "M M M M XL")
    rows_of = {"S": 1, "M": 1, "L": 2, "XL": 2, "screen": 2}
    plans: list[CompartmentPlan] = []
    for column, doors in enumerate(columns):
        row = 0
        for name in doors.split():
            if name != "screen":
                x, y, height = column * 420, row * 260, rows_of[name] * 260 - 20
                plans.append(CompartmentPlan(len(plans) + 1, Size(name), x=x, y=y, width=400, height=height))
            row += rows_of[name]
    return tuple(plans)


class Stage:
    """The runtime's place is taken by a desk: every input is decided by the real core at once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.board = ScreenBoard()
        self.told: list[Input] = []
        self.inbox_full = False
        self.time_s: int | None = None
        self.events_unsent = 0
        self.beats: list[int] = []
        self.board.put(desk.screen())

    @property
    def site(self) -> Site:
        return self.desk.site

    def screen(self) -> Screen:
        return self.desk.screen()

    def tell(self, told: Input, /) -> bool:
        if self.inbox_full:
            return False
        self.told.append(told)
        self.desk.tell(told)
        self.board.put(self.screen())
        return True

    def subscribe(self) -> Watcher:
        return self.board.subscribe()

    def wall_s(self) -> int | None:
        return self.time_s

    def unsent(self) -> int:
        return self.events_unsent

    def beat(self, errors: int) -> None:
        self.beats.append(errors)


class House:
    """The server runs in a thread of its own; `play` runs in its loop, as the runtime would.  port 0: any."""

    def __init__(self, desk: Desk | None = None, options: KioskOptions | None = None, port: int = 0) -> None:
        self._desk, self._options, self.port = desk or Desk(), options, port
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._streams: list[Events] = []

    def __enter__(self) -> House:
        self._thread.start()
        assert self._ready.wait(TIMEOUT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.app.state.pages.close)
        self.server.should_exit = True
        self._thread.join(TIMEOUT_S)
        for stream in self._streams:
            stream.close()
        assert not self._thread.is_alive(), "the server did not end"

    async def _run(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.stage = Stage(self._desk)
        self.app = make_app(self.stage, self._options)
        bound = socket.create_server(("127.0.0.1", self.port))
        self.port = bound.getsockname()[1]
        config = uvicorn.Config(self.app, lifespan="off", access_log=False, log_config=None, server_header=False)
        self.server = uvicorn.Server(config)
        self._ready.set()
        await self.server.serve(sockets=[bound])

    def play(self, act: Callable[[Desk], T]) -> T:
        """Something happens at the locker."""

        async def played() -> T:
            result = act(self._desk)
            self.stage.board.put(self._desk.screen())
            return result

        return asyncio.run_coroutine_threadsafe(played(), self.loop).result(TIMEOUT_S)

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        """One request; `sec_fetch_site="none"` sends the header Sec-Fetch-Site."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named.setdefault("content-type", "application/x-www-form-urlencoded")
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def visitor(self) -> Visitor:
        return Visitor(self)

    def events(self, cookie: str, token: str) -> Events:
        self._streams.append(Events(self.port, cookie, token))
        return self._streams[-1]


class Visitor:
    """A browser: the page is loaded, its cookie kept, its stream open."""

    def __init__(self, house: House) -> None:
        self.house = house
        answer, self.page = house.ask("GET", "/")
        assert answer.status == 200
        self.cookie = str(answer.getheader("set-cookie")).split(";")[0]
        self.token = token_in(self.page)
        self.events = house.events(self.cookie, self.token)

    def post(self, path: str, **fields: object) -> tuple[int, str]:
        """The status, and the screen that was sent with it."""
        body = urlencode({"page": self.token, **fields})
        answer, text = self.house.ask("POST", path, body, cookie=self.cookie)
        return answer.status, json.loads(text)["html"] if answer.getheader("content-type") == JSON else text

    def tap(self, choice: str) -> str:
        """A tap on the newest screen; returns the next one."""
        assert self.post("/choice", choice=choice, choices=number_in(self.events.newest)) == (204, "")
        return self.events.next()

    def type(self, text: str) -> str:
        assert self.post("/typed", text=text, choices=number_in(self.events.newest)) == (204, "")
        return self.events.next()


class Events:
    """The stream of server-sent events, read from the socket."""

    def __init__(self, port: int, cookie: str, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self._connection.request("GET", f"/events?page={token}", headers={"cookie": cookie})
        self.answer = self._connection.getresponse()
        self._messages = self._read()
        self.newest = self.next()

    def next(self) -> str:
        """The next screen as HTML."""
        kind = "still"
        while kind == "still":
            kind, data = next(self._messages)
        assert kind == "screen", kind
        self.message: dict[str, str] = json.loads(data)
        self.newest = self.message["html"]
        return self.newest

    def kind(self) -> str:
        """The kind of the next message; "end" when the stream is over."""
        return next(self._messages, ("end", ""))[0]

    def until(self, name: str) -> str:
        """The next screen of that name."""
        while name_in(self.newest) != name:
            self.next()
        return self.newest

    def close(self) -> None:
        self._connection.close()
        self.answer.close()

    def _read(self) -> Iterator[tuple[str, str]]:
        kind = data = ""
        while line := self.answer.readline().decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                kind = value
            elif field == "data":
                data = value
            elif not field and kind:
                yield kind, data
                kind = data = ""


def name_in(html: str) -> str:
    found = re.search(r'data-screen="(\w+)"', html)
    assert found, html
    return found[1]


def token_in(page: str) -> str:
    found = re.search(r'data-page="([\w.]+)"', page)
    assert found, page
    return found[1]


def number_in(html: str) -> str:
    found = re.search(r'data-number="(\d+)"', html)
    assert found, html
    return found[1]

"""The least that any page pushed by a server costs: one element, whose text comes as a server-sent event.

No template, no style, no decision, nothing written.  What a tap costs at least: a request that is answered with a push.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

PAGE: Final = """<!doctype html><title>bare</title><b id="shown"></b><button>next</button><script>
new EventSource("/events").onmessage = (event) => { document.getElementById("shown").textContent = event.data; };
document.querySelector("button").onclick = () => fetch("/tap", { method: "POST" });
</script>"""
MAX_HEAD_BYTES: Final = 4096


class BarePage:
    """`push` shows a text on every page that is open; a tap shows the next number."""

    def __init__(self) -> None:
        self.address = ""
        self.open = asyncio.Event()  # a page listens
        self._streams: set[asyncio.StreamWriter] = set()
        self._taps = 0

    def push(self, text: str) -> None:
        for stream in self._streams:
            stream.write(f"data: {text}\n\n".encode())

    def next_tap(self) -> str:
        """What the next tap will show."""
        return f"tap {self._taps + 1}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: requests one after another, until it is a stream or hangs up."""
        try:
            while line := await reader.readline():
                head = line
                while line.strip():
                    line = await reader.readline()
                if head.startswith(b"GET /events"):
                    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
                    self._streams.add(writer)
                    self.open.set()
                elif head.startswith(b"POST"):
                    self._taps += 1
                    self.push(f"tap {self._taps}")
                    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                else:
                    body = PAGE.encode() if head.startswith(b"GET / ") else b""
                    writer.write(_HEAD % len(body) + body)
                await writer.drain()
        except ConnectionError:
            pass  # the browser is gone
        finally:
            self._streams.discard(writer)
            writer.close()


_HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: %d\r\n\r\n"


@asynccontextmanager
async def serving() -> AsyncIterator[BarePage]:
    """Served on loopback, at any port that is free."""
    bare = BarePage()
    server = await asyncio.start_server(bare.answer, "127.0.0.1", 0, limit=MAX_HEAD_BYTES)
    bare.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        yield bare
    finally:
        server.close()

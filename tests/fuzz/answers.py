"""What an HTTP server may answer to the uplink: anything at all, then it hangs up."""

from __future__ import annotations

import contextlib
import functools
import socket
import threading
from typing import Final

from sync.polling import MAX_ANSWER_BYTES
from sync.uplink import Uplink
from tests.fuzz.target import Finding, Target

__all__ = ["TARGETS"]


class _Server:
    """Answers every request with the bytes of the moment, whatever was asked."""

    def __init__(self) -> None:
        self.says = b""
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            line, _ = self._door.accept()
            with line, contextlib.suppress(OSError):
                line.recv(65_536)
                line.sendall(self.says)
                line.shutdown(socket.SHUT_WR)
                line.recv(1)  # until the client has hung up


@functools.cache
def _server() -> _Server:
    return _Server()


def _read(data: bytes) -> tuple[bytes, int] | None:
    if b"\r\n" not in data and b"\n" not in data:
        data = b"HTTP/1.1 200 OK\r\n\r\n" + data
    server = _server()
    server.says = data
    uplink = Uplink(f"http://127.0.0.1:{server.port}")
    try:
        return uplink.poll(7, b"question"), MAX_ANSWER_BYTES
    finally:
        uplink.close()


def _is_bounded(read: tuple[bytes, int]) -> None:
    answer, most = read
    if len(answer) > most:
        raise Finding(f"uplink: an answer of {len(answer)} bytes, limit {most}")


SEEDS: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nxx",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 409 Conflict\r\nContent-Length: 1\r\n\r\nx",
    b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nRetry-After: x\r\n\r\n",
    b"HTTP/1.1 429 Too Many\r\nRetry-After: 99999999999\r\n\r\n",
    b"HTTP/1.1 413 Too Large\r\n\r\n\xff\xfe",
    b"HTTP/1.1 503 Gone\r\n\r\n",
    b"HTTP/1.1 999 Odd\r\n\r\n",
    b"HTTP/9.9 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\n folded\r\nX\r\n\r\nok",
    b"\n",
)
TARGETS: Final = (Target("http_answer", _read, _is_bounded, lambda: SEEDS),)

"""HTTPS to the hub: one kept connection to send on, one to wait on.  Blocking; each is used from a lane of its own.

The handshake costs more than the events: on a kept connection a site needs a tenth of the data (docs).  Foreign errors
are translated here, and nowhere else.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from msgspec import Struct
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from edge.core.errors import BadInput, Busy, LinkDown, NotAllowed, machine_says
from sync.envelope import TooLarge
from sync.polling import MAX_ANSWER_BYTES, MAX_WAIT_S

__all__ = ["Trust", "Uplink"]

CONNECT_TIMEOUT_S: Final = 10.0
READ_TIMEOUT_S: Final = 30.0  # the hub commits in milliseconds; a mobile link may stall for long
_MAX_REPLY_BYTES: Final = 16 * 1024
_CONFLICT: Final = 409  # a signed watermark too: the batch was not taken, and the watermark says why
_TOO_LARGE: Final = 413
_TOO_MANY: Final = 429


class Trust(Struct, frozen=True, forbid_unknown_fields=True):
    """How the hub is recognised.  Both empty: by the certificates of the machine.

    ca_file: certificates to believe instead; the hub's own, self-signed one may be the only one in it.
    sha256: fingerprint of the one certificate that is believed, in hexadecimal, whoever signed it.
    """

    ca_file: str = ""
    sha256: str = ""


class Uplink:
    """The way to one hub.  Raises LinkDown and Busy (later), or BadInput and NotAllowed (the hub refuses it)."""

    def __init__(self, url: str, trust: Trust | None = None) -> None:
        self._prefix, sending = _pool(url, trust or Trust())
        _, polling = _pool(url, trust or Trust())
        self._sending, self._polling = _KeptLine(sending), _KeptLine(polling)

    def send(self, site: int, sealed: bytes) -> bytes:
        """Deliver a batch; return the signed watermark, whether the batch was taken or not."""
        return self._sending.post(f"{self._prefix}/v1/sites/{site}/batches", sealed, READ_TIMEOUT_S, _MAX_REPLY_BYTES)

    def poll(self, site: int, question: bytes) -> bytes:
        """Ask for orders; return the signed answer, which may take MAX_WAIT_S to come."""
        path = f"{self._prefix}/v1/sites/{site}/orders"
        return self._polling.post(path, question, MAX_WAIT_S + READ_TIMEOUT_S, MAX_ANSWER_BYTES)

    def enrol(self, request: bytes) -> bytes:
        """Exchange a claim; return what the site is to know."""
        return self._sending.post(f"{self._prefix}/v1/enrol", request, READ_TIMEOUT_S, MAX_ANSWER_BYTES)

    def close(self) -> None:
        """Hang up, from any thread: calls under way end at once with LinkDown."""
        self._sending.close()
        self._polling.close()


class _KeptLine:
    """One connection, kept between requests."""

    def __init__(self, pool: HTTPConnectionPool) -> None:
        self._pool = pool
        self._lock = Lock()
        self._socket: socket.socket | ssl.SSLSocket | None = None
        self._closed = False
        base: type[Any] = HTTPSConnection if isinstance(pool, HTTPSConnectionPool) else HTTPConnection
        line = self

        class Watched(base):  # type: ignore[misc]
            """Tells its socket, so that somebody who waits on it can be woken."""

            def connect(self) -> None:
                super().connect()
                line._connected(self.sock)

        pool.ConnectionCls = Watched

    def post(self, path: str, body: bytes, read_timeout_s: float, most: int) -> bytes:
        if self._closed:
            raise LinkDown("uplink: closed")
        try:
            response = self._pool.urlopen(
                "POST",
                path,
                body=body,
                headers={"Content-Type": "application/cbor", "Accept-Encoding": "identity"},
                retries=False,
                redirect=False,
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=read_timeout_s),
                preload_content=False,
                decode_content=False,
            )
            with contextlib.closing(response):
                data = response.read(most + 1)
                if len(data) <= most:
                    response.read(1)  # there is nothing more; asking tells a body that was cut short from a whole one
        except (urllib3.exceptions.HTTPError, OSError) as error:
            where = self._pool.host if self._pool.port is None else f"{self._pool.host} port {self._pool.port}"
            raise LinkDown(f"uplink: {where}: {_said(error)}") from None
        if len(data) > most:
            raise LinkDown(f"uplink: an answer of more than {most} bytes")
        _raise_for(response.status, data)
        return data

    def _connected(self, its_socket: socket.socket | ssl.SSLSocket) -> None:
        with self._lock:
            self._socket = its_socket
        if self._closed:
            self.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._socket is not None:
                with contextlib.suppress(OSError):  # it may have gone already
                    self._socket.shutdown(socket.SHUT_RDWR)
                self._socket = None
        self._pool.close()


def _pool(url: str, trust: Trust) -> tuple[str, HTTPConnectionPool]:
    """The path before ours, and a pool of one connection.  Plain HTTP only to this machine itself."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:  # a port beyond 65535, half an IPv6 address
        raise BadInput(f"hub address {url!r}: {error}") from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise BadInput(f"hub address {url!r}: must be https://host[:port][/path]")
    if parts.scheme == "http" and not _is_loopback(host):
        raise BadInput(f"hub address {url!r}: plain http only to loopback addresses; use https")
    try:
        return parts.path.rstrip("/"), _pool_of(parts.scheme, host, port, trust)
    except urllib3.exceptions.HTTPError as error:  # a name that no machine can have
        raise BadInput(f"hub address {url!r}: {error}") from None


def _pool_of(scheme: str, host: str, port: int | None, trust: Trust) -> HTTPConnectionPool:
    if scheme == "http":
        return HTTPConnectionPool(host, port, maxsize=1, block=True)
    # A pinned certificate replaces the chain and the name; otherwise both are checked.
    return HTTPSConnectionPool(
        host,
        port,
        maxsize=1,
        block=True,
        cert_reqs="CERT_NONE" if trust.sha256 else "CERT_REQUIRED",
        ca_certs=trust.ca_file or None,
        assert_fingerprint=trust.sha256 or None,
        ssl_minimum_version=ssl.TLSVersion.TLSv1_2,
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _said(error: Exception) -> str:
    """What the machine says of it, where it says something; the library's own words are about its objects."""
    cause = error.__cause__ or error
    if isinstance(cause, OSError) and cause.strerror:
        return machine_says(cause)
    return f"{type(error).__name__}: {error}"


def _raise_for(status: int, data: bytes) -> None:
    """What a status means.  The body of an error is for people: its beginning goes into the message."""
    if status in (200, _CONFLICT):
        return
    said = f"hub: {status}: {data[:200].decode(errors='replace')}"
    if status == _TOO_MANY:
        raise Busy(said)
    if status == _TOO_LARGE:
        raise TooLarge(said)
    if status in (401, 403, 404):
        raise NotAllowed(said)
    if 400 <= status < 500:
        raise BadInput(said)
    raise LinkDown(said)

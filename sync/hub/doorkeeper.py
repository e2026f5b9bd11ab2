"""What comes in over HTTP, and who may: bounded bodies, the administrator, and errors as one line of JSON."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from typing import Final, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.core import cose
from edge.core.documents import FIRST_GROUP
from edge.core.errors import BadInput, Busy, LockerError, NotAllowed
from sync.envelope import TooLarge
from sync.hub.desk import Desk

__all__ = [
    "Headers",
    "answer_error",
    "body",
    "desk_of",
    "json_response",
    "require_admin",
    "site_number",
    "status_of",
    "wish",
]

MAX_JSON_BYTES: Final = 16 * 1024
_BODY_TIMEOUT_S: Final = 30.0
COOKIE: Final = "hub"
_PROXIED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")

# Everything comes from here, nothing runs, nobody frames us.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)

Wish = TypeVar("Wish")


class Headers:
    """Adds the headers that every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)


def desk_of(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


async def body(request: Request, most: int) -> bytes:
    """The body of a request, as long as it is not too long and does not take for ever."""
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared) > most:
        raise TooLarge(f"body: {declared[:20]} bytes, limit {most}")
    data = bytearray()
    try:
        async with asyncio.timeout(_BODY_TIMEOUT_S):
            async for chunk in request.stream():
                data += chunk
                if len(data) > most:
                    raise TooLarge(f"body: more than {most} bytes")
    except TimeoutError:
        raise BadInput(f"body: not complete within {_BODY_TIMEOUT_S:.0f} s") from None
    return bytes(data)


async def wish(request: Request, shape: type[Wish]) -> Wish:
    """The JSON body of an administrator's request, typed and bounded; an empty one is `{}`."""
    data = await body(request, MAX_JSON_BYTES)
    try:
        return msgspec.json.decode(data or b"{}", type=shape)
    except msgspec.DecodeError as error:
        raise BadInput(f"request: {error}") from None


def require_admin(request: Request) -> None:
    """Only from this machine, under its own name, and with the token (a cookie is enough for reading).

    The name is checked because a page elsewhere may make a browser here ask us under another one (DNS rebinding).
    """
    client = request.client.host if request.client else ""
    if not _is_loopback(client) or any(name in request.headers for name in _PROXIED):
        raise NotAllowed("administration: only from the hub's own machine")
    if not _is_loopback(request.url.hostname or ""):
        raise NotAllowed("administration: only under a loopback name")
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    given = token if kind == "Bearer" else ""
    if not given and request.method in ("GET", "HEAD"):
        given = request.cookies.get(COOKIE, "")
    if not hmac.compare_digest(given.encode(), desk_of(request).admin_token.encode()):
        raise HTTPException(401, "administration: the token is missing or wrong")


def json_response(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


async def answer_error(_: Request, error: Exception) -> Response:
    """One line of JSON, and the status that `sync.uplink` reads."""
    if isinstance(error, HTTPException):
        return json_response({"error": error.detail}, error.status_code)
    return json_response({"error": str(error)}, status_of(error))


_STATUS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (TooLarge, 413),
    (BadInput, 400),
    (cose.BadSignature, 401),
    (NotAllowed, 403),
    (Busy, 429),
    (LockerError, 503),
)


def status_of(error: Exception) -> int:
    """The HTTP status that tells an error of the tree."""
    return next((status for shape, status in _STATUS if isinstance(error, shape)), 500)


def site_number(request: Request) -> int:
    """The site in the path."""
    number = int(request.path_params["site"])
    if not 1 <= number < FIRST_GROUP:
        raise NotAllowed(f"site {number}: not a number of a site")
    return number


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

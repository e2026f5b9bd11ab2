"""Who may speak to the page: this machine only, under its own name, and only pages that came from here.

Guards against a page of the outside world that is open in a browser of this machine: `Host` (a foreign name that was
made to point here), `Origin` and `Sec-Fetch-Site` (a foreign page that posts here), and a cookie that no foreign page
can send or know.  Every answer carries the headers that keep it in place.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["COOKIE", "MAX_BODY_BYTES", "Guard", "fields", "require_cookie"]

COOKIE: Final = "kiosk"
MAX_BODY_BYTES: Final = 1024  # the longest label, percent-encoded, and a number
BODY_TIMEOUT_S: Final = 5.0
MOST_FIELDS: Final = 4
_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_PEERS: Final = frozenset({"127.0.0.1", "::1"})
_POLICY: Final = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """Refuses what does not come from here, with one line; adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope)
        app = self._app if refusal is None else PlainTextResponse(refusal, 403)
        await app(scope, receive, with_headers)


def _refusal(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    peer = scope.get("client")
    if peer is None or peer[0] not in _PEERS:
        return "client: not this machine"
    host = headers.get("host", "")
    name, _, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "0")  # port 80 is not named
    if name not in _NAMES or not port.isdigit():
        return "Host: not a name of this machine"
    if _is_the_page_from_disk(scope, headers):
        return None
    if headers.get("origin", f"http://{host}") != f"http://{host}":
        return "Origin: another page"
    own = headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    if not own and not _is_a_link_to_the_page(scope, headers):
        return "Sec-Fetch-Site: another page"
    return None


def _is_the_page_from_disk(scope: Scope, headers: Headers) -> bool:
    """A page from a file has no origin.  All that it may ask is whether somebody is here (`kiosk_ui.boot`)."""
    return scope["method"] == "GET" and scope["path"] == "/healthz" and headers.get("origin") == "null"


def _is_a_link_to_the_page(scope: Scope, headers: Headers) -> bool:
    """A person follows a link to the page, or it is opened in a window: it comes up alone, in no frame, and tells the
    page with the link nothing."""
    whole = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return whole and scope["method"] == "GET" and scope["path"] == "/"


def require_cookie(request: Request, token: str) -> None:
    """HTTPException 403 when the page is not of this start of the program."""
    if not hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), token.encode()):
        raise HTTPException(403, "cookie: this page is of an earlier start; load it again")


async def fields(request: Request) -> dict[str, str]:
    """The fields of a posted form.  HTTPException 413, 408 or 400, none of which repeats what was sent."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise HTTPException(413, f"body: more than {MAX_BODY_BYTES} bytes")
    except TimeoutError:
        raise HTTPException(408, f"body: not here within {BODY_TIMEOUT_S:g} s") from None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise HTTPException(400, "body: not a form") from None
    return dict(pairs)

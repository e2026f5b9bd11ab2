"""The page on loopback: shows the present screen, takes taps and what is typed.  It decides nothing.

GET /         the page          GET /events   every new screen, as server-sent events
POST /choice  a tap             POST /typed   digits or letters
GET /healthz  "ok"              GET /static/  style, script, letters

A tap or a text names the number of the choice set that it was made on.  A stale one is answered with 409 and the
present screen, and goes no further.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Final, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from edge.core.inputs import Chosen, Input, Typed
from edge.core.screens import Screen
from edge.core.site import Site
from kiosk_ui.loopback import COOKIE, Guard, fields, require_cookie
from kiosk_ui.pages import Pages
from kiosk_ui.present import Present
from kiosk_ui.view import MOST_LETTERS, fragment, page

__all__ = ["KioskPort", "make_app"]

PING_S: Final = 15.0  # a comment this often keeps the line from looking dead
RETRY_MS: Final = 1000
MOST_DIGITS_OF_A_NUMBER: Final = 9

_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}
_STATIC: Final = {
    file.name: (file.read_bytes(), _TYPES[file.name.rpartition(".")[2]])
    for file in (files("kiosk_ui") / "static").iterdir()
    if file.name.rpartition(".")[2] in _TYPES
}


class KioskPort(Protocol):
    """What the page needs of the runtime.  Everything is called in the loop's thread."""

    @property
    def site(self) -> Site: ...

    def screen(self) -> Screen:
        """The present screen.  Not called before the runtime is ready."""

    def tell(self, told: Input, /) -> bool:
        """Put an input into the inbox.  False when it was dropped."""

    def subscribe(self) -> AsyncIterator[Screen]:
        """Every new screen, beginning with the present one; only the newest where several came.

        A wait that is cancelled loses nothing (`kiosk_ui.board` is one that keeps this).
        """


def make_app(kiosk: KioskPort, *, token: str = "") -> Starlette:
    """The application.  token: the cookie's value, by default a new one for each start.

    Whoever runs it calls `app.state.pages.close()` when the server is to end, so that the streams end too.
    """
    app = Starlette(
        routes=[
            Route("/", _page, methods=["GET"]),
            Route("/events", _events, methods=["GET"]),
            Route("/choice", _choice, methods=["POST"]),
            Route("/typed", _typed, methods=["POST"]),
            Route("/healthz", _healthz, methods=["GET"]),
            Route("/static/{name}", _static, methods=["GET"]),
        ],
        middleware=[Middleware(Guard)],
    )
    app.state.kiosk = kiosk
    app.state.pages = Pages(kiosk.site.policy.timers.warning_s)
    app.state.token = token or secrets.token_urlsafe(24)
    return app


# -- showing --------------------------------------------------------------------------------------------------------


async def _page(request: Request) -> Response:
    kiosk, screen = _kiosk(request), _kiosk(request).screen()
    answer = HTMLResponse(page(kiosk.site, Present(screen, left_s=_pages(request).left_s(screen, _now_s()))))
    answer.set_cookie(COOKIE, request.app.state.token, httponly=True, samesite="strict", path="/")
    return answer


async def _events(request: Request) -> Response:
    require_cookie(request, request.app.state.token)
    return StreamingResponse(_stream(_kiosk(request), _pages(request)), media_type="text/event-stream")


async def _stream(kiosk: KioskPort, pages: Pages) -> AsyncIterator[str]:
    """Screens until the browser goes, another page takes over, or the server ends."""
    watcher, turn = kiosk.subscribe(), pages.take_over()
    left = asyncio.ensure_future(turn.wait())
    coming = asyncio.ensure_future(anext(watcher))
    yield f"retry: {RETRY_MS}\n\n"
    try:
        while True:
            await asyncio.wait({left, coming}, timeout=PING_S, return_when=asyncio.FIRST_COMPLETED)
            if left.done():
                if not pages.closed:
                    yield "event: replaced\ndata: \n\n"
                return
            if not coming.done():
                yield ": still here\n\n"
                continue
            screen = coming.result()
            coming = asyncio.ensure_future(anext(watcher))
            html = fragment(kiosk.site, Present(screen, left_s=pages.left_s(screen, _now_s())))
            yield f"event: screen\ndata: {json.dumps(html)}\n\n"
    finally:
        left.cancel()
        coming.cancel()


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _static(request: Request) -> Response:
    found = _STATIC.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1])


# -- taking ---------------------------------------------------------------------------------------------------------


async def _choice(request: Request) -> Response:
    sent = await _sent(request)
    kiosk, chosen, number = _kiosk(request), sent.get("choice", ""), _number(sent)
    screen = kiosk.screen()
    current = number == screen.number and chosen in screen.choices
    return _answer(request, current, current and kiosk.tell(Chosen(chosen, number)))


async def _typed(request: Request) -> Response:
    sent = await _sent(request)
    kiosk, text, number = _kiosk(request), sent.get("text", "").strip(), _number(sent)
    if not text or len(text) > MOST_LETTERS or not (text.isascii() and text.isprintable()):
        raise HTTPException(400, f"text: 1 to {MOST_LETTERS} plain letters, digits and signs")
    screen = kiosk.screen()
    current = number == screen.number and bool(screen.entry)
    return _answer(request, current, current and kiosk.tell(Typed(text, number)))


async def _sent(request: Request) -> dict[str, str]:
    require_cookie(request, request.app.state.token)
    return await fields(request)


def _number(sent: dict[str, str]) -> int:
    """The choice set that the page showed; -1, which no set has, for what is no number."""
    text = sent.get("choices", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS_OF_A_NUMBER else -1


def _answer(request: Request, current: bool, taken: bool) -> Response:
    """204 taken, 409 stale, 503 dropped by a full inbox; a browser without the script is sent to the page."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/", 303)
    if taken:
        return Response(status_code=204)
    screen = _kiosk(request).screen()
    html = fragment(_kiosk(request).site, Present(screen, left_s=_pages(request).left_s(screen, _now_s())))
    return HTMLResponse(html, 503 if current else 409)


def _kiosk(request: Request) -> KioskPort:
    kiosk: KioskPort = request.app.state.kiosk
    return kiosk


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _now_s() -> float:
    return asyncio.get_running_loop().time()

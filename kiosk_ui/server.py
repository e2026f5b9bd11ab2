"""The page on loopback: shows the present screen, takes taps and what is typed.  It decides nothing.

GET /          the page            GET /events      every new screen, as server-sent events
POST /choice   a tap               POST /typed      digits or letters
POST /look     language, contrast  POST /heartbeat  the page lives
GET /healthz   "ok"                GET /static/     style, script, letters
GET /panel.css how long a mm is    GET /prompts/    spoken prompts

A tap or a text names the number of the choice set that it was made on.  A stale one is answered with 409 and the
present screen, and goes no further.  Whatever a page says names the page: one that was replaced is answered with 410.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from edge.core.errors import BadInput
from edge.core.inputs import Chosen, Input, Typed
from kiosk_ui.loopback import COOKIE, Guard, fields, require_cookie
from kiosk_ui.options import KioskOptions
from kiosk_ui.pages import Pages, Standing, build_of
from kiosk_ui.port import KioskPort
from kiosk_ui.presenter import Presenter
from kiosk_ui.typed import plain
from kiosk_ui.view import MOST_LETTERS

__all__ = ["KioskOptions", "KioskPort", "make_app"]

RETRY_MS: Final = 1000
MOST_DIGITS_OF_A_NUMBER: Final = 9
MOST_PROMPT_BYTES: Final = 1 << 20  # 23 s of speech; more is no prompt

_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}
_STATIC: Final = {
    file.name: (file.read_bytes(), _TYPES[file.name.rpartition(".")[2]])
    for file in sorted((files("kiosk_ui") / "static").iterdir(), key=lambda file: file.name)
    if file.name.rpartition(".")[2] in _TYPES
}
_PROMPT: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}\.wav")


def make_app(kiosk: KioskPort, options: KioskOptions | None = None, *, token: str = "") -> Starlette:
    """The application.  token: the cookie's value, by default a new one for each start.

    Whoever runs it calls `app.state.pages.close()` when the server is to end, so that the streams end too.
    """
    app = Starlette(
        routes=[
            Route("/", _page, methods=["GET"]),
            Route("/events", _events, methods=["GET"]),
            Route("/choice", _choice, methods=["POST"]),
            Route("/typed", _typed, methods=["POST"]),
            Route("/look", _look, methods=["POST"]),
            Route("/heartbeat", _heartbeat, methods=["POST"]),
            Route("/healthz", _healthz, methods=["GET"]),
            Route("/panel.css", _panel, methods=["GET"]),
            Route("/static/{name}", _static, methods=["GET"]),
            Route("/prompts/{language}/{name}", _prompt, methods=["GET"]),
        ],
        middleware=[Middleware(Guard)],
    )
    app.state.kiosk = kiosk
    app.state.options = options or KioskOptions()
    app.state.presenter = Presenter(kiosk, app.state.options)
    app.state.pages = Pages(build_of(content for content, _ in _STATIC.values()))
    app.state.token = token or secrets.token_urlsafe(24)
    return app


# -- showing --------------------------------------------------------------------------------------------------------


async def _page(request: Request) -> Response:
    answer = HTMLResponse(_presenter(request).page(_pages(request).issue(), _now_s()))
    answer.set_cookie(COOKIE, request.app.state.token, httponly=True, samesite="strict", path="/")
    return answer


async def _events(request: Request) -> Response:
    require_cookie(request, request.app.state.token)
    token = request.query_params.get("page", "")
    standing = _pages(request).standing(token)
    if standing is Standing.UNKNOWN:
        raise HTTPException(403, "page: of an earlier start; load it again")
    stream = _replaced() if standing is Standing.REPLACED else _stream(request, token)
    return StreamingResponse(stream, media_type="text/event-stream")


STILL: Final = "event: still\ndata: \n\n"  # an event, so that the page knows a line that is silent from a dead one
REPLACED: Final = "event: replaced\ndata: \n\n"


async def _stream(request: Request, token: str) -> AsyncIterator[str]:
    """Screens until the browser goes, another page takes over, or the server ends."""
    kiosk, pages, presenter = _kiosk(request), _pages(request), _presenter(request)
    watcher, left = kiosk.subscribe(), asyncio.ensure_future(pages.stream().wait())
    coming = asyncio.ensure_future(anext(watcher))
    looked = asyncio.ensure_future(presenter.changed())
    yield f"retry: {RETRY_MS}\n\n"
    sent = ""
    try:
        await asyncio.wait({left, coming}, return_when=asyncio.FIRST_COMPLETED)
        while not left.done():
            if coming.done():
                coming = asyncio.ensure_future(anext(watcher))
            if looked.done():
                looked = asyncio.ensure_future(presenter.changed())
            update = presenter.update(token, _now_s())
            yield STILL if update == sent else f"event: screen\ndata: {update}\n\n"
            sent = update
            for_s = presenter.refresh_in_s(_now_s())
            await asyncio.wait({left, coming, looked}, timeout=for_s, return_when=asyncio.FIRST_COMPLETED)
        if pages.standing(token) is Standing.REPLACED:
            yield REPLACED
    finally:
        for waiting in (left, coming, looked):
            waiting.cancel()


async def _replaced() -> AsyncIterator[str]:
    yield REPLACED


async def _healthz(_: Request) -> Response:
    """Also for the page from disk, which has no origin: it may read this answer, and no other."""
    return PlainTextResponse("ok\n", headers={"access-control-allow-origin": "null"})


async def _panel(request: Request) -> Response:
    """The length of a millimetre on this panel; nothing where it is not known."""
    px_per_mm = request.app.state.options.px_per_mm
    return Response(f":root{{--mm:{px_per_mm:g}px}}\n" if px_per_mm else "", media_type="text/css")


async def _static(request: Request) -> Response:
    found = _STATIC.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1])


def _prompt(request: Request) -> Response:
    """A spoken prompt; 404 where there is none, which the page takes for silence.  In a thread: a file is read."""
    options, language, name = request.app.state.options, request.path_params["language"], request.path_params["name"]
    if options.prompts is None or language not in options.languages or not _PROMPT.fullmatch(name):
        raise HTTPException(404)
    try:
        with (options.prompts / language / name).open("rb") as file:
            sound = file.read(MOST_PROMPT_BYTES + 1)
    except OSError:
        raise HTTPException(404) from None
    if len(sound) > MOST_PROMPT_BYTES:
        raise HTTPException(404)
    return Response(sound, media_type="audio/wav")


# -- taking ---------------------------------------------------------------------------------------------------------


async def _choice(request: Request) -> Response:
    sent = await _sent(request)
    chosen, number = sent.get("choice", ""), _number(sent)
    if not _presenter(request).offered(chosen, number, _now_s()):
        return _not_taken(request, sent, 409)
    return _told(request, sent, Chosen(chosen, number))


async def _typed(request: Request) -> Response:
    sent = await _sent(request)
    text, number = plain(sent.get("text", "")).strip(), _number(sent)
    if not text or len(text) > MOST_LETTERS or not text.isprintable():
        raise HTTPException(400, f"text: 1 to {MOST_LETTERS} letters, digits and signs")
    screen = _kiosk(request).screen()
    if number != screen.number or not screen.entry:
        return _not_taken(request, sent, 409)
    return _told(request, sent, Typed(text, number))


async def _look(request: Request) -> Response:
    """Language, contrast and so on: the core is told nothing, and no tap becomes stale."""
    sent = await _sent(request)
    try:
        _presenter(request).look(sent.get("field", ""), sent.get("value", ""), _now_s())
    except BadInput as error:
        raise HTTPException(400, str(error)) from None
    return _taken(request)


async def _heartbeat(request: Request) -> Response:
    """The page lives.  One that does not show the present choice set is not counted as living: 409 and the screen."""
    sent = await _sent(request)
    if not _presenter(request).shows_truth(_number(sent), _now_s()):
        return _not_taken(request, sent, 409)
    _kiosk(request).beat(max(0, _number(sent, "errors")))
    return Response(status_code=204)


async def _sent(request: Request) -> dict[str, str]:
    """The fields of a form of the page that shows the screen.  403 for a page of an earlier start, 410 for another."""
    require_cookie(request, request.app.state.token)
    sent = await fields(request)
    standing = _pages(request).standing(sent.get("page", ""))
    if standing is Standing.UNKNOWN:
        raise HTTPException(403, "page: of an earlier start; load it again")
    if standing is Standing.REPLACED:
        raise HTTPException(410, "page: a newer one shows the screen")
    return sent


def _number(sent: dict[str, str], name: str = "choices") -> int:
    """The choice set that the page showed; -1, which no set has, for what is no number."""
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS_OF_A_NUMBER else -1


def _told(request: Request, sent: dict[str, str], told: Input) -> Response:
    _presenter(request).touched(_now_s())
    if not _kiosk(request).tell(told):
        return _not_taken(request, sent, 503)
    return _taken(request)


def _taken(request: Request) -> Response:
    """204; a browser without the script is sent to the page."""
    return RedirectResponse("/", 303) if _is_a_form(request) else Response(status_code=204)


def _not_taken(request: Request, sent: dict[str, str], status: int) -> Response:
    """409 stale, 503 dropped by a full inbox: with the present screen."""
    if _is_a_form(request):
        return RedirectResponse("/", 303)
    update = _presenter(request).update(sent.get("page", ""), _now_s())
    return Response(update, status, media_type="application/json")


def _is_a_form(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _kiosk(request: Request) -> KioskPort:
    kiosk: KioskPort = request.app.state.kiosk
    return kiosk


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _presenter(request: Request) -> Presenter:
    presenter: Presenter = request.app.state.presenter
    return presenter


def _now_s() -> float:
    return asyncio.get_running_loop().time()

"""The page of the street on loopback: shows the newest picture, takes what a visitor does.  It decides nothing.

GET /          the page              GET /events        every new picture, as server-sent events
POST /do       an act                GET /camera.jpg    what the camera sees
GET /code/…    a code of the phone   GET /label/…       the bars of a parcel
GET /static/…  style, script, letters
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from typing import Final, Protocol

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from edge.app.demo.street.bulletin import Bulletin
from edge.app.demo.street.view import Ground
from edge.core.errors import BadInput, LockerError
from kiosk_ui.loopback import Guard, fields

__all__ = ["StreetPort", "make_app"]

COOKIE: Final = "street"  # cookies do not know ports: the screen has one of its own
PING_S: Final = 15.0
RETRY_MS: Final = 1000
MOST_ACTS: Final = 4  # under way at once; a page that asks for more is told to wait

_TYPES: Final = {"css": "text/css", "js": "text/javascript", "woff2": "font/woff2", "svg": "image/svg+xml"}
_PAGES: Final = Environment(
    loader=PackageLoader("edge.app.demo.street"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _shipped(package: str) -> dict[str, tuple[bytes, str]]:
    kinds = {file.name: file.name.rpartition(".")[2] for file in (files(package) / "static").iterdir()}
    return {
        name: ((files(package) / "static" / name).read_bytes(), _TYPES[kind])
        for name, kind in kinds.items()
        if kind in _TYPES
    }


_OF_THE_SCREEN: Final = _shipped("kiosk_ui")
_STATIC: Final = _shipped("edge.app.demo.street") | {
    name: kept for name, kept in _OF_THE_SCREEN.items() if name in ("fonts.css", "icon.svg") or name.endswith("woff2")
}


class StreetPort(Protocol):
    """What the page needs of the showroom.  Everything here may block, and is called in worker threads."""

    @property
    def ground(self) -> Ground: ...

    def act(self, verb: str, what: str, door: int, how: str) -> None:
        """Do it.  An error of the tree, in words for the visitor, when it cannot be done."""

    def code_svg(self, message: str) -> str:
        """BadInput when the telephone has no such message."""

    def label_svg(self, label: str) -> str:
        """BadInput when there is no such parcel."""

    def picture(self) -> bytes:
        """LinkDown when there is no camera."""


def make_app(street: StreetPort, bulletin: Bulletin) -> Starlette:
    """The application.  Whoever runs it closes `bulletin` when the server is to end, so that the streams end too."""
    app = Starlette(
        routes=[
            Route("/", _page, methods=["GET"]),
            Route("/events", _events, methods=["GET"]),
            Route("/do", _do, methods=["POST"]),
            Route("/camera.jpg", _camera, methods=["GET"]),
            Route("/code/{name}", _code, methods=["GET"]),
            Route("/label/{name}", _label, methods=["GET"]),
            Route("/static/{name}", _static, methods=["GET"]),
        ],
        middleware=[Middleware(Guard)],
    )
    app.state.street, app.state.bulletin = street, bulletin
    app.state.token = secrets.token_urlsafe(24)
    app.state.acts = asyncio.Semaphore(MOST_ACTS)
    return app


# -- showing --------------------------------------------------------------------------------------------------------


async def _page(request: Request) -> Response:
    html = _PAGES.get_template("street.html").render(ground=_street(request).ground)
    answer = HTMLResponse(html)
    answer.set_cookie(COOKIE, request.app.state.token, httponly=True, samesite="strict", path="/")
    return answer


async def _events(request: Request) -> Response:
    _require_cookie(request)
    return StreamingResponse(_stream(request.app.state.bulletin), media_type="text/event-stream")


async def _stream(bulletin: Bulletin) -> AsyncIterator[bytes]:
    """Pictures until the browser goes or the demo ends."""
    yield f"retry: {RETRY_MS}\n\n".encode()
    seen = None
    while not bulletin.closed:
        try:
            seen = await asyncio.wait_for(bulletin.after(seen), PING_S)
        except TimeoutError:
            yield b": still here\n\n"
            continue
        yield b"data: " + msgspec.json.encode(seen) + b"\n\n"


async def _camera(request: Request) -> Response:
    try:
        picture = await asyncio.to_thread(_street(request).picture)
    except LockerError as error:
        return PlainTextResponse(str(error), 503)
    return Response(picture, media_type="image/jpeg")


async def _code(request: Request) -> Response:
    return await _drawn(request, _street(request).code_svg)


async def _label(request: Request) -> Response:
    return await _drawn(request, _street(request).label_svg)


async def _drawn(request: Request, draw: Callable[[str], str]) -> Response:
    _require_cookie(request)
    try:
        svg = await asyncio.to_thread(draw, str(request.path_params["name"]).removesuffix(".svg"))
    except BadInput as error:
        raise HTTPException(404, str(error)) from None
    return Response(svg, media_type="image/svg+xml")


async def _static(request: Request) -> Response:
    found = _STATIC.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1])


# -- taking ---------------------------------------------------------------------------------------------------------


async def _do(request: Request) -> Response:
    """204 done; 409 with what the visitor is told."""
    _require_cookie(request)
    sent = await fields(request)
    acts: asyncio.Semaphore = request.app.state.acts
    if acts.locked():
        return PlainTextResponse("One moment, please: one thing after another.", 409)
    async with acts:
        try:
            await asyncio.to_thread(
                _street(request).act, sent.get("verb", ""), sent.get("what", ""), _door(sent), sent.get("how", "steady")
            )
        except LockerError as error:
            return PlainTextResponse(str(error), 409)
    return Response(status_code=204)


def _door(sent: dict[str, str]) -> int:
    """0, which no wall has, for what is no number."""
    text = sent.get("door", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0


def _require_cookie(request: Request) -> None:
    if not hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), request.app.state.token.encode()):
        raise HTTPException(403, "cookie: this page is of an earlier start; load it again")


def _street(request: Request) -> StreetPort:
    street: StreetPort = request.app.state.street
    return street

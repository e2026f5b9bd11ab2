"""The hub's pages: sites, what stands in them, what happened.  For people; nothing can be changed here."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sync.hub import books
from sync.hub.doorkeeper import COOKIE, desk_of, require_admin, site_number
from sync.hub.projection import IN_THE_WALL
from sync.hub.store import HubStore

__all__ = ["routes"]

EVENTS_SHOWN: Final = 100
_STYLE: Final = (files("sync.hub") / "static" / "hub.css").read_bytes()


def _moment(seconds: int | None) -> str:
    """A moment for people, in UTC; a site's clock may be anything, so the impossible is shown as a number."""
    if not seconds:
        return "never"
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return str(seconds)


_PAGES: Final = Environment(
    loader=PackageLoader("sync.hub"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_PAGES.filters["moment"] = _moment


async def sites(request: Request) -> Response:
    require_admin(request)
    desk = desk_of(request)
    return _page("sites.html", sites=await desk.do(books.sites, desk.store), now_s=desk.now_s())


async def site(request: Request) -> Response:
    require_admin(request)
    desk = desk_of(request)
    return _page("site.html", **await desk.do(_site_values, desk.store, site_number(request)))


async def log_in(request: Request) -> Response:
    """The address that the hub prints when it starts: the token becomes a cookie and leaves the address bar."""
    given, wanted = request.query_params.get("token", ""), desk_of(request).admin_token
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise HTTPException(401, "this address is of an earlier start of the hub")
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, wanted, httponly=True, samesite="strict", path="/")
    return answer


async def style(_: Request) -> Response:
    return Response(_STYLE, media_type="text/css")


def _site_values(store: HubStore, number: int) -> dict[str, Any]:
    everything = books.parcels(store, number)
    return {
        "site": books.site(store, number),
        "inside": [parcel for parcel in everything if parcel["state"] in IN_THE_WALL],
        "coming": [parcel for parcel in everything if parcel["state"] == "announced"],
        "ended": [parcel for parcel in everything if parcel["state"] in ("collected", "gone")],
        "orders": books.orders(store, number)[:20],
        "events": books.newest_events(store, number, EVENTS_SHOWN),
    }


def _page(template: str, **values: Any) -> Response:
    return Response(_PAGES.get_template(template).render(**values), media_type="text/html")


routes = [
    Route("/", sites, methods=["GET"]),
    Route("/sites/{site:int}", site, methods=["GET"]),
    Route("/login", log_in, methods=["GET"]),
    Route("/hub.css", style, methods=["GET"]),
]

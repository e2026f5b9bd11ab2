"""What the administrator asks, in JSON, from the hub's own machine: sites, claims, parcels, codes, badges, orders."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import segno
from msgspec import Meta, Struct, json, to_builtins
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.core.errors import BadInput
from edge.core.orders import Door, InService, Open, OutOfService, TakeKeys, TakeRoster, TakeStanding, TellTime, What
from sync.claims import claim_text
from sync.hub import books, enrolment, issuing, lists, orders
from sync.hub.desk import Desk
from sync.hub.doorkeeper import desk_of, json_response, require_admin, site_number, wish
from sync.hub.keys import with_next

__all__ = ["routes"]

Handler = Callable[[Request], Awaitable[Response]]
_QR_SCALE: Final = 8  # pixels a module


class NewSite(Struct, frozen=True, forbid_unknown_fields=True):
    site: Annotated[int, Meta(ge=1, lt=2**31)]
    name: Annotated[str, Meta(max_length=64)] = ""
    address: Annotated[str, Meta(max_length=200)] = ""
    groups: Annotated[list[Annotated[int, Meta(ge=2**31, lt=2**32)]], Meta(max_length=64)] = []


class Cancellation(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(pattern="^(cancelled|redirected)$")] = "cancelled"


class Extension(Struct, frozen=True, forbid_unknown_fields=True):
    by_s: Annotated[int, Meta(ge=1, le=90 * 86_400)]


class Revocation(Struct, frozen=True, forbid_unknown_fields=True):
    reissue: bool = False


class OrderWish(Struct, frozen=True, forbid_unknown_fields=True):
    kind: Annotated[str, Meta(pattern="^(roster|standing|keys|open|out_of_service|in_service|time)$")]
    door: Door | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""


class NextKey(Struct, frozen=True, forbid_unknown_fields=True):
    role: str


async def add_site(request: Request) -> Response:
    desk, new = desk_of(request), await wish(request, NewSite)
    await desk.do(desk.store.add_site, new.site, new.name, new.address, json.encode(new.groups).decode())
    return json_response({"site": new.site}, 201)


async def list_sites(request: Request) -> Response:
    desk = desk_of(request)
    return json_response(await desk.do(books.sites, desk.store))


async def show_site(request: Request) -> Response:
    desk = desk_of(request)
    return json_response(await desk.do(books.site, desk.store, site_number(request)))


async def make_claim(request: Request) -> Response:
    desk, site = desk_of(request), site_number(request)
    now_s = desk.now_s()
    claim = await desk.do(enrolment.make_claim, desk.store, site, desk.entropy, now_s)
    return json_response({"claim": claim_text(claim), "expires_at": now_s + enrolment.CLAIM_LIFE_S}, 201)


async def announce(request: Request) -> Response:
    desk, site = desk_of(request), site_number(request)
    wanted = await wish(request, issuing.Announcement)
    issued = await desk.book(issuing.announce, desk.store, desk.keys, site, wanted, desk.entropy, desk.now_s())
    desk.ring(site)
    png = f"/v1/admin/sites/{site}/reservations/{issued.reservation}/code.png"
    return json_response(to_builtins(issued) | {"png": png}, 201)


async def list_parcels(request: Request) -> Response:
    desk = desk_of(request)
    return json_response(await desk.do(books.parcels, desk.store, site_number(request)))


async def cancel(request: Request) -> Response:
    desk, site = desk_of(request), site_number(request)
    wanted = await wish(request, Cancellation)
    parcel = request.path_params["parcel"]
    return _ordered(
        desk, site, await desk.book(issuing.cancel, desk.store, desk.keys, site, parcel, wanted.reason, desk.now_s())
    )


async def extend(request: Request) -> Response:
    desk, site = desk_of(request), site_number(request)
    wanted = await wish(request, Extension)
    parcel = request.path_params["parcel"]
    return _ordered(
        desk, site, await desk.book(issuing.extend, desk.store, desk.keys, site, parcel, wanted.by_s, desk.now_s())
    )


async def revoke(request: Request) -> Response:
    desk, site = desk_of(request), site_number(request)
    wanted, reservation = await wish(request, Revocation), request.path_params["reservation"]
    number = await desk.book(
        issuing.revoke, desk.store, desk.keys, site, reservation, desk.now_s(), reissue=wanted.reissue
    )
    return _ordered(desk, site, number)


async def code_text(request: Request) -> Response:
    return json_response({"code": await _code(request)})


async def code_png(request: Request) -> Response:
    picture = io.BytesIO()
    # Level M and nothing stronger: the plain code then is 41 x 41, which a phone in a moving hand still shows well.
    segno.make(await _code(request), error="m", boost_error=False, micro=False).save(
        picture, kind="png", scale=_QR_SCALE
    )
    return Response(picture.getvalue(), media_type="image/png")


async def make_badge(request: Request) -> Response:
    desk, site = desk_of(request), site_number(request)
    wanted = await wish(request, issuing.BadgeWish)
    issued = await desk.book(issuing.badge, desk.store, desk.keys, site, wanted, desk.entropy, desk.now_s())
    number = await desk.book(_order, desk, site, OrderWish("roster"), desk.now_s())
    desk.ring(site)
    return json_response(to_builtins(issued) | {"order": number}, 201)


async def order(request: Request) -> Response:
    desk, site = desk_of(request), site_number(request)
    wanted = await wish(request, OrderWish)
    return _ordered(desk, site, await desk.book(_order, desk, site, wanted, desk.now_s()))


async def list_orders(request: Request) -> Response:
    desk = desk_of(request)
    return json_response(await desk.do(books.orders, desk.store, site_number(request)))


async def list_events(request: Request) -> Response:
    desk = desk_of(request)
    after, limit = _query(request, "after", 0), _query(request, "limit", books.MOST_EVENTS)
    epoch = request.query_params.get("epoch", "")
    return json_response(await desk.do(books.events, desk.store, site_number(request), epoch, after, limit))


async def next_key(request: Request) -> Response:
    """The next key of a role: in every site's bundle from now on, in use in 30 days."""
    desk, wanted = desk_of(request), await wish(request, NextKey)
    now_s = desk.now_s()
    desk.keys = await desk.do(with_next, desk.directory, wanted.role, desk.entropy, now_s)
    told = await desk.book(_tell_keys, desk, now_s)
    desk.ring_all()
    return json_response({"version": desk.keys.version, "told": told}, 201)


def _order(desk: Desk, site: int, wanted: OrderWish, now_s: int) -> int:
    return orders.issue(desk.store, desk.keys, site, _what(desk, site, wanted, now_s), now_s)


def _what(desk: Desk, site: int, wanted: OrderWish, now_s: int) -> What:
    store, keys = desk.store, desk.keys
    if wanted.kind == "roster":
        return TakeRoster(lists.signed_roster(store, keys, site, now_s))
    if wanted.kind == "standing":
        return TakeStanding(lists.signed_standing(store, keys, site, now_s))
    if wanted.kind == "keys":
        return TakeKeys(keys.bundle)
    if wanted.kind == "time":
        return TellTime()
    return _at_a_door(desk, site, wanted, now_s)


def _at_a_door(desk: Desk, site: int, wanted: OrderWish, now_s: int) -> What:
    if wanted.door is None:
        raise BadInput(f"order {wanted.kind}: needs a door")
    if wanted.kind == "in_service":
        return InService(wanted.door)
    if not wanted.reason:
        raise BadInput(f"order {wanted.kind}: needs a reason")
    if wanted.kind == "out_of_service":
        return OutOfService(wanted.door, wanted.reason)
    return Open(wanted.door, orders.nonce_of(desk.store, site, now_s), wanted.reason)


def _tell_keys(desk: Desk, now_s: int) -> list[int]:
    enrolled = desk.store.all("SELECT site FROM sites WHERE device IS NOT NULL ORDER BY site")
    for record in enrolled:
        orders.issue(desk.store, desk.keys, record["site"], TakeKeys(desk.keys.bundle), now_s)
    return [record["site"] for record in enrolled]


async def _code(request: Request) -> str:
    desk, site = desk_of(request), site_number(request)
    reservation = request.path_params["reservation"]
    return await desk.do(issuing.code_of, desk.store, desk.keys, site, reservation, desk.now_s())


def _ordered(desk: Desk, site: int, number: int) -> Response:
    desk.ring(site)
    return json_response({"order": number}, 201)


def _query(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadInput(f"{name}: {text[:20]!r} is not a number")
    return int(text)


def _guarded(path: str, handler: Handler, method: str) -> Route:
    async def only_admin(request: Request) -> Response:
        require_admin(request)
        return await handler(request)

    return Route(f"/v1/admin/{path}", only_admin, methods=[method], name=f"{method} {path}")


_SITE: Final = "sites/{site:int}"

routes = [
    _guarded("sites", add_site, "POST"),
    _guarded("sites", list_sites, "GET"),
    _guarded(_SITE, show_site, "GET"),
    _guarded(f"{_SITE}/claims", make_claim, "POST"),
    _guarded(f"{_SITE}/parcels", announce, "POST"),
    _guarded(f"{_SITE}/parcels", list_parcels, "GET"),
    _guarded(f"{_SITE}/parcels/{{parcel}}/cancel", cancel, "POST"),
    _guarded(f"{_SITE}/parcels/{{parcel}}/extend", extend, "POST"),
    _guarded(f"{_SITE}/reservations/{{reservation}}/revoke", revoke, "POST"),
    _guarded(f"{_SITE}/reservations/{{reservation}}/code", code_text, "GET"),
    _guarded(f"{_SITE}/reservations/{{reservation}}/code.png", code_png, "GET"),
    _guarded(f"{_SITE}/badges", make_badge, "POST"),
    _guarded(f"{_SITE}/orders", order, "POST"),
    _guarded(f"{_SITE}/orders", list_orders, "GET"),
    _guarded(f"{_SITE}/events", list_events, "GET"),
    _guarded("keys/next", next_key, "POST"),
]

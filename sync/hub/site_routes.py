"""What sites ask: take these rows, have you orders, let me in.  Each request is signed by the device itself."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.core.errors import BadInput
from sync.enrol import MAX_REQUEST_BYTES
from sync.envelope import MAX_SEALED_BYTES
from sync.hub import enrolment, orders
from sync.hub.desk import Desk
from sync.hub.doorkeeper import body, desk_of, site_number
from sync.hub.ingest import ingest
from sync.hub.restoring import order_standing
from sync.polling import MAX_POLL_BYTES, Answer, Numbered, Poll, read_poll, sign_answer
from sync.signed import digest
from sync.watermark import WhyNot, sign_reply

__all__ = ["routes"]

_CBOR = "application/cbor"


async def take_batch(request: Request) -> Response:
    """Rows in, signed watermark out: 200 when they were taken, 409 when not (and why)."""
    desk, site = desk_of(request), site_number(request)
    sealed = await body(request, MAX_SEALED_BYTES)
    reply = await desk.do(ingest, desk.store, site, sealed, desk.now_s())
    if reply.why_not is WhyNot.TAKEN:
        ordered = await desk.book(order_standing, desk.store, desk.keys, site, desk.now_s())
        if ordered:
            desk.ring(site)
    hub = desk.keys.by_role("hub", desk.now_s())
    status = 200 if reply.why_not is WhyNot.TAKEN else 409
    return Response(sign_reply(reply, hub.private, hub.key.kid), status, media_type=_CBOR)


async def give_orders(request: Request) -> Response:
    """A signed question in, orders out: at once if there are any, else when there are, else empty after the wait."""
    desk, site = desk_of(request), site_number(request)
    question = await body(request, MAX_POLL_BYTES)
    poll = await desk.do(_heard, desk, site, question)
    bell = desk.listen(site)
    try:
        found = await _pending(desk, poll)
        if not found and poll.wait_s:
            await _rung(bell, poll.wait_s)
            found = await _pending(desk, poll)
    finally:
        desk.leave(site, bell)
    answer = Answer(site=site, to=digest(question), issued_at=desk.now_s(), orders=found)
    hub = desk.keys.by_role("hub", desk.now_s())
    return Response(sign_answer(answer, hub.private, hub.key.kid), media_type=_CBOR)


async def let_in(request: Request) -> Response:
    """A claim and a device key in; keys, lists and secrets of the site out."""
    desk = desk_of(request)
    asked = await body(request, MAX_REQUEST_BYTES)
    address = request.client.host if request.client else ""
    welcome = await desk.do(enrolment.exchange, desk.store, desk.keys, asked, address, desk.tries, desk.now_s())
    return Response(welcome, media_type=_CBOR)


def _heard(desk: Desk, site: int, question: bytes) -> Poll:
    poll = read_poll(question, desk.store.device_of(site))
    if poll.site != site:
        raise BadInput(f"poll: of site {poll.site}, sent as site {site}")
    orders.heard(desk.store, desk.keys, poll, desk.now_s())
    return poll


async def _pending(desk: Desk, poll: Poll) -> list[Numbered]:
    return await desk.do(orders.pending, desk.store, poll.site, poll.after, desk.now_s())


async def _rung(bell: asyncio.Event, wait_s: float) -> None:
    try:
        async with asyncio.timeout(wait_s):
            await bell.wait()
    except TimeoutError:
        return


routes = [
    Route("/v1/sites/{site:int}/batches", take_batch, methods=["POST"]),
    Route("/v1/sites/{site:int}/orders", give_orders, methods=["POST"]),
    Route("/v1/enrol", let_in, methods=["POST"]),
]

"""Stories of orders: a storm of them over reboots, late ones, without a nonce, by the wrong key."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

import msgspec

from edge.core import inputs, orders
from edge.core.documents import DocumentType, sign_document
from edge.core.orders import SignedOrder
from edge.core.words import ContentSensor
from sync.hub.issue import Issuer
from tests.credentials.known_keys import COMMAND, NOW_S, OPENING, SITE
from tests.sim.scenarios.directed import Directed

A_NONCE_S: Final = 32.0  # until the site has asked with a fresh one


class Commands(Directed):
    doors: ClassVar[int] = 6
    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        await self._late()
        await self._told("i10_an_order_answers_a_nonce", self._open(2, self.chance.randbytes(16)), OPENING)
        await self._told("i10_only_an_opening_key_opens", self._open(3, self._nonce()), COMMAND)
        await self._told("i10_an_order_answers_a_nonce", self._used_nonce(), OPENING)
        await self._storm()

    async def _storm(self) -> None:
        """More orders to open than the brake lets through, with starts in between."""
        for nth in range(6):
            await asyncio.sleep(A_NONCE_S)
            self.dispatcher.open(1 + nth % self.doors)
            await asyncio.sleep(8)
            await self.mended()
            if self.chance.random() < 0.7:
                await self.cut()

    async def _late(self) -> None:
        """Somebody held an order back until it was over."""
        what = orders.OutOfService(door=1, reason="held back")
        await self._told("i10_no_expired_order_is_carried_out", what, COMMAND, age_s=8 * 86_400)

    def _open(self, door: int, nonce: bytes) -> orders.Open:
        return orders.Open(door=door, nonce=nonce, reason="as the story has it")

    def _used_nonce(self) -> orders.Open:
        nonce = self._nonce()
        number = self._next()
        self.truth.opened_orders[number] = (4, self.site.loop.time())
        self._tell(self._open(4, nonce), OPENING, number, 0)
        return self._open(5, nonce)

    async def _told(self, check: str, what: orders.What, issuer: Issuer, age_s: int = 0) -> None:
        await asyncio.sleep(2)
        self.diary.log(f"an order comes that does nothing: {check}")
        self.takes_part(check, "an order")
        self._tell(what, issuer, self._next(), age_s)
        await asyncio.sleep(10)
        await self.mended()

    def _tell(self, what: orders.What, issuer: Issuer, number: int, age_s: int) -> None:
        """Straight at the site, as somebody on the line would; the key is ours."""
        issued_s = NOW_S + int(self.site.loop.time()) - age_s
        life_s = 60 if isinstance(what, orders.Open) else 7 * 86_400
        order = SignedOrder(
            site=SITE,
            issued_at=issued_s,
            expires_at=issued_s + life_s,
            number=number,
            what=msgspec.to_builtins(what, builtin_types=(bytes,)),
        )
        self.truth.genuine_orders.add(number)
        self.site.tell(inputs.Order(sign_document(order, DocumentType.ORDER, issuer.key.kid, issuer.private)))

    def _next(self) -> int:
        return self.site.state.order + 1

    def _nonce(self) -> bytes:
        assert self.site.runtime is not None
        return self.site.runtime.memory.nonces[-1][0]

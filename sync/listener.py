"""The listener: waits at the hub for orders, by long poll, and hands them on as they came.

Orders are numbered.  The hub repeats one until it hears, in a question or in a row of the journal, that its number is
used up; within one life the listener does not ask again for what it has handed on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from random import Random
from typing import Final

from edge.core.errors import Refuse, Retry
from sync.backoff import Backoff, Waits
from sync.polling import MAX_WAIT_S, Poll, read_answer, sign_poll
from sync.ports import Line, PollFacts, Reports
from sync.sender import Identity
from sync.signed import digest

__all__ = ["Listener"]

LEAST_GAP_S: Final = 1.0  # between questions, for a proxy (or a simulated hub) that answers at once with nothing


class Listener:
    """`run` in a task of its own.

    lane: an executor with one thread for `line.poll`.  facts: asked before each question.
    """

    def __init__(
        self,
        identity: Identity,
        line: Line,
        reports: Reports,
        facts: Callable[[], PollFacts],
        *,
        rng: Random,
        lane: Executor,
        waits: Waits | None = None,
        wait_s: int = MAX_WAIT_S,
    ) -> None:
        self._identity, self._line, self._reports, self._facts = identity, line, reports, facts
        self._lane, self._wait_s = lane, wait_s
        self._backoff = Backoff(rng, waits)
        self._handed_on = 0
        self._up: bool | None = None

    async def run(self) -> None:
        """Listen for ever.  Only errors of the reports end it.

        A question waits at the hub nearly all the time, so it is the first to notice that the line is cut.
        """
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._backoff.first_s())
        while True:
            began_s = loop.time()
            try:
                orders = await self._ask()
            except (Retry, Refuse) as trouble:
                await self._tell(False, str(trouble))
                await asyncio.sleep(self._backoff.next_s())
            else:
                self._backoff.worked()
                await self._tell(True, "")
                if not orders:
                    await asyncio.sleep(max(0.0, began_s + LEAST_GAP_S - loop.time()))

    async def _tell(self, up: bool, reason: str) -> None:
        if up is not self._up:
            self._up = up
            await self._reports.link(up, reason)

    async def _ask(self) -> int:
        """One question; return how many orders came."""
        facts = self._facts()
        poll = Poll(
            site=self._identity.site,
            after=max(facts.after, self._handed_on),
            nonce=facts.nonce,
            keys_version=facts.keys_version,
            keys=list(facts.keys),
            wait_s=self._wait_s,
        )
        question = sign_poll(poll, self._identity.device_key)
        loop = asyncio.get_running_loop()
        data = await loop.run_in_executor(self._lane, self._line.poll, poll.site, question)
        answer = read_answer(data, self._identity.hub_key, poll.site, digest(question))
        await self._reports.signed_time(answer.issued_at)
        for order in sorted(answer.orders, key=lambda order: order.number):
            await self._reports.order(order.signed)
            self._handed_on = max(self._handed_on, order.number)
        return len(answer.orders)

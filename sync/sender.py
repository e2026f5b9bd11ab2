"""The sender: takes rows from the journal to the hub, in order, until the hub has them all.

One batch is under way at a time; where the next one begins follows from what the hub answers, never from what was
sent.  It never gives up, drops nothing, and declares what it cannot send.  Time is the loop's, chance is handed in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct, field

from edge.core.errors import NotAllowed, Refuse, Retry
from edge.core.rows import Fork, Head, Watermark, genesis
from sync import watermark
from sync.backoff import Backoff, Waits
from sync.batching import MAX_ROWS, Batching, Travels, Waiting, cut, travels
from sync.envelope import Batch, Gap, LeftOut, seal
from sync.ports import FoundFork, Line, Outbox, Reports
from sync.signed import FindKey, digest
from sync.watermark import Past, Reply

__all__ = ["Identity", "Options", "Sender"]


class Identity(Struct, frozen=True):
    """Who sends: the site, its device key, and how the hub's keys are found."""

    site: int
    device_key: Ed25519PrivateKey
    hub_key: FindKey


class Options(Struct, frozen=True):
    batching: Batching = field(default_factory=Batching)
    waits: Waits = field(default_factory=Waits)
    travels: Travels = travels  # what goes beside the rows


class NoProgress(Retry):
    """The hub answered, but did not take what it ought to; tried again later."""


class _Parted(Exception):
    """A new epoch was begun.  Two machines with one identity would fork each other for ever: so wait a little."""


class Sender:
    """`run` in a task of its own; `committed` for every row, from the same loop.

    lane: an executor with one thread for `line.send`.  health, wall_s: what an envelope carries as labels.
    """

    def __init__(
        self,
        identity: Identity,
        outbox: Outbox,
        line: Line,
        reports: Reports,
        *,
        rng: Random,
        lane: Executor,
        health: Callable[[], bytes] = bytes,
        wall_s: Callable[[], int] = int,
        options: Options | None = None,
    ) -> None:
        self._identity, self._outbox, self._line, self._reports = identity, outbox, line, reports
        self._lane, self._health, self._wall_s = lane, health, wall_s
        self._options = options or Options()
        self._backoff = Backoff(rng, self._options.waits)
        self._waiting = Waiting()
        self._news = asyncio.Event()
        self._last_sent_s = 0.0
        self._after: int | None = None  # the next batch begins behind this row; None: behind the watermark
        self._gap: Gap | None = None  # to be declared by the next batch
        self._anew = False  # the hub knows none of our epochs: there is no fork that would tell it anything
        self._committed = 0  # the last row that we were told of
        self._up: bool | None = None

    def committed(self, seq: int, size: int, *, custody: bool) -> None:
        """Row `seq`, with a payload of `size` bytes, is durable.  `custody`: it goes at once."""
        self._committed = seq
        now_s = asyncio.get_running_loop().time()
        self._waiting = self._waiting.with_row(size, now_s, at_once=custody)
        self._news.set()

    async def run(self) -> None:
        """Send for ever.  Only errors of the journal or the reports end it."""
        await asyncio.sleep(self._backoff.first_s())
        while True:
            try:
                await self._send_all()
            except _Parted:
                await asyncio.sleep(self._backoff.next_s())
            except (Retry, Refuse) as trouble:
                await self._tell(False, str(trouble))
                await asyncio.sleep(self._backoff.next_s())
            else:
                await self._until_due()

    # -- when

    async def _until_due(self) -> None:
        loop = asyncio.get_running_loop()
        while (due_s := self._waiting.due_s(self._options.batching, loop.time(), self._last_sent_s)) > loop.time():
            self._news.clear()
            try:
                async with asyncio.timeout_at(due_s):
                    await self._news.wait()
            except TimeoutError:
                return

    async def _send_all(self) -> None:
        """Send until the hub has everything; at least one batch, which may be empty."""
        loop = asyncio.get_running_loop()
        has_all = False
        while not has_all:
            self._last_sent_s = loop.time()
            has_all = await self._send_one()

    # -- what

    async def _send_one(self) -> bool:
        """Send what follows; True when the hub then has all of it."""
        past, counted = await self._outbox.past()
        batch = await self._next_batch(past, counted)
        reply = await self._ask(batch)
        verdict = watermark.judge(reply, past, batch.end.seq, counted, await self._ours(past, reply))
        if reply.theirs is watermark.TheirEpoch.CURRENT:
            self._anew = False  # it knows an epoch of ours now: the next one has to name where it left it
        match verdict:
            case watermark.Accepted(mark):
                self._after, self._gap = mark.seq, None  # first: it may lie before where an answer sent us ahead
                self._require_progress(batch, reply, mark.seq)
                self._backoff.worked()
                if self._committed <= mark.seq:
                    self._waiting = Waiting()
                if mark.epoch == past.epoch and mark.seq != counted:
                    await self._reports.watermark(mark)
                return mark.seq == past.head.seq
            case watermark.Ahead(after):
                self._after, self._gap = after, None
                return False
            case watermark.Rewind(after, gap):
                if gap is not None or after != batch.end.seq:
                    self._require_new(batch, reply, after, gap)
                if reply.seq < batch.before.seq and (batch.gap is None or reply.seq < batch.gap.after):
                    await self._reports.rewound(_lowered(past, reply.mark), gap)
                self._after, self._gap = after, gap
                return after == past.head.seq
            case watermark.Fork(mark, reason):
                found = await self._found_fork(past, mark, reason)
                if found is None:
                    self._begin_anew(past, reply)
                    return False
                await self._reports.forked(found)
                self._begin_at(found)
                raise _Parted
            case watermark.Refused(reason):
                raise NotAllowed(f"hub: {reason}")

    async def _next_batch(self, past: Past, counted: int) -> Batch:
        after = counted if self._after is None else self._after
        gap = self._gap
        if after < past.base.seq:
            after, gap = past.base.seq, gap or Gap(after)
        index = past.life_of(after + 1)
        life = past.epochs[index]
        read = await self._outbox.rows(after, MAX_ROWS)
        taken = cut([found for found in read if found[0].seq <= past.end_of(index)], self._options.travels)
        before = await self._outbox.before(after + 1)
        if before is None:
            raise NoProgress(f"journal: row {after + 1} has nothing to follow; it was compacted meanwhile")
        return Batch(
            site=past.site,
            epoch=life.epoch,
            before=before,
            rows=taken.rows,
            besides=taken.besides,
            left_out=tuple(LeftOut(seq, beside.subject, beside.name) for seq, beside in taken.left_out),
            fork=None if self._anew and gap is None else self._left(past, index, after, gap),
            gap=gap,
            sent_at_s=self._wall_s(),
            health=self._health(),
        )

    def _left(self, past: Past, index: int, after: int, gap: Gap | None) -> Fork | None:
        """The fork, where the epoch's first row or a gap is in the batch."""
        return past.left(index) if gap is not None or after + 1 == past.epochs[index].first_seq else None

    def _begin_anew(self, past: Past, reply: Reply) -> None:
        """No new epoch would be known there either: all that is left is sent, and what is not is declared."""
        if self._anew:
            raise NoProgress(f"hub: it takes nothing of this journal: {reply.why_not or 'no reason given'}")
        self._anew = True
        self._after, self._gap = past.base.seq, Gap(0) if past.base.seq else None

    def _begin_at(self, found: FoundFork) -> None:
        """Where the new epoch begins.  With nothing in common and nothing compacted it is sent whole and names no fork:
        what the hub has of the old one begins behind a gap.
        """
        if not found.gap:
            self._after, self._gap = None, None
        elif found.fork.seq:
            self._after, self._gap = found.fork.seq, Gap(0)
        else:
            self._anew, self._after, self._gap = True, 0, None

    async def _ask(self, batch: Batch) -> Reply:
        """Deliver one batch and read the hub's answer to it."""
        sealed = seal(batch, self._identity.device_key)
        loop = asyncio.get_running_loop()
        data = await loop.run_in_executor(self._lane, self._line.send, self._identity.site, sealed)
        reply = watermark.read_reply(data, self._identity.hub_key, digest(sealed))
        await self._tell(True, "")
        await self._reports.signed_time(reply.issued_at)
        return reply

    async def _ours(self, past: Past, reply: Reply) -> bytes | None:
        """The hash that we have where the hub says that it is."""
        index = next((i for i, life in enumerate(past.epochs) if life.epoch == reply.epoch), None)
        return None if index is None else await self._hash_at(past, index, reply.seq)

    async def _hash_at(self, past: Past, index: int, seq: int) -> bytes | None:
        life = past.epochs[index]
        following = past.epochs[index + 1] if index + 1 < len(past.epochs) else None
        if seq == life.first_seq - 1:
            return genesis(past.site, life.epoch)
        if following is not None and following.fork is not None and seq == following.fork.seq:
            return following.fork.hash
        if not past.base.seq <= seq <= past.end_of(index):
            return None
        place = await self._outbox.before(seq + 1)
        return None if place is None else place.hash

    # -- where the pasts part

    async def _found_fork(self, past: Past, mark: Watermark, reason: watermark.ForkReason) -> FoundFork | None:
        """Ask, with empty batches, for the last row that both have.  The chain makes it a search by halves.

        None: the hub has never heard of the epoch in which our oldest row lies.
        """
        low, high = past.base.seq, past.head.seq
        oldest = await self._probe(past, low)
        if not oldest.agrees:
            unknown = oldest.theirs is watermark.TheirEpoch.UNKNOWN
            return None if unknown else FoundFork(reason, await self._place(past, low), mark, gap=True)
        while low < high:
            middle = (low + high + 1) // 2
            if (await self._probe(past, middle)).agrees:
                low = middle
            else:
                high = middle - 1
        return FoundFork(reason, await self._place(past, low), mark)

    async def _probe(self, past: Past, seq: int) -> Reply:
        """Ask whether the hub has row `seq` as we have it."""
        place = await self._place(past, seq)
        probe = Batch(site=past.site, epoch=place.epoch, before=Head(place.seq, place.hash), sent_at_s=self._wall_s())
        return await self._ask(probe)

    async def _place(self, past: Past, seq: int) -> Fork:
        """Row `seq` as its own epoch knows it."""
        index = max(0, past.life_of(max(seq, 1)))
        found = await self._hash_at(past, index, seq)
        if found is None:
            raise NoProgress(f"journal: row {seq} was compacted meanwhile")
        return Fork(past.epochs[index].epoch, seq, found)

    # -- telling

    def _require_progress(self, batch: Batch, reply: Reply, seq: int) -> None:
        if batch.rows and seq <= batch.before.seq:
            raise NoProgress(f"hub: row {batch.first} was not taken: {reply.why_not or 'no reason given'}")

    def _require_new(self, batch: Batch, reply: Reply, after: int, gap: Gap | None) -> None:
        """To begin again where this batch began, in the same way, would be an endless loop."""
        if batch.rows and after == batch.before.seq and gap == batch.gap:
            raise NoProgress(f"hub: row {batch.first} was not taken: {reply.why_not or 'no reason given'}")

    async def _tell(self, up: bool, reason: str) -> None:
        if up is not self._up:
            self._up = up
            await self._reports.link(up, reason)


def _lowered(past: Past, mark: Watermark) -> Watermark:
    """`mark` as the present epoch knows it: a mark of an older one lies below its first row."""
    if mark.epoch == past.epoch:
        return mark
    return Watermark(past.epoch, past.epochs[-1].first_seq - 1, genesis(past.site, past.epoch))

"""The uplink put together: the journal as the sender reads it, and what sender and listener tell."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.app.configuration import CloudTable
from edge.core.documents import Here
from edge.core.errors import BadInput, JournalFull, machine_says
from edge.core.inputs import Link, SignedTime
from edge.core.keys import KeyBundle, accept_keys
from edge.core.rows import Beside, Head, Row, Watermark
from edge.core.turn import Books
from edge.journal import Journal
from edge.runtime import Runtime
from sync.backoff import Waits
from sync.batching import Batching
from sync.enrol import Enrolment, hub_keys, load_device_key
from sync.envelope import Gap
from sync.listener import Listener
from sync.ports import FoundFork, Line, PollFacts
from sync.sender import Identity, Options, Sender
from sync.uplink import Trust, Uplink
from sync.watermark import Past

__all__ = ["Cloud", "uplink"]

NONCE_LIFE_S: Final = 50.0  # of its minute; the hub's answer takes some of it


def uplink(table: CloudTable) -> Uplink:
    return Uplink(table.url, Trust(table.ca_file, table.sha256))


class CloudLine(Line, Protocol):
    """A line that can be hung up, such as `sync.uplink.Uplink`."""

    def close(self) -> None: ...


class Cloud:
    """Sender and listener of an enrolled site; `send` and `listen` are ports, run again when they fail.

    line: instead of the one that `table` describes.  rng: how long is waited before another try.
    """

    def __init__(
        self,
        runtime: Runtime,
        table: CloudTable,
        enrolment: Enrolment,
        directory: Path,
        lane: Callable[[str], Executor],
        *,
        wall_s: Callable[[], int],
        health: Callable[[], bytes],
        mark_seq: int,
        line: CloudLine | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._runtime, self._lane, self._wall_s, self._health = runtime, lane, wall_s, health
        self._line = line or uplink(table)
        self._rng = rng or random.SystemRandom()
        self._waits = Waits(cap_s=table.longest_wait_s, first_connect_s=table.first_connect_s)
        self._batching = Batching(age_s=table.batch_age_s, heartbeat_s=table.heartbeat_s)
        first = accept_keys(0, enrolment.keys, enrolment.root, Here(enrolment.site, frozenset(enrolment.groups)))
        key = _device_key(directory)
        self._identity = Identity(enrolment.site, key, lambda kid: hub_keys(_newest(runtime, first))(kid))
        self._sender: Sender | None = None
        self.reports = _Reports(runtime, mark_seq)

    def committed(self, seq: int, size: int, custody: bool) -> None:
        """A row is durable."""
        if self._sender is not None:
            self._sender.committed(seq, size, custody=custody)

    async def send(self) -> None:
        self._sender = Sender(
            self._identity,
            _Outbox(self._runtime, self.reports),
            self._line,
            self.reports,
            rng=self._rng,
            lane=self._lane("uplink"),
            health=self._health,
            wall_s=self._wall_s,
            options=Options(batching=self._batching, waits=self._waits),
        )
        await self._sender.run()

    async def listen(self) -> None:
        await Listener(
            self._identity,
            self._line,
            self.reports,
            lambda: _facts(self._runtime),
            rng=self._rng,
            lane=self._lane("orders"),
            waits=self._waits,
        ).run()

    def close(self) -> None:
        """Hang up: calls under way end."""
        self._line.close()


class _Outbox:
    """The journal as the sender reads it, in the journal's own lane."""

    def __init__(self, runtime: Runtime, reports: _Reports) -> None:
        self._runtime, self._reports = runtime, reports

    async def past(self) -> tuple[Past, int]:
        past, counted = await self._runtime.in_lane(_past, self._runtime.journal, self._runtime.site.number)
        self._reports.mark_seq = counted
        return past, counted

    async def before(self, seq: int) -> Head | None:
        return await self._runtime.in_lane(self._runtime.journal.before, seq)

    async def rows(self, after: int, limit: int) -> Sequence[tuple[Row, tuple[Beside, ...]]]:
        return await self._runtime.in_lane(self._runtime.journal.rows, after, limit)


class _Reports:
    """What the sender and the listener tell, on its way into the inbox and the journal."""

    def __init__(self, runtime: Runtime, mark_seq: int) -> None:
        self._runtime = runtime
        self.online = False
        self.link_said = "not tried yet"
        self.mark_seq = mark_seq  # the last row that the hub is known to have

    async def watermark(self, mark: Watermark) -> None:
        await self._save(mark)

    async def rewound(self, mark: Watermark, gap: Gap | None) -> None:
        await self._save(mark)

    async def _save(self, mark: Watermark) -> None:
        """A mark that finds no room on a full card comes again with the next answer of the hub."""
        self.mark_seq = mark.seq
        with contextlib.suppress(JournalFull):
            await self._runtime.in_lane(self._runtime.journal.save_watermark, mark)

    async def forked(self, found: FoundFork) -> None:
        await self._runtime.fork(found.reason, found.fork, gap=found.gap)

    async def order(self, signed: bytes) -> None:
        await self._runtime.order(signed)

    async def signed_time(self, at_s: int) -> None:
        self._runtime.tell(SignedTime(at_s, "watermark"))

    async def link(self, up: bool, reason: str) -> None:
        self.online, self.link_said = up, reason or "up"
        self._runtime.tell(Link(up))


def _device_key(directory: Path) -> Ed25519PrivateKey:
    try:
        return load_device_key(directory)
    except OSError as error:
        raise BadInput(f"{error.filename}: {machine_says(error)}; enrol again") from None


def _past(journal: Journal, site: int) -> tuple[Past, int]:
    oldest, mark = journal.oldest_seq(), journal.watermark
    base = journal.before(oldest)
    assert base is not None, "the oldest row has something to follow"
    counted = mark.seq if mark is not None and mark.epoch == journal.epoch else journal.epoch_start.first_seq - 1
    return Past(site, tuple(journal.epochs()), Head(oldest - 1, base.hash), journal.head), counted


def _facts(runtime: Runtime) -> PollFacts:
    books = _books(runtime)
    nonce, made_s = runtime.memory.nonces[-1] if runtime.memory.nonces else (b"", 0.0)
    young = asyncio.get_running_loop().time() - made_s < NONCE_LIFE_S
    return PollFacts(
        after=books.state.order,
        nonce=nonce if young else b"",
        keys_version=books.state.keys_version,
        keys=tuple(key.kid for key in books.shelf.keys.keys),
    )


def _newest(runtime: Runtime, first: KeyBundle) -> KeyBundle:
    """The bundle of the books; before it has come there, the enrolment's."""
    books = _books(runtime)
    return books.shelf.keys if books.state.keys_version else first


def _books(runtime: Runtime) -> Books:
    assert runtime.books is not None, "after the boot"
    return runtime.books

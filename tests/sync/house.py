"""A hub on loopback in a thread of its own, an administrator, and sites with real journals that talk to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import urllib3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.core.documents import Here
from edge.core.keys import accept_keys
from edge.core.rows import Beside, Entry, Fork, Head, Row, Stamp, Watermark
from edge.journal import Journal
from sync.enrol import Enrolment, enrol, hub_keys, load_device_key
from sync.envelope import Batch, Gap, seal
from sync.hub.app import Address, HubServer
from sync.hub.desk import Desk, open_desk
from sync.ports import FoundFork
from sync.sender import Identity
from sync.uplink import Uplink
from sync.watermark import Past

NOW_S = 1_790_000_000
CUSTODY = frozenset({"parcel_deposited", "parcel_collected", "opening_authorised"})


@dataclass
class Clock:
    """The hub's wall clock, set by the test."""

    now_s: int = NOW_S

    def __call__(self) -> int:
        return self.now_s


class Admin:
    """The administrator, with the token of one hub."""

    def __init__(self, url: str, token: str) -> None:
        self._pool = urllib3.connection_from_url(url, maxsize=1, block=True)
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, **wish: Any) -> tuple[int, Any]:
        """Status and decoded JSON."""
        body = msgspec.json.encode(wish) if method == "POST" else None
        response = self._pool.request(method, f"/v1/admin/{path}", body=body, headers=self.headers, retries=False)
        return response.status, msgspec.json.decode(response.data)

    def post(self, path: str, **wish: Any) -> Any:
        status, said = self.ask("POST", path, **wish)
        assert status == 201, said
        return said

    def get(self, path: str) -> Any:
        status, said = self.ask("GET", path)
        assert status == 200, said
        return said

    def picture(self, path: str) -> urllib3.BaseHTTPResponse:
        return self._pool.request("GET", path, headers=self.headers, retries=False)

    def close(self) -> None:
        self._pool.close()


@dataclass
class House:
    desk: Desk
    server: HubServer
    clock: Clock
    admin: Admin

    def uplink(self) -> Uplink:
        return Uplink(self.server.url)


@contextmanager
def running_hub(directory: Path, clock: Clock | None = None, seed: int = 1) -> Iterator[House]:
    clock = clock or Clock()
    desk = open_desk(directory, clock, Random(seed).randbytes, ("dpd", "gls"))
    server = HubServer(desk, Address())
    thread = threading.Thread(target=lambda: asyncio.run(server.serve_bound()))
    thread.start()
    admin = Admin(server.url, desk.admin_token)
    try:
        yield House(desk, server, clock, admin)
    finally:
        admin.close()
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
        desk.close()


def event(kind: str, **fields: Any) -> Entry:
    return Entry(kind, msgspec.json.encode(fields))


def with_particulars(kind: str, tracking: str, **fields: Any) -> Entry:
    body = bytes(16) + msgspec.json.encode({"tracking": tracking})
    return Entry(kind, msgspec.json.encode(fields), beside=(Beside(fields["parcel"], "particulars", body),))


def open_journal(path: Path, site: int, seed: int, machine: str = "machine-a") -> Journal:
    return Journal.open(str(path), site=site, fold_version=1, machine_id=machine, random_bytes=Random(seed).randbytes)


@dataclass
class Locker:
    """A site: real journal, real keys.  It is the sender's outbox, and keeps what the sender reports."""

    journal: Journal
    device: Ed25519PrivateKey
    enrolment: Enrolment
    told: list[tuple[str, Any]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    chance: Random = field(default_factory=lambda: Random(77))

    @property
    def number(self) -> int:
        return self.enrolment.site

    @property
    def identity(self) -> Identity:
        bundle = accept_keys(0, self.enrolment.keys, self.enrolment.root, Here(self.number))
        return Identity(self.number, self.device, hub_keys(bundle))

    def write(self, *entries: Entry, wall_s: int = NOW_S) -> list[Row]:
        return self.journal.append(entries, Stamp(1, 1000, wall_s * 1000, "ntp"))

    def rows_now(self) -> list[Row]:
        found: list[Row] = []
        while step := self.journal.rows(found[-1].seq if found else 0, 500):
            found += [row for row, _ in step]
        return found

    def deliver(self, house: House, health: bytes = b"") -> None:
        """Send every row in one envelope."""
        read = self.journal.rows(0, 500)
        before = self.journal.before(1)
        assert before is not None
        besides = tuple((row.seq, beside) for row, things in read for beside in things)
        batch = Batch(
            site=self.number,
            epoch=self.journal.epoch,
            before=before,
            rows=tuple(row for row, _ in read),
            besides=besides,
            health=health,
        )
        line = house.uplink()
        line.send(self.number, seal(batch, self.device))
        line.close()

    def of(self, what: str) -> list[Any]:
        return [told for name, told in self.told if name == what]

    # -- outbox

    async def past(self) -> tuple[Past, int]:
        lives = tuple(self.journal.epochs())
        base = self.journal.before(self.journal.oldest_seq())
        assert base is not None
        mark = self.journal.watermark
        counted = lives[-1].first_seq - 1 if mark is None else mark.seq
        return Past(self.number, lives, base, self.journal.head), counted

    async def before(self, seq: int) -> Head | None:
        return self.journal.before(seq)

    async def rows(self, after: int, limit: int) -> Sequence[tuple[Row, tuple[Beside, ...]]]:
        return self.journal.rows(after, limit)

    # -- reports

    async def watermark(self, mark: Watermark) -> None:
        self.journal.save_watermark(mark)
        self._tell("watermark", mark)

    async def rewound(self, mark: Watermark, gap: Gap | None) -> None:
        self.journal.save_watermark(mark)
        self._tell("rewound", (mark, gap))

    async def forked(self, found: FoundFork) -> None:
        self.fork(found.fork, found.reason)
        self._tell("forked", found)

    async def order(self, signed: bytes) -> None:
        self._tell("order", signed)

    async def signed_time(self, at_s: int) -> None:
        self._tell("signed_time", at_s)

    async def link(self, up: bool, reason: str) -> None:
        self._tell("link", (up, reason))

    def fork(self, fork: Fork, reason: str) -> None:
        begun = event("epoch_begun", reason=reason, old_seq=fork.seq)
        stamp = Stamp(1, 2000, NOW_S * 1000, "ntp")
        self.journal.begin_epoch(self.chance.randbytes(8), fork, entries=[begun], stamp=stamp)

    def _tell(self, what: str, told: Any) -> None:
        self.told.append((what, told))
        self.news.set()


def new_locker(house: House, directory: Path, number: int = 4711, seed: int = 5) -> Locker:
    """Add a site at the hub, enrol it over HTTP, open its journal."""
    if number not in [site["site"] for site in house.admin.get("sites")]:
        house.admin.post("sites", site=number, name="Harbour Street")
    return enrolled(house, directory, number, seed)


def enrolled(house: House, directory: Path, number: int, seed: int) -> Locker:
    directory.mkdir(parents=True, exist_ok=True)
    claim = house.admin.post(f"sites/{number}/claims")["claim"]
    line = house.uplink()
    enrolment = enrol(line, claim, directory, Random(seed).randbytes)
    line.close()
    journal = open_journal(directory / "journal.db", number, seed)
    return Locker(journal, load_device_key(directory), enrolment)

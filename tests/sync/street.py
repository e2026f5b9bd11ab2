"""A street in simulated time: a real hub store, real journals, and between them a wire that can be cut and can lie."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from edge.core.errors import LinkDown
from edge.core.rows import Entry, Stamp
from sync.backoff import Waits
from sync.batching import Batching
from sync.enrol import enrol, load_device_key, load_enrolment
from sync.hub import books
from sync.hub.desk import Desk, open_desk
from sync.hub.enrolment import exchange, make_claim
from sync.hub.ingest import ingest
from sync.hub.orders import heard, pending
from sync.polling import Answer, read_poll, sign_answer
from sync.sender import Options, Sender
from sync.signed import digest
from sync.watermark import Reply, sign_reply
from tests.sim.loop import SimLoop
from tests.sync.house import NOW_S, Clock, Locker, event, open_journal

SITE = 4711
STAMP = Stamp(1, 1000, NOW_S * 1000, "ntp")


@dataclass
class Wire:
    """The line of a sender.  `lose`: how often a request, or an answer, is lost; `answer` may alter what is signed."""

    desk: Desk
    chance: Random
    up: bool = True
    lose: float = 0.0
    answer: Callable[[Reply], Reply] = lambda reply: reply
    sign: Callable[[Reply], bytes] | None = None
    requests: list[bytes] = field(default_factory=list)
    tries: int = 0

    def send(self, site: int, sealed: bytes) -> bytes:
        self.tries += 1
        self._may_fail()
        self.requests.append(sealed)
        reply = self.answer(ingest(self.desk.store, site, sealed, self.desk.now_s()))
        self._may_fail()
        return self.sign(reply) if self.sign else self._signed(reply)

    def poll(self, site: int, question: bytes) -> bytes:
        self._may_fail()
        poll = read_poll(question, self.desk.store.device_of(site))
        heard(self.desk.store, self.desk.keys, poll, self.desk.now_s())
        found = pending(self.desk.store, site, poll.after, self.desk.now_s())
        answer = Answer(site=site, to=digest(question), issued_at=self.desk.now_s(), orders=found)
        hub = self.desk.keys.by_role("hub")
        return sign_answer(answer, hub.private, hub.key.kid)

    def enrol(self, request: bytes) -> bytes:
        return exchange(self.desk.store, self.desk.keys, request, "", self.desk.tries, self.desk.now_s())

    def _signed(self, reply: Reply) -> bytes:
        hub = self.desk.keys.by_role("hub")
        return sign_reply(reply, hub.private, hub.key.kid)

    def _may_fail(self) -> None:
        if not self.up or self.chance.random() < self.lose:
            raise LinkDown("wire: cut")


class Street:
    """One hub, the lockers on it, and a loop whose time costs nothing."""

    def __init__(self, directory: Path, seed: int = 1) -> None:
        self.directory = directory
        self.chance = Random(seed)
        self.clock = Clock()
        self.loop = SimLoop(seed)
        self.desk = open_desk(directory / "hub", self.clock, Random(1).randbytes, ("dpd", "gls"))
        self.wire = Wire(self.desk, Random(seed + 1))
        self.lockers: list[Locker] = []
        self.tasks: list[asyncio.Task[None]] = []

    def locker(self, name: str = "card", seed: int = 5) -> Locker:
        """Enrol one as SITE, with a journal of its own."""
        card = self.directory / name
        card.mkdir()
        if not books.sites(self.desk.store):
            self.desk.store.add_site(SITE, "Harbour Street", "", "[]")
        claim = make_claim(self.desk.store, SITE, self.chance.randbytes, self.clock())
        enrol(self.wire, claim, card, Random(seed).randbytes)
        return self.started(name, seed)

    def started(self, name: str, seed: int = 5) -> Locker:
        """The locker of a card, as after a reboot."""
        card = self.directory / name
        locker = Locker(open_journal(card / "journal.db", SITE, seed), load_device_key(card), load_enrolment(card))
        locker.chance = Random(seed + 1000)
        self.lockers.append(locker)
        return locker

    def copy_card(self, old: Locker, name: str, copy: str) -> Locker:
        """Switch `old` off, copy its card, and start both; return the one on the copy."""
        self.switch_off(old)
        shutil.copytree(self.directory / name, self.directory / copy)
        return self.started(copy)

    def switch_off(self, locker: Locker) -> None:
        locker.journal.close()
        self.lockers.remove(locker)

    def sending(self, locker: Locker, wire: Wire | None = None, **options: Any) -> Sender:
        """Start a sender for `locker`."""
        waits = options.pop("waits", Waits(first_connect_s=0))
        sender = Sender(
            locker.identity,
            locker,
            wire or self.wire,
            locker,
            rng=self.chance,
            lane=object(),  # type: ignore[arg-type]  # the simulated loop has lanes of its own
            options=Options(batching=Batching(**options), waits=waits),
        )
        self.tasks.append(self.loop.create_task(sender.run()))
        return sender

    def stop_sending(self) -> None:
        async def stop() -> None:
            for task in self.tasks:
                task.cancel()
            for ended in await asyncio.gather(*self.tasks, return_exceptions=True):
                if not isinstance(ended, asyncio.CancelledError):
                    raise AssertionError("a sender ended by itself") from ended

        self.loop.run_until_complete(stop())
        self.tasks.clear()

    def write(self, locker: Locker, sender: Sender, entries: Sequence[Entry], custody: bool = False) -> None:
        """Journal, and tell the sender, as the runtime does."""

        async def tell() -> None:
            for row in locker.write(*entries):
                sender.committed(row.seq, len(row.payload), custody=custody)

        self.loop.run_until_complete(tell())

    def send_all(self, locker: Locker, for_s: float = 3600, wire: Wire | None = None) -> None:
        """One life of a sender."""
        self.sending(locker, wire)
        self.loop.run_for(for_s)
        self.stop_sending()

    def restore_hub(self, backup: Path) -> None:
        """The hub's disk died; it goes on with an older file."""
        self.desk.close()
        shutil.rmtree(self.directory / "hub")
        shutil.copytree(backup, self.directory / "hub")
        self.desk = self.wire.desk = open_desk(self.directory / "hub", self.clock, Random(1).randbytes)

    def back_up_hub(self, name: str) -> Path:
        self.desk.store.run("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(shutil.copytree(self.directory / "hub", self.directory / name))

    def at_hub(self) -> list[str]:
        """The hashes of the rows on the hub's present line."""
        found: list[dict[str, Any]] = []
        while step := books.events(self.desk.store, SITE, "", found[-1]["seq"] if found else 0, 1000):
            found += step
        return [record["hash"] for record in found]

    def close(self) -> None:
        self.stop_sending()
        for locker in self.lockers:
            locker.journal.close()
        self.desk.close()
        self.loop.close()


@contextmanager
def a_street(directory: Path, seed: int = 1) -> Iterator[Street]:
    street = Street(directory, seed)
    try:
        yield street
    finally:
        street.close()


def hashes(locker: Locker) -> list[str]:
    return [row.hash.hex() for row in locker.rows_now()]


def doors(first: int, count: int, kind: str = "door_opened", size: int = 0) -> list[Entry]:
    return [event(kind, door=number, note="x" * size) for number in range(first, first + count)]


def counted(locker: Locker) -> int:
    """The last row that counts as delivered."""
    mark = locker.journal.watermark
    return 0 if mark is None else mark.seq

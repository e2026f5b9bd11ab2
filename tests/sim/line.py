"""The cloud of a simulated life: the real hub, on a line that loses, delays, doubles and is cut; and who forges."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from edge.app.cloud import Cloud
from edge.app.configuration import CloudTable
from edge.core.errors import LinkDown, LockerError
from edge.core.orders import What
from edge.runtime import Runtime
from sync.enrol import Enrolment, enrol, load_enrolment
from sync.hub import books, orders
from sync.hub.desk import Desk
from sync.hub.enrolment import make_claim
from sync.hub.ingest import current_mark, ingest
from sync.hub.restoring import order_standing
from sync.hub.store import HubStore
from sync.polling import Answer, read_poll, sign_answer
from sync.signed import digest
from tests.credentials.known_keys import NOW_S, SITE
from tests.faults.clouds import KEYS
from tests.sim.health import Health
from tests.sim.loop import NotYet
from tests.sync.street import Wire

Content = tuple[int, str, bytes]
RARELY = 0.05


class LossyLine(Wire):
    """Loses questions and answers by `lose`; delivers some batches twice, and some that are long past."""

    owed_s = 0.0
    time_s: Callable[[], float] = staticmethod(lambda: 0.0)
    holds_s: Callable[[], float] = staticmethod(lambda: 0.0)  # a question, where that is longer than it asks for
    ordered: Callable[[int], None] = staticmethod(lambda _: None)  # told of each order that the hub itself gives
    _asked = b""  # the question that waits at the hub
    _until_s = 0.0
    _after = 0
    _waits: NotYet | None = None

    @property
    def is_whole(self) -> bool:
        """Whether what is said into it arrives; a word in twenty may be lost."""
        return self.up and self.lose <= RARELY

    def send(self, site: int, sealed: bytes) -> bytes:
        self.owed_s += self.chance.choice((0.02, 0.1, 2.0))
        if self.requests and self.chance.random() < self.lose:
            ingest(self.desk.store, site, self.chance.choice(self.requests), self.desk.now_s())
        answer = super().send(site, sealed)
        del self.requests[:-50]
        self._order_standing(site)
        return answer

    def _order_standing(self, site: int) -> None:
        """As the hub does it after each batch: a site that waits for its standing list is ordered to take it."""
        with self.desk.store.transaction():
            number = order_standing(self.desk.store, KEYS, site, self.desk.now_s())
        if number:
            self.ordered(number)
            self.wake()

    def poll(self, site: int, question: bytes) -> bytes:
        """As the hub does it: a question waits there until there is an order, and goes unanswered into a cut line."""
        if question is not self._asked:
            self._ask(question)
        found = orders.pending(self.desk.store, site, self._after, self.desk.now_s())
        if not found and self.time_s() < self._until_s:
            self._waits = NotYet(self._until_s - self.time_s())
            raise self._waits
        self._asked, self._waits = b"", None
        self._may_fail()
        self.owed_s += 0.1
        answer = Answer(site=site, to=digest(question), issued_at=self.desk.now_s(), orders=found)
        hub = self.desk.keys.by_role("hub")
        return sign_answer(answer, hub.private, hub.key.kid)

    def wake(self) -> None:
        """There is an order."""
        if self._waits is not None:
            self._waits.wake()

    def hang_up(self) -> None:
        """The hub goes: the question that waits there is asked again, of its successor."""
        self._asked = b""
        self.wake()

    def _ask(self, question: bytes) -> None:
        self._may_fail()
        poll = read_poll(question, self.desk.store.device_of(SITE))
        for number in orders.heard(self.desk.store, KEYS, poll, self.desk.now_s()):
            self.ordered(number)
        self._asked, self._after, self._until_s = question, poll.after, self.time_s() + max(poll.wait_s, self.holds_s())

    def take_s(self) -> float:
        owed, self.owed_s = self.owed_s, 0.0
        return owed

    def close(self) -> None:
        """Nobody waits at it: simulated jobs end at once."""


class Hub:
    """One hub in `folder`, its line to the site, and the keys on the site's card."""

    def __init__(self, folder: Path, seed: int, time_s: Callable[[], float]) -> None:
        """`time_s`: of the street."""
        self._folder, self._chance = folder, Random(f"{seed}/hub")
        self.wrong_s = 0  # so far is its own clock off
        self.ahead_s = 0  # the furthest that it ever was
        self.genuine: set[int] = set()  # numbers of orders that were really given
        self.restored = 0  # so often
        self._time_s = time_s
        self.desk = self._opened()
        self.desk.store.add_site(SITE, "Harbour Street", "", "[]")
        self.line = LossyLine(self.desk, Random(f"{seed}/line"))
        self._card = folder / "card"
        self._card.mkdir()
        claim = make_claim(self.desk.store, SITE, self._chance.randbytes, NOW_S)
        enrol(self.line, claim, self._card, self._chance.randbytes)
        self.enrolment: Enrolment = load_enrolment(self._card)
        self._backup: Path | None = None

    @property
    def line(self) -> LossyLine:
        return self._line

    @line.setter
    def line(self, line: LossyLine) -> None:
        """Another line may take its place; what hangs on it stays."""
        line.time_s, line.ordered = self._time_s, self.genuine.add
        self._line = line

    def _now_s(self) -> int:
        self.ahead_s = max(self.ahead_s, self.wrong_s)
        return NOW_S + int(self._time_s()) + self.wrong_s

    def connect(self, runtime: Runtime) -> Cloud:
        return Cloud(
            runtime,
            CloudTable(first_connect_s=5, longest_wait_s=120),
            self.enrolment,
            self._card,
            str,  # type: ignore[arg-type]  # a simulated lane is its name
            wall_s=self._now_s,
            health=Health(runtime).now,
            mark_seq=0,
            line=self.line,
            rng=self._chance,
        )

    def order(self, what: What) -> int:
        """Give an order; 0 when the hub would not."""
        try:
            with self.desk.store.transaction():
                number = orders.issue(self.desk.store, KEYS, SITE, what, self._now_s())
        except LockerError:
            return 0
        self.genuine.add(number)
        self.line.wake()
        return number

    def nonce(self) -> bytes:
        try:
            with self.desk.store.transaction():
                return orders.nonce_of(self.desk.store, SITE, self._now_s())
        except LockerError:
            return b""

    def signed_orders(self) -> list[bytes]:
        """What once went over the line, for whoever plays it again."""
        return [bytes(r["signed"]) for r in self.desk.store.all("SELECT signed FROM orders ORDER BY number")]

    def stands_at(self) -> tuple[int, bytes]:
        mark = current_mark(self.desk.store, SITE)
        return mark.seq, mark.hash

    # -- what it has

    def line_rows(self) -> list[tuple[int, str]]:
        """Number and hash of the rows on the hub's present line."""
        found: list[dict[str, Any]] = []
        while step := books.events(self.desk.store, SITE, "", found[-1]["seq"] if found else 0, 1000):
            found += step
        return [(record["seq"], record["hash"]) for record in found]

    def hashes(self) -> list[str]:
        return [digest for _, digest in self.line_rows()]

    def has_of(self, contents: set[Content]) -> set[Content]:
        """Those rows (number, kind, payload) that it has, under whichever epoch."""
        if not contents:
            return set()
        first = min(seq for seq, _, _ in contents)
        found = self.desk.store.all("SELECT seq, kind, payload FROM events WHERE seq >= ?", first)
        return contents & {(r["seq"], r["kind"], bytes(r["payload"])) for r in found}

    def holes(self) -> list[tuple[str, int]]:
        """Epoch and number of rows that are missing between others, where no gap was declared."""
        sql = (
            "SELECT hex(e.epoch) AS epoch, v.seq FROM events v JOIN epochs e ON e.number = v.epoch"
            " WHERE v.seq > e.before_seq + 1 AND NOT EXISTS"
            " (SELECT 1 FROM events p WHERE p.epoch = v.epoch AND p.seq = v.seq - 1) AND NOT EXISTS"
            " (SELECT 1 FROM gaps g WHERE g.epoch = v.epoch AND g.before_seq = v.seq - 1)"
        )
        return [(record["epoch"], record["seq"] - 1) for record in self.desk.store.all(sql)]

    def gaps(self) -> list[tuple[int, int]]:
        """(after, until) of each gap that is declared on its present line, also in an epoch that was left since."""
        sql = (
            "WITH RECURSIVE line (number, until) AS (SELECT epoch, seq FROM sites WHERE site = ? UNION ALL"
            " SELECT below.number, min(e.fork_seq, line.until) FROM line JOIN epochs e ON e.number = line.number"
            " JOIN epochs below ON below.site = e.site AND below.epoch = e.fork_epoch)"
            " SELECT after, min(before_seq, until) AS until FROM gaps JOIN line ON line.number = gaps.epoch"
            " WHERE after < until"
        )
        return [(record["after"], record["until"]) for record in self.desk.store.all(sql, SITE)]

    def health(self) -> bytes:
        """The picture that it has of the site."""
        return bytes(self.desk.store.site(SITE)["health"])

    def back_up(self) -> None:
        self.desk.store.run("PRAGMA wal_checkpoint(TRUNCATE)")
        if self._backup is not None:
            shutil.rmtree(self._backup)
        self._backup = Path(shutil.copytree(self._folder / "hub", self._folder / "backup"))

    def restore(self) -> bool:
        """Its disk died; it goes on with an older file."""
        if self._backup is None:
            return False
        self.restored += 1
        self.desk.close()
        shutil.rmtree(self._folder / "hub")
        shutil.copytree(self._backup, self._folder / "hub")
        self.desk = self.line.desk = self._opened()
        self.line.hang_up()
        return True

    def close(self) -> None:
        self.desk.close()

    def _opened(self) -> Desk:
        directory = self._folder / "hub"
        return Desk(HubStore(directory), KEYS, directory, self._now_s, self._chance.randbytes)


__all__ = ["Hub", "LinkDown"]

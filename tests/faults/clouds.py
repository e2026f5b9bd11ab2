"""Sites under simulated time and a real hub, joined by the roof's own uplink on a wire that can be cut and can lie."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from edge.app.cloud import Cloud
from edge.app.configuration import CloudTable
from edge.core.rows import Row, Watermark
from edge.runtime import Runtime
from sync.enrol import Enrolment, enrol, load_enrolment
from sync.hub import books
from sync.hub.desk import Desk
from sync.hub.enrolment import make_claim
from sync.hub.ingest import current_mark
from sync.hub.issue import public_bytes, sign_keys, sign_standing
from sync.hub.keys import HubKeys
from sync.hub.lists import standing_list
from sync.hub.store import HubStore
from tests.credentials.known_keys import BUNDLE, COMMAND, COURIER, NOW_S, OPENING, PICKUP, ROOT, SERVICE, SITE
from tests.sim.site import SimSite
from tests.sync.street import Wire

KEYS = HubKeys(
    root_public=public_bytes(ROOT),
    pin_secret=bytes(32),
    version=BUNDLE.version,
    bundle=sign_keys(BUNDLE, ROOT),
    issuers=(
        ("codes", PICKUP),
        ("couriers", COURIER),
        ("service", SERVICE),
        ("commands", COMMAND),
        ("open", OPENING),
        ("hub", COMMAND),
    ),
)
STEP_S = 60.0  # as old as a batch grows
MOST_STEPS = 12  # beyond the longest back-off


class HubLine(Wire):
    """The wire, as one that can be hung up."""

    def close(self) -> None:
        """Nobody waits at it: simulated jobs end at once."""


class Clouds:
    """One hub, and whichever machines call themselves its site."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.now_s = NOW_S
        self._stack = ExitStack()
        self.desk = self._opened()
        self.desk.store.add_site(SITE, "Harbour Street", "", "[]")
        self.wire = HubLine(self.desk, Random(1))
        card = folder / "card"  # its keys: a copy of the card has the same
        card.mkdir()
        claim = make_claim(self.desk.store, SITE, Random(2).randbytes, self.now_s)
        enrol(self.wire, claim, card, Random(3).randbytes)
        self.enrolment: Enrolment = load_enrolment(card)
        self._card = card

    def site(self, seed: int, **more: Any) -> SimSite:
        """A machine with the card of the site; closed with everything else."""
        return self._stack.enter_context(SimSite(seed, connect=self.connect, **more))

    def ready(self, seed: int, **more: Any) -> SimSite:
        site = self.site(seed, **more)
        site.start()
        site.let(site.enrolled())
        self.send_all(site)
        return site

    def connect(self, runtime: Runtime) -> Cloud:
        return Cloud(
            runtime,
            CloudTable(first_connect_s=0),
            self.enrolment,
            self._card,
            str,  # type: ignore[arg-type]  # a simulated lane is its name
            wall_s=lambda: self.now_s,
            health=bytes,
            mark_seq=0,
            line=self.wire,
        )

    def send_all(self, site: SimSite) -> None:
        """Until the hub has every row, by the hub's own word."""
        for _ in range(MOST_STEPS):
            self.pass_time(site, STEP_S)
            assert site.runtime is not None, "it runs"
            head = site.runtime.journal.head
            if current_mark(self.desk.store, SITE) == Watermark(site.runtime.journal.epoch, head.seq, head.hash):
                return
        raise AssertionError(f"row {head.seq} is not sent after {MOST_STEPS * STEP_S:g} s")

    def pass_time(self, site: SimSite, seconds: float) -> None:
        """The hub's clock follows the site's."""
        site.run_for(seconds)
        self.now_s = max(self.now_s, NOW_S + int(site.loop.time()))
        assert site.failure is None, site.failure

    def standing(self, site: SimSite, version: int) -> None:
        """The hub sends what, as far as it knows, stands in the wall."""
        assert site.runtime is not None
        listed = standing_list(self.desk.store, SITE, version, self.now_s)
        site.let(site.runtime.document("standing", sign_standing(listed, COMMAND)))
        site.run_for(5)

    def at_hub(self) -> list[str]:
        """The hashes of the rows on the hub's present line."""
        found: list[dict[str, Any]] = []
        while step := books.events(self.desk.store, SITE, "", found[-1]["seq"] if found else 0, 1000):
            found += step
        return [record["hash"] for record in found]

    def has_every(self, rows: Sequence[Row]) -> bool:
        """Whether the content of each row was ever taken, on whichever line."""
        taken = self.desk.store.all("SELECT DISTINCT seq, kind, payload FROM events")
        return {(r.seq, r.kind, r.payload) for r in rows} <= {(t["seq"], t["kind"], bytes(t["payload"])) for t in taken}

    def epochs(self) -> list[dict[str, Any]]:
        """Newest first."""
        found: list[dict[str, Any]] = books.site(self.desk.store, SITE)["epochs"]
        return found

    def back_up(self) -> Path:
        self.desk.store.run("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(shutil.copytree(self._folder / "hub", self._folder / "backup"))

    def restore(self, backup: Path) -> None:
        self.desk.close()
        shutil.rmtree(self._folder / "hub")
        shutil.copytree(backup, self._folder / "hub")
        self.desk = self.wire.desk = self._opened()

    def close(self) -> None:
        self._stack.close()
        self.desk.close()

    def _opened(self) -> Desk:
        directory = self._folder / "hub"
        return Desk(HubStore(directory), KEYS, directory, lambda: self.now_s, Random(4).randbytes)


@contextmanager
def some_clouds(folder: Path) -> Iterator[Clouds]:
    clouds = Clouds(folder)
    try:
        yield clouds
    finally:
        clouds.close()


def hashes(site: SimSite) -> list[str]:
    return [row.hash.hex() for row in site.rows()]


__all__ = ["Clouds", "hashes", "some_clouds"]

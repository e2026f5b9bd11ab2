"""The observer: sees the world, the raw card and the hub, and holds what the site writes against what was true.

It reads the card at each commit, at each pulse and at each step, decodes the rows by itself, and hands each to every
family of checks before its own ledger takes it in.  Whatever is found is kept in `violations`; the first ends a life.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tests.sim.card import BrokenChain, CardReader, Row
from tests.sim.checks.again import Again
from tests.sim.checks.alarms import Alarms
from tests.sim.checks.authority import Authority
from tests.sim.checks.backlog import Backlog
from tests.sim.checks.bounds import Bounds
from tests.sim.checks.clock import Clock
from tests.sim.checks.coils import Coils
from tests.sim.checks.commands import Commands
from tests.sim.checks.doors import Doors
from tests.sim.checks.elsewhere import Elsewhere
from tests.sim.checks.family import Family
from tests.sim.checks.free import Free
from tests.sim.checks.hub import HubRows
from tests.sim.checks.ledger import Ledger
from tests.sim.checks.liveness import Liveness
from tests.sim.checks.named import Named
from tests.sim.checks.pickup import Pickup
from tests.sim.checks.rights import Rights
from tests.sim.checks.secrets import Secrets
from tests.sim.checks.seen import Seen, Violation
from tests.sim.checks.void import Void

if TYPE_CHECKING:
    from tests.sim.line import Hub
    from tests.sim.site import SimSite
    from tests.sim.truth import Truth

FAMILIES: Final = (
    Authority,
    Pickup,
    Elsewhere,
    Rights,
    HubRows,
    Doors,
    Free,
    Named,
    Coils,
    Clock,
    Commands,
    Secrets,
    Liveness,
    Alarms,
    Bounds,
    Void,
    Again,
    Backlog,
)
OPENS_WITHIN_S: Final = 10.0

CHECKS: Final[dict[str, str]] = {name: text for family in FAMILIES for name, text in family.CHECKS.items()}


class Observer:
    def __init__(self, site: SimSite, truth: Truth, hub: Hub, *, seed: int, step: Callable[[], int]) -> None:
        self.seen = seen = Seen(site, truth, seed, step)
        seen.health = hub.health
        self.site, self.truth = site, truth
        self.kinds: dict[str, int] = {}
        self.authority, self.liveness, self.secrets = Authority(seen), Liveness(seen), Secrets(seen)
        self.hub = HubRows(seen, hub)
        self.void = Void(seen)
        plain = (Pickup, Rights, Doors, Free, Named, Coils, Alarms, Bounds, Again)
        self._families: tuple[Family, ...] = (
            self.authority,
            self.hub,
            self.secrets,
            self.void,
            self.liveness,
            Clock(seen, hub),
            Commands(seen, hub),
            Backlog(seen, hub),
            Elsewhere(seen, hub),
            *(family(seen) for family in plain),
        )
        self._reader = CardReader()
        self._card = (0, 0, 0)  # generation and fsyncs of the card when it was last read
        site.world.chronicle.watch(self._see)
        site.when_committed.append(self.read)

    # -- what others ask ------------------------------------------------------------------------------------------

    @property
    def violations(self) -> list[Violation]:
        return self.seen.violations

    @property
    def rows(self) -> list[Row]:
        return self.seen.rows

    def opened_soon(self, code: str, since_s: float) -> bool:
        """Whether a door opened within ten seconds of that code's being presented."""
        shown = [act.at_s for act in self.seen.acts(since_s) if act.text == code]
        return any(
            at_s - first <= OPENS_WITHIN_S for first in shown for at_s in self.authority.pulsed_s if at_s >= first
        )

    @property
    def troubled_s(self) -> float:
        """When the card was last slow, full or broken."""
        return self.seen.troubled_s

    @troubled_s.setter
    def troubled_s(self, at_s: float) -> None:
        self.seen.troubled_s = at_s

    def find(self, check: str, text: str) -> None:
        assert check in CHECKS, f"there is no check {check}"
        self.seen.find(check, text)

    # -- when to look ---------------------------------------------------------------------------------------------

    def started(self) -> None:
        """A process begins."""
        self.seen.up_s = -1.0
        for family in self._families:
            family.started()

    def look(self) -> None:
        """Everything that can be checked now."""
        runtime = self.site.runtime
        if self.seen.up_s < 0 and runtime is not None and runtime.ready.is_set():
            self.seen.up_s = self.seen.now_s
        self.read()
        for family in self._families:
            family.step()

    def end(self) -> None:
        self.read()
        for family in self._families:
            family.end()

    def close(self) -> None:
        self.secrets.close()

    def is_whole(self) -> bool:
        """Whether the card holds what was written to it."""
        try:
            now = CardReader().rows_above(self.site.disk.durable(), 0)
        except BrokenChain:
            return False
        written = {row.seq: row for row in self.seen.rows}  # more may have reached the card before its power went
        return bool(now) and all(written.get(row.seq, row) == row for row in now)

    def card_changed(self) -> None:
        """Another card was put in: an earlier copy, an empty one, or one whose flash forgot something."""
        before, self._reader = self.seen.rows, CardReader()
        now = self._rows_above(0)
        kept = {_content(row) for row in now}
        first = now[0].seq if now else 0  # what lies before it gave room, and is lost with no card
        lost = [row for row in before if row.seq >= first and _content(row) not in kept]
        self.seen.rows = now
        # Where room was made, the rows are gone that told of the standing list.
        whole = not now or now[0].seq == 1
        # What they said of a compartment is not known: it passes as free until a row that is left says otherwise.
        free = set() if whole else set(self.site.world.doors)
        ledger = Ledger(restoring=whole, partial=not whole, free=free)
        for row in now:
            ledger.take(json.loads(row.payload), row, None)
        self.seen.ledger.__dict__.update(ledger.__dict__)  # every family holds this one
        self.site.committed = now[-1].seq if now else 0
        self.site.boots.clear()
        self._card = (0, 0, 0)
        for family in self._families:
            family.card_changed(lost)

    # -- the world ------------------------------------------------------------------------------------------------

    def _see(self, entry: Any) -> None:
        if entry.deed == "pulse_began":
            self.read()
        self.seen.doors.deed(entry)
        for family in self._families:
            family.deed(entry)

    # -- the card -------------------------------------------------------------------------------------------------

    def read(self) -> None:
        disk = self.site.disk
        now = (disk.generation, disk.syncs, disk.directory_syncs)
        if now != self._card:
            self._card = now
            self._take_in()
        durable = self.seen.rows[-1].seq if self.seen.rows else 0
        if self.site.committed > durable:
            self.find("i4_committed_is_durable", f"row {self.site.committed} was told of, durable is {durable}")

    def _take_in(self) -> None:
        known = self.seen.rows[-1] if self.seen.rows else None
        found = self._rows_above(known.seq - 1 if known is not None else 0)
        if known is not None and (not found or found[0] != known):
            found = self._in_another_epoch(known)
        for row in found[1:] if known is not None else found:
            self._row(row)
        self.hub.remember(found)

    def _rows_above(self, seq: int) -> list[Row]:
        try:
            return self._reader.rows_above(self.site.disk.durable(), seq)
        except BrokenChain as broken:
            self.find("i4_the_chain_is_whole", str(broken))
            return []

    def _in_another_epoch(self, last: Row) -> list[Row]:
        """The journal was linked anew behind a fork: what its rows say is as before, only their hashes are others."""
        now = self._rows_above(0)
        first = now[0].seq if now else 1
        before = [_content(row) for row in self.seen.rows if row.seq >= first]
        after = [_content(row) for row in now if row.seq <= last.seq]
        if before != after or not now or now[-1].epoch == last.epoch:
            alike = sum(a == b for a, b in zip(before, after, strict=False))
            self.find("i4_no_durable_row_is_lost", f"up to row {last.seq} {len(before)} were there, {alike} still are")
            return [last]
        self.hub.remember(now)
        self.seen.rows[:] = [row for row in now if row.seq <= last.seq]
        return [row for row in now if row.seq >= last.seq]

    def _row(self, row: Row) -> None:
        self.seen.rows.append(row)
        self.kinds[row.kind] = self.kinds.get(row.kind, 0) + 1
        event = json.loads(row.payload)
        began_s = self.seen.began_s(row.boot)
        at_s = began_s + row.mono_ms / 1000 if began_s is not None else None
        for family in self._families:
            family.row(event, row, at_s)
        self.seen.ledger.take(event, row, at_s)
        if event.get("door") and at_s is not None:
            self.seen.told.append((row.kind, event["door"], at_s))
        self._fresh(event, row)

    def _fresh(self, event: dict[str, Any], row: Row) -> None:
        """What was lost with a card is known again: the hub's list has come, or somebody looked."""
        if row.kind == "document_received" and event["name"] == "standing":
            if event["issued_s"] >= self.seen.untold_since_s:
                self.seen.untold.clear()
        elif row.kind in ("compartment_freed", "compartment_reviewed", "parcel_deposited"):
            known = {event["door"], event.get("parcel", ""), *event.get("parcels", ())}
            self.seen.untold -= known
            self.seen.lost -= known


def _content(row: Row) -> tuple[int, int, int, int, str, str, bytes]:
    return row.seq, row.boot, row.mono_ms, row.wall_ms, row.trust, row.kind, row.payload

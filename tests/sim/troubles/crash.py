"""Which row of the crash table a cut hits: what is durable at that instant, held against what the world has seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from hal.sim.chronicle import Deed, Entry
from tests.sim.card import BrokenChain, CardReader, Row
from tests.sim.pages import NoDatabase
from tests.sim.person import Street

# As DESIGN has them, and what lies between: closed, but not yet judged; the start itself; nothing under way.
ROWS: Final = (
    "scan and commit",
    "commit and pulse",
    "pulse and edge",
    "edge and close",
    "close and judgement",
    "collected and screen",
    "command and effect",
    "PIN failure and commit",
    "in the start",
    "none",
)
ENDS: Final = frozenset({"opening_lapsed", "opening_ended", "door_jammed", "compartment_to_review", "parcel_uncertain"})
SOON_S: Final = 0.1  # an input that came so lately has not been decided


@dataclass
class Live:
    """An opening that the durable rows leave open."""

    by: str
    boot: int
    attempt: int = 1
    opened: bool = False
    closed: bool = False


class CrashTable:
    """`hit()` at the instant of a cut: every row of the table that it falls into."""

    def __init__(self, street: Street) -> None:
        self._street, self._site = street, street.site
        self._card = CardReader()
        self._last: Row | None = None
        self._live: dict[int, Live] = {}
        self._unheard: list[str] = []  # kinds that are durable, and that nobody was told of
        self._pulsed: set[tuple[int, int]] = set()
        self._site.world.chronicle.watch(self._see)

    def _see(self, entry: Entry) -> None:
        if entry.deed is Deed.PULSE_BEGAN:
            self._pulsed.add((entry.opening, entry.attempt))

    def hit(self) -> list[str]:
        runtime = self._site.runtime
        if runtime is None or not runtime.ready.is_set():
            return ["in the start"]
        new = self._read()
        found = {self._of(number, live) for number, live in self._live.items() if live.boot == self._boot}
        if "parcel_collected" in self._unheard:
            found.add("collected and screen")
        if not new and self._waits():
            found.add("PIN failure and commit" if self._street.presented.wrong_pin else "scan and commit")
        return sorted(found) or ["none"]

    @property
    def _boot(self) -> int:
        return self._last.boot if self._last is not None else 0

    def _of(self, number: int, live: Live) -> str:
        if live.closed:
            return "close and judgement"
        if live.opened:
            return "edge and close"
        if (number, live.attempt) in self._pulsed:
            return "pulse and edge"
        return "command and effect" if live.by == "command" else "commit and pulse"

    def _waits(self) -> bool:
        """Whether what was presented last has not been answered, and nothing of it is durable."""
        presented, runtime = self._street.presented, self._site.runtime
        if runtime is None or presented.at_s < 0 or presented.boot != self._boot:
            return False
        answered = runtime.screen().number != presented.screen
        lately = self._site.loop.time() - presented.at_s < SOON_S or self._site.writing_since_s >= 0
        return lately and not answered

    def _read(self) -> list[Row]:
        """Take in what has become durable; returns what nobody has been told of."""
        try:
            rows = self._card.rows_above(self._site.disk.copy_card(), self._last.seq - 1 if self._last else 0)
        except (BrokenChain, NoDatabase, KeyError):
            rows = []
        if self._last is not None and (not rows or rows[0].hash != self._last.hash):
            self._last, self._live = None, {}  # another card, or another epoch: its past is not ours
            return []
        for row in rows[1:] if self._last is not None else rows:
            self._take(row, json.loads(row.payload))
            self._last = row
        unheard = [row for row in rows if row.seq > self._site.committed]
        self._unheard = [row.kind for row in unheard]
        return unheard

    def _take(self, row: Row, event: dict[str, Any]) -> None:
        opening = event.get("opening", 0)
        if row.kind == "opening_authorised":
            self._live[opening] = Live(event["authority"]["kind"], row.boot)
        elif row.kind in ENDS:
            self._live.pop(opening, None)
        elif row.kind == "started":
            self._live.clear()
        live = self._live.get(opening)
        if live is None:
            return
        if row.kind == "opening_retried":
            live.attempt = event["attempt"]
        elif row.kind == "door_opened":
            live.opened, live.closed = True, False
        elif row.kind == "door_closed":
            live.closed = True

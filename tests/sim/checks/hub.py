"""I4: every durable row reaches the hub, in order, without gap or duplicate, whatever becomes of card, hub and line.

Rows that were lost with a card are on the hub as far as it had them; that the site goes on without them is declared.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Seen
    from tests.sim.line import Hub

NAMES: Final = ("door", "parcel")

Content = tuple[int, str, bytes]  # number, kind and payload: what a row says, whatever it is chained to


class HubRows(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i4_no_durable_row_is_lost": "A row that was durable stays as it is, unless the hub has it and room is made.",
        "i4_committed_is_durable": "What anybody was told is committed is on the card.",
        "i4_the_chain_is_whole": "The rows of a card are the dense, unaltered continuation of each other.",
        "i4_the_hub_has_only_durable_rows": "The hub stands at a row that was durable here.",
        "i4_the_hub_has_every_row_once": "In the end the hub's line is the card's, row for row.",
        "i4_the_hub_is_dense": "No epoch at the hub leaves a number out but where a gap was declared.",
        "i4_the_hub_keeps_what_it_has": "What a card lost and the hub had is still there, under its own epoch.",
        "i4_a_lost_past_is_declared": "A card that lost rows which the hub has goes on in a new epoch.",
    }

    def __init__(self, seen: Seen, hub: Hub) -> None:
        super().__init__(seen)
        self.hub = hub
        self.ever: dict[bytes, int] = {}  # hash → number, of every row that was ever durable on whichever card
        self._kept: set[Content] = set()  # lost with a card, and at the hub
        self._epochs: dict[Content, bytes] = {}  # of which card's line each of those was
        self._restored = 0

    def remember(self, rows: list[Row]) -> None:
        self.ever.update((row.hash, row.seq) for row in rows)

    def step(self) -> None:
        self._after_restoring()
        seq, digest = self.hub.stands_at()
        if seq and self.ever.get(digest) != seq:
            self.find("i4_the_hub_has_only_durable_rows", f"the hub stands at row {seq}, which was durable on no card")

    def card_changed(self, lost: list[Row]) -> None:
        self._after_restoring()
        contents = {(row.seq, row.kind, row.payload): row.epoch for row in lost}
        kept = self.hub.has_of(set(contents))
        self._kept |= kept
        self._epochs |= {content: contents[content] for content in kept}
        self.seen.untold |= _named(kept)
        self.seen.untold_since_s = self.hub.desk.now_s()
        self.seen.lost |= _named(set(contents) - kept)

    def _after_restoring(self) -> None:
        """A hub that was restored may have lost what a card had lost before: then it is nowhere."""
        if self._restored != self.hub.restored:
            self._restored = self.hub.restored
            kept = self.hub.has_of(self._kept)
            self.seen.lost |= _named(self._kept - kept)
            self._kept = kept

    def end(self) -> None:
        self._after_restoring()
        card = [(row.seq, row.hash.hex()) for row in self.seen.rows]
        line = self.hub.line_rows()
        first = card[0][0] if card else 1
        ours = [place for place in line if place[0] >= first]
        if self._restored:  # what only the hub had, and what it has declared missing, is nowhere
            gaps = self.hub.gaps()
            card = [place for place in card if not any(after < place[0] <= until for after, until in gaps)]
        if ours != card:
            alike = sum(a == b for a, b in zip(ours, card, strict=False))
            self.find("i4_the_hub_has_every_row_once", f"hub {len(ours)}, card {len(card)}, alike {alike}")
        for epoch, missing in self.hub.holes():
            self.find("i4_the_hub_is_dense", f"epoch {epoch} has no row {missing}")
        gone = self._kept - self.hub.has_of(self._kept)
        if gone:
            self.find("i4_the_hub_keeps_what_it_has", f"{len(gone)} rows are gone, first {min(gone)[:2]}")
        present = {(row.seq, row.kind, row.payload) for row in self.seen.rows}  # a card may come back
        left = {self._epochs[content] for content in self._kept - present if content[0] >= first}
        if self.seen.rows and self.seen.rows[-1].epoch in left:
            self.find("i4_a_lost_past_is_declared", f"the card goes on in epoch {self.seen.rows[-1].epoch.hex()}")


def _named(contents: set[Content]) -> set[int | str]:
    """The doors and parcels that these rows speak of."""
    events = [json.loads(payload) for _, _, payload in contents]
    return {event[name] for event in events for name in NAMES if event.get(name)}

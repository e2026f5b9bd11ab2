"""I2 beyond one card: what was collected on a card that is gone is used up, once the hub's list has said so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.hub import Content
    from tests.sim.checks.seen import Seen
    from tests.sim.line import Hub

INSIDE: Final = ("parcel_deposited", "parcel_uncertain", "compartment_reviewed")


class Elsewhere(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i2_used_on_a_lost_card_opens_nothing": "What a lost card said was collected opens nothing once the list came."
    }

    def __init__(self, seen: Seen, hub: Hub) -> None:
        super().__init__(seen)
        self.hub = hub
        self._collected: dict[str, Content] = {}  # parcel → the row that said so, on a card that is gone
        self._told: dict[str, Content] = {}  # the same, and the site has taken a list that was made since

    def card_changed(self, lost: list[Row]) -> None:
        self._collected, self._told = self._collected | self._told, {}
        for row in lost:
            event = json.loads(row.payload)
            if row.kind == "parcel_collected":
                self._collected[event["parcel"]] = (row.seq, row.kind, row.payload)
            elif row.kind in INSIDE:
                for parcel in (event.get("parcel", ""), *event.get("parcels", ())):
                    self._collected.pop(parcel, None)

    def on_document_received(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["name"] == "standing" and event["issued_s"] >= self.seen.untold_since_s:
            known = self.hub.has_of(set(self._collected.values()))
            self._told |= {parcel: said for parcel, said in self._collected.items() if said in known}
            self._collected = {}

    def on_opening_authorised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["purpose"] != "pickup":
            return
        for parcel in event.get("parcels", ()):
            known = self.truth.of_parcel(parcel)
            if parcel in self._told and known is not None and not self._is_inside(known.label):
                which = f"opening {event['opening']} of door {event['door']} is for {known.label}"
                self.find("i2_used_on_a_lost_card_opens_nothing", f"{which}, collected in row {self._told[parcel][0]}")

    def on_parcel_deposited(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        known = self.truth.of_parcel(event["parcel"])
        if known is not None and self._is_inside(known.label):  # brought again
            self._told.pop(event["parcel"], None)
            self._collected.pop(event["parcel"], None)

    def _is_inside(self, label: str) -> bool:
        return isinstance(self.site.world.where(label), int)

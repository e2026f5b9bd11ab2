"""I2: a parcel leaves once; a used, revoked or superseded credential opens nothing but its own door within grace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.ledger import Taken

GRACE_S: Final = 180.0
ROUNDING_S: Final = 0.1
REOPENINGS: Final = 2


class Pickup(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i2_a_parcel_leaves_once": "No parcel is collected twice without having come in again.",
        "i2_used_opens_nothing": "A credential whose parcel was collected opens no door, but in grace.",
        "i2_revoked_opens_nothing": "A revoked generation of a code opens no door.",
        "i2_superseded_opens_nothing": "A code opens no door once a higher generation was heard of.",
        "i2_grace_is_its_own_door_and_boot": "Grace opens the compartment of that pickup only, in the same boot.",
        "i2_grace_has_limits": "Grace ends after 180 s, after two reopenings, and when the compartment is let again.",
        "i2_opens_its_own_parcels": "A pickup names parcels of the reservation that was presented.",
        "i2_opens_where_the_parcel_is": "A pickup opens the door behind which its parcel really stands.",
    }

    def on_opening_authorised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        authority, parcels = event["authority"], event.get("parcels", ())
        if authority["kind"] not in ("code", "pin") or event["purpose"] != "pickup":
            return
        if authority["kind"] == "code":
            self._generation(event, authority["ref"], authority.get("generation", 0))
        for parcel in parcels:
            taken = self.ledger.collected.get(parcel)
            self._own(event, authority["ref"], parcel)
            if event.get("grace"):
                self._grace(event, taken, row.boot, at_s)
            elif taken is not None:
                self.find("i2_used_opens_nothing", f"opening {event['opening']} for {parcel}, collected before")
            else:
                self._right_door(parcel, event["door"])

    def _generation(self, event: dict[str, Any], reservation: str, generation: int) -> None:
        which = f"opening {event['opening']} on {reservation} generation {generation}"
        if generation <= self.ledger.revoked.get(reservation, -1):
            self.find("i2_revoked_opens_nothing", which)
        newest = self.ledger.generation.get(reservation, 0)
        if generation < newest:
            self.find("i2_superseded_opens_nothing", f"{which}, newest is {newest}")

    def _own(self, event: dict[str, Any], reservation: str, parcel: str) -> None:
        lot = self.ledger.lots.get(parcel)
        known = self.truth.of_parcel(parcel)
        theirs = {lot.reservation if lot is not None else "", known.reservation if known is not None else ""}
        if reservation not in theirs:
            self.find("i2_opens_its_own_parcels", f"opening {event['opening']} of {reservation} is for {parcel}")

    def _grace(self, event: dict[str, Any], taken: Taken | None, boot: int, at_s: float | None) -> None:
        which = f"opening {event['opening']} of door {event['door']} in grace"
        if taken is None or taken.door != event["door"] or taken.boot != boot:
            self.find("i2_grace_is_its_own_door_and_boot", f"{which}: {taken}")
            return
        late = at_s is not None and taken.at_s is not None and at_s - taken.at_s > GRACE_S + ROUNDING_S
        if late or taken.reopened + 1 > REOPENINGS or taken.let_again:
            self.find("i2_grace_has_limits", f"{which}: {taken}, now {at_s}")

    def _right_door(self, parcel: str, door: int) -> None:
        known = self.truth.of_parcel(parcel)
        if known is None or known.label in self.truth.hidden:
            return  # somebody put it elsewhere, and no contact or sensor could tell
        if self.seen.is_stale(parcel, door):
            return  # what moved it is on a card that is gone, and the hub has not been heard since
        place = self.site.world.where(known.label)
        if isinstance(place, int) and place != door:
            self.find("i2_opens_where_the_parcel_is", f"{known.label} is behind {place}, opened was {door}")

    def on_parcel_collected(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["parcel"] in self.ledger.collected:
            self.find("i2_a_parcel_leaves_once", f"row {row.seq}: {event['parcel']} was collected before")

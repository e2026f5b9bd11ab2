"""Parcels as their senders know them."""

from __future__ import annotations

from msgspec import Struct

from edge.core.credential import parcel_id


class Sent(Struct, frozen=True):
    """A parcel as its sender knows it."""

    tracking: str
    carrier: str
    reservation: str
    pin: str = ""

    @property
    def parcel(self) -> str:
        return parcel_id(self.carrier, self.tracking).hex()


def sent(tracking: str, *, carrier: str = "dpd", reservation: str = "", pin: str = "") -> Sent:
    """A parcel; without `reservation` it has the right that the hash of its label gives."""
    return Sent(tracking, carrier, reservation or parcel_id(carrier, tracking).hex(), pin)

"""The standing list: what stands where, as the hub knows it.  A new card adopts from it what matches the wall.

It lies beside the journal like every document, because its PIN verifiers are particulars.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from edge.core.documents import (
    Carrier,
    Document,
    DocumentRefused,
    DocumentType,
    Here,
    HexId,
    Moment,
    ParcelKind,
    PinVerifier,
    RefusedBecause,
    read_document,
    require_newer,
)
from edge.core.judgement import JudgementTime
from edge.core.keys import KeyBundle, KeyPurpose, require_key
from edge.core.words import Size

__all__ = ["MAX_STANDING_BYTES", "Standing", "StandingList", "accept_standing"]

MAX_STANDING_BYTES: Final = 256 * 1024
MAX_STANDING: Final = 1_000  # parcels; the largest walls have about 300 doors


class Standing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One parcel behind one door."""

    door: Annotated[int, Meta(ge=1, le=9999)]
    parcel: HexId
    reservation: HexId
    carrier: Carrier
    hold_until: Moment
    generation: Annotated[int, Meta(ge=0, le=65_535)] = 0  # the lowest that still opens
    size: Size = Size.S
    kind: ParcelKind = ParcelKind.PICKUP
    returning: bool = False  # waits for a courier, whatever brought it here
    second_factor: bool = False
    pin: PinVerifier | None = None


class StandingList(Document, frozen=True):
    """What stands behind the doors of one site."""

    version: Annotated[int, Meta(ge=1, lt=2**32)]
    after_order: Annotated[int, Meta(ge=0, lt=2**53)]  # orders up to and with this number are contained; a new card
    # starts behind it, so that no old order can be played to it again
    parcels: Annotated[tuple[Standing, ...], Meta(max_length=MAX_STANDING)]


def accept_standing(current_version: int, data: bytes, keys: KeyBundle, here: Here, at: JudgementTime) -> StandingList:
    """Return the list when it is signed, for this very site, sound, and newer; else raise DocumentRefused."""

    def key_of_lists(kid: bytes, _: StandingList) -> bytes:
        return require_key(keys, kid, KeyPurpose.STANDING, at).public

    standing = read_document(
        data, DocumentType.STANDING, StandingList, Here(here.site), key_of_lists, max_bytes=MAX_STANDING_BYTES
    )
    named = [entry.parcel for entry in standing.parcels]
    if len(set(named)) != len(named):
        raise DocumentRefused(RefusedBecause.MALFORMED, "standing list: a parcel twice")
    require_newer("standing list", standing.version, current_version)
    return standing

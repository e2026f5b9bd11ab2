"""Orders: what the cloud may tell a site to do.  Signed, for one site, numbered, and they expire.

To open a door is a right of its own: another key purpose, an answer to a nonce that the site made within the last
minute, and the brake of the site behind it.  No order can change the brake, limits of coils, the map of doors, the
root of trust or the enrolment, or make an occupied compartment free: there is no such kind.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Final, TypeAlias

import msgspec
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
    require_near,
    require_newer,
)
from edge.core.judgement import JudgementTime, surely_past
from edge.core.keys import MAX_BUNDLE_BYTES, ROOT_KID, KeyBundle, KeyPurpose, require_key
from edge.core.roster import MAX_ROSTER_BYTES
from edge.core.standing import MAX_STANDING_BYTES
from edge.core.words import Size

__all__ = [
    "MAX_ORDER_BYTES",
    "NONCE_LIFE_S",
    "Announce",
    "Cancel",
    "Extend",
    "InService",
    "Open",
    "Order",
    "OrderRefused",
    "OutOfService",
    "Particulars",
    "Revoke",
    "SignedOrder",
    "SignedTimeReset",
    "TakeKeys",
    "TakeRoster",
    "TakeStanding",
    "TellTime",
    "TimeReset",
    "What",
    "accept_time_reset",
    "answers_nonce",
    "verify_order",
]

MAX_ORDER_BYTES: Final = max(MAX_ROSTER_BYTES, MAX_STANDING_BYTES) + 1024
NONCE_LIFE_S: Final = 60.0
NONCE_BYTES: Final = 16
MAX_TIME_RESET_BYTES: Final = 512
MAX_HOLD_S: Final = 90 * 86_400

Door = Annotated[int, Meta(ge=1, le=9999)]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]
Nonce = Annotated[bytes, Meta(min_length=NONCE_BYTES, max_length=NONCE_BYTES)]


class _Kind(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind"):
    pass


class Particulars(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Personal data of a parcel.  They go beside the journal, never into an event (I11)."""

    tracking: Annotated[str, Meta(max_length=64)] = ""
    recipient: Annotated[str, Meta(max_length=64)] = ""  # what a courier may see: initials, a house number
    pin: PinVerifier | None = None


class Announce(_Kind, frozen=True, tag="announce"):
    """A parcel will come, or may be dropped off; or what is known of an announced one is replaced."""

    parcel: HexId  # the hash of carrier and tracking number
    reservation: HexId
    carrier: Carrier
    parcel_kind: ParcelKind = ParcelKind.PICKUP
    generation: Annotated[int, Meta(ge=0, le=65_535)] = 0
    size: Size = Size.S
    heavy: bool = False
    reachable: bool = False
    second_factor: bool = False
    hold_s: Annotated[int, Meta(ge=0, le=MAX_HOLD_S)] = 0  # 0: as the site's policy says
    particulars: Particulars = Particulars()


class Cancel(_Kind, frozen=True, tag="cancel"):
    """The parcel must not be put in here any more."""

    parcel: HexId
    reason: Annotated[str, Meta(pattern="^(cancelled|redirected)$")] = "cancelled"


class Revoke(_Kind, frozen=True, tag="revoke"):
    """Codes of this reservation up to and with this generation open nothing."""

    reservation: HexId
    generation: Annotated[int, Meta(ge=0, le=65_535)]


class Extend(_Kind, frozen=True, tag="extend"):
    """The parcel may wait longer."""

    parcel: HexId
    by_s: Annotated[int, Meta(ge=1, le=MAX_HOLD_S)]


class TakeRoster(_Kind, frozen=True, tag="roster"):
    document: Annotated[bytes, Meta(min_length=1, max_length=MAX_ROSTER_BYTES)]


class TakeStanding(_Kind, frozen=True, tag="standing"):
    document: Annotated[bytes, Meta(min_length=1, max_length=MAX_STANDING_BYTES)]


class TakeKeys(_Kind, frozen=True, tag="keys"):
    document: Annotated[bytes, Meta(min_length=1, max_length=MAX_BUNDLE_BYTES)]


class Open(_Kind, frozen=True, tag="open"):
    """Open one door.  `nonce` is the one that the site made and reported."""

    door: Door
    nonce: Nonce
    reason: Reason


class OutOfService(_Kind, frozen=True, tag="out_of_service"):
    door: Door
    reason: Reason


class InService(_Kind, frozen=True, tag="in_service"):
    """Ends "out of service"; the compartment goes to review unless its content is known."""

    door: Door


class TellTime(_Kind, frozen=True, tag="time"):
    """Nothing but its own `issued_at`."""


class TimeReset(_Kind, frozen=True, tag="time_reset"):
    """Carries a document that only the root can sign: a key that may order cannot turn back the clock."""

    document: Annotated[bytes, Meta(min_length=1, max_length=MAX_TIME_RESET_BYTES)]


What: TypeAlias = (
    Announce
    | Cancel
    | Revoke
    | Extend
    | TakeRoster
    | TakeStanding
    | TakeKeys
    | Open
    | OutOfService
    | InService
    | TellTime
    | TimeReset
)


class SignedOrder(Document, frozen=True):
    """The signed form.  What is ordered is looked at only after the signature."""

    number: Annotated[int, Meta(ge=1, lt=2**53)]
    expires_at: Moment
    what: dict[str, Any]


class Order(Struct, frozen=True):
    """An order that this site believes."""

    number: int
    issued_at_s: int
    kind: str
    what: What


class OrderRefused(DocumentRefused):
    """`number` is not 0 when the signature held and the number is new: it is then used up, and the hub goes on."""

    def __init__(self, reason: RefusedBecause, message: str, number: int = 0, kind: str = "") -> None:
        super().__init__(reason, message)
        self.number = number
        self.kind = kind


def verify_order(last_number: int, data: bytes, keys: KeyBundle, here: Here, at: JudgementTime) -> Order:
    """Return the order when form, site, key, signature, number, expiry and content hold, in this order.

    Else raise DocumentRefused, or OrderRefused with the number that is now used up.
    """

    def key_of_orders(kid: bytes, order: SignedOrder) -> bytes:
        purpose = KeyPurpose.OPEN if order.what.get("kind") == "open" else KeyPurpose.COMMAND
        return require_key(keys, kid, purpose, at).public

    signed = read_document(
        data, DocumentType.ORDER, SignedOrder, Here(here.site), key_of_orders, max_bytes=MAX_ORDER_BYTES
    )
    require_newer("order", signed.number, last_number)
    require_near("order", signed.number, last_number)
    kind = str(signed.what.get("kind"))[:32]
    if surely_past(signed.expires_at, at):
        raise OrderRefused(RefusedBecause.EXPIRED, f"order {signed.number}", signed.number, kind)
    return Order(signed.number, signed.issued_at, kind, _content(signed, kind))


def answers_nonce(order: Open, nonce: bytes, made_s: float, now_s: float) -> bool:
    """Whether an order to open answers the site's nonce within its minute (monotonic seconds).

    The caller forgets the nonce after the first order that names it, whatever came of it.
    """
    fresh = 0 <= now_s - made_s <= NONCE_LIFE_S
    return fresh and len(nonce) == NONCE_BYTES and hmac.compare_digest(order.nonce, nonce)


class SignedTimeReset(Document, frozen=True):
    """The clock's floor may go back to `to`.  Signed by the root."""

    version: Annotated[int, Meta(ge=1, lt=2**32)]  # rises, so that an old reset cannot be played again
    to: Moment


def accept_time_reset(last_version: int, data: bytes, root_public: bytes, here: Here) -> SignedTimeReset:
    """Return the reset when the root signed it, for this very site, and it is newer; else raise DocumentRefused."""

    def root_only(kid: bytes, _: SignedTimeReset) -> bytes:
        if kid != ROOT_KID:
            raise DocumentRefused(RefusedBecause.UNKNOWN_KEY, f"key {kid.hex()} is not the root")
        return root_public

    reset = read_document(
        data, DocumentType.TIME_RESET, SignedTimeReset, Here(here.site), root_only, max_bytes=MAX_TIME_RESET_BYTES
    )
    require_newer("time reset", reset.version, last_version)
    return reset


def _content(signed: SignedOrder, kind: str) -> What:
    if kind not in _KINDS:
        raise OrderRefused(RefusedBecause.UNKNOWN_KIND, f"order {signed.number}: kind {kind!r}", signed.number, kind)
    try:
        content: What = msgspec.convert(signed.what, What, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        message = f"order {signed.number} ({kind}): {error}"
        raise OrderRefused(RefusedBecause.MALFORMED, message, signed.number, kind) from None
    return content


_KINDS: Final = frozenset(str(shape.__struct_config__.tag) for shape in What.__args__)

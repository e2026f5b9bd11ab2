"""Issuing: reservations with their codes and PINs, and badges.  The books, the order to the site, and the text.

A PIN is told once, to whoever asked for the parcel to be announced; the hub keeps its verifier only.  A code is made
again from the books whenever it is asked for, and is not kept either.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from edge.core.claims import Claims, Permission
from edge.core.credential import parcel_id, parse
from edge.core.documents import Carrier, HexId, ParcelKind
from edge.core.errors import BadInput, NotAllowed
from edge.core.keys import KeyPurpose
from edge.core.orders import Announce, Cancel, Extend, Particulars, Revoke
from edge.core.pin import pin_verifier
from edge.core.roster import Badge
from edge.core.words import Purpose, Role, Size
from sync.hub import orders
from sync.hub.issue import SAFETY_S, choose_issuer, mint_code, second_factor_verifier, site_pin_key
from sync.hub.keys import HubKeys
from sync.hub.lists import put_badge
from sync.hub.store import HubStore, Record
from sync.keyfiles import Entropy

__all__ = [
    "Announcement",
    "BadgeWish",
    "Issued",
    "IssuedBadge",
    "announce",
    "badge",
    "cancel",
    "code_of",
    "extend",
    "revoke",
]

DEFAULT_HOLD_S: Final = 7 * 86_400
ON_THE_WAY_S: Final = 30 * 86_400  # from the announcement to the deposit, at most; the code must outlive that too
COURIER_LIFE_S: Final = 72 * 3600
TECHNICIAN_LIFE_S: Final = 30 * 86_400
_PIN_TRIES: Final = 20  # of a hundred million; a site has hundreds

Tracking = Annotated[str, Meta(min_length=1, max_length=64)]


class Announcement(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for.  `announced` false: only a code is made, by the hash of carrier and tracking number."""

    carrier: Carrier
    tracking: Tracking
    announced: bool = True
    reservation: HexId | None = None  # to join one that exists; otherwise a random one
    parcel_kind: ParcelKind = ParcelKind.PICKUP
    recipient: Annotated[str, Meta(max_length=64)] = ""
    size: Size = Size.S
    heavy: bool = False
    reachable: bool = False
    second_factor: bool = False
    hold_s: Annotated[int, Meta(ge=0, le=90 * 86_400)] = 0


class Issued(Struct, frozen=True):
    """What comes of it.  `pin` is empty for a parcel that was not announced; `order` is 0 then."""

    parcel: str
    reservation: str
    generation: int
    code: str
    pin: str = ""
    order: int = 0


class BadgeWish(Struct, frozen=True, forbid_unknown_fields=True):
    """A badge for one site or group.  Permissions: those of the purpose when left out."""

    purpose: Purpose
    pin: Annotated[str, Meta(min_length=4, max_length=32)]
    carriers: tuple[Carrier, ...] = ()
    number: Annotated[str, Meta(pattern="^([0-9]{4,12})?$")] = ""
    permissions: tuple[Permission, ...] = ()


class IssuedBadge(Struct, frozen=True):
    badge: str
    code: str
    until: int


def announce(store: HubStore, keys: HubKeys, site: int, wish: Announcement, entropy: Entropy, now_s: int) -> Issued:
    """Make a reservation and its code, and tell the site.  Call inside a transaction."""
    parcel = parcel_id(wish.carrier, wish.tracking).hex()
    reservation = _reservation_id(wish, parcel, entropy)
    _put_reservation(store, site, reservation, wish, now_s)
    if not wish.announced:
        code = code_of(store, keys, site, reservation, now_s)
        return Issued(parcel, reservation, _record(store, site, reservation)["generation"], code)
    pin, verifier = _new_pin(store, keys, site, entropy)
    _put_parcel(store, site, parcel, reservation, wish)
    store.run(
        "INSERT OR REPLACE INTO particulars VALUES (?, ?, ?, ?, ?)",
        site,
        parcel,
        wish.tracking,
        wish.recipient,
        verifier,
    )
    record = _record(store, site, reservation)
    number = orders.issue(
        store,
        keys,
        site,
        Announce(
            parcel=parcel,
            reservation=reservation,
            carrier=wish.carrier,
            parcel_kind=wish.parcel_kind,
            generation=record["generation"],
            size=wish.size,
            heavy=wish.heavy,
            reachable=wish.reachable,
            second_factor=wish.second_factor,
            hold_s=wish.hold_s,
            particulars=Particulars(wish.tracking, wish.recipient, verifier),
        ),
        now_s,
    )
    code = code_of(store, keys, site, reservation, now_s)
    return Issued(parcel, reservation, record["generation"], code, pin, number)


def code_of(store: HubStore, keys: HubKeys, site: int, reservation: str, now_s: int) -> str:
    """The text of a reservation's present code, signed with a key that the site has reported."""
    record = _record(store, site, reservation)
    if record["generation"] <= record["revoked"]:
        raise NotAllowed(f"reservation {reservation}: revoked up to generation {record['revoked']}")
    purpose = Purpose(record["purpose"])
    issuer = choose_issuer(
        keys.every(), orders.reported_keys(store, site), KeyPurpose(purpose.value), record["carrier"], now_s
    )
    claims = Claims(
        id=bytes.fromhex(reservation),
        site=site,
        expires_s=record["expires_at"],
        purpose=purpose,
        generation=record["generation"],
        second_factor=bool(record["second_factor"]),
    )
    return mint_code(claims, issuer)


def revoke(store: HubStore, keys: HubKeys, site: int, reservation: str, now_s: int, *, reissue: bool) -> int:
    """Revoke the codes so far; with `reissue` the next generation is good.  Return the order's number."""
    generation = int(_record(store, site, reservation)["generation"])
    sql = "UPDATE reservations SET revoked = ?, generation = ? WHERE site = ? AND reservation = ?"
    store.run(sql, generation, generation + reissue, site, reservation)
    return orders.issue(store, keys, site, Revoke(reservation=reservation, generation=generation), now_s)


def cancel(store: HubStore, keys: HubKeys, site: int, parcel: str, reason: str, now_s: int) -> int:
    return orders.issue(store, keys, site, Cancel(parcel=parcel, reason=reason), now_s)


def extend(store: HubStore, keys: HubKeys, site: int, parcel: str, by_s: int, now_s: int) -> int:
    """Let a parcel wait longer; its code outlives the new hold."""
    sql = (
        "UPDATE reservations SET expires_at = expires_at + ? WHERE site = ? AND reservation ="
        " (SELECT reservation FROM parcels WHERE site = ? AND parcel = ?)"
    )
    store.run(sql, by_s, site, site, parcel)
    return orders.issue(store, keys, site, Extend(parcel=parcel, by_s=by_s), now_s)


def badge(store: HubStore, keys: HubKeys, site: int, wish: BadgeWish, entropy: Entropy, now_s: int) -> IssuedBadge:
    """Mint a badge and put it on the roster.  Call inside a transaction; the roster has to be sent then."""
    if wish.purpose not in (Purpose.DEPOSIT, Purpose.COLLECTION, Purpose.SERVICE):
        raise BadInput(f"badge: purpose {wish.purpose}; must be deposit, collection or service")
    technician = wish.purpose is Purpose.SERVICE
    carrier = "" if technician else next(iter(wish.carriers), "")
    until = now_s + (TECHNICIAN_LIFE_S if technician else COURIER_LIFE_S)
    claims = Claims(
        id=entropy(8),
        site=site,
        expires_s=until,
        purpose=wish.purpose,
        carrier=carrier,
        permissions=frozenset(wish.permissions),
    )
    role = "service" if technician else "couriers"
    code = mint_code(claims, keys.by_role(role, now_s))
    entry = Badge(
        badge=claims.id.hex(),
        role=Role.TECHNICIAN if technician else Role.COURIER,
        verifier=second_factor_verifier(wish.pin, entropy(16)),
        until=until,
        permissions=tuple(sorted(str(right) for right in parse(code).permissions)),
        carriers=wish.carriers,
        number=wish.number,
    )
    put_badge(store, site, entry)
    return IssuedBadge(entry.badge, code, until)


def _reservation_id(wish: Announcement, parcel: str, entropy: Entropy) -> str:
    if not wish.announced:
        return parcel
    return wish.reservation or entropy(8).hex()


def _record(store: HubStore, site: int, reservation: str) -> Record:
    found = store.one("SELECT * FROM reservations WHERE site = ? AND reservation = ?", site, reservation)
    if found is None:
        raise NotAllowed(f"site {site}: no reservation {reservation}")
    return found


def _put_reservation(store: HubStore, site: int, reservation: str, wish: Announcement, now_s: int) -> None:
    expires_s = now_s + (wish.hold_s or DEFAULT_HOLD_S) + SAFETY_S + ON_THE_WAY_S
    purpose = Purpose.PICKUP if wish.parcel_kind is ParcelKind.PICKUP else Purpose.DROP_OFF
    store.run(
        "INSERT INTO reservations (site, reservation, carrier, purpose, expires_at, second_factor)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (site, reservation) DO UPDATE SET"
        " expires_at = max(expires_at, excluded.expires_at),"
        " second_factor = max(second_factor, excluded.second_factor)",
        site,
        reservation,
        wish.carrier,
        purpose.value,
        expires_s,
        int(wish.second_factor),
    )


def _put_parcel(store: HubStore, site: int, parcel: str, reservation: str, wish: Announcement) -> None:
    """As announced here; what the site tells of it comes over this.  One that stands already keeps its place."""
    store.run(
        "INSERT INTO parcels (site, parcel, reservation, carrier, size, parcel_kind, hold_s, second_factor)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (site, parcel) DO UPDATE SET reservation = excluded.reservation",
        site,
        parcel,
        reservation,
        wish.carrier,
        wish.size.value,
        wish.parcel_kind.value,
        wish.hold_s,
        int(wish.second_factor),
    )


def _new_pin(store: HubStore, keys: HubKeys, site: int, entropy: Entropy) -> tuple[str, bytes]:
    """A PIN that no other parcel of this site has."""
    site_key = site_pin_key(keys.pin_secret, site)
    for _ in range(_PIN_TRIES):
        pin = f"{int.from_bytes(entropy(8), 'big') % 10**8:08d}"
        verifier = pin_verifier(site_key, pin)
        if store.one("SELECT 1 AS n FROM particulars WHERE site = ? AND pin = ?", site, verifier) is None:
            return pin, verifier
    raise NotAllowed(f"site {site}: no free PIN found in {_PIN_TRIES} tries")

"""What the cloud tells a site: orders, key bundles, rosters, standing lists, resets of the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from edge.core import cose
from edge.core.documents import Document, DocumentType
from edge.core.keys import ROOT_KID, accept_keys
from edge.core.orders import (
    Announce,
    Open,
    Order,
    OrderRefused,
    Revoke,
    SignedTimeReset,
    TakeRoster,
    TellTime,
    What,
    accept_time_reset,
    verify_order,
)
from edge.core.pin import pin_verifier
from edge.core.roster import Roster, accept_roster, judge_badge, permissions
from edge.core.standing import Standing, StandingList, accept_standing
from edge.core.words import Size
from sync.hub.issue import Issuer, public_bytes, sign_keys, sign_order, sign_roster, sign_standing, sign_time_reset
from tests.core.desk import make_roster
from tests.credentials.known_keys import (
    BUNDLE,
    COMMAND,
    HERE,
    NOW,
    NOW_S,
    OPENING,
    PICKUP,
    PIN_KEY,
    ROOT,
    SITE,
    UNLISTED,
    UNSYNCED,
    private,
)
from tests.fuzz import signing
from tests.fuzz.feed import Feed
from tests.fuzz.target import Finding, Target
from tests.vectors.form import DAY_S, PARCEL
from tests.vectors.orders import OPEN, ORDERS, RIGHT

ROOT_PUBLIC: Final = public_bytes(ROOT)
_ROOT: Final = (ROOT_KID, ROOT)
_THIEF: Final = (ROOT_KID, private("thief"))
LAST: Final = 6  # number and version that were reached before


def _named(issuer: Issuer) -> tuple[bytes, Any]:
    return issuer.key.kid, issuer.private


SIGNERS: Final = (
    _named(COMMAND), _named(OPENING), _named(PICKUP), _named(UNLISTED), _ROOT, _THIEF, (COMMAND.key.kid, PICKUP.private)
)  # fmt: skip


class Kind(NamedTuple):
    """One kind of document: who may sign it (numbers of SIGNERS), and how it is read."""

    name: str
    type: DocumentType
    signers: frozenset[int]
    read: Callable[[bytes, bool], Any]  # (message, whether the clock is trusted)
    genuine: tuple[bytes, ...]
    again: Callable[[Any], Any]  # what it is after it was written and read once more


def _payload(message: bytes) -> bytes:
    """The payload of a message of ours: whatever type it names."""
    parts = cose.decode(message, len(message))
    return bytes(parts[2])


def target(kind: Kind) -> Target:
    def sign(payload: bytes, signer: int) -> bytes:
        kid, key = SIGNERS[signer % len(SIGNERS)]
        return cose.sign(payload, kid, key, kind.type)

    def read(data: bytes) -> tuple[Any, signing.Made]:
        feed = Feed(data)
        trusted = bool(feed.byte() & 1)
        made = signing.make(feed.rest(), kind.genuine, _payload, sign)
        try:
            return kind.read(made.message, trusted), made
        except OrderRefused as refused:  # it uses up a number only when the signature held
            if refused.number:
                _may_sign(kind, made)
            raise

    def holds(read: tuple[Any, signing.Made]) -> None:
        accepted, made = read
        _may_sign(kind, made)
        if kind.again(accepted) != accepted:
            raise Finding(f"{kind.name}: {accepted} is read back as {kind.again(accepted)}")

    def seeds() -> list[bytes]:
        some = signing.seeds(kind.genuine, _payload, len(SIGNERS))
        return [bytes([trusted]) + seed for seed in some for trusted in (0, 1)]

    return Target(kind.name, read, holds, seeds, max_bytes=8192)


def _may_sign(kind: Kind, made: signing.Made) -> None:
    signing.only_if_signed(made, kind.genuine, kind.name)
    if made.signer >= 0 and made.signer % len(SIGNERS) not in kind.signers:
        raise Finding(f"{kind.name}: believed of signer {made.signer % len(SIGNERS)}: {made.message.hex()}")


def _document_again(shape: type[Document]) -> Callable[[Any], Any]:
    def again(document: Any) -> Any:
        fields = msgspec.to_builtins(document, builtin_types=(bytes,))
        return msgspec.convert(cose.decode(cose.encode(fields), 2**20), shape, builtin_types=(bytes,))

    return again


def _order_again(order: Order) -> Order:
    fields = cose.decode(cose.encode(msgspec.to_builtins(order.what, builtin_types=(bytes,))), 2**20)
    what: What = msgspec.convert(fields, What, builtin_types=(bytes,))
    return msgspec.structs.replace(order, what=what, kind=str(type(what).__struct_config__.tag))


def _orders() -> tuple[bytes, ...]:
    more = (Announce(PARCEL, RIGHT, "dpd", hold_s=DAY_S), Revoke(RIGHT, 3), TakeRoster(b"\0" * 40))
    ordered = [sign_order(SITE, LAST + n, what, NOW_S, COMMAND) for n, what in enumerate((*ORDERS.values(), *more), 1)]
    opened = sign_order(SITE, LAST + 1, OPEN, NOW_S, OPENING)
    return (opened, *ordered, sign_order(SITE, LAST + 1, TellTime(), NOW_S - 9 * DAY_S, COMMAND))


def _read_order(message: bytes, trusted: bool) -> Order:
    order = verify_order(LAST, message, BUNDLE, HERE, NOW if trusted else UNSYNCED)
    if order.number <= LAST:
        raise Finding(f"order: number {order.number} was reached before")
    if (order.kind == "open") is not isinstance(order.what, Open):
        raise Finding(f"order: {order.what} under the name {order.kind}")
    kid = cose.read_sign1(message, len(message), DocumentType.ORDER).kid
    if kid != (OPENING if isinstance(order.what, Open) else COMMAND).key.kid:
        raise Finding(f"order: {order.what} believed of key {kid.hex()}")
    return order


def _read_roster(message: bytes, trusted: bool) -> Roster:
    roster = accept_roster(LAST, message, BUNDLE, HERE, NOW if trusted else UNSYNCED)
    for badge in roster.badges:
        judge_badge(badge, NOW)
        permissions(badge, None)
        if roster.find(badge.badge) is not badge:
            raise Finding(f"roster: badge {badge.badge} is there twice")
    return roster


def _standing() -> StandingList:
    entries = (
        Standing(3, PARCEL, RIGHT, "dpd", NOW_S + DAY_S, size=Size.L, pin=pin_verifier(PIN_KEY, "11112222")),
        Standing(4, "ee" * 8, RIGHT, "gls", NOW_S, returning=True, second_factor=True, generation=2),
    )
    return StandingList(site=SITE, issued_at=NOW_S, version=LAST + 1, after_order=3, parcels=entries)


RESET: Final = SignedTimeReset(site=SITE, issued_at=NOW_S, version=LAST + 1, to=NOW_S - DAY_S)
KINDS: Final = (
    Kind("order", DocumentType.ORDER, frozenset({0, 1}), _read_order, _orders(), _order_again),
    Kind(
        "keys",
        DocumentType.KEYS,
        frozenset({4}),
        lambda message, _: accept_keys(LAST, message, ROOT_PUBLIC, HERE),
        (sign_keys(BUNDLE, ROOT),),
        _document_again(type(BUNDLE)),
    ),
    Kind(
        "roster",
        DocumentType.ROSTER,
        frozenset({0}),
        _read_roster,
        (
            sign_roster(make_roster(LAST + 1), COMMAND),
            sign_roster(
                Roster(
                    site=SITE,
                    issued_at=NOW_S,
                    version=LAST + 2,
                    badges=tuple(
                        msgspec.structs.replace(badge, permissions=(*badge.permissions, "fly"))
                        for badge in make_roster().badges
                    ),
                ),
                COMMAND,
            ),
        ),
        _document_again(Roster),
    ),
    Kind(
        "standing",
        DocumentType.STANDING,
        frozenset({0}),
        lambda message, trusted: accept_standing(LAST, message, BUNDLE, HERE, NOW if trusted else UNSYNCED),
        (sign_standing(_standing(), COMMAND),),
        _document_again(StandingList),
    ),
    Kind(
        "time_reset",
        DocumentType.TIME_RESET,
        frozenset({4}),
        lambda message, _: accept_time_reset(LAST, message, ROOT_PUBLIC, HERE),
        (sign_time_reset(RESET, ROOT),),
        _document_again(SignedTimeReset),
    ),
)
DOCUMENTS: Final = tuple(target(kind) for kind in KINDS)

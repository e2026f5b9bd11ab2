"""Orders to sites: numbered, signed, kept until they are handled or over, handed out to who asks."""

from __future__ import annotations

from typing import Final

import msgspec

from edge.core.errors import BadInput, NotAllowed
from edge.core.keys import KeyPurpose
from edge.core.orders import Open, What
from sync.hub.issue import OPEN_LIFE_S, ORDER_LIFE_S, choose_issuer, sign_order
from sync.hub.keys import HubKeys
from sync.hub.renumbering import note_unheard, settle, take_number
from sync.hub.store import HubStore
from sync.polling import MAX_ANSWER_BYTES, MAX_ORDERS, Numbered, Poll

__all__ = ["heard", "issue", "nonce_of", "pending", "reported_keys"]

NONCE_USE_S: Final = 50  # the site forgets its nonce after 60; the order needs time to get there
MAX_PENDING: Final = 1000  # of one site; more means that nobody handles them
_ROOM_BYTES: Final = MAX_ANSWER_BYTES - 16 * 1024


def issue(store: HubStore, keys: HubKeys, site: int, what: What, now_s: int) -> int:
    """Sign an order and keep it; return its number.  Call inside a transaction.

    Before the site's first question to this process the number is not for good (`renumbering`).

    Raises NotAllowed for a site that is not enrolled, that handles nothing, or that has no key of ours for it.
    """
    store.device_of(site)
    _require_sound(what)
    # What is over is not sent any more, and may hold particulars.
    store.run("UPDATE orders SET signed = x'' WHERE site = ? AND expires_at <= ?", site, now_s)
    found = store.one("SELECT count(*) AS n FROM orders WHERE site = ? AND result = '' AND expires_at > ?", site, now_s)
    if found and found["n"] >= MAX_PENDING:
        raise NotAllowed(f"site {site}: {found['n']} orders wait to be handled, limit {MAX_PENDING}")
    purpose = KeyPurpose.OPEN if isinstance(what, Open) else KeyPurpose.COMMAND
    issuer = choose_issuer(keys.every(), reported_keys(store, site), purpose, "", now_s)
    number = take_number(store, site)
    signed = sign_order(site, number, what, now_s, issuer)
    expires_s = now_s + (OPEN_LIFE_S if isinstance(what, Open) else ORDER_LIFE_S)
    kind = str(what.__struct_config__.tag)
    store.run(
        "INSERT INTO orders (site, number, kind, signed, issued_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        site,
        number,
        kind,
        signed,
        now_s,
        expires_s,
    )
    note_unheard(store, site, number)
    return number


def _require_sound(what: What) -> None:
    """An order that every site would refuse is refused here, with the same words."""
    try:
        msgspec.convert(msgspec.to_builtins(what, builtin_types=(bytes,)), What, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise BadInput(f"order: {error}") from None


def pending(store: HubStore, site: int, after: int, now_s: int) -> list[Numbered]:
    """What a site has not handled and may still do, oldest first, as much as one answer takes."""
    found = store.all(
        "SELECT number, signed FROM orders WHERE site = ? AND number > ? AND result = '' AND expires_at > ?"
        " ORDER BY number LIMIT ?",
        site,
        after,
        now_s,
        MAX_ORDERS,
    )
    orders: list[Numbered] = []
    room = _ROOM_BYTES
    for record in found:
        room -= len(record["signed"])
        if room < 0:
            break
        orders.append(Numbered(record["number"], bytes(record["signed"])))
    return orders


def heard(store: HubStore, keys: HubKeys, poll: Poll, now_s: int) -> list[int]:
    """Note what a question tells; return the new numbers of orders whose numbers turn out to be used up."""
    with store.transaction():
        store.run(
            "UPDATE sites SET seen_at = ?, nonce = ?, nonce_at = ?, last_order = max(last_order, ?),"
            " handled_order = max(handled_order, ?) WHERE site = ?",
            now_s,
            poll.nonce,
            now_s,
            poll.after,
            poll.after,
            poll.site,
        )
        if poll.keys:
            kids = msgspec.json.encode([kid.hex() for kid in poll.keys]).decode()
            store.run("UPDATE sites SET keys = ? WHERE site = ?", kids, poll.site)
        renumbered = settle(store, keys, poll.site)
    store.asked.add(poll.site)
    return renumbered


def nonce_of(store: HubStore, site: int, now_s: int) -> bytes:
    """The site's nonce, once; NotAllowed when the site has not asked this process within the minute.

    One that came out of a backup answers nothing: an order to open has its number for good.  Call inside a transaction.
    """
    record = store.site(site)
    age_s = now_s - int(record["nonce_at"])
    if not record["nonce"] or age_s > NONCE_USE_S or site not in store.asked:
        raise NotAllowed(
            f"site {site}: no nonce younger than {NONCE_USE_S} s; it has to be listening for orders to open"
        )
    store.run("UPDATE sites SET nonce = x'' WHERE site = ?", site)
    return bytes(record["nonce"])


def reported_keys(store: HubStore, site: int) -> frozenset[str]:
    """Ids of the keys that the site says it has."""
    return frozenset(msgspec.json.decode(store.site(site)["keys"], type=list[str]))

"""Numbers of orders: they never go back, also not for a hub that was restored from a backup.

Such a hub does not know it.  Until a site has asked the process that runs now, a number that looks free may long be
used up there.  So orders that are given before are *unheard*: nobody has been sent them, and at the first question
those whose numbers turn out to be used are signed again, behind the used ones and in the same order.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import structs

from edge.core import cose
from edge.core.documents import DocumentType, sign_document
from edge.core.orders import MAX_ORDER_BYTES, SignedOrder
from sync.hub.keys import HubKeys
from sync.hub.store import HubStore, Record

__all__ = ["note_unheard", "settle", "take_number"]

# Given by an earlier process: after the restoration, or before the backup and handled since.  Nobody can tell.
DOUBTED: Final = "unknown: given before the hub was started again, and its number is used; give it again if need be"


def take_number(store: HubStore, site: int) -> int:
    """The next number of a site.  Call inside a transaction."""
    record = store.site(site)
    number = max(int(record["last_order"]), int(record["handled_order"])) + 1
    store.run("UPDATE sites SET last_order = ? WHERE site = ?", number, site)
    return number


def note_unheard(store: HubStore, site: int, number: int) -> None:
    """An order was given; if the site has not asked this process yet, its number is not for good."""
    if site not in store.asked:
        store.run("INSERT INTO unheard VALUES (?, ?, ?)", site, number, store.life)


def settle(store: HubStore, keys: HubKeys, site: int) -> list[int]:
    """The site has asked, and `handled_order` is up to date: return the numbers that orders have got instead of theirs.

    Call inside a transaction.
    """
    used = int(store.site(site)["handled_order"])
    unheard = store.all(
        "SELECT number, life, signed FROM unheard JOIN orders USING (site, number)"
        " WHERE site = ? AND signed != x'' ORDER BY number",
        site,
    )
    store.run("DELETE FROM unheard WHERE site = ?", site)
    ours = [record for record in unheard if record["life"] == store.life]
    for record in unheard:
        if record["life"] != store.life and record["number"] <= used:
            sql = "UPDATE orders SET result = ?, signed = x'' WHERE site = ? AND number = ?"
            store.run(sql, DOUBTED, site, record["number"])
    if not ours or ours[0]["number"] > used:
        return []
    return [_renumber(store, keys, site, record) for record in ours]


def _renumber(store: HubStore, keys: HubKeys, site: int, record: Record) -> int:
    number = take_number(store, site)
    signed = _signed_again(keys, bytes(record["signed"]), number)
    sql = "UPDATE orders SET number = ?, signed = ? WHERE site = ? AND number = ?"
    store.run(sql, number, signed, site, record["number"])
    return number


def _signed_again(keys: HubKeys, signed: bytes, number: int) -> bytes:
    """The same order, by the same key and for the same time, with another number."""
    before = cose.read_sign1(signed, MAX_ORDER_BYTES, DocumentType.ORDER)
    fields = cose.decode(before.payload, MAX_ORDER_BYTES)
    order = msgspec.convert(fields, SignedOrder, builtin_types=(bytes,))
    issuer = next(issuer for issuer in keys.every() if issuer.key.kid == before.kid)  # this very process has used it
    return sign_document(structs.replace(order, number=number), DocumentType.ORDER, issuer.key.kid, issuer.private)

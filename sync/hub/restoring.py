"""A site whose card is new or forked waits for the standing list; its health says so, and it is ordered to take one."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from edge.core.orders import TakeStanding
from sync.hub import orders
from sync.hub.keys import HubKeys
from sync.hub.lists import signed_standing
from sync.hub.store import HubStore

__all__ = ["order_standing"]


class _Health(Struct, frozen=True):
    """What we need of a site's picture of itself; the rest of it is for people."""

    restoring: bool = False
    head: int = 0  # its last row when the picture was made


def order_standing(store: HubStore, keys: HubKeys, site: int, now_s: int) -> int:
    """Order the site to take the standing list if it waits for one; returns the order's number, 0 for none.

    Not before the hub has every row of the site: what is still to come may say that a parcel was collected.  An order
    that waits counts while the site can still take it: the row that handled one may have been lost with its card.
    Call inside a transaction.
    """
    record = store.site(site)
    try:
        health = msgspec.json.decode(record["health"] or b"{}", type=_Health)
    except msgspec.DecodeError:
        return 0
    waiting = store.one(
        "SELECT 1 AS n FROM orders WHERE site = ? AND kind = 'standing' AND result = ''"
        " AND number > ? AND expires_at > ?",
        site,
        record["handled_order"],
        now_s,
    )
    if not health.restoring or health.head > record["seq"] or waiting is not None:
        return 0
    return orders.issue(store, keys, site, TakeStanding(signed_standing(store, keys, site, now_s)), now_s)

"""Orders that nobody entitled has given, and genuine ones that are of no use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import structs

from edge.core import inputs, orders
from edge.core.documents import DocumentType, sign_document
from edge.core.errors import LockerError
from edge.core.orders import SignedOrder
from sync.hub.issue import Issuer, sign_order
from sync.hub.orders import issue
from tests.core.desk import DAY_S
from tests.credentials.known_keys import COMMAND, OPENING, SITE, UNLISTED
from tests.faults.clouds import KEYS
from tests.sim.line import Hub

if TYPE_CHECKING:
    from tests.sim.dispatch import Dispatcher

FAR: Final = 2**50  # a number that no hub ever reaches
SPOILT: Final[dict[str, dict[str, Any]]] = {
    "unknown": {"kind": "sing", "song": "a sea shanty"},
    "malformed": {"kind": "extend", "parcel": "no id", "by_s": -1},
}


def forge(cloud: Dispatcher, hub: Hub) -> None:
    """As somebody on the line would: signed by nobody, in the name of another key, old, twice, cut off."""
    runtime = cloud.site.runtime
    if runtime is None or not runtime.ready.is_set():
        return
    seen = [signed for signed in hub.signed_orders() if signed]
    number = len(seen) + cloud.chance.randint(1, 1000)
    nonces = runtime.memory.nonces
    nonce = nonces[-1][0] if nonces else bytes(16)
    lie = orders.Open(door=cloud.chance.choice(cloud.site.world.doors), nonce=nonce, reason="because")
    now_s = cloud.now_s()
    candidates = [
        sign_order(SITE, number, orders.TellTime(), now_s, _claiming_to_be(COMMAND)),
        sign_order(SITE, number, lie, now_s, _claiming_to_be(OPENING)),
        sign_order(SITE, number, lie, now_s, UNLISTED),
        sign_order(SITE, number, lie, now_s, _claiming_to_be(COMMAND, OPENING)),
        sign_order(SITE + 1, number, lie, now_s, OPENING),
        cloud.chance.randbytes(cloud.chance.randint(0, 300)),
    ]
    if runtime.books is not None and runtime.books.state.order:  # the first number of all may be any
        candidates.append(sign_order(SITE, FAR, orders.TellTime(), now_s, COMMAND))
    if seen:
        candidates += [cloud.chance.choice(seen), cloud.chance.choice(seen)[:-3]]
    cloud.chance.shuffle(candidates)
    cloud.street.mark("trouble: forged orders")
    cloud.do(f"is forged: {len(candidates)} orders")
    for signed in candidates:
        runtime.tell(inputs.Order(signed))


def spoil(hub: Hub, kind: str, now_s: int) -> int:
    """Give an order that the site cannot carry out; its number, 0 when the hub would not."""
    store = hub.desk.store
    try:
        with store.transaction():
            number = issue(store, KEYS, SITE, orders.TellTime(), now_s)
            issued_s = now_s - 8 * DAY_S if kind == "over" else now_s
            order = SignedOrder(
                site=SITE,
                issued_at=issued_s,
                expires_at=issued_s + 7 * DAY_S,
                number=number,
                what=SPOILT.get(kind, {"kind": "time"}),
            )
            signed = sign_document(order, DocumentType.ORDER, COMMAND.key.kid, COMMAND.private)
            store.run("UPDATE orders SET signed = ? WHERE site = ? AND number = ?", signed, SITE, number)
    except LockerError:
        return 0
    return number


def _claiming_to_be(listed: Issuer, signs_as: Issuer = UNLISTED) -> Issuer:
    """Signs with one key in the name of another."""
    return structs.replace(signs_as, key=structs.replace(UNLISTED.key, kid=listed.key.kid))

"""The cloud's people: announce, extend, call off, revoke, open a door; and somebody who forges and plays again."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from edge.core import inputs, orders
from edge.core.documents import ParcelKind
from edge.core.pin import pin_verifier
from edge.core.words import Size
from sync.hub.issue import Issuer, sign_order
from tests.credentials.known_keys import NOW_S, OPENING, PIN_KEY, SITE, UNLISTED
from tests.sim.line import Hub
from tests.sim.person import Person, Street
from tests.sim.truth import CARRIER, Consignment

MOST_PARCELS: Final = 400


class Dispatcher(Person):
    who = "cloud"

    def __init__(self, street: Street, hub: Hub) -> None:
        super().__init__(street)
        self.hub = hub

    # -- what is genuine

    def give(self, what: orders.What, words: str) -> int:
        number = self.hub.order(what)
        if number:
            self.truth.genuine_orders.add(number)
        self.do(f"orders {number}: {words}")
        return number

    def new_parcel(self) -> Consignment:
        """One more parcel is on its way, announced or not."""
        label = f"JD{len(self.truth.parcels):06d}"
        pin = f"{self.chance.randrange(10**8):08d}" if self.likely(0.5) else ""
        kind = "return" if self.likely(0.12) else "pickup"
        announced = kind == "return" or self.likely(0.7)
        sent = Consignment(label, "", pin if announced else "", kind)
        sent.reservation = self.chance.randbytes(8).hex() if announced and self.likely(0.7) else sent.parcel
        self.truth.add(sent)
        self.site.world.parcels.make(label, weight_g=self.chance.randint(300, 9000), text=label)
        if announced:
            self.announce(sent)
        return sent

    def announce(self, sent: Consignment) -> None:
        sent.announced = True
        what = orders.Announce(
            parcel=sent.parcel,
            reservation=sent.reservation,
            carrier=CARRIER,
            parcel_kind=ParcelKind(sent.kind),
            generation=sent.generation,
            size=self.chance.choice((Size.S, Size.S, Size.M)),
            particulars=orders.Particulars(
                tracking=sent.label, pin=pin_verifier(PIN_KEY, sent.pin) if sent.pin else None
            ),
        )
        self.give(what, f"announce {sent.label}")

    def repeat(self) -> None:
        """What a hub that was restored may have forgotten is told to it again by those who sent it."""
        for sent in self.truth.parcels.values():
            if sent.announced and not sent.called_off:
                self.announce(sent)

    def act(self) -> None:
        """One order of the day."""
        known = list(self.truth.parcels.values())
        choice = self.chance.choices(("parcel", "extend", "cancel", "revoke", "open", "service"), (6, 1, 1, 1, 2, 1))[0]
        if choice == "parcel" or not known:
            if len(known) < MOST_PARCELS:
                self.new_parcel()
        elif choice == "open":
            self.open(self.chance.choice(self.site.world.doors))
        elif choice == "service":
            self._service(self.chance.choice(self.site.world.doors))
        else:
            self._about(choice, self.chance.choice(known[-20:]))

    def _about(self, choice: str, sent: Consignment) -> None:
        if choice == "extend":
            self.give(orders.Extend(parcel=sent.parcel, by_s=self.chance.randint(60, 7200)), f"extend {sent.label}")
        elif choice == "cancel":
            sent.called_off = True
            self.give(orders.Cancel(parcel=sent.parcel), f"cancel {sent.label}")
        else:
            sent.called_off = True
            what = orders.Revoke(reservation=sent.reservation, generation=sent.generation)
            self.give(what, f"revoke {sent.label}")

    def _service(self, door: int) -> None:
        out = orders.OutOfService(door=door, reason="cleaning")
        self.give(out if self.likely(0.4) else orders.InService(door=door), f"service of {door}")

    def open(self, door: int) -> None:
        nonce = self.hub.nonce()
        if nonce:
            number = self.give(orders.Open(door=door, nonce=nonce, reason="help on the telephone"), f"open {door}")
            self.truth.opened_orders[number] = (door, self.site.loop.time())

    # -- what is not

    async def forge(self) -> None:
        """Straight at the site, as somebody on the line would: signed by nobody, old, twice, too late, cut off."""
        runtime = self.site.runtime
        if runtime is None or not runtime.ready.is_set():
            return
        seen = [signed for signed in self.hub.signed_orders() if signed]
        door = self.chance.choice(self.site.world.doors)
        number = len(seen) + self.chance.randint(1, 1000)
        lie = orders.Open(door=door, nonce=self._nonce(), reason="because")
        now_s = NOW_S + int(self.site.loop.time())
        candidates = [sign_order(SITE, number, orders.TellTime(), now_s, _claiming_to_be_ours())]
        candidates.append(sign_order(SITE, number, lie, now_s, _claiming_to_be_ours()))
        candidates.append(sign_order(SITE + 1, number, lie, now_s, OPENING))
        candidates.append(self.chance.randbytes(self.chance.randint(0, 300)))
        if seen:
            candidates += [self.chance.choice(seen), self.chance.choice(seen)[:-3]]
        self.chance.shuffle(candidates)
        self.do(f"is forged: {len(candidates)} orders")
        for signed in candidates:
            runtime.tell(inputs.Order(signed))

    def _nonce(self) -> bytes:
        runtime = self.site.runtime
        nonces = runtime.memory.nonces if runtime is not None else ()
        return nonces[-1][0] if nonces else bytes(16)


def _claiming_to_be_ours() -> Issuer:
    return structs.replace(UNLISTED, key=structs.replace(UNLISTED.key, kid=OPENING.key.kid))

"""The cloud's people: announce early and late, twice and otherwise, renew codes, call off, revoke, open doors."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from edge.core import orders
from edge.core.documents import ParcelKind
from edge.core.keys import KeyPurpose
from edge.core.orders import SignedTimeReset
from edge.core.pin import pin_verifier
from edge.core.words import Size
from sync.hub.issue import sign_keys, sign_roster, sign_time_reset
from sync.hub.lists import signed_standing
from tests.core.desk import DAY_S
from tests.credentials.known_keys import BUNDLE, COMMAND, NOW_S, PIN_KEY, ROOT, SITE, issuer
from tests.faults.clouds import KEYS
from tests.sim import forgers
from tests.sim.badges import OTHER_CARRIER, roster
from tests.sim.line import Hub
from tests.sim.person import Person, Street
from tests.sim.technicians import NO_DOOR
from tests.sim.truth import CARRIER, Consignment

MOST_PARCELS: Final = 400
NEXT_KEY: Final = issuer(
    "next of the street", "0777", KeyPurpose.PICKUP, carriers=(CARRIER,), not_before=NOW_S + 30 * DAY_S
)
ACTS: Final = {
    "parcel": 10,
    "announce_late": 2,
    "announce_again": 2,
    "renew": 2,
    "change_pin": 1,
    "extend": 2,
    "cancel": 1,
    "redirect": 1,
    "revoke": 1,
    "about_nothing": 1,
    "open": 3,
    "open_too_often": 1,
    "open_amiss": 1,
    "service": 2,
    "keys": 1,
    "roster": 1,
    "standing": 1,
    "tell_time": 1,
    "time_reset": 1,
    "spoilt": 2,
}


class Dispatcher(Person):
    who = "cloud"

    def __init__(self, street: Street, hub: Hub) -> None:
        super().__init__(street)
        self.hub = hub
        self._roster_version = 1
        self._rush = 0  # so many orders to open follow each other, until the brake holds
        self._keys_version = BUNDLE.version
        self._resets = 1_000_000  # above whatever a technician carries

    def act(self) -> None:
        """One order of the day."""
        act = self.chance.choices(list(ACTS), list(ACTS.values()))[0]
        if self._rush > 0:
            self._rush, act = self._rush - 1, "open"
        getattr(self, f"_{act}")()

    async def forge(self) -> None:
        """Straight at the site, as somebody on the line would."""
        forgers.forge(self, self.hub)

    def give(self, what: orders.What, words: str) -> int:
        number = self.hub.order(what)
        if number:
            self.truth.genuine_orders.add(number)
        self.do(f"orders {number}: {words}")
        return number

    def now_s(self) -> int:
        return self.truth.epoch_s + int(self.site.loop.time())

    def _known(self) -> list[Consignment]:
        return [sent for sent in self.truth.parcels.values() if sent.announced and not sent.called_off][-20:]

    # -- parcels ---------------------------------------------------------------------------------------------------

    def new_parcel(self) -> Consignment:
        """One more parcel is on its way, announced or not, alone or with another one of the same right."""
        label = f"JD{len(self.truth.parcels):06d}"
        kind = self.chance.choice(("return", "return", "send")) if self.likely(0.12) else "pickup"
        sent = Consignment(label, "", self._new_pin() if self.likely(0.5) else "", kind)
        announced = kind != "pickup" or self.likely(0.7)
        if kind == "pickup" and self.likely(0.1):
            sent.carrier = self.chance.choice(("gls", OTHER_CARRIER))
            announced = True
        if announced and kind == "pickup" and self.likely(0.08):
            sent.second_factor, sent.pin = True, sent.pin or self._new_pin()
        sent.pin = sent.pin if announced else ""
        sent.reservation = self.chance.randbytes(8).hex() if announced and self.likely(0.7) else sent.parcel
        mates = [s for s in self._known() if s.kind == "pickup" and s.carrier == sent.carrier]
        if announced and kind == "pickup" and mates and self.likely(0.5):
            self._join(sent, self.chance.choice(mates[-4:]))
        self.truth.add(sent)
        size = self.chance.choice((Size.S, Size.S, Size.S, Size.M, Size.L))
        self.site.world.parcels.make(label, weight_g=self.chance.randint(300, 9000), text=label, size=size)
        if announced:
            self.announce(sent, hold_s=self.chance.choice((0, 0, 120, 120, 600)))
        return sent

    def _join(self, sent: Consignment, mate: Consignment) -> None:
        """Another parcel for the same recipient."""
        sent.reservation, sent.generation = mate.reservation, mate.generation
        sent.pin, sent.second_factor = mate.pin, mate.second_factor

    def _new_pin(self) -> str:
        return f"{self.chance.randrange(10**8):08d}"

    def announce(self, sent: Consignment, *, pin: str = "", hold_s: int = 0) -> None:
        sent.announced = True
        pin = pin or sent.pin
        what = orders.Announce(
            parcel=sent.parcel,
            reservation=sent.reservation,
            carrier=sent.carrier,
            parcel_kind=ParcelKind(sent.kind),
            generation=sent.generation,
            size=self.chance.choice((Size.S, Size.S, Size.M)),
            heavy=self.likely(0.1),
            reachable=self.likely(0.1),
            second_factor=sent.second_factor,
            hold_s=hold_s,
            particulars=orders.Particulars(
                tracking=sent.label, recipient=sent.recipient, pin=pin_verifier(PIN_KEY, pin) if pin else None
            ),
        )
        self.give(what, f"announce {sent.label}")

    def repeat(self) -> None:
        """What a hub that was restored may have forgotten is told to it again by those who sent it."""
        self._roster_version += 1
        self._give_roster(self.now_s())
        for sent in self.truth.parcels.values():
            if sent.announced and not sent.called_off:
                self.announce(sent)

    def _parcel(self) -> None:
        if len(self.truth.parcels) < MOST_PARCELS:
            self.new_parcel()

    def _announce_late(self) -> None:
        """What was put in before anybody told of it; its code may be another one from then on."""
        late = [s for s in self.truth.parcels.values() if not s.announced and not s.called_off and s.carrier == CARRIER]
        here = [s for s in late if isinstance(self.site.world.where(s.label), int)] or late
        if not here:
            self._parcel()
            return
        sent = self.chance.choice(here)
        if isinstance(self.site.world.where(sent.label), int):
            self.mark("announces what is here already")
        if self.likely(0.5):
            sent.reservation = self.chance.randbytes(8).hex()
            sent.pin = self._new_pin() if self.likely(0.5) else ""
            self.truth.keep_secret(sent)
        self.announce(sent)

    def _announce_again(self) -> None:
        """The same once more, with another size perhaps, or with the PIN of somebody else first."""
        known = self._known()
        if not known:
            return
        sent = self.chance.choice(known)
        others = [s.pin for s in known if s.pin and s.reservation != sent.reservation]
        if others and self.likely(0.3):
            pin = self.chance.choice(others)
            sent.pins.add(pin)  # a site that knows nothing of the other any more takes it, and it opens then
            self.announce(sent, pin=pin)
        self.announce(sent)

    def _renew(self) -> None:
        """A new code, because the old one was forwarded to too many."""
        known = [s for s in self._known() if s.kind == "pickup"]
        if not known:
            return
        sent = self.chance.choice(known)
        if self.likely(0.3):
            what = orders.Revoke(reservation=sent.reservation, generation=sent.generation)
            self.give(what, f"revoke {sent.label} for another code")
        generation = sent.generation + 1
        for mate in self.truth.together(sent):
            mate.generation, mate.called_off = generation, mate.cancelled
            self.truth.keep_secret(mate)
        self.announce(sent)

    def _change_pin(self) -> None:
        known = [s for s in self._known() if s.pin]
        if not known:
            return
        sent, pin = self.chance.choice(known), self._new_pin()
        for mate in self.truth.together(sent):
            mate.pin = pin
            self.truth.keep_secret(mate)
        self.announce(sent)

    def _extend(self) -> None:
        known = self._known()
        if known:
            sent = self.chance.choice(known)
            self.give(orders.Extend(parcel=sent.parcel, by_s=self.chance.randint(60, 7200)), f"extend {sent.label}")

    def _cancel(self, reason: str = "cancelled") -> None:
        known = self._known()
        if known:
            sent = self.chance.choice(known)
            sent.called_off = sent.cancelled = True
            self.give(orders.Cancel(parcel=sent.parcel, reason=reason), f"cancel {sent.label}: {reason}")

    def _redirect(self) -> None:
        self._cancel("redirected")

    def _revoke(self) -> None:
        known = self._known()
        if not known:
            return
        sent = self.chance.choice(known)
        for mate in self.truth.together(sent):
            mate.called_off = True
        self.give(orders.Revoke(reservation=sent.reservation, generation=sent.generation), f"revoke {sent.label}")

    def _about_nothing(self) -> None:
        """Of a parcel that is not known, or gone."""
        gone = [s.parcel for s in self.truth.parcels.values() if self.site.world.where(s.label) == "street"]
        parcel = self.chance.choice([self.chance.randbytes(8).hex(), *gone[:3]])
        sent = self.truth.of_parcel(parcel)
        if self.likely(0.5):
            self.give(orders.Extend(parcel=parcel, by_s=60), "extend what is not here")
        else:
            if sent is not None:
                sent.called_off = sent.cancelled = True
            self.give(orders.Cancel(parcel=parcel), "cancel what is not here")

    # -- doors -----------------------------------------------------------------------------------------------------

    def open(self, door: int, nonce: bytes = b"") -> None:
        nonce = nonce or self.hub.nonce()
        if nonce:
            number = self.give(orders.Open(door=door, nonce=nonce, reason="help on the telephone"), f"open {door}")
            self.truth.opened_orders[number] = (door, self.site.loop.time())

    def _open(self) -> None:
        self.open(self.chance.choice(self.site.world.doors))

    def _open_too_often(self) -> None:
        """One nonce opens one door: the others are refused; with new ones, the brake holds."""
        self._rush = 5
        nonce = self.hub.nonce()
        for door in self.site.world.doors[:2] if nonce else ():
            self.open(door, nonce)

    def _open_amiss(self) -> None:
        if self.likely(0.5):
            self.open(NO_DOOR)
        else:
            self.open(self.chance.choice(self.site.world.doors), self.chance.randbytes(16))

    def _service(self) -> None:
        door = self.chance.choice((*self.site.world.doors, NO_DOOR))
        ready = self.site.runtime is not None and self.site.runtime.books is not None
        under_way = [opening.door for opening in self.site.state.openings.values()] if ready else []
        if under_way and self.likely(0.7):
            door = self.chance.choice(under_way)
        out = orders.OutOfService(door=door, reason="cleaning")
        self.give(out if self.likely(0.4) else orders.InService(door=door), f"service of {door}")

    # -- documents and time ----------------------------------------------------------------------------------------

    def _keys(self) -> None:
        """The bundle rotates: the next key is there a month before it is used.  Or an old bundle comes again."""
        if self.likely(0.7):
            self._keys_version += 1
        keys = (*BUNDLE.keys, NEXT_KEY.key)
        bundle = structs.replace(BUNDLE, issued_at=self.now_s(), version=self._keys_version, keys=keys)
        self.give(orders.TakeKeys(sign_keys(bundle, ROOT)), f"keys {self._keys_version}")

    def _roster(self) -> None:
        if self.likely(0.7):
            self._roster_version += 1
        stale = self.likely(0.15)
        if stale:
            self.truth.untimely["roster_too_old"] += 1000  # until the next one comes
        issued_s = self.now_s() - (8 * DAY_S if stale else 0)
        self._give_roster(issued_s)

    def _give_roster(self, issued_s: int) -> None:
        document = sign_roster(roster(self._roster_version, issued_s), COMMAND)
        self.give(orders.TakeRoster(document), f"roster {self._roster_version}")

    def _standing(self) -> None:
        with self.hub.desk.store.transaction():
            document = signed_standing(self.hub.desk.store, KEYS, SITE, self.now_s())
        self.give(orders.TakeStanding(document), "standing list")
        if self.likely(0.3):
            self.give(orders.TakeStanding(document), "the same standing list")

    def _tell_time(self) -> None:
        self.give(orders.TellTime(), "time")

    def _time_reset(self) -> None:
        """The root's word, or the same once more."""
        if self.likely(0.6):
            self._resets += 1
        self.truth.time_resets.add(self._resets)
        reset = SignedTimeReset(site=SITE, issued_at=NOW_S, version=self._resets, to=self.now_s() - 3600)
        self.give(orders.TimeReset(sign_time_reset(reset, ROOT)), f"time reset {self._resets}")

    def _spoilt(self) -> None:
        """Genuine, and yet of no use: long over, of a later release, or not as it ought to be."""
        kind = self.chance.choice(("over", "unknown", "malformed"))
        number = forgers.spoil(self.hub, kind, self.now_s())
        if number:
            self.truth.genuine_orders.add(number)
        self.do(f"orders {number}: {kind}")

"""The cloud of a desk: signed orders and documents, signed time, and the line that they come by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edge.core import events, inputs
from edge.core.orders import Announce, Open, Particulars, What
from edge.core.pin import pin_verifier
from edge.core.standing import Standing, StandingList
from edge.core.words import Content, ContentSensor
from sync.hub.issue import Issuer, sign_keys, sign_order, sign_roster, sign_standing
from tests.core.desk.badges import make_roster
from tests.core.desk.doors import Doors
from tests.core.desk.parcels import Sent
from tests.core.desk.table import DAY_S
from tests.credentials.known_keys import BUNDLE, COMMAND, NOW_S, OPENING, PIN_KEY, ROOT


class Cloud(Doors):
    """What it lists as standing lies behind its doors; what it announces lies nowhere yet."""

    _order: int = 0  # the last number that it used

    def order(self, what: What, *, issuer: Issuer | None = None, number: int = 0, issued_s: int | None = None) -> str:
        """A signed order comes; returns what the site says that it came to ("" when it says nothing)."""
        self._order = number or max(self._order, self.state.order) + 1
        key = issuer or (OPENING if isinstance(what, Open) else COMMAND)
        issued = int(self.wall_s) if issued_s is None else issued_s
        decision = self.tell(inputs.Order(sign_order(self.site.number, self._order, what, issued, key)))
        handled = [r.event for r in decision.recorded if isinstance(r.event, events.OrderHandled)]
        return handled[-1].result if handled else ""

    def open_by_order(self, door: int, nonce: bytes | None = None) -> str:
        """An order to open, answering the newest nonce of the site."""
        return self.order(
            Open(door, nonce if nonce is not None else self.memory.nonces[-1][0], "asked for on the telephone")
        )

    def announce(self, parcel: Sent, **more: Any) -> str:
        """The cloud tells of a parcel."""
        verifier = pin_verifier(PIN_KEY, parcel.pin) if parcel.pin else None
        particulars = Particulars(tracking=parcel.tracking, recipient="A. B.", pin=verifier)
        more = {"particulars": particulars, **more}
        return self.order(Announce(parcel.parcel, parcel.reservation, parcel.carrier, **more))

    def provide(self, *, roster: bool = True) -> None:
        """Keys and, unless it is late, the roster come, as at enrolment."""
        self.tell(inputs.Document("keys", sign_keys(BUNDLE, ROOT)))
        if roster:
            self.tell(inputs.Document("roster", sign_roster(make_roster(site=self.site.number), COMMAND)))

    def restore(
        self,
        stands: Mapping[int, Sent | tuple[Sent, ...]],
        *,
        version: int = 1,
        after_order: int = 0,
        there: bool = True,
    ) -> None:
        """The standing list comes; unless it is wrong, what it says lies behind the doors is put there."""
        listed = [(door, p) for door, some in stands.items() for p in (some if isinstance(some, tuple) else (some,))]
        for door, _ in listed:
            self.holds(door, Content.PRESENT if there else Content.EMPTY)
        sensed = [plan.door for plan in self.site.compartments if plan.content is not ContentSensor.NONE]
        if sensed:
            self.read_contents(*sensed)
        standing = StandingList(
            site=self.site.number,
            issued_at=NOW_S,
            version=version,
            after_order=after_order,
            parcels=tuple(
                Standing(
                    door=door,
                    parcel=p.parcel,
                    reservation=p.reservation,
                    carrier=p.carrier,
                    hold_until=NOW_S + 7 * DAY_S,
                    pin=pin_verifier(PIN_KEY, p.pin) if p.pin else None,
                )
                for door, p in listed
            ),
        )
        self.tell(inputs.Document("standing", sign_standing(standing, COMMAND)))

    def signed_time(self, time_s: int | None = None, source: str = "watermark") -> None:
        """Signed time comes from the cloud; without `time_s` the true one."""
        self.tell(inputs.SignedTime(int(self.wall_s) if time_s is None else time_s, source))

    def link(self, up: bool) -> None:
        self.tell(inputs.Link(up))
